/** Who belongs to which group: what is reported, of whom, and the command for each node. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeAccounts } from '../../../checks/support/accountIds.js';
import { furtherGroups, memberFindings, memberLists } from '../../../checks/support/memberships.js';
import type { Group } from '../../../src/collectors/accounts.js';
import type { Finding } from '../../../src/model/verdict.js';
import { bareCluster } from '../../../src/testing.js';

interface Given {
  /** `name:uid:gid`; a `+` in front: by a directory service. */
  readonly users?: readonly string[];
  /** `name:gid:members`; a `+` in front: by a directory service. */
  readonly groups?: readonly string[];
  /** Members that were looked up here: by default all that are listed. */
  readonly asked?: readonly string[];
  /** By user, in the form of `groups`. */
  readonly of?: Readonly<Record<string, readonly string[]>>;
}

function groupOf(line: string): Group {
  const [name = '', gid, members = ''] = line.replace(/^\+/, '').split(':');
  return {
    name,
    gid: Number(gid),
    members: members.split(',').filter(Boolean),
    ...(line.startsWith('+') && { fromDirectory: true }),
  };
}

const node = (name: string, { users = [], groups = [], asked, of = {} }: Given): NodeAccounts => {
  const here = groups.map(groupOf);
  return {
    node: name,
    accounts: {
      users: new Map(
        users.map((line) => {
          const [user = '', uid, gid] = line.replace(/^\+/, '').split(':');
          const fromDirectory = line.startsWith('+');
          return [
            user,
            { name: user, uid: Number(uid), gid: Number(gid ?? uid), ...(fromDirectory && { fromDirectory }) },
          ];
        }),
      ),
      groups: new Map(here.map((g) => [g.name, g])),
      asked: { users: [], groups: [], members: asked ?? here.flatMap((g) => g.members) },
      groupsOf: new Map(Object.entries(of).map(([user, all]) => [user, all.map(groupOf)])),
    },
  };
};
const nodesOf = (...given: readonly Given[]): NodeAccounts[] => given.map((g, i) => node(`n${i + 1}`, g));
const cluster = bareCluster(['n1', 'n2', 'n3']);

/** Status, subject, nodes and commands, or the advice. */
const shown = (findings: readonly Finding[]): string[] =>
  findings.map((f) =>
    [
      `${f.status} ${f.subject}`,
      (f.nodes ?? []).join(' '),
      ...(f.fixes ?? []).map((x) => `${x.nodes.join(' ')}: ${x.commands.join('; ')}`),
      ...(f.remediation === undefined ? [] : [f.remediation]),
    ].join(' | '),
  );

describe('members that a node lists and does not know', () => {
  const of = (...given: readonly Given[]) => memberFindings(['g'], nodesOf(...given), ['asked-anyway']);
  const group = ['g:5:b,a'];

  it('others know them', () => {
    const [lost, ...more] = of({ users: ['a:1', 'b:2'], groups: group }, { groups: group }, { groups: group });
    assert.deepEqual(more, []);
    assert.deepEqual([lost?.status, lost?.subject, lost?.nodes], ['fail', 'members of g missing', ['n2', 'n3']]);
    assert.match(lost?.message ?? '', /^n2 does not know a and b; n3 does not know a and b: members of group g /);
    assert.match(lost?.remediation ?? '', /^getent passwd NAME .*sssctl domain-status/);
  });

  it('nobody knows them', () => {
    const [ghost, ...more] = of({ users: ['a:1'], groups: group }, { users: ['a:1'], groups: group });
    assert.deepEqual(more, []);
    assert.deepEqual([ghost?.status, ghost?.subject, ghost?.nodes], ['skip', 'members of g nowhere', ['n1', 'n2']]);
    assert.match(ghost?.message ?? '', /^b: listed in group g,/);
  });

  it('a node that lists them not, or was not asked, lacks nothing', () => {
    assert.deepEqual(
      of({ users: ['a:1', 'b:2'], groups: group }, { groups: ['g:5:'] }, { groups: group, asked: [] }),
      [],
    );
    assert.deepEqual(of({ groups: group, asked: [] }, {}), []);
    assert.deepEqual(of({ users: ['a:1', 'b:2'], groups: group }, { asked: ['a', 'b'] }), []);
  });

  it('users are looked at by themselves', () => {
    const users = ['g:5:asked-anyway'];
    assert.deepEqual(of({ users: ['asked-anyway:9'], groups: users }, { groups: users }), []);
  });
});

