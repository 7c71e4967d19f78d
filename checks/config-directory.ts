import { defineCheck, everyNode, type Finding, type Found, found, unknown, withGrant } from 'ha-preflight';
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

/** Why nothing is certain of the directory of a node; empty where it can be judged. */
function openQuestion(node: string, found: Found, isTree: boolean): Finding[] {
  const about = { nodes: [node], subject: node };
  if (found.treeTrouble !== undefined && found.tree.length === 0)
    return [unknown(withGrant(`${node}: ${found.treeTrouble}`), about)];
  const trouble = directoryTrouble(found);
  if (isTree && linksNowhere(found).length > 0)
    return [unknown(`${node}: ${trouble} in this tree: put a copy of the file there`, about)];
  const within = movedWithin(found);
  if (within === undefined || trouble !== undefined) return [];
  return [
    unknown(
      `${node}: ${within}, and whether the server then reads its configuration there, and not in ${found.root}, is not documented: set the variable in the unit (sudo systemctl edit rstudio-server), and delete it from env-vars`,
      { ...about, subject: `${node} env-vars` },
    ),
  ];
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
    // the link of a tree may lead to what only the node has
    const trees = cluster.nodes.flatMap((n) => (n.connection.root === undefined ? [] : [n.name]));
    const findings = nodes.flatMap((n) => openQuestion(n.node, n.found, trees.includes(n.node)));
    const clear = nodes.filter((n) => !findings.some((f) => f.nodes?.includes(n.node)));
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
