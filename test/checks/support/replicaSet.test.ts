import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { At } from '../../../checks/support/mongoFiles.js';
import { ofAddresses, ofList, ofMembers, ofSettings } from '../../../checks/support/replicaSet.js';
import { ofSizes } from '../../../checks/support/setSize.js';
import { groovy } from '../../../src/formats/groovy.js';
import { mongodConf } from '../../../src/formats/mongodConf.js';
import { bareCluster } from '../../../src/model/inventory.js';
import type { Finding } from '../../../src/model/verdict.js';

const cluster = {
  ...bareCluster(['a', 'b', 'c']),
  nodes: ['a', 'b', 'c'].map((name, i) => ({
    name: name.toUpperCase(),
    host: `10.0.0.${i + 1}`,
    connection: { type: 'local' as const },
  })),
};
/** Names in capitals, as of `cluster`. */
const at = (texts: readonly string[], format: typeof groovy): At[] =>
  texts.map((text, i) => ({ node: 'ABC'[i]!, value: format(text) }));
const list = (...members: string[]): string => `replicaSet = [ ${members.map((m) => `"${m}"`).join(', ')} ]`;
const servers = (...bodies: string[]): At[] =>
  at(
    bodies.map((body) => `grails { mongo {\n${body}\n} }`),
    groovy,
  );
const members = (...texts: string[]): At[] => at(texts, mongodConf);
const short = ({ status, subject, nodes = [] }: Finding): string => [status, subject, ...nodes].join(' ');
const only = (findings: readonly Finding[], subject: string): Finding => findings.find((f) => f.subject === subject)!;

const FINE = list('10.0.0.1:8003', '10.0.0.2:8003', '10.0.0.3:8003');
const CONF = 'replSet=rs0\nkeyFile=/k\n';
const SIZES = ['pass odd A B', 'pass three A B', 'pass machines A B', 'pass addresses A B'];

describe('the list of members', () => {
  const ROWS: readonly [name: string, lists: readonly string[], expected: readonly string[]][] = [
    ['one list', [FINE, FINE], ['pass list A B', ...SIZES]],
    ['no list', ['x = 1', 'x = 1'], []],
    [
      'no list on one',
      [FINE, 'x = 1'],
      ['fail list A B', 'pass odd A', 'pass three A', 'pass machines A', 'pass addresses A'],
    ],
    [
      'another order and capitals',
      [list('H1:8003', 'h2:8003', 'h3:8003'), list('h3:8003', 'h2:8003', 'h1:8003')],
      ['pass list A B', ...SIZES],
    ],
    // the driver dials 27017 then
    ['without a port on one', [FINE, FINE.replace('0.2:8003', '0.2')], ['fail list A B', ...SIZES, 'fail ports A B']],
    ['blanks', [FINE, FINE.replace('"10.0.0.1', '" 10.0.0.1')], ['fail spelling B', 'pass list A B', ...SIZES]],
    ['blanks in the one host', ['host = " h1"', 'host = "h1"'], ['fail spelling A']],
    ['a blank that does not break', ['host = "h\u00a01"'], ['fail spelling A']],
    ['typographic quotes in a host', ['host = "\u201ch1\u201d"'], ['fail spelling A']],
    ['around another setting', ['note = \u201ch1\u201d'], ['fail spelling A']],
    // an apostrophe in a text, or in a password, is nobody's fault
    ['in another setting', ['note = "it\u2019s"\npassword = "it\u2019s"'], []],
    ['blanks in another setting', ['note = "a b"', 'x = 1'], []],
    [
      'another port',
      [list('h1:1', 'h2:8003', 'h3:8003'), list('h1:1', 'h2:8003', 'h3:8003')],
      ['pass list A B', ...SIZES, 'fail ports A B'],
    ],
  ];
  for (const [name, lists, expected] of ROWS)
    it(name, () => assert.deepEqual(ofList(servers(...lists), cluster).map(short), expected));
  it('a blank outside the address belongs to another file', () => {
    const own = { node: 'A', value: groovy('other { grails { mongo { host = "a b" } } }') };
    assert.deepEqual(ofList([own], cluster), []);
  });
  it('says what is written, and where', () => {
    const [blank] = ofList(servers('host = "h 1"'), cluster);
    assert.match(blank!.message, /line 2: "h 1" has blanks in it, so it is not an address/);
    assert.deepEqual([blank!.observed, blank!.requirements], ['A: h 1', ['DEPLOYR-25']]);
    const found = ofList(servers(list('h2:2', 'h1:1', 'h3', 'h4:1'), 'x = 1'), cluster);
    assert.match(only(found, 'list').message, /A: h1:1, h2:2, h3:27017, h4:1; B: none/);
    assert.deepEqual(only(found, 'list').requirements, ['DEPLOYR-25']);
    const { message, severity, requirements } = only(found, 'ports');
    assert.match(message, /^not on port 8003, .*: h1:1, h2:2, h3:27017 and h4:1$/);
    assert.deepEqual([severity, requirements], ['info', ['DEPLOYR-16']]);
  });
  it('of a reference is right', () => {
    const found = ofList(servers(FINE, list('h1:8003', 'h2:8003')), { ...cluster, reference: 'B' });
    assert.equal(short(only(found, 'list')), 'fail list A');
  });
});

