/** Every parser, and what its format treats in a special way. */

import assert from 'node:assert/strict';
import { boostBoolean, boostNumber, boostOptions } from '../../src/formats/boostOptions.js';
import { connInfo } from '../../src/formats/connInfo.js';
import { environmentFile } from '../../src/formats/environmentFile.js';
import { fileSystemKind } from '../../src/formats/fileSystems.js';
import { parseFstab } from '../../src/formats/fstab.js';
import { gcfg } from '../../src/formats/gcfg.js';
import { groovy } from '../../src/formats/groovy.js';
import { isLoopback as isLoopbackHost } from '../../src/formats/hostName.js';
import { json } from '../../src/formats/json.js';
import { blocks, keyValue, rules, sections } from '../../src/formats/keyValue.js';
import { lastSeenMs, listNodes, loadBalancerStatus } from '../../src/formats/listNodes.js';
import { hideMasks, isMasked, unmaskLines } from '../../src/formats/masked.js';
import { mongodConf } from '../../src/formats/mongodConf.js';
import { mountHolding, parseMountinfo, parseMountstats } from '../../src/formats/mountinfo.js';
import { CONNECT_OVERRIDES, overrideOf } from '../../src/formats/overrides.js';
import { propertyTree } from '../../src/formats/propertyTree.js';
import { meaning } from '../../src/formats/settings.js';
import { modeOf } from '../../src/formats/stat.js';
import { storageService } from '../../src/formats/storageService.js';
import { dropInOrder } from '../../src/formats/systemdDropIns.js';
import { environmentOf } from '../../src/formats/systemdEnvironment.js';
import { expandCommand, systemdUnit } from '../../src/formats/systemdUnit.js';
import { chronyTracking, ntpqPeers, timedatectl } from '../../src/formats/timeSource.js';
import { compareVersions, numbersOf, versionToken } from '../../src/formats/version.js';
import { configDirectories, envVars } from '../../src/formats/xdg.js';
import { builtIn } from '../../src/load/products.js';
import { NotSeen } from '../../src/model/evidence.js';
import { endpointOf, isLoopback, workbenchEndpoint } from '../../src/products/endpoints.js';

const DIGEST = '0123456789abcdef'.repeat(4);
/** Pieces every parser has to live with. */
export const COMMON = [
  ...' \t\n\r=:;#,.-/\\"\'`[](){}<>@%$|+*?!~^&a1é“”\uFEFF\u2028\0',
  '\r\n',
  '\n\n',
  '\\\n',
  ' \n',
  'a=1\n',
  'a№=1\n',
  'a = "b" ; c\n',
  '- ',
  ' - ',
  '1.',
  '\ud800',
];

interface Parser {
  readonly name: string;
  readonly parse: (text: string) => unknown;
  /** What the format itself treats in a special way, beside the common pieces. */
  readonly special: readonly string[];
}

/** Its one way to say that it cannot tell. */
const notSeen = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof NotSeen, String(error));
    return undefined;
  }
};

