import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { copyOver } from '../../../checks/support/copyKey.js';
import { sameKey } from '../../../checks/support/sameKey.js';
import type { KeyContent, KeyMeasure } from '../../../src/collectors/keys.js';
import type { Fact } from '../../../src/model/evidence.js';
import { bareCluster, type Cluster } from '../../../src/model/inventory.js';
import type { Finding } from '../../../src/model/verdict.js';
import { foundOf, keyOf } from '../../support/facts.js';

const cluster: Cluster = {
  ...bareCluster([]),
  nodes: ['a', 'b', 'c', 'local'].map((name) => ({
    name,
    host: `${name}.example.com`,
    connection: { type: name === 'local' ? ('local' as const) : ('ssh' as const) },
  })),
};

describe('a key is copied', () => {
  type To = Parameters<typeof copyOver>[1];
  const ROWS: readonly [name: string, from: string, path: string, to: To, commands: string[] | undefined][] = [
    [
      'over another',
      'a',
      '/k',
      [{ node: 'b', path: '/m' }],
      [
        "ssh a.example.com 'sudo cat /k' | ssh b.example.com 'sudo cp -np /m /m.ha-preflight.bak; sudo tee /m >/dev/null'",
      ],
    ],
    [
      'to where none is',
      'a',
      '/k',
      [{ node: 'b', path: '/k', absent: { owner: 'svc' } }],
      ["ssh a.example.com 'sudo cat /k' | ssh b.example.com 'sudo install -m 0600 -o svc /dev/stdin /k'"],
    ],
    [
      'with an owner that nobody knows',
      'a',
      '/k',
      [{ node: 'b', path: '/k', absent: { owner: undefined } }],
      ["ssh a.example.com 'sudo cat /k' | ssh b.example.com 'sudo install -m 0600 /dev/stdin /k'"],
    ],
    [
      'with a quote in its name',
      'a',
      "/k'",
      [{ node: 'b', path: '/k' }],
      [
        "ssh a.example.com 'sudo cat '\\''/k'\\''\\'\\'''\\'''\\''' | ssh b.example.com 'sudo cp -np /k /k.ha-preflight.bak; sudo tee /k >/dev/null'",
      ],
    ],
    [
      'not over itself',
      'a',
      '/k',
      [
        { node: 'a', path: '/k' },
        { node: 'b', path: '/k' },
      ],
      [
        "ssh a.example.com 'sudo cat /k' | ssh b.example.com 'sudo cp -np /k /k.ha-preflight.bak; sudo tee /k >/dev/null'",
      ],
    ],
    ['nowhere', 'a', '/k', [{ node: 'a', path: '/k' }], undefined],
    ['not from a name that no command can hold', 'a', '-k', [{ node: 'b', path: '/k' }], undefined],
    ['not to one', 'a', '/k', [{ node: 'b', path: '' }], undefined],
    ['not from a node without a login', 'local', '/k', [{ node: 'b', path: '/k' }], undefined],
    [
      'not to one',
      'a',
      '/k',
      [
        { node: 'b', path: '/k' },
        { node: 'local', path: '/k' },
      ],
      undefined,
    ],
  ];
  for (const [name, node, path, to, commands] of ROWS)
    it(`${name}: ${JSON.stringify(to)}`, () => {
      const note = 'then restart the product on b';
      assert.deepEqual(copyOver({ node, path }, to, cluster), commands && [{ nodes: [], commands, note }]);
    });
});

const [[name, { value: sound }]] = [...keyOf(foundOf('workbench'))] as unknown as [[string, { value: KeyMeasure }]];
type Given = { readonly content?: Partial<KeyContent>; readonly spec?: object; readonly state?: KeyMeasure['state'] };
const key = ({ content, spec, state = 'present' }: Given = {}): Fact<KeyMeasure> => ({
  value: { ...sound, state, spec: { ...sound.spec, path: '/k', ...spec }, content: { ...sound.content!, ...content } },
});
const { path: _, ...pathless } = sound.spec;
const inline = (digest: string): Fact<KeyMeasure> => ({
  value: { spec: { ...pathless, inline: digest }, state: 'inline' },
});
const good = key();
const other = key({ content: { digest: 'd1', trimmedDigest: 't1' } });
const padded = key({ content: { digest: 'd2' } });
const weak = key({ content: { length: 3, trimmed: 3 } });
const missing = key({ state: 'missing' });
const { content: __, ...unread } = sound;
const later = (presence: string): Fact<KeyMeasure> =>
  key({ state: 'missing', spec: { since: { release: '2023.09', presence }, where: 'the database' } });
const weakHere = key({
  content: { length: 3, trimmed: 3 },
  spec: { since: { release: '2023.09', presence: 'optional' }, where: 'the database' },
});
const decoded = (content: Partial<KeyContent> = {}) => key({ content, spec: { encoding: 'decoded' } });
const spaceless = (digest: string, trimmedDigest = 't', content: Partial<KeyContent> = {}) =>
  key({ content: { digest, trimmedDigest, ...content }, spec: { encoding: 'spaceless', alphabet: 'base64' } });
const mongo = spaceless('m');
const yaml = (digest: string) => spaceless(digest, digest, { kind: 'yaml' });

function compared(facts: readonly Fact<KeyMeasure>[], over: Partial<Cluster> = {}, release = '2023.09'): Finding[] {
  const held = facts.map((fact, i) => ({ node: 'abc'[i]!, fact, release }));
  return sameKey(name, held, { ...cluster, ...over });
}
const short = ({ status, nodes = [] }: Finding): string => [status, ...nodes].join(' ');

const WAYS = /written in different ways \(hexadecimal on a; base64 on b\), and it is not documented/;

