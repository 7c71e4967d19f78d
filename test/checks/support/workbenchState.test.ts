import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listFindings, restartFindings, stoppedFindings } from '../../../checks/support/workbenchState.js';
import type { ListedNode, ListedNodes } from '../../../src/formats/listNodes.js';
import type { Fact } from '../../../src/model/evidence.js';
import type { Finding } from '../../../src/model/verdict.js';
import { KNOWN, node, type Over, short } from '../../support/clusterNodes.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const FRESH = '2025-Dec-31 23:59:30';
const row = (host: string, status = 'Online', lastSeen: string | undefined = FRESH, id = 7): ListedNode => ({
  id,
  host,
  status,
  ...(lastSeen !== '' && { lastSeen }),
});
const listed = (...nodes: ListedNode[]): { listed: Fact<ListedNodes> } => ({ listed: { value: { nodes } } });
const ALL = [row('a'), row('b'), row('c')];
/** `a` is asked, and `b` and `c` run as well. */
const list = (nodes: readonly ListedNode[], over: Over = {}, more: Partial<ListedNodes> = {}): Finding[] =>
  listFindings([node('a', { listed: { value: { nodes, ...more } }, ...over }), node('b'), node('c')], KNOWN, NOW, 2);
const LISTED = 'WB-15 WB-16 WB-18 WB-39 WB-41 WB-42';

