/** What DeployR's own files say of its MongoDB. Source: docs/sources.md 4.4. */

import { groovy } from '../../formats/groovy.js';
import { addressOf } from '../../formats/hostName.js';
import { mongodConf } from '../../formats/mongodConf.js';
import { type Config, last, unknownValue } from '../../formats/settings.js';
import type { Installed } from '../installed.js';
import { textOf } from '../profile.js';
import { dataSourceLine } from './dataSource.js';

/** Below the directory DeployR was installed into. */
export const SERVER = 'deployr/deployr.groovy';
export const MEMBER = 'mongo/mongod.conf';
/** MongoDB's port as DeployR sets it up (DEPLOYR-16); what sets it is not documented, so a mongod.conf without one decides nothing. */
export const MONGO_PORT = '8003';
/** The driver's, for a member that is listed without one. */
const DRIVER_PORT = '27017';

export interface Mongo {
  /** What deployr.groovy says; absent on a machine that is only a member of the replica set. */
  readonly server?: Config;
  /** What mongod.conf says; absent where no MongoDB is set up. */
  readonly member?: Config;
}

/** NotSeen when a file that is there could not be read. */
export function mongoOf(installed: Installed): Mongo {
  const [server, member] = [textOf(installed, SERVER), textOf(installed, MEMBER)];
  return {
    ...(server !== undefined && { server: groovy(server) }),
    ...(member !== undefined && { member: mongodConf(member) }),
  };
}

const PREFIX = 'grails.mongo.';

/** Whether the server keeps its data in MongoDB, as far as the file says. */
export const usesMongo = (config: Config): boolean =>
  dataSourceLine(config) === undefined ||
  [...config.settings, ...(config.unread ?? [])].some(({ key }) => /^grails(\.mongo(\.|$)|$)/.test(key));

export const mongoSetting = (config: Config | undefined, key: string): string | undefined =>
  config && last(config, `${PREFIX}${key}`)?.value;

/** Where later releases of the plugin look for the servers (docs/sources.md 4.4). */
const ELSEWHERE =
  /^grails\.(?:mongo\.(?:connectionString|url)$|mongodb\.(?:connectionString|url|host|port|replicaSet)\b)/;

/** Why what the file says of the members, or of the one host, is not what the driver dials; undefined where it may be. */
function otherAddress(config: Config, key: string): string | undefined {
  if (!['replicaSet', 'host', 'port'].includes(key)) return undefined;
  const text = last(config, `${PREFIX}replicaSet`);
  if (text && text.value !== 'null') return `line ${text.line}: ${text.key} is one text, and not a list of members`;
  const address = config.settings.findLast(({ key, value }) => ELSEWHERE.test(key) && value !== '' && value !== 'null');
  return address
    ? `line ${address.line}: ${address.key} may name other servers, and whether it counts depends on the release`
    : undefined;
}

/** Why one of these settings of the server, or `replicaSet`, is not known; undefined where all are. */
export function unknownMongo(config: Config | undefined, ...keys: readonly string[]): string | undefined {
  const other = config && dataSourceLine(config);
  if (other !== undefined)
    return `${SERVER} line ${other} has both dataSource and grails.mongo, and which of them counts depends on the release`;
  const why = keys.flatMap(
    (key) => (config && (unknownValue(config, `${PREFIX}${key}`) ?? otherAddress(config, key))) ?? [],
  )[0];
  return why === undefined ? undefined : `${SERVER} ${why}`;
}

/** Members as the server lists them, in the order of the file and as they stand there; of two lists the last counts. */
export function listedMembers({ settings }: Config): string[] {
  const from = settings.findLastIndex((s) => s.key === `${PREFIX}replicaSet[0]`);
  return settings
    .slice(Math.max(0, from))
    .flatMap((s) => (/^grails\.mongo\.replicaSet\[\d+\]$/.test(s.key) ? [s.value] : []));
}

/** `host:port` as the driver dials it, without the blanks the document's own example has, the final dot of a name, and the other forms of an IPv6 address. */
export const memberName = (text: string): string => {
  const bare = text
    .replace(/[\s\u201c\u201d\u2018\u2019"']/g, '')
    .toLowerCase()
    .replace(/\.(?=(:\d+)?$)/, '');
  const [, host = '', port = DRIVER_PORT] = /^(.*?)(?::(\d+))?$/.exec(bare)!;
  const address = host.startsWith('[') ? addressOf(host) : undefined;
  return `${address?.includes(':') ? `[${address}]` : (address ?? host)}:${port}`;
};
