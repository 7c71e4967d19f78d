/** What the host names of Amazon RDS and Aurora say, and the sockets of Cloud SQL (docs/sources.md 10.6). Used by `database-same`. */

const NAME =
  /^[^.]+\.(?:(proxy|cluster|cluster-custom|cluster-ro)-)?([a-z0-9]+\.[a-z0-9-]+)\.rds\.amazonaws\.com(?:\.cn)?$/;

/** A proxy leads to the database that its own configuration names. */
export const isRdsProxy = (host: string): boolean => NAME.exec(host)?.[1] === 'proxy';

/** Aurora's name for any replica, which takes no writes. */
export const isReader = (host: string): boolean => NAME.exec(host)?.[1] === 'cluster-ro';

/** The names of a cluster and of what may be an instance of it: a name tells the account and the region, not the cluster. */
export function inOneCluster(a: string, b: string): boolean {
  const [x, y] = [NAME.exec(a), NAME.exec(b)];
  return x?.[2] !== undefined && x[2] === y?.[2] && x[1] !== y[1];
}

/** A socket of the Cloud SQL Auth Proxy: its folder has the name of the instance, PROJECT:REGION:INSTANCE. */
export const isCloudSql = (host: string): boolean =>
  /^\/(?:[^/]+\/)*(?:[^/:]+:)?[^/:]+:[a-z]+-[a-z]+\d+:[^/:]+$/.test(host);