describe('list-nodes', () => {
  const ROWS: readonly [what: string, findings: Finding[], expected: readonly string[], message?: RegExp][] = [
    ['all online', list(ALL), [`pass list-nodes a b c ${LISTED}`], /^all online and recently seen: 3 listed/],
    [
      'one without a time',
      list([row('a'), row('b'), row('c', 'Online', '')]),
      [`pass list-nodes a b c ${LISTED.replace(' WB-18', '')}`],
      /^all online: 3 listed/,
    ],
    [
      'a time that is none',
      list([row('a'), row('b'), row('c', 'Online', '2025-Feb-31 00:00:00')]),
      [`pass list-nodes a b c ${LISTED.replace(' WB-18', '')}`],
    ],
    [
      'two minutes ago',
      list([row('a', 'Online', '2025-Dec-31 23:58:00'), ...ALL.slice(1)]),
      [`pass list-nodes a b c ${LISTED}`],
    ],
    [
      'longer ago',
      list([row('a', 'Online', '2025-Dec-31 23:57:29'), ...ALL.slice(1)]),
      ['fail warning listed a a WB-18'],
      /^a is listed as online, but was last seen 3 minutes ago$/,
    ],
    [
      'an entry that a node left behind',
      list([...ALL, row('b.example.com', 'Offline', '2025-Dec-01 00:00:00', 3)]),
      ['fail warning listed b.example.com b WB-41'],
      /is listed twice: it is online/,
    ],
    [
      'an old entry that says online',
      list([...ALL, row('b', 'Online', '2025-Dec-01 00:00:00', 3)]),
      ['fail warning listed b b WB-41'],
      /left behind/,
    ],
    [
      'two entries, neither of them seen lately',
      list([row('a', 'Offline', '2025-Dec-01 00:00:00'), row('a', 'Online', '2025-Dec-02 00:00:00'), ...ALL.slice(1)]),
      ['fail warning listed a a WB-39 WB-41', 'fail warning listed a a WB-18'],
    ],
    [
      'in the future',
      list([row('a', 'Online', '2026-Jan-01 01:00:00'), ...ALL.slice(1)]),
      ['unknown warning listed a a WB-18'],
      /^a was last seen 60 minutes in the future/,
    ],
    ['in the zone of the answer', list(ALL, { zone: 60, utcOffset: 0 }), [`pass list-nodes a b c ${LISTED}`]],
    [
      'in another zone',
      list(ALL, { zone: -120 }),
      ['unknown warning listed a a WB-18', 'unknown warning listed b b WB-18', 'unknown warning listed c c WB-18'],
    ],
    [
      'by its own clock',
      list(ALL, { now: NOW + 3_600_000 }),
      ['a', 'b', 'c'].map((n) => `fail warning listed ${n} ${n} WB-18`),
    ],
    [
      'another key',
      list([row('a'), row('b', 'Invalid secure cookie key'), row('c')]),
      ['fail critical listed b b WB-16'],
      /^b has a different secure cookie key$/,
    ],
    ['another protocol', list([row('a'), row('b', 'Protocol mismatch'), row('c')]), ['fail critical listed b b WB-16']],
    [
      'not resolved',
      list([row('a'), row('b', 'Failed to resolve'), row('c')]),
      ['fail critical listed b b WB-41 WB-39'],
      /^b cannot be resolved/,
    ],
    [
      'offline',
      list([row('a'), row('b', 'OFFLINE'), row('c')]),
      ['fail warning listed b b WB-39 WB-41'],
      /^b is offline$/,
    ],
    ['being deleted', list([row('a'), row('b', 'Deleting'), row('c')]), ['fail warning listed b b WB-39 WB-41']],
    [
      'a status of another release',
      list([row('a'), row('b', 'Not online'), row('c')]),
      ['unknown listed b b WB-39 WB-41'],
      /status "Not online", which this program does not know/,
    ],
    ['more than online', list([row('a'), row('b', 'Online, draining'), row('c')]), ['unknown listed b b WB-39 WB-41']],
    [
      'a stranger',
      list([...ALL, row('old')]),
      ['fail warning listed old a WB-15 WB-41 WB-42'],
      /^old is in the cluster's database \(Online\) and not in/,
    ],
    [
      'not listed',
      list([row('a'), row('b.example.com')]),
      ['fail absent c WB-39 WB-42'],
      /does not list c, where Workbench runs/,
    ],
    [
      'by an address that the inventory does not have',
      list([row('a'), row('b'), row('10.0.0.3')]),
      ['unknown perhaps absent c WB-39 WB-42'],
      /lists 10\.0\.0\.3 and not c: whether they are the same is not known/,
    ],
    ['with another domain', list([row('a'), row('b'), row('C.example.net')]), ['unknown perhaps absent c WB-39 WB-42']],
    [
      'another name, and a row more',
      list([row('a'), row('b.example.net'), row('x')]),
      [
        'fail warning listed x a WB-15 WB-41 WB-42',
        'unknown perhaps absent b WB-39 WB-42',
        'fail absent c WB-39 WB-42',
      ],
    ],
    ['by its address', list([row('a'), { ...row('x'), ipv4: 'b' }, row('c')]), [`pass list-nodes a b c ${LISTED}`]],
    [
      'a row that is not understood',
      list([row('a')], {}, { trouble: 'not understood: 2 ?' }),
      [`unknown list-nodes a b c ${LISTED}`],
      /^list-nodes: not understood: 2/,
    ],
    ['nothing', list([]), [`unknown list-nodes a b c ${LISTED}`], /^list-nodes: no node is listed$/],
    [
      'nothing, with a reason',
      list([], {}, { trouble: 'no table' }),
      [`unknown list-nodes a b c ${LISTED}`],
      /^list-nodes: no table$/,
    ],
    [
      'TLS on the cluster alone',
      list(ALL, {}, { protocol: 'Https no verify' }),
      ['fail protocol a b c WB-16'],
      /uses HTTP, but the cluster uses Https no verify/,
    ],
    [
      'TLS on one node alone',
      list(ALL, { conf: 'ssl-enabled=1\n' }, { protocol: 'Http' }),
      ['fail protocol a WB-16'],
      /uses HTTPS, but the cluster uses Http /,
    ],
    ['TLS, and no word of it', list(ALL, { conf: 'ssl-enabled=1\n' }), [`pass list-nodes a b c ${LISTED}`]],
  ];
  for (const [what, findings, expected, message] of ROWS)
    it(what, () => {
      assert.deepEqual(findings.map(short), expected);
      if (message) assert.match(findings[0]!.message, message);
    });

  it('what is seen, wanted and to be done', () => {
    const [stranger] = list([...ALL, row('old', 'Offline', FRESH, 9)]);
    assert.equal(stranger!.observed, `old, Offline, ${FRESH}`);
    assert.deepEqual(
      stranger!.fixes?.map((f) => [f.nodes, f.commands]),
      [[['a'], ['sudo rstudio-server delete-node 9']]],
    );
    const [serving] = list([...ALL, row('new', 'Online', FRESH, 9)]);
    assert.equal(serving!.fixes, undefined, 'a node that serves is not removed');
    assert.match(serving!.remediation!, /^add it to the inventory/);
    assert.equal(list([row('a'), row('c')])[0]!.expected, 'one of a, c');
    assert.deepEqual(
      list(ALL.map((r) => ({ ...r, status: 'Online' })))[0]!.details,
      ['a', 'b', 'c'].map((n) => `${n} Online ${FRESH}`),
    );
    assert.match(list(ALL, {}, { protocol: 'Https' })[0]!.observed!, /ssl-enabled=0/);
  });

  it('the first answer counts; without one the first reason', () => {
    const nodes = (...states: Over[]) => states.map((s, i) => node('abc'[i]!, s));
    const of = (...states: Over[]) =>
      listFindings(nodes(...states), KNOWN, NOW, 2).map((f) => `${f.status}: ${f.message}`);
    assert.match(of({ listed: { unseen: 'denied' } }, listed(...ALL), {})[0]!, /^pass: all online/);
    assert.deepEqual(of({ listed: { unseen: 'denied' } }, { listed: { unseen: 'lost' } }, {}), [
      'unknown: list-nodes: a: denied',
    ]);
    assert.match(of({}, {}, {})[0]!, /^unknown: list-nodes: not asked, because Workbench does not run on the first/);
  });
});