describe('the number of members', () => {
  const listing = (...sizes: number[]) =>
    sizes.map((size, i) => ({ node: 'ABC'[i]!, value: Array.from({ length: size }, (_, n) => `h${n}:8003`) }));
  const ROWS: readonly [sizes: number[], voting: number[] | undefined, expected: readonly string[]][] = [
    [[3, 3], undefined, ['pass odd A B', 'pass three A B']],
    [[5], undefined, ['pass odd A', 'pass three A']],
    [[1], undefined, ['pass odd A', 'fail three A']],
    [[2], undefined, ['fail odd A']],
    [[4], undefined, ['fail odd A']],
    [[3, 4], undefined, ['fail odd B']],
    [[1, 2], undefined, ['fail odd B', 'fail three A']],
    [[4], [3], ['pass odd A', 'pass three A']],
    [[3], [2], ['fail odd A']],
    // one vote is odd, and no majority is left without it
    [[2], [1], ['fail odd A']],
    [[3], [1], ['fail odd A']],
  ];
  for (const [sizes, voting, expected] of ROWS)
    it(`${sizes.join(', ')}, voting ${voting?.join(', ') ?? 'all'}`, () => {
      const all = listing(...sizes);
      const findings = voting ? ofSizes(all, listing(...voting)) : ofSizes(all);
      const nodes = all.map((l) => l.node).join(' ');
      assert.deepEqual(findings.map(short), [...expected, `pass machines ${nodes}`]);
    });
  it('says it in words', () => {
    const facts = (f: Finding) => [f.message.replace(/^.*?: /, ''), f.observed, f.requirements, f.severity];
    const [even, apart] = ofSizes([{ node: 'A', value: ['h1:8003', 'H1:8004', 'h2', 'h2:1'] }]);
    assert.match(even!.message, /4 members are an even number/);
    assert.deepEqual([even!.observed, even!.requirements], ['A: 4', ['DEPLOYR-14']]);
    assert.match(apart!.message, /2 members are on one machine: h1 and h2/);
    assert.deepEqual(facts(apart!).slice(1), ['A: h1:8003, h1:8004, h2:27017, h2:1', ['DEPLOYR-15'], 'warning']);
    const [, one] = ofSizes(listing(1));
    assert.match(one!.message, /one member is not a replica set/);
    assert.deepEqual(facts(one!).slice(1), ['A: 1', ['DEPLOYR-17'], 'info']);
    assert.match(ofSizes(listing(2), listing(1))[0]!.message, /only h0:8003 votes: when it fails/);
    assert.match(ofSizes(listing(3), listing(2))[0]!.message, /2 voting members are an even number/);
    assert.deepEqual(ofSizes(listing(3))[1]!.requirements, ['DEPLOYR-17']);
  });
  it('no member is named by a loopback address', () => {
    const finding = ofAddresses([
      { node: 'A', value: ['localhost:1', 'h1', '[::1]:8003'] },
      { node: 'B', value: ['h1'] },
    ]);
    assert.equal(short(finding), 'fail addresses A');
    assert.match(finding.message, /localhost:1 and \[::1\]:8003 is a different machine/);
    assert.deepEqual([finding.observed, finding.requirements], ['A: localhost:1, [::1]:8003', ['DEPLOYR-24']]);
  });
});