export const PARSERS: readonly Parser[] = [
  { name: 'gcfg', parse: (t) => meaning(gcfg(t)), special: ['[', '[a', '[a "', '[a "\\', 'a=', 'a="', 'a\n'] },
  { name: 'keyValue', parse: (t) => meaning(keyValue(t)), special: ['a="', '=\n', '#a=1\n'] },
  { name: 'blocks', parse: (t) => meaning(blocks(t)), special: ['Path: ', '/a\n', '\n\n'] },
  { name: 'rules', parse: (t) => meaning(rules(t)), special: ['allow ', 'deny all\n'] },
  { name: 'sections', parse: (t) => meaning(sections(t)), special: ['[', '[ ', '[config]\n', '[a]\n', 'b\n'] },
  {
    name: 'groovy',
    parse: (t) => meaning(groovy(t)),
    special: [
      'a{',
      'a=[',
      'a=[b:',
      'a="${',
      "a='''",
      'a="""',
      'a.b=',
      '//',
      '/*',
      '=/',
      '=~/',
      '”,',
      'a=“',
      '\\u',
      `%masked:${DIGEST}%`,
    ],
  },
  {
    name: 'mongodConf',
    parse: (t) => meaning(mongodConf(t)),
    special: ['a: {', 'a:\n', 'a: "', "a: '", '- a\n', 'a: b\n', '{a: '],
  },
  {
    name: 'mountinfo',
    parse: (t) => mountHolding(parseMountinfo(t), '/a/b', '0:1'),
    special: ['1 1 0:1 / ', '1 1 0:1 / /a rw - nfs h:/ rw\n', '\\040', 'rw,'],
  },
  { name: 'mountstats', parse: parseMountstats, special: ['device ', 'device a mounted on ', '\topts:\t', 'a=1,'] },
  { name: 'chronyTracking', parse: chronyTracking, special: ['7F7F0101,', '0,', 'Normal\n'] },
  { name: 'ntpqPeers', parse: ntpqPeers, special: ['*127.127.1.0 .LOCL. ', '*a b 1 u 1 1 1 1 1 1\n', '1 '] },
  { name: 'timedatectl', parse: timedatectl, special: ['NTPSynchronized=', 'NTP=\n'] },
  {
    name: 'versionToken of Workbench',
    parse: (t) => versionToken(builtIn.profiles.get('workbench')!.version, t),
    special: ['v1', '1.1', '+1', '1\n'],
  },
  {
    name: 'versionToken of the others',
    parse: (t) => versionToken(builtIn.profiles.get('connect')!.version, t),
    special: ['v1', '1.1', '2023', '-1'],
  },
  { name: 'compareVersions', parse: (t) => [numbersOf(t), compareVersions(t, '1.2')], special: ['1.1'] },
  { name: 'modeOf', parse: modeOf, special: ['81a4'] },
  {
    name: 'listNodes',
    parse: listNodes,
    special: ['Protocol\n', 'ID Host \n', 'ID Host \n1 ', '1 a Online\n', '2021-Sep-20 17:08:53'],
  },
  { name: 'lastSeenMs', parse: (t) => lastSeenMs(t, 60), special: ['2021-Sep-20 17:08:53', '2021-'] },
  {
    name: 'loadBalancerStatus',
    parse: loadBalancerStatus,
    special: ['a:1 ', 'a:1 Load: ', 'a:1 (offline) ', '1 - a\n', ':1'],
  },
  {
    name: 'unmaskLines',
    parse: (t) => [unmaskLines(t.split('\n')), hideMasks(t), isMasked(t)],
    special: [
      '=file a\n',
      '=cut 1\n',
      '=placeholder 1\n',
      `+a\n${DIGEST}  -\n|b\n`,
      '+a\n',
      '|a\n',
      '%masked:',
      DIGEST,
    ],
  },
  {
    name: 'boostOptions',
    parse: (t) => [meaning(boostOptions(t)), boostBoolean(t), boostNumber(t)],
    special: ['[', '[s]\n', 'a=1\n', '--', ';a='],
  },
  { name: 'json', parse: (t) => meaning(json(t)), special: ['{', '}', '"', '/*', '//', ',\n}'] },
  { name: 'propertyTree', parse: (t) => meaning(propertyTree(t)), special: ['[', '[s]\n', '[№]\n', 'a=1\n'] },
  {
    name: 'systemdUnit',
    parse: (t) => {
      const unit = systemdUnit(`a-b@${t}.service`, [{ path: '/u', text: t }]);
      const matched = new Map(unit.environmentFiles.map((f) => [f.pattern, { files: [], unread: [] }]));
      return [environmentOf(unit, matched), unit.commands.map((c) => expandCommand(c.argv, new Map([['A', 'x y']])))];
    },
    special: [
      '[Service]\n',
      'Environment=',
      'Environment=A=1\n',
      'Environment=№=1\n',
      'EnvironmentFile=-/a\n',
      'ExecStart=/a $A ${A}\n',
      'UnsetEnvironment=A=1\n',
      'PassEnvironment=A\n',
      '\\x41',
      '%n',
      `%masked:${DIGEST}%`,
      '\\U0010ffff',
      '\\Uffffffff',
    ],
  },
  { name: 'environmentFile', parse: environmentFile, special: ['A=', "A='", 'A="', 'A=1\n', '№=1\n', '#\n'] },
  {
    name: 'dropInOrder',
    parse: (t) => dropInOrder(t.split('\n'), t.slice(0, 60)),
    special: ['/etc/systemd/system/', 'service.d/', '.conf', '.service', '.service.d/№.conf\n'],
  },
  {
    name: 'configDirectories',
    parse: (t) => [
      configDirectories(new Map([['XDG_CONFIG_DIRS', t]]), { home: t.slice(0, 9) }),
      configDirectories(new Map([['RSTUDIO_CONFIG_DIR', t]]), {}),
    ],
    special: ['$HOME', '${USER}', '~/', ':/a', '/'],
  },
  { name: 'envVars', parse: envVars, special: ['A=1\n'] },
  { name: 'overrideOf', parse: (t) => overrideOf(`CONNECT_${t}`, CONNECT_OVERRIDES), special: ['HTTP_', 'A_'] },
  {
    name: 'connInfo',
    parse: (t) => [connInfo(t), connInfo(`postgres://${t}`)],
    special: ['postgres://', '@', ':1', '[::1]', '[', ',', 'a=', "a='", '&host=', '%2', '%41', `%masked:${DIGEST}%`],
  },
  {
    name: 'hostName',
    parse: (t) => isLoopbackHost(t),
    special: ['127.0.0.1 ', '::1 ', '10.0.0.№ a\n', '1.1.1.1 №\n', '.localhost', '1.1.1.1 a\n'],
  },
  { name: 'fstab', parse: parseFstab, special: ['a /b nfs ', 'a /b nfs a,b=c\n', '\\040', 'noauto,'] },
  {
    name: 'storageService',
    parse: (t) => [
      fileSystemKind('fuse', t),
      fileSystemKind(t),
      storageService({ source: t, options: new Map([['port', '20049']]) }, { processes: [t] }),
    ],
    special: ['fs-1', '.efs.', 'a.', 'stunnel ', '127.0.0.1:', 'efs-', '@tcp:'],
  },
  {
    name: 'endpointOf',
    parse: (t) => notSeen(() => [endpointOf('database', t), isLoopback(t)]),
    special: ['a://', 'a://@', 'a://h:', 'a://h?', 'host=', "host='", 'host', 'user=', '%2'],
  },
  {
    name: 'workbenchEndpoint',
    parse: (t) => notSeen(() => workbenchEndpoint(keyValue(t))),
    special: ['connection-uri=', 'connection-uri=a://', 'host=h\n'],
  },
];