describe('member lists', () => {
  const of = (given: readonly Given[], blamed: readonly string[] = [], reference?: string) =>
    memberLists(['g'], nodesOf(...given), reference, new Set(blamed));
  const users = ['a:1', 'b:2', 'c:3'];
  const lists = (...all: readonly string[]): Given[] => all.map((line) => ({ users, groups: [line] }));

  it('in another order, or in another spelling of one account', () => {
    assert.deepEqual(of(lists('g:5:a,b', 'g:5:b,a')), []);
    const spelt = [
      { users: ['a:1', 'z:2'], groups: ['g:5:a,z'] },
      { users: ['A:1', 'z:2'], groups: ['g:5:A,z'] },
    ];
    assert.deepEqual(of(spelt), []);
    assert.deepEqual(of([{ groups: ['g:5:A'] }, { groups: ['g:5:a'] }]), []);
  });

  it('who has the group for a primary group is in it', () => {
    assert.deepEqual(
      of([
        { users: ['a:1:5'], groups: ['g:5:'] },
        { users: ['a:1:5'], groups: ['g:5:a'] },
      ]),
      [],
    );
  });

  it('members are added where they are missing', () => {
    assert.deepEqual(shown(of(lists('g:5:a,b', 'g:5:a,b', 'g:5:a'))), [
      'fail members of g | n3 | n3: sudo gpasswd -a b g',
    ]);
    const two = of(lists('g:5:a,b,c', 'g:5:a', 'g:5:a,b,c'));
    assert.deepEqual(shown(two), ['fail members of g | n2 | n2: sudo gpasswd -a b g && sudo gpasswd -a c g']);
    assert.match(two[0]?.observed ?? '', /n2: a/);
    assert.match(of(lists('g:5:a', 'g:5:', 'g:5:a'))[0]?.observed ?? '', /nobody/);
  });

  it('nobody is added where one has too many, or where none is right', () => {
    const advice =
      'getent group g on every node: then sudo gpasswd -a USER g, or sudo gpasswd -d USER g, on the nodes named';
    assert.deepEqual(shown(of(lists('g:5:a', 'g:5:a', 'g:5:a,b'))), [`fail members of g | n3 | ${advice}`]);
    assert.deepEqual(shown(of([...lists('g:5:a,b', 'g:5:a,b', 'g:5:a,b'), ...lists('g:5:a', 'g:5:a,b,c')])), [
      `fail members of g | n4 n5 | ${advice}`,
    ]);
    assert.deepEqual(shown(of(lists('g:5:a', 'g:5:b'))), [`fail members of g | n1 n2 | ${advice}`]);
    assert.deepEqual(shown(of(lists('g:5:a', 'g:5:a,b'), [], 'n2')), [
      'fail members of g | n1 | n1: sudo gpasswd -a b g',
    ]);
  });

  it('a group of a directory is not edited on the node', () => {
    const [only] = shown(of(lists('+g:5:a,b', '+g:5:a,b', '+g:5:a')));
    assert.match(only!, /^fail members of g \| n3 \| group g comes from a directory service on n3: /);
    // of the good nodes it says nothing
    assert.deepEqual(shown(of(lists('+g:5:a,b', '+g:5:a,b', 'g:5:a'))), [
      'fail members of g | n3 | n3: sudo gpasswd -a b g',
    ]);
  });

  it('a directory that lists nobody says nothing of its members', () => {
    assert.deepEqual(shown(of(lists('+g:5:', '+g:5:'))), ['skip members of g | n1 n2']);
    assert.deepEqual(shown(of(lists('+g:5:', 'g:5:a'))), ['unknown members of g untold | n1']);
    assert.deepEqual(shown(of(lists('+g:5:', 'g:5:a', 'g:5:b'))).slice(0, 1), ['unknown members of g untold | n1']);
    // the files of a node do
    assert.deepEqual(of(lists('g:5:', 'g:5:')), []);
  });

  it('one node alone, or a group that has been reported: nothing', () => {
    assert.deepEqual(of([{ users, groups: ['g:5:a'] }, { users }]), []);
    assert.deepEqual(of([{ users, groups: ['+g:5:'] }, { users }]), []);
    assert.deepEqual(of(lists('g:5:a', 'g:6:b'), ['group g']), []);
  });

  it('a member whose number was reported counts by the name', () => {
    const given = [
      { users: ['a:1'], groups: ['g:5:a'] },
      { users: ['a:2'], groups: ['g:5:a'] },
    ];
    assert.deepEqual(of(given, ['user a']), []);
    assert.equal(of(given)[0]?.status, 'fail');
  });
});

