import {
  defineCheck,
  type Finding,
  type Found,
  fail,
  fixOn,
  found,
  list,
  same,
  sift,
  skip,
  unknown,
  verb,
  withFix,
} from 'ha-preflight';
import { versions } from 'ha-preflight/collectors/versions';
import { alikeVersions, oneValueEach, spellingsOf, versionFacts } from './support/installedVersion.js';

/** A new version changes the schema: all nodes stop, the deviating ones and the others. */
const stopAll = (finding: Finding, all: readonly string[], unit: string): Finding =>
  finding.status === 'fail'
    ? {
        ...finding,
        fixes: fixOn(all, `sudo systemctl stop ${unit}`, 'upgrade one, start it, then upgrade and start the others'),
      }
    : finding;

/** Nodes whose processes this account does not see. */
const notVisible = (hidden: readonly string[], unit: string): Finding[] =>
  hidden.length === 0
    ? []
    : [
        unknown(
          `whether the product runs on ${list(hidden)} is not visible: processes of other accounts are hidden there (hidepid): systemctl is-active ${unit}`,
          { nodes: [...hidden], subject: 'hidden' },
        ),
      ];

/** Nodes that run a program whose file was replaced. */
function replaced(stale: readonly { readonly node: string; readonly found: Found }[]): Finding[] {
  const [first] = stale;
  if (!first) return [];
  return [
    unknown(
      `${list(stale.map((n) => n.node))} ${verb(stale.length, 'runs', 'run')} a program that was replaced after it started, and its version is not known: sudo /proc/${first.found.running[0]!.pid}/exe --version    # on ${first.node}`,
      { nodes: stale.map((n) => n.node), subject: 'replaced', requirements: ['RSPM-20', 'CONN-21'] },
    ),
  ];
}

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
    const idle = nodes.filter((n) => n.found.running.length === 0);
    const stopped = idle.filter((n) => !n.found.hidden).map((n) => n.node);
    const hidden = idle.filter((n) => n.found.hidden).map((n) => n.node);
    const all = nodes.map((n) => n.node);
    const { unit } = nodes[0]!.found.profile;
    const blind = notVisible(hidden, unit);
    if (active.length === 0) return blind.length > 0 ? blind : skip('the product runs on no node', { nodes: stopped });
    // a file that was replaced says nothing of the process that began before
    const stale = active.filter((n) => n.versions.outdated.length > 0);
    const current = active.filter((n) => !stale.includes(n));
    const { byProgram, facts } = versionFacts(current);
    const { seen, findings } = sift(facts, 'version unseen');
    findings.push(...blind, ...replaced(stale));
    const alike = alikeVersions(seen, byProgram);
    if (alike.length === 1 && spellingsOf(seen).length > 1)
      findings.push(
        unknown(
          `whether ${list(spellingsOf(seen))} are one version is not known: compare what ${nodes[0]!.found.profile.versionCommand.join(' ')} prints on each node`,
          { nodes: seen.map((s) => s.node), subject: 'spelling' },
        ),
      );
    else if (seen.length > 1) {
      const about = { requirements: ['RSPM-20', 'CONN-21'] };
      findings.push(
        stopAll(same('the version of the running nodes', oneValueEach(alike), cluster.reference, about), all, unit),
      );
    }
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
