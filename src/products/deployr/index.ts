/** DeployR with its MongoDB, or the database of later releases. Source: docs/sources.md 1, 4.4; DeployR High Availability. */

import { groovy } from '../../formats/groovy.js';
import { mongodConf } from '../../formats/mongodConf.js';
import { type Config, last, unknownValue } from '../../formats/settings.js';
import { NotSeen } from '../../model/evidence.js';
import { defineProduct } from '../define.js';
import { type Installed, pathOf } from '../installed.js';
import { attempt } from '../profile.js';
import type { Endpoint, KeySpec, Settings } from '../settings.js';
import { dataSource } from './dataSource.js';
import {
  listedMembers,
  MEMBER,
  MONGO_PORT,
  type Mongo,
  memberName,
  mongoOf,
  mongoSetting,
  SERVER,
  unknownMongo,
  usesMongo,
} from './mongo.js';
import { deployr as document } from './requirements.js';

const KEY = 'mongo/mongodb-keyfile';

function endpoint({ server }: Mongo): Endpoint {
  if (!server) throw new NotSeen(`${SERVER} does not exist: no DeployR server is configured`);
  if (!usesMongo(server)) return dataSource(server, SERVER);
  const known = (...keys: readonly string[]): void => {
    const why = unknownMongo(server, ...keys);
    if (why !== undefined) throw new NotSeen(why);
  };
  known('databaseName', 'replicaSet');
  const name = mongoSetting(server, 'databaseName') ?? 'deployr';
  const members = listedMembers(server).map(memberName);
  // of a replica set the driver asks its members, and not `host`
  if (members.length > 0) {
    if (members.some((m) => m.startsWith(':'))) throw new NotSeen(`${SERVER} lists a member without a host`);
    const ports = members.map((m) => m.replace(/^.*:/, ''));
    return {
      role: 'database',
      host: members.map((m) => m.replace(/:\d+$/, '')).join(','),
      port: new Set(ports).size === 1 ? ports[0]! : ports.join(','),
      name,
    };
  }
  known('host', 'port');
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

function settings(installed: Installed): Partial<Settings> {
  const mongo = attempt(() => mongoOf(installed));
  const member = 'value' in mongo ? mongo.value.member : undefined;
  const keyFile = member && last(member, 'keyFile')?.value;
  const unread = member && unknownValue(member, 'keyFile');
  const key: KeySpec = {
    name: 'mongodb-keyfile',
    ...(unread === undefined && { path: keyFile ?? `${installed.root}/${KEY}` }),
    because:
      unread !== undefined
        ? `${MEMBER} ${unread}`
        : keyFile
          ? `keyFile in ${MEMBER}`
          : 'default: the place in the vendor document',
    explicit: keyFile !== undefined,
    // the account that runs mongod
    owners: [],
    minBytes: 6,
    maxCharacters: 1024,
    alphabet: 'base64',
    presence: 'required',
    kind: 'random',
    // mongod takes all white space out before it looks at the rest (mongo, security_file.cpp)
    encoding: 'spaceless',
  };
  const inSet =
    member !== undefined &&
    ['replSet', 'keyFile'].some((key) => last(member, key) !== undefined || unknownValue(member, key) !== undefined);
  return {
    database: {
      value:
        'value' in mongo && mongo.value.server && !usesMongo(mongo.value.server)
          ? { provider: 'dataSource', because: `dataSource in ${SERVER}` }
          : { provider: 'mongodb', because: 'DeployR keeps its data in MongoDB' },
    },
    databaseFile: pathOf(installed, SERVER),
    endpoints: attempt(() => {
      if ('unseen' in mongo) throw new NotSeen(mongo.unseen);
      return [endpoint(mongo.value)];
    }),
    keys: inSet ? [key] : [],
    ...listener('value' in mongo ? mongo.value.server : undefined),
  };
}

/** Its document asks for neither. */
const NOT_FOR = {
  certificates: 'its document leaves TLS to the load balancer',
  'clock-source': 'its document asks only that the clocks agree',
  'config-directory': 'its files lie where its installer was told to put them',
  'config-identical': "each server's configuration names that server",
  'config-syntax': 'separate checks judge its files',
  runtimes: 'its document says nothing of R on its nodes',
  'user-ids': 'its nodes do not share files',
};

export default defineProduct({
  product: 'deployr',
  title: 'DeployR',
  documents: [document],
  notFor: NOT_FOR,
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
  databaseScope: { file: SERVER, key: /^(grails\.mongo|dataSource)\./ },
  settings,
  // a separate collector reads its files
  effective: () => new Map(),
  version: /(?!)/,
  hasKeys: true,
  database: { kind: 'mongodb', words: ['mongodb'] },
  modes: ['primary-standby', 'load-balanced'],
});
