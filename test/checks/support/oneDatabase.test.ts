import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  agreedOn,
  databaseKeys,
  endpointText,
  type Named,
  provenFindings,
  serversOf,
} from '../../../checks/support/oneDatabase.js';
import type { DatabaseProbe } from '../../../src/probes/database.js';
import { bareCluster } from '../../../src/testing.js';

const named = (
  node: string,
  host: string,
  addresses: Record<string, string[]> = {},
  port = '5432',
  name = 'c',
): Named => ({
  node,
  value: { role: 'database', host, port, name },
  addresses: new Map(Object.entries(addresses)),
});
/** The node n1 is n1.example.com; n2 has an address for a name. */
const cluster = (() => {
  const bare = bareCluster(['n1', 'n2']);
  const hosts: Record<string, string> = { n1: 'N1.example.com.', n2: '192.0.2.2' };
  return { ...bare, nodes: bare.nodes.map((n) => ({ ...n, host: hosts[n.name]! })) };
})();
const LOCAL = { n1: ['127.0.1.1'] };

describe('one database by its names', () => {
  const ROWS: readonly [name: string, a: Named, b: Named, one: boolean][] = [
    ['one name, not resolved', named('n1', 'db'), named('n2', 'db'), true],
    ['two names', named('n1', 'db'), named('n2', 'db2'), false],
    ['each with its port, in another order', named('n1', 'a,b', {}, '1,2'), named('n2', 'b,a', {}, '2,1'), true],
    ['the ports the other way round', named('n1', 'a,b', {}, '1,2'), named('n2', 'b,a', {}, '1,2'), false],
    [
      'two names of one address',
      named('n1', 'db', { db: ['192.0.2.7', '192.0.2.8'] }),
      named('n2', 'db2', { db2: ['192.0.2.9', '192.0.2.8'] }),
      true,
    ],
    [
      'two names, two addresses',
      named('n1', 'db', { db: ['192.0.2.7'] }),
      named('n2', 'db2', { db2: ['192.0.2.8'] }),
      false,
    ],
    ['an address and its name', named('n1', '192.0.2.7'), named('n2', 'db', { db: ['192.0.2.7'] }), true],
    ['two ports', named('n1', 'db'), named('n2', 'db', {}, '5433'), false],
    ['two databases', named('n1', '192.0.2.7'), named('n2', 'db', { db: ['192.0.2.7'] }, '5432', 'd'), false],
    ['each its own', named('n1', 'localhost'), named('n2', 'localhost'), false],
    [
      'each its own, by a name of both',
      named('n1', 'db', { db: ['127.0.0.1'] }),
      named('n2', 'db', { db: ['127.0.0.1'] }),
      false,
    ],
    ['itself, and the other names it', named('n1', 'localhost'), named('n2', 'n1.example.com'), true],
    ['itself, and the other names it, the other way', named('n1', 'n1.example.com'), named('n1', 'localhost'), true],
    ['the other, and itself', named('n1', '192.0.2.2'), named('n2', 'localhost'), true],
    ['itself by the short name', named('n1', 'localhost'), named('n2', 'n1'), true],
    ['itself by another domain', named('n1', 'localhost'), named('n2', 'n1.internal'), true],
    ['itself, and a third host', named('n1', 'localhost'), named('n2', 'db'), false],
    [
      'itself by a name that has its address',
      named('n2', 'localhost'),
      named('n1', 'db', { db: ['192.0.2.9', '192.0.2.2'] }),
      true,
    ],
    ['addresses have no short name', named('n2', 'localhost'), named('n1', '192.0.2.3'), false],
    ['its own name is itself there', named('n1', 'n1', LOCAL), named('n2', 'n1', { n1: ['127.0.0.1'] }), true],
    ['a list in another order', named('n1', 'a,b'), named('n2', 'b,a'), true],
    ['a list and its first', named('n1', 'a,b'), named('n2', 'a'), false],
    ['the first of a list', named('n1', 'a'), named('n2', 'a,b'), false],
    ['a port for all, and one for each', named('n1', 'a,b', {}, '1'), named('n2', 'a,b', {}, '1,1'), true],
    [
      'two names of a server, and a third',
      named('n1', 'a,b', { a: ['192.0.2.1'], b: ['192.0.2.1'] }),
      named('n2', 'c', { c: ['192.0.2.1'] }),
      true,
    ],
    ['itself, and a name like it', named('n1', 'localhost'), named('n2', 'nas'), false],
    ['itself by its name, and the other itself', named('n1', 'n1', LOCAL), named('n2', 'localhost'), false],
    [
      'a list of one server twice',
      named('n1', 'a,b', { a: ['192.0.2.1'], b: ['192.0.2.2'] }),
      named('n2', 'x,y', { x: ['192.0.2.1'], y: ['192.0.2.1'] }),
      false,
    ],
    [
      'the same servers under other names',
      named('n1', 'a,b', { a: ['192.0.2.1'], b: ['192.0.2.2'] }),
      named('n2', 'y,x', { x: ['192.0.2.1'], y: ['192.0.2.2'] }),
      true,
    ],
    ['ports by server', named('n1', 'a,b', {}, '1,2'), named('n2', 'b,a', {}, '2,1'), true],
    ['a list with itself', named('n1', 'localhost,db'), named('n2', 'localhost,db'), true],
    ['a list of nothing but itself', named('n1', 'localhost,127.0.0.1'), named('n2', 'localhost,127.0.0.1'), false],
  ];
  for (const [name, a, b, one] of ROWS)
    it(name, () => {
      const [x, y] = databaseKeys([a, b], cluster);
      assert.equal(x!.key === y!.key, one);
    });

  it('servers', () => {
    const addresses = { a: ['127.0.0.1', '192.0.2.1'], b: ['127.0.0.1'] };
    const of = serversOf(named('n1', 'a,b,192.0.2.7', addresses, '1')).map((s) => [s.host, s.port, s.own, s.addresses]);
    assert.deepEqual(of, [
      ['a', '1', false, addresses.a],
      ['b', '1', true, addresses.b],
      ['192.0.2.7', '1', false, ['192.0.2.7']],
    ]);
    assert.deepEqual(
      serversOf(named('n1', 'a,b', {}, '1,2')).map((s) => s.port),
      ['1', '2'],
    );
  });

  it('for people', () => {
    assert.equal(endpointText(named('n1', 'b,a').value), 'a,b:5432/c');
    assert.equal(endpointText(named('n1', 'b', {}, '1', '').value), 'b:1');
    assert.equal(endpointText(named('n1', 'b,a', {}, '1,2').value), 'a:2,b:1/c');
    assert.equal(endpointText(named('n1', 'none', {}, '', '').value), 'none');
  });

  it('drivers that read it differently', () => {
    const { node, value } = named('n1', 'db');
    assert.deepEqual(agreedOn(named('n1', 'db')), { node, fact: { value } });
    const fact = agreedOn({ ...named('n1', 'db'), value: { ...value, doubt: 'two ports' } }).fact;
    assert.match('unseen' in fact ? fact.unseen : '', /is not known: two ports/);
  });
});

