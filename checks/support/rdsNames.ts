/**
 * What the host names of managed databases say: of Amazon RDS and Aurora, of Azure's flexible servers, and the sockets of
 * Cloud SQL (docs/sources.md 10.6). Used by `database-same`.
 */

const RDS =
  /^[^.]+\.(?:endpoint\.)?(?:(proxy|cluster|cluster-custom|cluster-ro)-)?([a-z0-9]+)\.(?:([a-z0-9-]+)\.rds\.amazonaws\.com(?:\.cn)?|rds\.([a-z0-9-]+)\.amazonaws\.com\.cn)$/;
/** Of a global database of Aurora, whichever of its clusters takes the writes. */
const GLOBAL = /^[^.]+\.global-[a-z0-9]+\.global\.rds\.amazonaws\.com$/;
/** A server, or one of its two virtual endpoints, which have a name that anybody may choose. */
const AZURE = /^[^.]+\.(?:(reader|writer)\.)?postgres\.database\.(azure\.com|chinacloudapi\.cn|usgovcloudapi\.net)$/;

interface Name {
  readonly kind?: string | undefined;
  /** Account and region, or the cloud: two names of different ones are two databases. */
  readonly place: string;
}

function nameOf(host: string): Name | undefined {
  const [, kind, id, region, chinese] = RDS.exec(host) ?? [];
  if (id !== undefined) return { kind, place: `${id} ${region ?? chinese}` };
  const [, endpoint, cloud] = AZURE.exec(host) ?? [];
  return cloud === undefined ? undefined : { kind: endpoint, place: cloud };
}

/** A proxy leads to the database that its own configuration names. */
export const isRdsProxy = (host: string): boolean => nameOf(host)?.kind === 'proxy';

/** A name for any replica, which takes no writes. */
export const isReader = (host: string): boolean => /^(cluster-ro|reader)$/.test(nameOf(host)?.kind ?? '');

/** The names of a cluster and of what may be an instance of it: a name does not tell the cluster. */
export function inOneCluster(a: string, b: string): boolean {
  const [x, y] = [nameOf(a), nameOf(b)];
  if (GLOBAL.test(a) !== GLOBAL.test(b)) return (x ?? y)?.place.includes(' ') === true;
  return x !== undefined && x.place === y?.place && x.kind !== y.kind;
}

/** A socket of the Cloud SQL Auth Proxy: its folder has the name of the instance, PROJECT:REGION:INSTANCE. */
export const isCloudSql = (host: string): boolean =>
  /^\/(?:[^/]+\/)*(?:[^/:]+:)?[^/:]+:[a-z]+-[a-z]+\d+:[^/:]+$/.test(host);
