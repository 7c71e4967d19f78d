import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byInodes, faultyFindings, oneDirectory, ownerFinding } from '../../../checks/support/oneDirectory.js';
import type { SharedPlace } from '../../../checks/support/places.js';
import type { Held, Missing } from '../../../src/collectors/storagePlace.js';
import { heldOn, missingOn } from '../../support/facts.js';

interface Given extends Omit<Partial<Held>, 'options'> {
  readonly type?: string;
  readonly options?: string;
  readonly source?: string;
}
function held({ type = 'nfs4', options = '', source = 'nas:/x', ...over }: Given): Held {
  const [look] = heldOn(type, options, '/data', over, source).values();
  return (look as { value: Held }).value;
}
const placeOf = (nodes: readonly Given[], over: Partial<SharedPlace> = {}): SharedPlace => ({
  what: '/data',
  setting: 'DataDir',
  subject: '/data',
  role: 'shared',
  held: nodes.map((given, i) => ({ node: 'abcd'[i]!, value: held(given) })),
  missing: [],
  unset: [],
  faulty: [],
  blind: [],
  findings: [],
  ...over,
});
const judged = (nodes: readonly Given[], reference?: string) => {
  const place = placeOf(nodes);
  return byInodes(place, place.held, reference, ['ROW']);
};

const entries = (...numbers: string[]) => ({ entries: new Map(numbers.map((n, i) => [`e${i}`, n])) });
const none = entries();
/** Changed at another time on each node: nothing but entries or the server proves anything. */
const busy = (changed: string, over: Given = {}): Given => ({ ...none, changed, ...over });
const at = (address: string) => ({ options: `addr=${address}` });
const mountedAt = (address: string) => ({ options: `mountaddr=${address}` });
const volume = (fsid: string) => ({ volume: { server: 'c0', fsid } });
const service = (id?: string) => ({
  service: { service: 'efs' as const, because: '', ...(id !== undefined && { id }) },
});
const one = at('192.0.2.5');
const other = { ...at('192.0.2.6'), source: 'other:/x' };

