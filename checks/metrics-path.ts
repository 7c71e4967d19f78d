import {
  connected,
  defineCheck,
  distinct,
  effective,
  type Finding,
  list,
  same,
  settings,
  skip,
  unknown,
} from 'ha-preflight';
import { storage } from 'ha-preflight/collectors/storage';
import type { Place } from 'ha-preflight/collectors/storagePlace';
import { gcfgBoolean } from 'ha-preflight/formats/gcfg';
import { foldHost } from 'ha-preflight/formats/hostName';
import { tidyPath } from 'ha-preflight/formats/paths';
import { compareVersions } from 'ha-preflight/formats/version';
import { oneDirectory } from './support/oneDirectory.js';
import { folderIn, placesOf, sharing } from './support/places.js';

interface At {
  readonly node: string;
  readonly value: Place;
}

const isOwn = ({ value }: At): boolean => sharing(value) === 'local';

/** Where on its server a path is, or would be. */
function behind(place: Place): { server: string; address: string | undefined; folder: string } {
  const { source = '', options } = place.mount ?? {};
  const [, share, host, folder] = /^(?:\/\/([^/]+)|(.*?):)(\/.*)$/.exec(source) ?? [];
  return {
    server: foldHost(share ?? host ?? source),
    address: options?.get('addr') ?? options?.get('mountaddr'),
    folder: tidyPath(`${folder ?? ''}/${folderIn(place)}`),
  };
}

/** Of directories of which one does not exist yet: undefined where one server, or one folder of it, may have two names. */
function willBeOne(a: Place, b: Place): boolean | undefined {
  const [one, other] = [behind(a), behind(b)];
  const known = one.address !== undefined && other.address !== undefined;
  const oneServer = one.server === other.server || (known && one.address === other.address);
  if (!oneServer) return known ? false : undefined;
  if (one.folder === other.folder) return true;
  // an export may be seen from a different root
  return one.folder.endsWith(other.folder) || other.folder.endsWith(one.folder) ? undefined : false;
}

/** Whether two nodes write into one directory; undefined where that is not known. */
function together(a: At, b: At): boolean | undefined {
  if (isOwn(a) || isOwn(b)) return false;
  return a.value.missing || b.value.missing ? willBeOne(a.value, b.value) : oneDirectory(a.value, b.value);
}

function shown(at: At): string {
  const { value } = at;
  const type = value.mount?.type ?? '';
  if (isOwn(at)) return `${value.path} on the node's own ${type}`;
  return `${value.path} on ${type} (${value.missing ? 'does not exist yet' : `inode ${value.inode}`})`;
}

/** Where each product is told the directory, and what to do about it. */
const SETTINGS: Readonly<Record<string, { readonly name: string; readonly remediation: string }>> = {
  connect: {
    name: 'Metrics.DataPath',
    remediation:
      "ha-preflight settings INVENTORY --match Metrics.DataPath    # then set [Metrics] DataPath to a directory on the node's own disk in rstudio-connect.gcfg on the nodes named, and restart Connect",
  },
  workbench: {
    name: 'monitor-data-path',
    remediation:
      "ha-preflight settings INVENTORY --match monitor-data-path    # then set monitor-data-path to a directory on the node's own disk in rserver.conf on the nodes named, and restart: rstudio-server restart",
  },
};

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
    const why =
      product === 'workbench'
        ? 'monitor-data-path is not set: its default is a directory on each node'
        : 'metrics are disabled';
    if (product === 'workbench' && off.length === nodes.length) return skip(why, { nodes: off });
    if (off.length > 0)
      findings.push(skip(why, { nodes: off, subject: 'switched off', requirements: ['CONN-07', 'CONN-15'] }));
    const deprecated = product === 'connect' && release !== undefined && compareVersions(release, '2026.03') >= 0;
    const setting = SETTINGS[product]!;
    const about = { requirements: ['CONN-07', 'CONN-15', 'WB26-04'] };
    const byDefault =
      product === 'connect' ? nodes.filter((n) => !n.effective.has('metrics.datapath')).map((n) => n.node) : [];
    const noRrd = nodes
      .filter((n) => gcfgBoolean(n.effective.get('metrics.rrdenabled')?.value ?? '') === false)
      .map((n) => n.node);
    for (const { what, held, missing, findings: blind } of placesOf(nodes, ['own'])) {
      findings.push(...blind);
      const all: At[] = [...held, ...missing];
      const unclear = all.filter((at) => sharing(at.value) === 'unknown');
      if (unclear.length > 0)
        findings.push(
          unknown(
            `whether nodes share the metrics directory is not known from its file system (${unclear[0]!.value.mount?.type ?? 'no mount'}): set ${setting.name} to a directory on a local disk`,
            { ...about, nodes: unclear.map((at) => at.node), subject: 'unclear' },
          ),
        );
      const known = all.filter((at) => !unclear.includes(at));
      const groups = connected(known, (a, b) => together(a, b) === true);
      const doubtful = known.filter((a) => known.some((b) => a !== b && together(a, b) === undefined));
      const open = doubtful.filter((at) => groups.some((group) => group.length === 1 && group[0] === at));
      if (open.length > 0)
        findings.push(
          unknown(
            `whether ${what} is one directory for ${list(open.map((at) => at.node))} could not be proven: set ${setting.name} to a directory on a local disk`,
            { ...about, nodes: open.map((at) => at.node), subject: 'unproven' },
          ),
        );
      const idle = known.filter(
        (one) => noRrd.includes(one.node) && !open.includes(one) && groups.some((g) => g.length > 1 && g.includes(one)),
      );
      if (idle.length > 0)
        findings.push(
          unknown(
            `${list(idle.map((one) => one.node))} would share ${what} with another node, but Metrics.RRDEnabled is off there, and whether that stops the writing is not confirmed: see whether its files still change, ls -lt ${idle[0]!.value.path}`,
            { ...about, nodes: idle.map((one) => one.node), subject: 'RRD off' },
          ),
        );
      const at = known
        .filter((one) => !open.includes(one) && !idle.includes(one))
        .map((one) => ({ node: one.node, key: String(groups.findIndex((g) => g.includes(one))), shown: shown(one) }));
      if (at.length > 0 && (at.length > 1 || open.length + idle.length === 0))
        findings.push(
          distinct('the metrics directory', at, {
            ...about,
            expected: "a directory on each node's own disk",
            remediation: deprecated ? DEPRECATED : setting.remediation,
            details: at.map(
              (a) => `${a.node}: ${a.shown}${byDefault.includes(a.node) ? ', the default: inside Server.DataDir' : ''}`,
            ),
          }),
        );
    }
    if (product !== 'connect') return findings;
    const graphite = nodes.map((n) => ({
      node: n.node,
      key: String(gcfgBoolean(n.effective.get('metrics.graphiteenabled')?.value ?? '') === true),
    }));
    const alike = same('Metrics.GraphiteEnabled', graphite, cluster.reference, {
      subject: 'graphite',
      severity: 'warning',
      proof: 'declared',
      requirements: ['CONN-08'],
    });
    return alike.status === 'fail' || graphite.some((g) => g.key !== 'false') ? [...findings, alike] : findings;
  },
  remediation: SETTINGS.connect!.remediation,
});
