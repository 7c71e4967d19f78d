/** One account by several spellings: which names are one, and what is reported where their numbers differ. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeAccounts } from '../../../checks/support/accountIds.js';
import { bareName, spelledConflicts, spellings } from '../../../checks/support/accountNames.js';
import { bareCluster } from '../../../src/testing.js';

/** Users as `asked=name:uid`, or `name:uid`; a `+` in front: by a directory service. Groups as `asked=name`. */
const node = (at: string, users: readonly string[], groups: readonly string[] = []): NodeAccounts => {
  const parts = (line: string): [asked: string, name: string] => {
    const [asked = '', name = asked] = line.split('=');
    return [asked, name];
  };
  return {
    node: at,
    accounts: {
      users: new Map(
        users.map((line) => {
          const [text = '', uid] = line.replace(/^\+/, '').split(/:(?=\d+$)/);
          const [asked, name] = parts(text);
          return [asked, { name, uid: Number(uid), gid: 5, ...(line.startsWith('+') && { fromDirectory: true }) }];
        }),
      ),
      groups: new Map(groups.map(parts).map(([asked, name]) => [asked, { name, gid: 5, members: [] }])),
      asked: { users: [], groups: [], members: [] },
      groupsOf: new Map(),
    },
  };
};
const nodesOf = (...users: readonly (readonly string[])[]) => users.map((u, i) => node(`n${i + 1}`, u));

describe('the bare name', () => {
  const CASES: readonly [name: string, bare: string, domain?: string][] = [
    ['jdoe', 'jdoe'],
    ['JDoe', 'jdoe'],
    ['EXAMPLE\\jdoe', 'jdoe', 'example'],
    ['JDoe@Example.com', 'jdoe', 'example'],
    ['EXAMPLE\\jdoe@other.com', 'jdoe', 'example'],
    ['a@b@c.d', 'a@b', 'c'],
    ['@x', '@x'],
    ['\\x', '\\x'],
    ['x@', 'x@'],
  ];
  for (const [name, bare, domain] of CASES)
    it(name, () => assert.deepEqual(bareName(name), { bare, ...(domain !== undefined && { domain }) }));
});

describe('one name for each account', () => {
  it('the answer of a directory is the name that was asked for', () => {
    const one = spellings('user', nodesOf(['jdoe=jdoe@example.com:1'], ['jdoe:1']));
    assert.deepEqual(['jdoe', 'jdoe@example.com', 'JDOE', 'asmith'].map(one), ['jdoe', 'jdoe', 'jdoe', 'asmith']);
  });

  it('a name with the domain that all have', () => {
    const one = spellings('user', nodesOf(['EXAMPLE\\jdoe:1'], ['jdoe@example.com:1']));
    assert.deepEqual(['EXAMPLE\\jdoe', 'jdoe@example.com'].map(one), ['jdoe', 'jdoe']);
  });

  it('not where two domains have one', () => {
    const one = spellings('user', nodesOf(['jdoe@a.com:1', 'jdoe@b.com:2'], ['jdoe:1']));
    assert.deepEqual(['jdoe@a.com', 'jdoe@b.com', 'jdoe'].map(one), ['jdoe@a.com', 'jdoe@b.com', 'jdoe']);
  });

  it('without a domain anywhere each stays as it is', () => {
    assert.deepEqual(['JDoe', 'jdoe'].map(spellings('user', nodesOf(['JDoe:1'], ['jdoe:1']))), ['JDoe', 'jdoe']);
  });

  it('of groups', () => {
    const nodes = [node('n1', ['staff@users.com:1'], ['staff=staff@example.com'])];
    assert.equal(spellings('group', nodes)('staff@example.com'), 'staff');
    assert.equal(spellings('user', nodes)('staff@example.com'), 'staff');
    assert.equal(spellings('group', [node('n1', ['staff=staff@users.com:1'])])('staff@users.com'), 'staff@users.com');
  });
});

describe('spellings with different numbers', () => {
  const of = (nodes: readonly NodeAccounts[], blamed: readonly string[] = [], reference?: string) =>
    spelledConflicts(
      nodes,
      bareCluster(['n1', 'n2', 'n3'], reference === undefined ? {} : { reference }),
      new Set(blamed),
    );
  const ad = '+EXAMPLE\\jdoe';

  it('are one account, and which node differs', () => {
    const { findings, blamed } = of(nodesOf([`${ad}:1`], ['+jdoe:1'], ['+jdoe:2']));
    assert.deepEqual(
      findings.map((f) => [f.status, f.subject, f.nodes]),
      [['fail', 'user jdoe', ['n3']]],
    );
    assert.match(findings[0]!.observed ?? '', /n3: jdoe is uid 2, gid 5/);
    assert.match(findings[0]!.remediation ?? '', /compare on n1, n2 and n3 sssd\.conf/);
    assert.deepEqual([...new Set(blamed)], ['user EXAMPLE\\jdoe', 'user jdoe']);
    assert.deepEqual(of(nodesOf([`${ad}:1`], ['+jdoe:2']), [], 'n2').findings[0]?.nodes, ['n1']);
  });

  const NONE: readonly [why: string, nodes: readonly NodeAccounts[], blamed?: readonly string[]][] = [
    ['the same numbers', nodesOf([`${ad}:1`], ['+jdoe:1'])],
    ['one spelling', nodesOf(['+jdoe:1'], ['+jdoe:2'])],
    ['a local account of that name', nodesOf([`${ad}:1`], ['+jdoe:2'], ['jdoe:3'])],
    ['two accounts on one node', nodesOf([`${ad}:1`, '+jdoe:2'], ['+jdoe:2'])],
    ['reported by its own name', nodesOf([`${ad}:1`], ['+jdoe:2']), ['user jdoe']],
  ];
  for (const [why, nodes, blamed] of NONE)
    it(`not: ${why}`, () => assert.deepEqual(of(nodes, blamed), { findings: [], blamed: [] }));

  it('both spellings on each node, of one account', () => {
    const twice = nodesOf([`${ad}:1`, '+jdoe:1'], [`${ad}:2`, '+jdoe:2']);
    assert.equal(of(twice).findings.length, 1);
  });
});
