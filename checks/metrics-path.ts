import { defineCheck, distinct, effective, type Finding, same, settings, skip, unknown } from 'ha-preflight';
import { type Place, storage } from 'ha-preflight/collectors/storage';
import { compareVersions } from 'ha-preflight/formats/version';
import { placesOf, sharing } from './support/places.js';

/** The directory itself, not its name: on the node's own disk, or on storage that others share. */
function identity(node: string, place: Place): { key: string; shown: string } {
  const type = place.mount?.type ?? '';
  if (sharing(place) === 'local')
    return { key: `${node} ${place.path}`, shown: `${place.path} on the node's own ${type}` };
  return place.missing
    ? { key: place.path, shown: `${place.path} on ${type} (does not exist yet)` }
    : { key: place.inode, shown: `${place.path} on ${type} (inode ${place.inode})` };
}

/** The section [Metrics] is deprecated: no remedy may ask to set it. */
const DEPRECATED =
  'collect metrics by OpenTelemetry and take [Metrics] out of rstudio-connect.gcfg; several writers spoil the graphs of the dashboard only';

export default defineCheck({
  id: 'metrics-path',
  title: 'Every node keeps its metrics in a separate directory',
  severity: 'critical',
  tags: ['storage', 'configuration'],
  requirements: ['CONN-07', 'CONN-08', 'CONN-15', 'CONN26-03', 'WB26-04'],
  rationale:
    "Each of Connect's round-robin databases may have only one writer. Metrics.DataPath defaults to a folder inside Server.DataDir, which is shared, so in a cluster that does not set it all nodes write their metrics into the same files. " +
    "The same path on each node's own disk is fine; two paths that are one directory are not.",
  products: ['connect', 'workbench'],
  needs: { effective, settings, storage },
  minimumNodes: 2,
  judge(nodes, { cluster, product, release }) {
    const findings: Finding[] = [];
    const off = nodes.filter((n) => n.settings.own.length === 0).map((n) => n.node);
    if (product === 'workbench' && off.length === nodes.length)
      return skip('monitor-data-path is not set: its default is a directory on each node', { nodes: off });
    if (off.length > 0)
      findings.push(
        skip('metrics are disabled', { nodes: off, subject: 'switched off', requirements: ['CONN-07', 'CONN-15'] }),
      );
    const deprecated = product === 'connect' && release !== undefined && compareVersions(release, '2026.03') >= 0;
    const byDefault = nodes.filter((n) => !n.effective.has('metrics.datapath')).map((n) => n.node);
    for (const { held, missing, findings: blind } of placesOf(nodes, ['own'])) {
      const known = [...held, ...missing].filter((h) => sharing(h.value) !== 'unknown');
      const unclear = [...held, ...missing].filter((h) => !known.includes(h));
      if (unclear.length > 0)
        findings.push(
          unknown(
            `whether nodes share the metrics directory is not known from its file system (${unclear[0]!.value.mount?.type ?? 'no mount'}): set Metrics.DataPath to a directory on a local disk`,
            {
              nodes: unclear.map((h) => h.node),
              subject: 'unclear',
              requirements: ['CONN-07', 'CONN-15'],
            },
          ),
        );
      const at = known.map(({ node, value }) => ({ node, ...identity(node, value) }));
      findings.push(...blind);
      if (at.length > 0)
        findings.push(
          distinct('the metrics directory', at, {
            requirements: ['CONN-07', 'CONN-15', 'WB26-04'],
            expected: "a directory on each node's own disk",
            ...(deprecated && { remediation: DEPRECATED }),
            details: at.map(
              (a) => `${a.node}: ${a.shown}${byDefault.includes(a.node) ? ', the default: inside Server.DataDir' : ''}`,
            ),
          }),
        );
    }
    if (product !== 'connect') return findings;
    const graphite = nodes.map((n) => ({
      node: n.node,
      key: n.effective.get('metrics.graphiteenabled')?.value.toLowerCase() ?? 'false',
    }));
    const alike = same('Metrics.GraphiteEnabled', graphite, cluster.reference, {
      subject: 'graphite',
      severity: 'warning',
      proof: 'declared',
      requirements: ['CONN-08'],
    });
    return alike.status === 'fail' || graphite.some((g) => g.key !== 'false') ? [...findings, alike] : findings;
  },
  remediation:
    'ha-preflight settings INVENTORY --match Metrics.DataPath    # then set [Metrics] DataPath in rstudio-connect.gcfg to a directory on the own disk of each node named, and restart Connect',
});
