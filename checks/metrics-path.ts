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
import { folderIn, openPlaces, placesOf, type SharedPlace, sharing } from './support/places.js';

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

const REQUIREMENTS = ['CONN-07', 'CONN-15', 'WB26-04'];

/** What else is known of the nodes. */
interface About {
  readonly setting: { readonly name: string; readonly remediation: string };
  /** Nodes that do not set the directory. */
  readonly byDefault: readonly string[];
  /** Nodes on which the databases of metrics are off, or set to a word that is not a boolean. */
  readonly noRrd: readonly string[];
}

/** Whether each node has a directory for itself, and of which that is not known. */
function separate({ what, held, missing }: SharedPlace, { setting, byDefault, noRrd }: About): Finding[] {
  const open = (nodes: readonly At[], subject: string, message: string): Finding[] =>
    nodes.length === 0
      ? []
      : [unknown(message, { requirements: REQUIREMENTS, subject, nodes: nodes.map((at) => at.node) })];
  const namesOf = (some: readonly At[]): string => list(some.map((at) => at.node));
  const all: At[] = [...held, ...missing];
  const unclear = all.filter((at) => sharing(at.value) === 'unknown');
  const known = all.filter((at) => !unclear.includes(at));
  const groups = connected(known, (a, b) => together(a, b) === true);
  const groupOf = (at: At) => groups.find((group) => group.includes(at))!;
  const doubtful = known.filter((a) => known.some((b) => a !== b && together(a, b) === undefined));
  const unproven = doubtful.filter((at) => groupOf(at).length === 1);
  const idle = known.filter((at) => noRrd.includes(at.node) && !unproven.includes(at) && groupOf(at).length > 1);
  const judged = known
    .filter((at) => !unproven.includes(at) && !idle.includes(at))
    .map((at) => ({ node: at.node, key: String(groups.indexOf(groupOf(at))), shown: shown(at) }));
  // one node alone says nothing where the others are open
  const decided = judged.length > 1 || (judged.length === 1 && unproven.length + idle.length === 0);
  return [
    ...open(
      unclear,
      'unclear',
      `whether nodes share the metrics directory is not known from its file system (${unclear[0]?.value.mount?.type ?? 'no mount'}): set ${setting.name} to a directory on a local disk`,
    ),
    ...open(
      unproven,
      'unproven',
      `whether ${what} is one directory for ${namesOf(unproven)} could not be proven: set ${setting.name} to a directory on a local disk`,
    ),
    ...open(
      idle,
      'RRD off',
      `${namesOf(idle)} would share ${what} with another node, but Metrics.RRDEnabled is not on there, and whether that stops the writing is not confirmed: see whether its files still change, ls -lt ${idle[0]?.value.path}`,
    ),
    ...(decided
      ? [
          distinct('the metrics directory', judged, {
            requirements: REQUIREMENTS,
            expected: "a directory on each node's own disk",
            remediation: setting.remediation,
            details: judged.map(
              (a) => `${a.node}: ${a.shown}${byDefault.includes(a.node) ? ', the default: inside Server.DataDir' : ''}`,
            ),
          }),
        ]
      : []),
  ];
}

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
    const off = nodes.filter((n) => n.settings.own.length === 0).map((n) => n.node);
    const why =
      product === 'workbench'
        ? 'monitor-data-path is not set: its default is a directory on each node'
        : 'metrics are disabled';
    if (product === 'workbench' && off.length === nodes.length) return skip(why, { nodes: off });
    const deprecated = product === 'connect' && release !== undefined && compareVersions(release, '2026.03') >= 0;
    const setting = SETTINGS[product]!;
    const about: About = {
      setting: deprecated ? { ...setting, remediation: DEPRECATED } : setting,
      byDefault:
        product === 'connect' ? nodes.filter((n) => !n.effective.has('metrics.datapath')).map((n) => n.node) : [],
      noRrd: nodes
        .filter((n) => gcfgBoolean(n.effective.get('metrics.rrdenabled')?.value ?? 'true') !== true)
        .map((n) => n.node),
    };
    const findings: Finding[] = [
      ...(off.length > 0
        ? [skip(why, { nodes: off, subject: 'switched off', requirements: ['CONN-07', 'CONN-15'] })]
        : []),
      ...openPlaces(nodes, ['own']).map((f) => ({ ...f, requirements: REQUIREMENTS })),
      ...placesOf(nodes, ['own']).flatMap((place) => [...place.findings, ...separate(place, about)]),
    ];
    if (product !== 'connect') return findings;
    const words = nodes.map((n) => ({
      node: n.node,
      value: n.effective.get('metrics.graphiteenabled')?.value ?? 'false',
    }));
    const odd = words.filter((w) => gcfgBoolean(w.value) === undefined);
    if (odd.length > 0)
      findings.push(
        unknown(`Metrics.GraphiteEnabled = ${odd[0]!.value} is not a boolean: write true or false`, {
          nodes: odd.map((o) => o.node),
          subject: 'graphite',
          severity: 'warning',
          requirements: ['CONN-08'],
        }),
      );
    const graphite = words
      .filter((w) => !odd.includes(w))
      .map(({ node, value }) => ({ node, key: String(gcfgBoolean(value)) }));
    if (graphite.length < 2) return findings;
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
