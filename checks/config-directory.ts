import { defineCheck, everyNode, found, unknown, withGrant } from 'ha-preflight';
import { directoryTrouble } from './support/configuration.js';

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
  judge(nodes) {
    const hidden = nodes.filter((n) => n.found.treeTrouble !== undefined && n.found.tree.length === 0);
    const seen = nodes.filter((n) => !hidden.includes(n));
    const findings = hidden.map((n) =>
      unknown(withGrant(`${n.node}: ${n.found.treeTrouble}`), { nodes: [n.node], subject: n.node }),
    );
    if (seen.length === 0) return findings;
    return [
      ...findings,
      everyNode(
        `the product reads ${[...new Set(seen.map((n) => `${n.found.root} (${n.found.rootBecause})`))].join(', ')}`,
        seen.map((n) => ({ node: n.node, value: n.found })),
        (f) => {
          const problem = directoryTrouble(f);
          return problem === undefined ? undefined : { problem, observed: f.root };
        },
        { expected: `a directory with ${seen[0]!.found.profile.required.join(', ')}` },
      ),
    ];
  },
  remediation:
    'tr "\\0" "\\n" </proc/$(pidof -s rserver)/environ | grep -E "^(RSTUDIO_CONFIG_DIR|XDG_CONFIG_DIRS)="    # RSTUDIO_CONFIG_DIR is the directory itself; below an entry of XDG_CONFIG_DIRS its name is rstudio',
});