describe('two nodes: one directory', () => {
  const ROWS: readonly [name: string, a: Given, b: Given, is: boolean | undefined, why?: RegExp][] = [
    ['changed at the same time', none, none, true],
    ['its content was not', { ...none, modified: '1' }, { ...none, modified: '2' }, undefined, /changed while/],
    ['three entries', busy('1', entries('1', '2', '3')), busy('2', entries('1', '2', '3')), true],
    ['two entries', busy('1', entries('1', '2')), busy('2', entries('1', '2')), undefined, /too few entries/],
    ['three of four entries', busy('1', entries('1', '2', '3', '4')), busy('2', entries('1', '2', '3', '9')), true],
    ['three entries replaced', entries('1', '2', '3'), entries('7', '8', '9'), false],
    ['two entries replaced', busy('1', entries('1', '2')), busy('2', entries('7', '8')), undefined, /too few/],
    ['one of three is the same', entries('1', '2', '3'), entries('1', '8', '9'), true],
    ['another inode', {}, { inode: '9' }, false],
    [
      'another inode, by clients that number',
      { type: 'cifs' },
      { type: 'cifs', inode: '9' },
      undefined,
      /prove nothing/,
    ],
    ['another inode, by one of two', {}, { type: 'cifs', inode: '9' }, undefined, /inodes on nfs4, cifs are/],
    [
      'one file system of one server',
      busy('1', { ...one, ...volume('1') }),
      busy('2', { ...one, ...volume('1') }),
      true,
    ],
    [
      'as the mount names it',
      busy('1', { ...mountedAt('192.0.2.5'), ...volume('1') }),
      busy('2', { ...one, ...volume('1') }),
      true,
    ],
    ['its volume on one node', busy('1', { ...one, ...volume('1') }), busy('2', one), undefined, /changed while/],
    ['its volume on no node', busy('1', one), busy('2', one), undefined, /changed while/],
    ['a volume, of no server', busy('1', volume('1')), busy('2', volume('1')), undefined, /changed while/],
    [
      'a volume, of a server that one names',
      busy('1', { ...one, ...volume('1') }),
      busy('2', volume('1')),
      undefined,
      /changed/,
    ],
    [
      'a volume of a tunnel',
      busy('1', { ...at('127.0.0.1'), ...volume('1') }),
      busy('2', { ...at('127.0.0.1'), ...volume('1') }),
      undefined,
      /changed/,
    ],
    [
      'one server, two file systems',
      { ...one, ...volume('1') },
      { ...one, ...volume('2') },
      undefined,
      /file systems 1 and 2 of one server/,
    ],
    ['a file system that one shows', { ...one, ...volume('1') }, one, true],
    ['two servers with their numbers', { ...one, ...volume('1') }, { ...at('192.0.2.6'), ...volume('2') }, true],
    [
      'two tunnels',
      { ...at('127.0.0.1'), ...volume('1') },
      { ...at('127.0.0.2'), ...volume('2'), source: 'x:/x' },
      true,
    ],
    [
      'two servers',
      one,
      other,
      undefined,
      /the servers nas:\/x \(192\.0\.2\.5\) and other:\/x \(192\.0\.2\.6\) can hold/,
    ],
    ['two names of one server', one, { ...one, source: 'other:/x' }, true],
    ['one name in capitals', one, { ...at('192.0.2.6'), source: 'NAS:/y' }, true],
    ['an address that is not known', one, { source: 'other:/x' }, true],
    ['neither address is', { source: 'nas:/x' }, { source: 'other:/x' }, true],
    ['one file system of a service', { ...one, ...service('fs-1') }, { ...other, ...service('fs-1') }, true],
    [
      'two of a service',
      { ...one, ...service('fs-1') },
      { ...one, ...service('fs-2') },
      undefined,
      /fs-1 and fs-2 can hold copies/,
    ],
    [
      'a service with a name on one node',
      { ...one, ...service('fs-1') },
      { ...other, ...service() },
      undefined,
      /the servers/,
    ],
    ['on the other', { ...one, ...service() }, { ...other, ...service('fs-1') }, undefined, /the servers/],
    ['on none', { ...one, ...service() }, { ...other, ...service() }, undefined, /the servers/],
  ];
  for (const [name, a, b, is, why] of ROWS)
    it(`${name}: ${is}`, () => {
      assert.equal(oneDirectory(held(a), held(b)), is);
      const { status, message, nodes } = judged([a, b]);
      assert.equal(status, is === undefined ? 'unknown' : is ? 'pass' : 'fail');
      assert.deepEqual(nodes, ['a', 'b']);
      if (why) assert.match(message, why);
    });
});

describe('several nodes', () => {
  const lost = { inode: '9' };
  const quiet = busy('1', { ...none });
  const ROWS: readonly [name: string, nodes: readonly Given[], expected: string, why: RegExp, reference?: string][] = [
    ['one is elsewhere', [{}, lost, {}], 'fail b', /^\/data on b is not the directory that the other nodes use$/],
    ['two of two', [{}, lost], 'fail a b', /^\/data is not one directory on a and b$/],
    ['the reference is', [{}, lost, {}], 'fail a c', /on a and c/, 'b'],
    ['one has a type that nobody knows', [{}, {}, { type: 'newfs' }], 'unknown a b c', /on nfs4, newfs: whether/],
    ['nothing proves the last one', [quiet, quiet, busy('2')], 'unknown a b c', /changed while/],
    ['the last one has another server', [one, one, other], 'unknown a b c', /can hold copies/],
    ['one numbers as it likes', [{}, { type: 'cifs', inode: '9' }, {}], 'unknown a b c', /prove nothing/],
  ];
  for (const [name, nodes, expected, why, reference] of ROWS)
    it(name, () => {
      const finding = judged(nodes, reference);
      assert.equal([finding.status, ...(finding.nodes ?? [])].join(' '), expected);
      assert.match(finding.message, why);
      assert.deepEqual([finding.subject, finding.requirements], ['DataDir', ['ROW']]);
    });
  it('says where each has it from', () => {
    const details = ['a: nfs4 nas:/x on /data', 'b: nfs4 other:/x on /data'];
    const right = judged([{}, { source: 'other:/x' }]);
    assert.deepEqual([right.observed, right.details], ['inode 4711', details]);
    const wrong = judged([{}, { source: 'other:/x', ...lost }]);
    assert.equal(wrong.observed, 'a: nas:/x (inode 4711); b: other:/x (inode 9)');
    assert.deepEqual(wrong.details, details);
  });
});

