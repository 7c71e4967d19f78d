/** What holds for every parser: no text makes it throw or think for long, and what was written is read back. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boostBoolean, boostNumber, boostOptions } from '../../src/formats/boostOptions.js';
import { connInfo } from '../../src/formats/connInfo.js';
import { environmentFile } from '../../src/formats/environmentFile.js';
import { fileSystemKind } from '../../src/formats/fileSystems.js';
import { parseFstab } from '../../src/formats/fstab.js';
import { gcfg } from '../../src/formats/gcfg.js';
import { groovy } from '../../src/formats/groovy.js';
import { isLoopback as isLoopbackHost } from '../../src/formats/hostName.js';
import { keyValue, sections } from '../../src/formats/keyValue.js';
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

fc.configureGlobal({ seed: 20_260_101, numRuns: 150 });

const DIGEST = '0123456789abcdef'.repeat(4);
/** Pieces every parser has to live with. */
const COMMON = [
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

const PARSERS: readonly Parser[] = [
  { name: 'gcfg', parse: (t) => meaning(gcfg(t)), special: ['[', '[a', '[a "', '[a "\\', 'a=', 'a="', 'a\n'] },
  { name: 'keyValue', parse: (t) => meaning(keyValue(t)), special: ['a="', '=\n', '#a=1\n'] },
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

const took = (work: () => void): number => {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
};

let count = 0;
/** `length` characters of one piece, each № another number, after another piece; the last characters fit neither. */
const long = (head: string, piece: string, length: number): string =>
  `${head}${piece.repeat(Math.ceil(length / piece.length))}x":]x\n`.replace(/№/g, () => String(count++));

describe('parsers', () => {
  for (const { name, parse, special } of PARSERS) {
    const pieces = fc.oneof(fc.constantFrom(...special), fc.constantFrom(...COMMON));
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(pieces, { maxLength: 60 }).map((p) => p.join('')),
    );

    it(`${name} never throws`, () => {
      parse('');
      fc.assert(
        fc.property(texts, (text) => {
          parse(text);
        }),
      );
    });

    it(`${name} takes ten times as long for ten times as much`, () => {
      const measure = (head: string, piece: string, length: number): number => {
        const text = long(head, piece, length);
        return took(() => parse(text));
      };
      const worst = ['', ...special]
        .flatMap((head) => [...COMMON, ...special].map((piece) => ({ head, piece, ms: measure(head, piece, 4000) })))
        .sort((a, b) => b.ms - a.ms)
        .slice(0, 8);
      for (const { head, piece } of worst) {
        const what = `${JSON.stringify(head)}, then ${JSON.stringify(piece)}`;
        const short = Math.min(measure(head, piece, 20_000), measure(head, piece, 20_000));
        assert.ok(short < 500, `${what}: 20 KB took ${short.toFixed()} ms`);
        // a busy machine is slow now and then; what grows too fast is so every time
        let whole = measure(head, piece, 200_000);
        for (let tries = 0; tries < 4 && whole >= 150; tries++) whole = Math.min(whole, measure(head, piece, 200_000));
        assert.ok(whole < 2000, `${what}: 200 KB took ${whole.toFixed()} ms`);
        // what is over at once says nothing
        assert.ok(whole < 150 || whole < 40 * short, `${what}: ${short.toFixed(1)} ms, then ${whole.toFixed()} ms`);
      }
    });
  }
});

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const names = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 6 });
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.constantFrom(...COMMON), { maxLength: 12 }).map((p) => p.join('')),
);
const pairs = fc.array(fc.tuple(names, anything), { maxLength: 8 });