describe('mongod.conf', () => {
  const ROWS: readonly [
    name: string,
    confs: readonly string[],
    lists: readonly string[],
    expected: readonly string[],
  ][] = [
    ['as it is to be', [CONF, CONF], [FINE], ['pass set A B']],
    ['one member', [CONF], [], []],
    ['no set', [CONF, 'keyFile=/k\n'], [], ['fail member B']],
    ['no key', ['replSet=rs0\n', CONF], [], ['fail member A', 'pass set A B']],
    ['an empty key', ['replSet=rs0\nkeyFile=\n', CONF], [], ['fail member A', 'pass set A B']],
    ['another set', [CONF, CONF.replace('rs0', 'rs1')], [], ['fail set A B']],
    ['typographic quotes', [CONF, `${CONF}x=\u201cy\u201d\n`], [], ['fail member B', 'pass set A B']],
    ['one in the middle of a path', [CONF, `${CONF}dbpath=/data/jo\u2019s db\n`], [], ['pass set A B']],
    ['a line that is not understood', ['replication:\n  replSetName: rs0\nsecurity:\n  keyFile: /k\n- {\n'], [], []],
    [
      'bound to itself',
      [`${CONF}bind_ip=127.0.0.1, ::1\n`, `${CONF}bind_ip=localhost\n`],
      [],
      ['fail bind A B', 'pass set A B'],
    ],
    ['to its address, too', [`${CONF}bind_ip=127.0.0.1,10.0.0.1\n`, CONF], [], ['pass set A B']],
    ['to every address', [`${CONF}bind_ip=0.0.0.0\n`, `${CONF}bind_ip=127.0.0.1,::\n`], [], ['pass set A B']],
    ['the listed port', [`${CONF}port=1\n`], [list('10.0.0.1:1', 'h2')], []],
    [
      'another one',
      [`${CONF}port=1\n`, CONF],
      [list('10.0.0.1:2', '10.0.0.2')],
      ['fail listed port A', 'pass set A B'],
    ],
    // what mongod.sh sets then is not documented
    ['no port in the file', [CONF], [list('10.0.0.1:8003'), list('10.0.0.1:27017')], []],
    ['listed by name', [CONF, `${CONF}port=2\n`], [list('b:1')], ['fail listed port B', 'pass set A B']],
    ["listed without one: the driver's", [`${CONF}port=8003\n`], [list('10.0.0.1')], ['fail listed port A']],
    ['by one of two lists', [`${CONF}port=27017\n`], [list('a:1'), list('a')], []],
    ['not listed', [`${CONF}port=1\n`], [list('h1:2')], []],
  ];
  for (const [name, confs, lists, expected] of ROWS)
    it(name, () => {
      const findings = ofMembers(members(...confs), servers(...lists), cluster);
      assert.deepEqual(findings.map(short), expected);
    });
  it('says what is wrong', () => {
    const two = [list('a:1'), list('a:1', 'a:2')];
    const found = ofMembers(members(`port=8003\nbind_ip=127.0.0.1,::1\n`), servers(...two), cluster);
    assert.match(only(found, 'member').message, /mongod\.conf does not set replSet and keyFile/);
    assert.equal(only(found, 'member').observed, 'A: no replSet, keyFile');
    assert.match(only(found, 'bind').message, /bound to 127\.0\.0\.1 and ::1 only/);
    assert.match(
      only(found, 'listed port').message,
      /listens on port 8003, but the list of members names port 1 and 2 \(A\)$/,
    );
    assert.equal(only(found, 'listed port').observed, 'A: port=8003');
    const [quotes] = ofMembers(members('replSet=\u201crs0\u201d\n'), [], cluster);
    assert.match(quotes!.message, /typographic/);
    assert.deepEqual(
      found.map((f) => f.requirements),
      [['DEPLOYR-22'], ['DEPLOYR-22'], ['DEPLOYR-25']],
    );
  });
  it('of a member that the inventory does not have is not in a list', () =>
    assert.deepEqual(ofMembers([{ node: 'Z', value: mongodConf(CONF) }], servers(list('a:1')), cluster), []));
});

describe('the other settings of the servers', () => {
  const ROWS: readonly [
    name: string,
    bodies: readonly string[],
    confs: readonly string[],
    expected: readonly string[],
  ][] = [
    ['alike', ['username = "u"', 'username = "u"'], ['', ''], []],
    ['another user', ['username = "u"', 'username = "v"', 'username = "u"'], [], ['fail username B']],
    ['another database', ['databaseName = "u"', 'x = 1', 'databaseName = "u"'], [], ['fail databaseName B']],
    ['another password', ['password = "u"', 'password = "u"', 'password = "v"'], [], ['fail password C']],
    ['another note', ['note = "u"', 'note = "v"'], [], []],
    ['the port of the mongod on the node', ['x = 1', 'port = 1'], ['port=1', 'port=8003'], ['fail port A B']],
    ['no port in the file of mongod', ['port = 1'], ['x=1'], []],
    ['the same', ['x = 1', 'port = 1'], ['port=8003', 'port=1'], []],
    ['on another machine', ['port = 1\nhost = "h1"'], ['port=2'], []],
    ['on this one, by name', ['port = 1\nhost = "localhost"'], ['port=2'], ['fail port A']],
    ['no mongod there', ['port = 1', 'port = 1'], ['port=1'], []],
  ];
  for (const [name, bodies, confs, expected] of ROWS)
    it(name, () => assert.deepEqual(ofSettings(servers(...bodies), members(...confs), cluster).map(short), expected));
  it('says what they are, but for the password', () => {
    const said = (key: string) => {
      const [f] = ofSettings(servers(`${key} = "u"`, 'x = 1'), [], cluster);
      return [
        f!.message.includes('u;'),
        /not set/.test(f!.message),
        /masked/.test(f!.message),
        f!.severity,
        f!.requirements,
      ];
    };
    assert.deepEqual(said('username'), [true, true, false, 'info', ['DEPLOYR-26']]);
    assert.deepEqual(said('password'), [false, false, true, undefined, ['DEPLOYR-21', 'DEPLOYR-26']]);
    const [port] = ofSettings(servers('port = 1'), members('port=2'), cluster);
    assert.match(port!.message, /deployr\.groovy sets port 1 for MongoDB, but mongod\.conf sets 2/);
    assert.deepEqual([port!.observed, port!.severity, port!.requirements], ['A: 1, 2', 'info', ['DEPLOYR-16']]);
  });
});
