/** What is advised for each broken rule: which command, for which node, with the path and the account of that node. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { remedy } from '../../../checks/support/keyRemedy.js';
import { RULES } from '../../../checks/support/keyRules.js';
import type { KeyContent, KeyMeasure } from '../../../src/collectors/keys.js';
import { bareCluster, type Cluster } from '../../../src/model/inventory.js';
import { foundOf, keyOf } from '../../support/facts.js';

const [{ value: sound }] = [...keyOf(foundOf('workbench')).values()] as unknown as [{ value: KeyMeasure }];

type Over = Partial<Omit<KeyMeasure, 'spec' | 'content'>> & {
  readonly spec?: Partial<KeyMeasure['spec']>;
  readonly content?: Partial<KeyContent>;
};
/** A sound key at `/k` of that node, but for what is given. */
const keyOn = (node: string, { spec, content, ...over }: Over = {}): { node: string; value: KeyMeasure } => ({
  node,
  value: {
    ...sound,
    ...over,
    spec: { ...sound.spec, path: `/${node}/k`, owners: ['root', 'svc'], ...spec },
    content: { ...sound.content!, ...content },
  },
});

const local = bareCluster(['a', 'b', 'c']);
const remote: Cluster = {
  ...local,
  nodes: ['a', 'b', 'c'].map((name) => ({ name, host: name, connection: { type: 'ssh' as const, user: 'ops' } })),
};

/** Each fix as `nodes: commands`, or the advice. */
function advised(subject: string, files: Record<string, Over>, cluster = local): string {
  const rule = RULES.find((r) => r.subject === subject)!;
  const held = Object.entries(files).map(([node, over]) => keyOn(node, over));
  const bad = held.filter(({ value }) => rule.judge(value, undefined, true) !== undefined).map(({ node }) => node);
  assert.notDeepEqual(bad, [], 'no node breaks the rule');
  const { remediation, fixes } = remedy(rule, bad, held, new Map(), cluster);
  return (
    remediation ??
    (fixes ?? []).map(({ nodes, commands, note }) => [nodes.join(' '), ...commands, note ?? ''].join(' | ')).join('\n')
  );
}

const pem: Over = {
  spec: { kind: 'pem', publicPath: '/k.pub', owners: ['svc', 'root'] },
  content: { kind: 'pem' },
  owner: 'svc',
};
const service: Over = { spec: { reader: 'svc', owners: ['svc'] }, owner: 'svc' };
const decoded: Over = { spec: { encoding: 'decoded' }, content: { kind: 'hex', length: 1025, trimmed: 1024 } };