describe('one database by a lock', () => {
  const seen = (over: object = {}) => ({
    system: '1',
    name: 'c',
    oid: '5',
    standby: false,
    address: '192.0.2.1',
    port: 5432,
    ...over,
  });
  const proven = (groups: Record<string, number>, sights: Record<string, object>, separate = false) =>
    provenFindings(
      'database',
      { groups, sights, trouble: { n3: 'no lock' } } as unknown as DatabaseProbe,
      Object.keys(sights),
      {
        separate,
        reference: undefined,
        requirements: ['R'],
      },
    );
  const ROWS: readonly [b: object, likeness: RegExp][] = [
    [seen({ standby: true, system: '2' }), /^n2: a standby of that database/],
    [seen({ system: '2', oid: '6' }), /^n2: a different server/],
    [seen({ oid: '6' }), /^n2: a different database of the same/],
    [seen({ name: 'd' }), /^n2: a different database of the same/],
    [seen(), /^n2: a copy, .* \(as n1 reaches it\)$/],
  ];
  for (const [b, likeness] of ROWS)
    it(String(likeness), () => {
      const [finding] = proven({ n1: 0, n2: 1, n3: 0 }, { n1: seen(), n2: b, n3: seen() }).filter(
        (f) => f.status === 'fail',
      );
      assert.deepEqual(finding?.nodes, ['n2']);
      assert.equal(finding?.details?.length, 1);
      assert.match(finding?.details?.[0] ?? '', likeness);
      assert.deepEqual([finding?.subject, finding?.proof, finding?.requirements], ['database', 'measured', ['R']]);
      assert.match(JSON.stringify(finding), /c at 192\.0\.2\.1:5432/);
    });

  it('each its own', () => {
    assert.deepEqual(
      proven({ n1: 0, n2: 1 }, { n1: seen(), n2: seen() }, true).map((f) => f.status),
      ['pass'],
    );
    assert.deepEqual(
      proven({ n1: 0, n2: 0 }, { n1: seen(), n2: seen() }, true).map((f) => f.status),
      ['fail'],
    );
  });

  it('one node proves nothing', () => assert.deepEqual(proven({ n1: 0 }, { n1: seen() }), []));

  it('what was not asked is unknown', () => {
    const probe = {
      groups: { n1: 0, n2: 0 },
      sights: { n1: seen(), n2: seen(), n3: { trouble: 'refused' } },
      trouble: {},
    };
    const about = { separate: false, reference: undefined, requirements: [] };
    const findings = provenFindings('database', probe as unknown as DatabaseProbe, ['n1', 'n2', 'n3', 'n4'], about);
    assert.deepEqual(findings.map((f) => f.status).sort(), ['pass', 'unknown']);
    assert.match(JSON.stringify(findings), /the database: refused.*the database: was not asked through this node/s);
    assert.ok(findings.every((f) => f.subject?.startsWith('database')));
  });
});
