import { defineCheck, everyNode, type Found, found, unknown, withGrant } from 'ha-preflight';
import { envVars } from 'ha-preflight/formats/xdg';
import { directoryTrouble, linksNowhere } from './support/configuration.js';

/**
 * A variable that names a different directory, in Workbench's own file of variables. The server sets these itself after
 * it has started, and whether it looks for its other files there is not documented.
 */
function movedWithin({ root, profile, texts }: Found): string | undefined {
  const names = (profile.directoryVariables ?? '').split('|');
  const set = envVars(texts.get('env-vars') ?? '').filter(({ name, value }) => names.includes(name) && value !== '');
  const elsewhere = set.find(({ value }) => !value.split(':').some((d) => [d, `${d}/rstudio`].includes(root)));
  return elsewhere && `env-vars line ${elsewhere.line} sets ${elsewhere.name}=${elsewhere.value}`;
}

export default defineCheck({
  id: 'config-directory',
  title: 'The product reads the configuration directory that was meant',
  severity: 'critical',
  tags: ['configuration'],
  requirements: ['X-08'],
  rationale:
    'RSTUDIO_CONFIG_DIR and XDG_CONFIG_DIRS move the directory. With one level too many or too few the product finds no configuration, starts with its defaults, and reports no error. ' +
    'The environment is read from the running process where there is one.',
  needs: { found },
  judge(nodes, { cluster, profile }) {
    const hidden = nodes.filter((n) => n.found.treeTrouble !== undefined && n.found.tree.length === 0);
    const seen = nodes.filter((n) => !hidden.includes(n));
    const findings = hidden.map((n) =>
      unknown(withGrant(`${n.node}: ${n.found.treeTrouble}`), { nodes: [n.node], subject: n.node }),
    );
    const doubtful = seen.flatMap(({ node, found: f }) => {
      const within = movedWithin(f);
      return within === undefined || directoryTrouble(f) !== undefined ? [] : [{ node, found: f, within }];
    });
    findings.push(
      ...doubtful.map(({ node, found: f, within }) =>
        unknown(
          `${node}: ${within}, and whether the server then reads its configuration there, and not in ${f.root}, is not documented: set the variable in the unit (sudo systemctl edit rstudio-server), and delete it from env-vars`,
          { nodes: [node], subject: `${node} env-vars` },
        ),
      ),
    );
    // the link of a tree may lead to what only the node has
    const trees = cluster.nodes.flatMap((n) => (n.connection.root === undefined ? [] : [n.name]));
    const apart = seen.filter((n) => trees.includes(n.node) && linksNowhere(n.found).length > 0);
    findings.push(
      ...apart.map((n) =>
        unknown(`${n.node}: ${directoryTrouble(n.found)} in this tree: put a copy of the file there`, {
          nodes: [n.node],
          subject: n.node,
        }),
      ),
    );
    const clear = seen.filter((n) => !apart.includes(n) && !doubtful.some((d) => d.node === n.node));
    if (clear.length === 0) return findings;
    return [
      ...findings,
      everyNode(
        `the product reads ${[...new Set(clear.map((n) => `${n.found.root} (${n.found.rootBecause})`))].join(', ')}`,
        clear.map((n) => ({ node: n.node, value: n.found })),
        (f) => {
          const problem = directoryTrouble(f);
          return problem === undefined ? undefined : { problem, observed: f.root };
        },
        {
          expected: `a directory with ${clear[0]!.found.profile.required.join(', ')}`,
          ...(profile.directoryVariables === undefined && {
            remediation: `sudo ls -l ${clear[0]!.found.root}; systemctl cat ${profile.unit}    # --config in ExecStart names the file; put it there as on a good node, or mount what it is a link to`,
          }),
        },
      ),
    ];
  },
  remediation:
    'tr "\\0" "\\n" </proc/$(pidof -s rserver)/environ | grep -E "^(RSTUDIO_CONFIG_DIR|XDG_CONFIG_DIRS)="    # RSTUDIO_CONFIG_DIR is the directory itself; below an entry of XDG_CONFIG_DIRS its name is rstudio',
});
