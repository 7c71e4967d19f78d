import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeAccounts } from '../../../checks/support/accountIds.js';
import { conflicts, people, required } from '../../../checks/support/accounts.js';
import { furtherGroups, memberLists } from '../../../checks/support/memberships.js';
import { bareCluster } from '../../../src/testing.js';

/** Users as `name:uid:gid:shell`, groups as `name:gid:members`. */
const node = (name: string, users: readonly string[], groups: readonly string[] = []): NodeAccounts => ({
  node: name,
  accounts: {
    users: new Map(
      users.map((line) => {
        const [user, uid, gid, shell] = line.split(':');
        return [user!, { name: user!, uid: Number(uid), gid: Number(gid ?? uid), ...(shell && { shell }) }];
      }),
    ),
    groups: new Map(
      groups.map((line) => {
        const [group, gid, members] = line.split(':');
        return [group!, { name: group!, gid: Number(gid), members: (members ?? '').split(',').filter(Boolean) }];
      }),
    ),
    asked: { users: [], groups: [], members: [] },
    groupsOf: new Map(),
  },
});
const cluster = bareCluster(['n1', 'n2', 'n3']);

describe('accounts of people', () => {
  const USERS: readonly [account: string, person: boolean][] = [
    ['a:999', false],
    ['a:1000', true],
    ['a:65533', true],
    ['a:65534', false],
    ['a:65535', true],
    ['a:4294967294', false],
    ['a:2000:2000:/dev/null', false],
    ['a:2000:2000:/usr/sbin/nologin', false],
    ['a:2000:2000:/bin/false', false],
    ['a:2000:2000:/bin/false-friend', true],
    ['a:2000:2000:/bin/sync', false],
  ];
  for (const [account, person] of USERS)
    it(`${account}: ${person}`, () => assert.deepEqual(people('user', [node('n1', [account])]), person ? ['a'] : []));

  const GROUPS: readonly [group: string, users: readonly string[], person: boolean][] = [
    ['g:999', [], false],
    ['g:1000', [], true],
    ['g:2000', ['d:2000:2000:/sbin/nologin'], false],
    ['g:2000', ['d:2000:2001:/sbin/nologin'], true],
    ['g:2000', ['d:2000:2000:/bin/sh'], true],
    ['g:2000', ['d:2000:2000'], true],
    ['g:2000:x', ['d:2000:2000:/sbin/nologin'], true],
    ['g:2000', ['d:2000:2000:/sbin/nologin', 'e:2001:2000:/bin/sh'], true],
  ];
  for (const [group, users, person] of GROUPS)
    it(`${group} of ${users.join()}: ${person}`, () =>
      assert.deepEqual(people('group', [node('n1', users, [group])]), person ? ['g'] : []));

  it('of all nodes, once, in order', () =>
    assert.deepEqual(people('user', [node('n1', ['b:1001', 'c:1002']), node('n2', ['a:1003', 'b:1001'])]), [
      'a',
      'b',
      'c',
    ]));
});

