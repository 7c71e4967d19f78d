import {
  defineCheck,
  type Fact,
  type Finding,
  fail,
  fixOn,
  found,
  list,
  same,
  sift,
  skip,
  verb,
  withFix,
} from 'ha-preflight';
import { versions } from 'ha-preflight/collectors/versions';

/** A new version changes the schema: all nodes stop, the deviating ones and the others. */
const stopAll = (finding: Finding, all: readonly string[], unit: string): Finding =>
  finding.status === 'fail'
    ? {
        ...finding,
        fixes: fixOn(all, `sudo systemctl stop ${unit}`, 'upgrade one, start it, then upgrade and start the others'),
      }
    : finding;

export default defineCheck({
  id: 'upgrade-state',
  title: 'No upgrade is unfinished',
  severity: 'critical',
  tags: ['version'],
  requirements: ['RSPM-20', 'RSPM-21', 'CONN-21', 'CONN-22'],
  rationale:
    'All nodes must be stopped before the first one is upgraded, because a new version changes the schema that the running nodes use. Nodes that still run notice this within 30 seconds and shut down; they are then found stopped while the others run.',
  products: ['connect', 'package-manager'],
  needs: { found, versions },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const active = nodes.filter((n) => n.found.running.length > 0);
    const stopped = nodes.filter((n) => n.found.running.length === 0).map((n) => n.node);
    const unit = nodes[0]!.found.profile.unit;
    if (active.length === 0) return skip('the product runs on no node', { nodes: stopped });
    // one way for all: package and program are not always spelled alike
    const known = (way: 'package' | 'program') => active.filter((n) => n.versions[way] !== undefined).length;
    const way = known('program') > known('package') ? 'program' : 'package';
    const { seen, findings } = sift(
      active.map((n): { node: string; fact: Fact<string> } => {
        const version = n.versions[way];
        return { node: n.node, fact: version === undefined ? { unseen: 'no version was found' } : { value: version } };
      }),
      'version unseen',
    );
    const values = seen.map((s) => ({ node: s.node, key: s.value }));
    if (values.length > 1)
      findings.push(
        stopAll(
          same('the version of the running nodes', values, cluster.reference, { requirements: ['RSPM-20', 'CONN-21'] }),
          nodes.map((n) => n.node),
          unit,
        ),
      );
    if (stopped.length > 0)
      findings.push(
        withFix(
          fail(
            `${list(stopped)} ${verb(stopped.length, 'is', 'are')} stopped while ${list(active.map((n) => n.node))} ${verb(active.length, 'runs', 'run')}: a node shuts down after the others were upgraded`,
            {
              nodes: stopped,
              subject: 'stopped',
              severity: 'info',
              requirements: ['RSPM-21', 'CONN-22'],
            },
          ),
          `sudo journalctl -u ${unit} -n 50`,
        ),
      );
    return findings.length > 0
      ? findings
      : skip('the product runs on one node only', { nodes: active.map((n) => n.node) });
  },
  remediation: 'sudo systemctl stop UNIT    # on all nodes; upgrade one, start it, then upgrade and start the others',
});