describe('further groups of users', () => {
  const of = (given: readonly Given[], blamed: readonly string[] = [], admitted: readonly string[] = []) =>
    furtherGroups(['u'], admitted, nodesOf(...given), cluster, new Set(blamed));
  const user = (...groups: readonly string[]): Given => ({
    users: ['u:1'],
    groups: ['p:7', 'q:8', 'r:9'],
    of: { u: groups },
  });

  it('in another order', () => {
    assert.deepEqual(of([user('p:7', 'q:10'), user('q:10', 'p:7')]), []);
    // as numbers, and not as texts
    assert.deepEqual(of([user('p:9', 'q:10'), user('q:10', 'p:9')]), []);
  });

  it('one that is missing is added, where the node has it', () => {
    const [one, ...more] = of([user('p:7', 'q:8'), user('p:7', 'q:8'), user()]);
    assert.deepEqual(more, []);
    assert.deepEqual(shown([one!]), ['fail groups of u | n3 | n3: sudo usermod -aG p,q u']);
    assert.match(one?.observed ?? '', /n3: no further group/);
    // in the order of their names
    assert.match(shown(of([user('q:8', 'p:7'), user('q:8', 'p:7'), user()])).join(), /-aG p,q u/);
    assert.match(of([user('q:8', 'p:7'), user('q:8', 'p:7'), user()])[0]?.expected ?? '', /p and q/);
  });

  it('no command where the node has not the group, or a directory has it or the user, or none is right', () => {
    const advice = /sudo usermod -aG GROUP USER on the nodes named/;
    const bad: readonly Given[] = [
      { users: ['u:1'], groups: ['q:8'], of: { u: [] } },
      { users: ['u:1'], groups: ['+p:7', 'q:8'], of: { u: [] } },
      { users: ['+u:1'], groups: ['p:7', 'q:8'], of: { u: [] } },
      user('p:7', 'q:8', 'r:9'),
    ];
    for (const last of bad) {
      const [line] = shown(of([user('p:7', 'q:8'), user('p:7', 'q:8'), last]));
      assert.match(line!, /^fail groups of u \| n3 \| /);
      assert.match(line!, advice);
      assert.doesNotMatch(line!, /-aG p/);
    }
    assert.match(shown(of([user('p:7'), user('q:8')])).join(), advice);
    // one of two nodes: a command for the other alone would leave it out
    assert.match(shown(of([user('p:7'), user('p:7'), user('p:7'), user(), user('p:7', 'q:8')])).join(), advice);
  });

  it('groups of the machine, and those that are looked at anyway, are left out', () => {
    assert.deepEqual(of([user('docker:50', 'systemd-journal:51'), user()]), []);
    assert.deepEqual(of([user('p:7'), user()], [], ['p']), []);
    for (const name of ['mydocker', 'dockers']) assert.equal(of([user(`${name}:50`), user()])[0]?.status, 'fail', name);
  });

  it('a group with two numbers is reported once', () => {
    const numbered = (gid: number): Given => ({ users: ['u:1'], of: { u: [`p:${gid}`] } });
    const two = [numbered(7), numbered(70)];
    const subjects = (blamed: readonly string[] = []) => of(two, blamed).map((f) => f.subject);
    assert.deepEqual(subjects(), ['group p']);
    assert.deepEqual(subjects(['group p']), []);
    assert.deepEqual(subjects(['user p']), ['groups of u']);
  });

  it('a user that was reported, or is on one node, or was not looked up', () => {
    assert.deepEqual(of([user('p:7'), user()], ['user u']), []);
    assert.deepEqual(of([user('p:7'), { of: { u: [] } }]), []);
    assert.deepEqual(of([user('p:7'), { users: ['u:1'] }]), []);
  });
});
