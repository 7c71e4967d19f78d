import { defineCheck, type Finding, same, sift } from 'ha-preflight';
import { type Host, host } from 'ha-preflight/collectors/host';

const ASPECTS: readonly [what: string, subject: string, of: (h: Host) => string | undefined][] = [
  ['the operating system', 'os', (h) => h.os],
  ['the architecture', 'architecture', (h) => h.architecture],
];

export default defineCheck({
  id: 'platform',
  title: 'Every node has the same operating system and architecture',
  severity: 'warning',
  tags: ['platform'],
  requirements: ['X-12'],
  rationale:
    'One node loads what another node compiled into shared storage: packages with binary code, virtual environments, content bundles.',
  needs: { host },
  minimumNodes: 2,
  judge: (nodes, { cluster }) =>
    ASPECTS.flatMap(([what, subject, of]): Finding[] => {
      const { seen, findings } = sift(
        nodes.map((n) => {
          const value = of(n.host);
          return { node: n.node, fact: value === undefined ? { unseen: `${what} is not known` } : { value } };
        }),
        `${subject} unseen`,
      );
      return seen.length < 2
        ? findings
        : [
            ...findings,
            same(
              what,
              seen.map((s) => ({ node: s.node, key: s.value })),
              cluster.reference,
              { subject },
            ),
          ];
    }),
  remediation:
    'cat /etc/os-release; uname -m    # install the nodes named like the others: same distribution, same release, same architecture',
});