describe('servers that do not run, or were not restarted', () => {
  it('stopped where others run', () => {
    assert.deepEqual(stoppedFindings([], [node('a')]), []);
    const [finding] = stoppedFindings(['b'], [node('a'), node('c')]);
    assert.equal(short(finding!), 'fail warning stopped b WB-39');
    assert.match(finding!.message, /does not run on b, and runs on a and c/);
  });

  const changed = (name: string, started: number | undefined, ...modified: readonly (readonly [string, number])[]) => {
    const it = node(name, started === undefined ? {} : { started });
    const [entry] = it.found.tree;
    const tree = modified.map(([path, at]) => ({
      ...entry!,
      path,
      modified: at,
      type: path.endsWith('/') ? ('directory' as const) : ('file' as const),
    }));
    return { ...it, found: { ...it.found, tree } };
  };
  it('changed after the start', () => {
    const found = restartFindings([
      changed('a', 1000, ['x', 10], ['y', 1001], ['z/', 5000], ['x.bak', 5000], ['x~', 5000]),
      changed('b', 1000, ['x', 10], ['y', 1002], ['z', 20]),
      changed('c', 1000),
    ]);
    assert.deepEqual(found.map(short), ['fail warning restart b WB-38']);
    assert.match(found[0]!.message, /^y was changed after the server started/);
    assert.equal(found[0]!.observed, 'b: 1970-01-01T00:16Z changed, 1970-01-01T00:16Z started');
    assert.deepEqual(restartFindings([changed('a', 1000, ['x', 10])]).map(short), ['pass warning restart a WB-38']);
  });

  it('a start that is not known is no pass', () => {
    assert.deepEqual(restartFindings([changed('a', undefined, ['x', 10])]).map(short), [
      'unknown warning start unseen a WB-38',
    ]);
  });
});