describe('what makes accounts alike', () => {
  const commands = (finding: { fixes?: readonly { commands: readonly string[] }[] } | undefined) =>
    (finding?.fixes ?? []).flatMap((f) => f.commands).join('\n');

  it('a user gets the ids of the majority', () => {
    const nodes = [node('n1', ['a:1001:1100']), node('n2', ['a:1001:1100']), node('n3', ['a:1002:1100'])];
    const [finding, ...more] = conflicts('user', ['a', 'nobody-has-it'], nodes, cluster);
    assert.deepEqual([finding?.status, finding?.nodes, finding?.subject, more], ['fail', ['n3'], 'user a', []]);
    assert.match(commands(finding), /^sudo usermod -u 1001 -g 1100 a$/m);
    assert.deepEqual(
      finding?.fixes?.map((f) => [f.nodes, f.note]),
      [[['n3'], 'after its processes have ended; then chown the files of the old id']],
    );
  });

  const GID: readonly [what: string, groups: readonly string[], first: RegExp][] = [
    ['is to be given to the group of that name', ['a:1003'], /^sudo groupmod -g 1001 a && sudo usermod -u 1001 /],
    ['belongs to a group that is missing', ['b:1003'], /^sudo groupadd -g 1001 a && sudo usermod -u 1001 /],
  ];
  for (const [what, groups, command] of GID)
    it(`the number of a user's group ${what}`, () => {
      const good = ['n1', 'n2'].map((name) => node(name, ['a:1001'], ['a:1001']));
      const [finding] = conflicts('user', ['a'], [...good, node('n3', ['a:1003'], groups)], cluster);
      assert.match(commands(finding), command);
    });

  it("the number of a user's group belongs to a different one", () => {
    const good = ['n1', 'n2'].map((name) => node(name, ['a:1001'], ['a:1001']));
    const [finding] = conflicts('user', ['a'], [...good, node('n3', ['a:1003'], ['x:1001'])], cluster);
    assert.equal(finding?.fixes, undefined);
    assert.match(finding?.remediation ?? '', /^gid 1001 is x on n3: give that account a different number first/);
  });

  it('a group gets the id of the majority', () => {
    const nodes = ['n1', 'n2', 'n3'].map((name, i) => node(name, ['g:7:7'], [`g:${i === 2 ? 1201 : 1200}`]));
    assert.match(commands(conflicts('group', ['g'], nodes, cluster)[0]), /^sudo groupmod -g 1200 g$/m);
  });

  it('a node that has no such account is no conflict, and a required one is created', () => {
    const nodes = [node('n1', ['a:1001']), node('n2', ['a:1001']), node('n3', ['b:1001'])];
    assert.deepEqual(conflicts('user', ['a'], nodes, cluster), []);
    const finding = required('user', 'a', nodes, cluster);
    assert.deepEqual([finding.status, finding.nodes, finding.fixes], ['fail', ['n3'], undefined]);
    assert.match(finding.remediation ?? '', /^create user a with uid 1001, gid 1001 on n3, or join/);
  });

  it('a member that one node does not list is added there', () => {
    const nodes = ['n1', 'n2', 'n3'].map((name, i) =>
      node(name, ['a:1001', 'b:1002'], [i === 2 ? 'g:1200:b' : 'g:1200:a,b']),
    );
    const [finding] = memberLists(['g'], nodes, undefined, new Set());
    assert.deepEqual([finding?.nodes, commands(finding)], [['n3'], 'sudo gpasswd -a a g']);
    const [more] = memberLists(['g'], [...nodes.slice(0, 2), node('n3', [], ['g:1200:a,b,c'])], undefined, new Set());
    assert.deepEqual([more?.nodes, more?.fixes], [['n3'], undefined]);
    assert.match(more?.remediation ?? '', /gpasswd -d/);
  });

  it('a user who is named twice is reported once', () => {
    const nodes = ['n1', 'n2', 'n3'].map((name, i): NodeAccounts => {
      const { accounts } = node(name, ['a:1001']);
      const groupsOf = new Map([['a', i === 2 ? [] : [{ name: 'h', gid: 1300, members: [] }]]]);
      return { node: name, accounts: { ...accounts, groupsOf } };
    });
    const findings = furtherGroups(['a', 'a'], [], nodes, cluster, new Set());
    assert.deepEqual(
      findings.map((f) => f.subject),
      ['groups of a'],
    );
  });

  it('what a tree does not have is not missing where a directory may have it', () => {
    const tree = node('n3', []);
    const blind = { ...tree, accounts: { ...tree.accounts, unasked: { user: 'sss' } } };
    const finding = required('user', 'a', [node('n1', ['a:1001']), node('n2', ['a:1001']), blind], cluster);
    assert.deepEqual([finding.status, finding.nodes], ['unknown', ['n3']]);
    assert.match(finding.message, /sss .* getent passwd a$/);
    const bad = required('user', 'a', [node('n1', ['a:1001']), node('n2', []), blind], cluster);
    assert.deepEqual([bad.status, bad.nodes], ['fail', ['n2']]);
  });

  it('in a tie nobody is told to change', () => {
    const finding = required('user', 'a', [node('n1', ['a:1001']), node('n2', ['a:1002'])], cluster);
    assert.deepEqual([finding.status, finding.fixes, finding.remediation], ['fail', undefined, undefined]);
  });

  it('alike, or nowhere', () => {
    assert.equal(required('user', 'a', [node('n1', ['a:1001']), node('n2', ['a:1001'])], cluster).status, 'pass');
    const nowhere = required('group', 'g', [node('n1', []), node('n2', [])], cluster);
    assert.deepEqual([nowhere.status, nowhere.nodes, nowhere.subject], ['unknown', ['n1', 'n2'], 'group g']);
  });
});