describe('what was written is read back', () => {
  it('gcfg, quoted', () => {
    const quote = (text: string): string =>
      `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
    // the library drops carriage returns, and refuses NUL and an empty subsection
    const plain = anything.map((s) => s.replace(/[\r\0\uFFFD]/g, ''));
    const sub = plain.map((s) => `s${s.replaceAll('\n', '')}`);
    const section = fc.tuple(names, fc.option(sub), fc.array(fc.tuple(names, plain), { maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(section, { maxLength: 5 }), (all) => {
        const text = all
          .map(([name, sub, list]) => {
            const header = sub === null ? `[${name}]` : `[${name} "${sub.replace(/[\\"]/g, '\\$&')}"]`;
            return [header, ...list.map(([key, value]) => `  ${key.toUpperCase()} = ${quote(value)} ; c`)].join('\n');
          })
          .join('\n');
        const expected = all.flatMap(([name, sub, list]) =>
          list.map(([key, value]) => [`${sub === null ? name : `${name} "${sub}"`}.${key}`, value]),
        );
        const { settings, remarks } = gcfg(text);
        assert.deepEqual(
          settings.map((s) => [s.key, s.value]),
          expected,
        );
        assert.deepEqual(remarks, []);
      }),
    );
  });

  it('keyValue, as JSON', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const text = list.map(([key, value]) => ` ${key} = ${JSON.stringify(value)}\r\n`).join('');
        assert.deepEqual(
          keyValue(text).settings.map((s) => [s.key, s.value]),
          list,
        );
      }),
    );
  });

  it('mountinfo, with octal escapes', () => {
    const escaped = (path: string): string =>
      path.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
    const path = anything.map((s) => `/${s}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(path, path, path), { maxLength: 6 }), (list) => {
        const text = list
          .map((m, i) => `${i} 1 0:${i} ${m.slice(0, 2).map(escaped).join(' ')} rw - nfs ${escaped(m[2])} rw,vers=3\n`)
          .join('');
        assert.deepEqual(
          parseMountinfo(text).map((m) => [m.root, m.point, m.source]),
          list,
        );
      }),
    );
  });

  it('groovy strings, in every kind of quote', () => {
    const quotes = fc.constantFrom('"', "'", '"""', "'''");
    const written = (text: string, quote: string): string =>
      quote +
      text
        .replace(/[\\"'$]/g, '\\$&')
        .replaceAll('\n', '\\n')
        .replaceAll('\r', '\\r')
        .replace(/[“”‘’]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`) +
      quote;
    fc.assert(
      fc.property(fc.array(fc.tuple(names, anything, quotes), { maxLength: 6 }), (list) => {
        const keys = list.map(([name], i) => `k${i}.${name}`);
        const dotted = list.map(([, value, quote], i) => `${keys[i]} = ${written(value, quote)}`).join('\n');
        const nested = list.map(([name, value, quote], i) => `k${i} { ${name} = ${written(value, quote)} }`).join(';');
        const inList = `all = [${list.map(([, value, quote]) => written(value, quote)).join(',\n')}]`;
        const expected = list.map(([, value]) => value);
        for (const text of [dotted, nested, inList])
          assert.deepEqual(
            groovy(text).settings.map((s) => s.value),
            expected,
          );
        assert.deepEqual(
          groovy(dotted).settings.map((s) => s.key),
          keys,
        );
      }),
    );
  });

  it('lists of nodes, with and without address and time', () => {
    const status = fc.constantFrom('Online', 'Offline', 'Failed to resolve', 'Invalid secure cookie key', 'Deleting');
    const fields = {
      id: fc.nat(99),
      host: names,
      ipv4: fc.option(fc.ipV4(), { nil: undefined }),
      port: fc.integer({ min: 1, max: 65_535 }),
      status,
      lastSeen: fc.option(fc.constant('2021-Sep-20 17:08:53'), { nil: undefined }),
    };
    const node = fc.record(fields, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 6 }), (list) => {
        const rows = list.map((n) => [n.id, n.host, n.ipv4 ?? ' ', n.port, n.status, n.lastSeen ?? ''].join('  '));
        const { nodes, trouble } = listNodes(`ID  Host  IPv4  Port  Status  Last Seen\n${rows.join('\n')}\n`);
        assert.deepEqual(
          nodes.map((n) => ({ ipv4: undefined, lastSeen: undefined, ...n })),
          list,
        );
        assert.equal(trouble, undefined);
      }),
    );
  });
});