describe('the owner', () => {
  const ROWS: readonly [name: string, nodes: readonly Given[], expected: string | undefined][] = [
    ['one node', [{ uid: 65_534 }], undefined],
    ['one owner', [{}, {}], 'pass a b'],
    ['another user', [{}, { uid: 1 }, {}], 'fail b'],
    ['another group', [{}, { gid: 1 }, {}], 'fail b'],
    ['no user', [{}, { uid: 65_534 }], 'fail b'],
    ['no group', [{}, { gid: 4_294_967_294 }], 'fail b'],
  ];
  for (const [name, nodes, expected] of ROWS)
    it(name, () => {
      const place = placeOf(nodes);
      const finding = ownerFinding(place, place.held, undefined);
      assert.equal(finding && [finding.status, ...(finding.nodes ?? [])].join(' '), expected);
      if (finding)
        assert.deepEqual(
          [finding.subject, finding.requirements, finding.severity],
          ['DataDir owner', ['X-15'], 'warning'],
        );
    });
  it('names who has nobody', () => {
    const place = placeOf([{ uid: 65_534, gid: 1 }, {}]);
    assert.match(ownerFinding(place, place.held, undefined)!.message, /\/data belongs to nobody \(65534:1\)/);
  });
});

describe('a mount that does not work', () => {
  const fault = (node: string, kind: 'broken' | 'silent') => ({
    node,
    fault: kind,
    why: `/data (DataDir): gone (DataDir): x`,
  });
  const [away] = [...missingOn('nfs4').values()] as unknown as [{ value: Missing }];
  const missing = [{ node: 'b', value: away.value }];
  const ROWS: readonly [name: string, place: Partial<SharedPlace>, nodes: string][] = [
    ['nothing', { held: placeOf([{}]).held }, ''],
    ['broken', { faulty: [fault('x', 'broken')] }, 'x'],
    ['silent everywhere', { faulty: [fault('x', 'silent')] }, ''],
    ['broken and silent', { faulty: [fault('x', 'broken'), fault('y', 'silent')] }, 'x'],
    ['silent, where another answered', { faulty: [fault('x', 'silent')], held: placeOf([{}]).held }, 'x'],
    ['silent, where nothing is there on another', { faulty: [fault('x', 'silent')], missing }, 'x'],
    ['one of each', { faulty: [fault('x', 'silent')], missing, held: placeOf([{}]).held }, 'x'],
  ];
  for (const [name, place, nodes] of ROWS)
    it(name, () => {
      const findings = faultyFindings(placeOf([], place), ['ROW']);
      assert.equal(findings.flatMap((f) => f.nodes).join(' '), nodes);
      assert.ok(findings.every(({ status }) => status === 'fail'));
    });
  it('says what the others use, and what to do', () => {
    const [finding] = faultyFindings(placeOf([{}, {}, { source: 'b:/x' }], { faulty: [fault('x', 'broken')] }), [
      'ROW',
    ]);
    const { message, subject, requirements, expected, remediation } = finding!;
    assert.match(message, /^\/data \(DataDir\) does not work: gone \(DataDir\): x/);
    assert.deepEqual([subject, requirements], ['DataDir mount', ['ROW']]);
    assert.equal(expected, 'nas:/x, as on a and b; b:/x, as on c');
    assert.match(remediation!, /^stop the product .*umount -l/);
  });
});
