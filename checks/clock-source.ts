import { defineCheck, everyNode, type Finding, onNodes, sift } from 'ha-preflight';
import { clock, type NodeTime } from 'ha-preflight/collectors/clock';

/** What is wrong with a node's own synchronisation. */
function trouble({ state, said, daemons }: NodeTime) {
  if (state === 'itself') return { problem: 'the clock follows only itself', observed: said };
  if (state === 'lost') return { problem: 'the clock has lost its time source', observed: said };
  if (state !== 'synchronised') return { problem: 'the clock is not synchronised', observed: said };
  return daemons.length > 1
    ? { problem: `${daemons.join(' and ')} both set the clock`, observed: daemons.join(', ') }
    : undefined;
}

export default defineCheck({
  id: 'clock-source',
  title: 'NTP keeps every clock',
  severity: 'warning',
  tags: ['time'],
  requirements: ['RSPM-02', 'CONN-12'],
  rationale:
    'Clocks that agree today drift apart without a common source. chrony reports that it is synchronised although it only follows its own clock, and for days after it lost its last server, so the reach of its sources and the age of the last sample count as well. ' +
    'Two time daemons on one node work against each other.',
  needs: { clock },
  judge(nodes, { cluster }) {
    const { seen, findings } = sift(
      nodes.map((n) => ({ node: n.node, fact: n.clock.source })),
      'source unseen',
    );
    if (seen.length === 0) return findings;
    const finding: Finding = everyNode([...new Set(seen.map((s) => s.value.said))].join('; '), seen, trouble, {
      expected: 'synchronised to an NTP server',
      details: seen.map((s) => `${s.node}: ${s.value.said}`),
    });
    return [
      ...findings,
      finding.status === 'fail'
        ? {
            ...finding,
            remediation: onNodes(cluster, finding.nodes ?? [], 'systemctl status chronyd; chronyc sources -v'),
          }
        : finding,
    ];
  },
  remediation:
    'systemctl enable --now chronyd; chronyc sources -v    # on the nodes named, with the same time servers on every node',
});
