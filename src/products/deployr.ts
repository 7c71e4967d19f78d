/** DeployR with its MongoDB. Source: docs/sources.md 1, 4.4; DeployR High Availability. */

import { groovy } from '../formats/groovy.js';
import { mongodConf } from '../formats/mongodConf.js';
import { type Config, last } from '../formats/settings.js';
import { NotSeen } from '../model/evidence.js';
import type { Installed } from './found.js';
import { attempt, type Endpoint, type KeySpec, type Profile, type Settings, textOf } from './profile.js';

/** Below the directory DeployR was installed into. */
const SERVER = 'deployr/deployr.groovy';
const MEMBER = 'mongo/mongod.conf';
const KEY = 'mongo/mongodb-keyfile';
/** MongoDB's port as DeployR sets it up (DEPLOYR-16). */
export const MONGO_PORT = '8003';

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
export const mongoSetting = (config: Config | undefined, key: string): string | undefined =>
  config && last(config, `${PREFIX}${key}`)?.value;

/** Members as the server lists them, in the order of the file and as they stand there; of two lists the last counts. */
export function listedMembers({ settings }: Config): string[] {
  const from = settings.findLastIndex((s) => s.key === `${PREFIX}replicaSet[0]`);
  return settings
    .slice(Math.max(0, from))
    .flatMap((s) => (/^grails\.mongo\.replicaSet\[\d+\]$/.test(s.key) ? [s.value] : []));
}

/** `host:port` without the blanks the document's own example has. */
export const memberName = (text: string): string => {
  const bare = text.replace(/[\s\u201c\u201d\u2018\u2019"']/g, '').toLowerCase();
  return /:\d+$/.test(bare) ? bare : `${bare}:${MONGO_PORT}`;
};

function endpoint({ server }: Mongo): Endpoint {
  if (!server) throw new NotSeen(`${SERVER} does not exist: no DeployR server is configured`);
  const name = mongoSetting(server, 'databaseName') ?? 'deployr';
  const members = listedMembers(server).map(memberName);
  // of a replica set the driver asks its members, and not `host`
  if (members.length > 0)
    return {
      role: 'database',
      host: members.map((m) => m.replace(/:\d+$/, '')).join(','),
      port: [...new Set(members.map((m) => m.replace(/^.*:/, '')))].join(','),
      name,
    };
  return {
    role: 'database',
    host: (mongoSetting(server, 'host') ?? 'localhost').toLowerCase(),
    port: mongoSetting(server, 'port') ?? MONGO_PORT,
    name,
  };
}

/** Port and path from the address that clients are sent to; behind a load balancer it may have no port. */
function listener(server: Config | undefined): Pick<Settings, 'port' | 'tls' | 'health'> {
  const url = (server && last(server, 'deployr.server.policy.override.web.context')?.value) ?? '';
  const [, secure, port, path] = /^http(s?):\/\/[^/]*:(\d+)(\/[^?#\s]*)?$/.exec(url) ?? [];
  return { port: Number(port ?? 8050), tls: secure === 's', ...(port && { health: path ?? '/' }) };
}

function settings(installed: Installed): Settings {
  const mongo = attempt(() => mongoOf(installed));
  const member = 'value' in mongo ? mongo.value.member : undefined;
  const keyFile = member && last(member, 'keyFile')?.value;
  const key: KeySpec = {
    name: 'mongodb-keyfile',
    path: keyFile ?? `${installed.root}/${KEY}`,
    because: keyFile ? `keyFile in ${MEMBER}` : 'default: the place in the vendor document',
    explicit: keyFile !== undefined,
    // the account that runs mongod
    owners: [],
    minBytes: 6,
    maxCharacters: 1024,
    alphabet: 'base64',
    presence: 'required',
    kind: 'random',
    encoding: 'raw',
  };
  const inSet = member !== undefined && (last(member, 'replSet') !== undefined || keyFile !== undefined);
  return {
    database: { value: { provider: 'mongodb', because: 'DeployR keeps its data in MongoDB' } },
    databaseFile: `${installed.root}/${SERVER}`,
    endpoints: attempt(() => {
      if ('unseen' in mongo) throw new NotSeen(mongo.unseen);
      return [endpoint(mongo.value)];
    }),
    keys: inSet ? [key] : [],
    shared: [],
    own: [],
    sqlite: [],
    s3: [],
    runtimes: [],
    ...listener('value' in mongo ? mongo.value.server : undefined),
    serviceAccounts: [],
    groups: [],
  };
}

export const deployr: Profile = {
  product: 'deployr',
  title: 'DeployR',
  root: '/home/deployr-user/deployr/8.0.0',
  // the installer asks where to; the first is what it proposes
  traces: ['/home/*/deployr/*', '/opt/deployr/*', '/opt/deployr', '/usr/local/deployr/*'].flatMap((at) => [
    `${at}/${SERVER}`,
    `${at}/${MEMBER}`,
  ]),
  rootAbove: 2,
  listed: [SERVER, MEMBER, KEY],
  texts: [
    { pattern: SERVER, format: groovy },
    { pattern: MEMBER, format: mongodConf },
  ],
  required: [SERVER],
  keyFiles: [KEY],
  perNode: [],
  databaseScope: { file: SERVER, key: /^grails\.mongo\./ },
  elsewhere: [],
  treeSeverity: 'info',
  packages: [],
  versionCommand: [],
  processes: [],
  unit: 'deployr',
  variables: 'DEPLOYR_',
  settings,
};