describe('one key on every node', () => {
  const ROWS: readonly [name: string, facts: readonly Fact<KeyMeasure>[], expected: string[], message?: RegExp][] = [
    ['the same', [good, good], ['pass a b']],
    ['another', [good, other, good], ['fail b']],
    ['no majority', [good, other], ['fail a b'], /a and b have different keys, and no key has a majority/],
    ['white space at its end', [good, padded, good], ['fail b']],
    ['one list of keys in YAML', [yaml('t'), yaml('t')], ['pass a b']],
    ['a list of keys next to a key', [mongo, yaml('t1'), mongo], ['unknown b', 'pass a c']],
    ['two lists', [yaml('t'), yaml('t1')], ['unknown a b'], /whether one of them is the key of the other nodes/],
    ['a list next to keys that differ', [mongo, yaml('t'), spaceless('y', 't2')], ['unknown b', 'fail a c']],
    ['white space, where the product leaves it out', [spaceless('x'), spaceless('y')], ['pass a b']],
    [
      'white space at its end, decoded',
      [decoded(), decoded({ digest: 'd2' }), decoded()],
      ['unknown b'],
      /b differs only in white space at the end, and it is not documented/,
    ],
    ['hexadecimal and base64', [decoded(), decoded({ digest: 'd2', kind: 'base64' })], ['unknown a b'], WAYS],
    [
      'written in two ways, and another',
      [decoded(), decoded({ digest: 'd2', kind: 'base64' }), decoded({ digest: 'd3', trimmedDigest: 't1' })],
      ['unknown a b', 'fail c'],
    ],
    [
      'another, where a third is written alike',
      [decoded(), decoded({ digest: 'd1', trimmedDigest: 't1' }), decoded()],
      ['fail b'],
    ],
    ['one not read', [good, good, { unseen: 'denied' }], ['unknown c', 'pass a b']],
    ['none read', [{ unseen: 'denied' }, { unseen: 'denied' }], ['unknown a b']],
    ['one weak', [good, weak, good], ['pass a c']],
    ['one without content', [good, { value: unread }, good], ['pass a c']],
    ['one left', [good, weak, missing], ['unknown a'], /only a has a usable/],
    ['one node', [good], ['skip'], /only one node/],
    ['none usable', [weak, missing], ['unknown a b'], /no node has a usable/],
    [
      'not made yet',
      [key({ state: 'missing', spec: { presence: 'generated' } }), missing],
      ['unknown a b'],
      /creates it at its first start/,
    ],
    [
      'kept elsewhere by this release',
      [later('optional'), later('optional')],
      ['skip a b'],
      /keeps the key in the database/,
    ],
    ['by one of them only', [later('optional'), later('required')], ['unknown a b'], /no node has a usable/],
    ['one weak, the other elsewhere', [weak, later('optional')], ['unknown a b'], /no node has a usable/],
    ['one weak, where it need not be', [weakHere, later('optional')], ['unknown a b'], /no node has a usable/],
    ['one not read, the other elsewhere', [{ unseen: 'denied' }, later('optional')], ['unknown a', 'unknown b']],
    ['from the environment', [inline('x'), inline('x')], ['pass a b']],
    ['another from the environment', [inline('x'), inline('y'), inline('x')], ['fail b']],
    [
      'from the environment and a file',
      [good, inline('x'), good],
      ['unknown a b c'],
      /configuration on b and from a file/,
    ],
  ];
  for (const [what, facts, expected, message] of ROWS)
    it(what, () => {
      const findings = compared(facts);
      assert.deepEqual(findings.map(short), expected);
      if (message) assert.match(findings.at(-1)!.message, message);
      assert.ok(
        findings.every(({ subject = '' }) =>
          [name, `${name} unread`, `${name} spelling`, `${name} in YAML`].includes(subject),
        ),
      );
    });

  it('copies the key of the majority, each from and to its own path', () => {
    const moved = key({ content: { digest: 'd1', trimmedDigest: 't1' }, spec: { path: '/moved' } });
    const [finding] = compared([moved, good, good]);
    assert.deepEqual(
      finding!.fixes!.map((f) => f.commands),
      [
        [
          "ssh b.example.com 'sudo cat /k' | ssh a.example.com 'sudo cp -np /moved /moved.ha-preflight.bak; sudo tee /moved >/dev/null'",
        ],
      ],
    );
    assert.deepEqual([finding!.observed, finding!.details], ['a different key on a', []]);
  });
  it('copies no key over another where nobody knows which is right', () => {
    assert.equal(compared([good, other])[0]!.fixes, undefined);
    const [settled] = compared([good, other], { reference: 'b' });
    assert.deepEqual([short(settled!), settled!.fixes!.length], ['fail a', 1]);
    assert.doesNotMatch(settled!.message, /majority/);
  });
  it('copies no file where the key is not in one', () =>
    assert.equal(compared([inline('x'), inline('y'), inline('x')])[0]!.fixes, undefined));
  it('of an inline key names the setting, and no file to copy', () =>
    assert.match(compared([inline('x'), inline('y'), inline('x')])[0]!.remediation!, /set the same key on every node/));
  it('says what was compared', () => {
    assert.match(compared([good, good])[0]!.observed!, /^2 nodes, equal by keyed digest$/);
    const left = ['not compared, see key-file: b'];
    assert.deepEqual(compared([good, weak, good])[0]!.details, left);
    assert.deepEqual(compared([good, weak])[0]!.details, left);
    const hint = 'the keys differ only in white space at the end, but the product uses every byte';
    assert.deepEqual(compared([good, padded, good])[0]!.details, [hint]);
    assert.deepEqual(compared([inline('x'), inline('y')])[0]!.details, []);
  });
});