describe('owner and mode', () => {
  const CASES: readonly [name: string, subject: string, files: Record<string, Over>, advised: string][] = [
    [
      'open: each path',
      'mode',
      { a: { mode: 0o640 }, b: {}, c: { mode: 0o644 } },
      ['a | sudo chmod 0600 /a/k | ', 'c | sudo chmod 0600 /c/k | '].join('\n'),
    ],
    [
      'open, and one path',
      'mode',
      {
        a: { mode: 0o640, spec: { path: '/k' } },
        b: { mode: 0o644, spec: { path: '/k' } },
      },
      'a b | sudo chmod 0600 /k | ',
    ],
    [
      'open to the account that reads it',
      'mode',
      {
        a: { ...service, mode: 0o644 },
        b: { ...service, mode: 0o640, owner: 'root', group: 'svc' },
      },
      'b | sudo chown svc /b/k | \na | sudo chmod 0600 /a/k | \nb | sudo chmod 0600 /b/k | ',
    ],
    [
      'open to the group of the account that should own it',
      'mode',
      {
        a: { ...pem, mode: 0o640, owner: 'root', group: 'svc' },
      },
      'a | sudo chown svc /a/k | \na | sudo chmod 0600 /a/k | ',
    ],
    [
      'open to a group of a key that root reads',
      'mode',
      {
        a: { mode: 0o640, owner: 'root', group: 'svc' },
      },
      'a | sudo chmod 0600 /a/k | ',
    ],
    [
      'no path that can be part of a command',
      'mode',
      {
        a: { mode: 0o640, spec: { path: '/a\u001b/k' } },
      },
      'a | a name on these nodes cannot be part of a command; do it by hand',
    ],
    ['a folder', 'folder', { a: {}, b: { openFolder: '/srv/b' } }, 'b | sudo chmod o-w /srv/b | '],
    [
      'unreadable',
      'unreadable',
      {
        a: {},
        b: { ...service, unreadableFor: 'svc cannot read the key', owner: 'x' },
      },
      'b | sudo chown svc /b/k | ',
    ],
    [
      'unreadable, and nobody is known to own it',
      'unreadable',
      {
        a: { unreadableFor: 'it is', spec: { owners: [] } },
      },
      '',
    ],
    [
      'unreadable because of a folder',
      'unreadable',
      {
        a: { ...service, unreadableFor: 'svc may not enter /a', closedFolder: '/a' },
      },
      'namei -l /a/k    # on the nodes named: let svc enter every folder above the key (its group, or chmod o+x), or move the key where it may',
    ],
    ['of a strange account', 'advice', { a: { owner: 'x' }, b: {} }, 'a | sudo chown root /a/k | '],
    [
      'of a strange account, in another mode',
      'advice',
      { a: { owner: 'x', mode: 0o700 } },
      'a | sudo chown root /a/k | ',
    ],
    [
      'executable',
      'advice',
      { a: { mode: 0o700 }, b: { owner: 'x' }, c: {} },
      'b | sudo chown root /b/k | \na | sudo chmod 0600 /a/k | ',
    ],
    ['of anybody', 'advice', { a: { owner: 'x', mode: 0o4600, spec: { owners: [] } } }, 'a | sudo chmod 0600 /a/k | '],
    ['a time-based UUID', 'advice', { a: { content: { uuidVersion: 1 } } }, ''],
  ];
  for (const [name, subject, files, expected] of CASES)
    it(name, () => {
      assert.equal(advised(subject, files), expected);
    });

  it('of a length that rskey does not read', () => {
    assert.match(advised('advice', { a: decoded }), /^sudo truncate -s 1024 KEY/);
    assert.equal(advised('advice', { a: { ...decoded, owner: 'x' } }), 'a | sudo chown root /a/k | ');
  });
});

describe('a key that is missing, weak or of another pair', () => {
  const placeholder: Over = { content: { known: 'placeholder' } };

  it('the public key is made of the private one', () => {
    assert.equal(
      advised('pair', { a: { ...pem, pair: 'yes' }, b: { ...pem, pair: 'no' } }),
      'b | sudo openssl pkey -in /b/k -pubout -out /k.pub | then restart the product',
    );
  });

  it('on no node: it is made', () => {
    assert.match(advised('missing', { a: { state: 'missing' } }), /^openssl rand -hex 32 .*restart the product$/);
    assert.match(advised('missing', { a: { ...decoded, state: 'missing' } }), /^openssl rand -hex 512 /);
    assert.match(
      advised('guessable', { a: placeholder }),
      /^openssl rand -hex 32 .*; what was encrypted with the old key/,
    );
    assert.match(advised('missing', { a: { ...pem, state: 'missing' } }), /^openssl genpkey .*launcher\.pub/);
  });

  it('of a good node: copied, not made', () => {
    const copied = advised('guessable', { a: placeholder, b: {} }, remote);
    assert.match(copied, /ssh \S*b .*sudo cat \/b\/k.* \| ssh \S*a .*sudo tee \/a\/k/);
    assert.match(copied, /then restart the product on a$/);
    // a node that is open to others breaks an earlier rule, and has the key all the same
    assert.match(advised('missing', { a: { state: 'missing' }, b: { mode: 0o644 } }, remote), /sudo cat \/b\/k/);
  });

  it('a missing one: where its own settings say, else where the good node has it, for the same owner', () => {
    const copied = (spec: Over['spec']) =>
      advised('missing', { a: { state: 'missing', ...(spec && { spec }) }, b: { owner: 'svc' } }, remote);
    assert.match(copied(undefined), /sudo install -m 0600 -o svc \/dev\/stdin \/b\/k/);
    assert.match(copied({ explicit: true }), /sudo install -m 0600 -o svc \/dev\/stdin \/a\/k/);
  });

  it('without a login to the nodes: in words', () => {
    const words = (key: Over) => advised('missing', { a: { ...key, state: 'missing' }, b: key });
    assert.equal(words({}), 'copy the key from b to a, with the same owner and mode, and restart the product there');
    assert.match(words(pem), /^copy the key and its public key from b to a,/);
  });

  it('a directory is no key to copy', () => {
    assert.match(advised('missing', { a: { state: 'missing' }, b: { type: 'directory' } }, remote), /^openssl rand/);
  });
});
