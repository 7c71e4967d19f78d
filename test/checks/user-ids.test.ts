import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import check from '../../checks/user-ids.js';
import type { Accounts } from '../../src/collectors/accounts.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { foundOf, settingsOf } from '../support/facts.js';

const found = foundOf('workbench');
type Row = readonly [name: string, id: number, ...more: string[]];
/**
 * `name:uid:gid:shell`, groups `name:gid:member,member`, further groups of users `user: [name:gid]`; the service account
 * and its group are there unless left out. An answer in another spelling is `asked=answered:uid`. What ends in `@@ldap`
 * comes from a directory.
 */
const node = (
  users: string[],
  groups: string[] = ['staff:50:alice'],
  service = 'rstudio-server:990',
  further: Record<string, string[]> = {},
) => {
  const fields = (text: string): Row => {
    const [name, id, ...more] = text.split(':');
    return [name!, Number(id), ...more];
  };
  const members = (text: string | undefined) => (text ?? '').split(',').filter(Boolean);
  const group = ([name, gid, list]: Row) => ({ name, gid, members: members(list) });
  const accounts: Accounts = {
    users: new Map(
      [service, ...users].filter(Boolean).map((u) => {
        const [row, from] = u.split('@@');
        const [spelled, uid, gid, shell] = fields(row!);
        const [asked, answered = asked] = spelled.split('=');
        const user = { name: answered!, uid, gid: Number(gid ?? uid), shell: shell ?? '/bin/bash' };
        return [asked!, { ...user, ...(from !== undefined && { fromDirectory: true }) }];
      }),
    ),
    groups: new Map(
      groups.map((g) => {
        const [row, from] = g.split('@@');
        return [fields(row!)[0], { ...group(fields(row!)), ...(from !== undefined && { fromDirectory: true }) }];
      }),
    ),
    asked: { users: [], groups: [], members: groups.flatMap((g) => members(fields(g.split('@@')[0]!)[2])) },
    groupsOf: new Map(Object.entries(further).map(([user, list]) => [user, list.map((g) => group(fields(g)))])),
  };
  return { settings: settingsOf(found), accounts };
};
const none = ['staff:50'];
/** A node whose accounts of people begin at 500. */
const early = ({ settings, accounts }: ReturnType<typeof node>) => ({
  settings,
  accounts: { ...accounts, firstPerson: 500 },
});
/** A node of Package Manager, whose server runs as this account. */
const server = (account: string, users: string[] = []) => ({
  ...node(users, [], account),
  settings: settingsOf(foundOf('package-manager', {}, { account: account.split(':')[0]! })),
});
const tree = {
  settings: settingsOf(found),
  accounts: { ...node([], none).accounts, unasked: { user: 'sss', group: 'sss' } },
};

testCheck(check, {
  pass: [
    {
      name: 'a local account, and one of that name in a domain',
      nodes: { a: node(['EXAMPLE\\zoe:2001@@ad'], none), b: node(['zoe:1005'], none) },
    },
    {
      name: 'two accounts of one node in two letters',
      nodes: { a: node(['Zoe:2001@@nis', 'zoe:2002@@nis'], none), b: node(['zoe:2002@@nis'], none) },
    },
    {
      name: 'accounts of daemons below the first uid of people',
      nodes: { a: node(['web:501'], none), b: node(['web:502'], none) },
    },
    {
      name: 'servers run as one account that the unit names',
      nodes: { a: server('thor:812'), b: server('thor:812') },
      product: 'package-manager',
      on: ['a', 'b'],
      message: /thor/,
    },
    {
      name: 'one shell under two paths',
      nodes: { a: node(['alice:1001:1001:/bin/bash']), b: node(['alice:1001:1001:/usr/bin/bash']) },
    },
    {
      name: 'no login, under two paths',
      nodes: { a: node(['alice:1001:1001:/sbin/nologin']), b: node(['alice:1001:1001:/usr/sbin/nologin']) },
    },
    { name: 'the same everywhere', nodes: { a: node(['alice:1001']), b: node(['alice:1001']) }, on: ['a', 'b'] },
    {
      name: "an administrator's account on one node only",
      nodes: { a: node(['alice:1001', 'ops:1005']), b: node(['alice:1001']) },
    },
    {
      name: 'a directory answers in its own spelling on one node',
      nodes: { a: node(['zoe:2001'], none), b: node(['zoe=zoe@example.com:2001'], none) },
      cluster: { users: ['zoe'] },
      on: ['a', 'b'],
    },
    {
      name: 'members in another spelling',
      nodes: {
        a: node(['domain user:2001'], ['staff:50:domain user']),
        b: node(['domain user@example.com:2001'], ['staff:50:domain user@example.com']),
      },
      beside: ['fail'],
    },
    {
      name: 'a member by the primary group, and listed as well on one node',
      nodes: {
        a: node(['alice:1001:50', 'zoe:2001'], ['staff:50:zoe']),
        b: node(['alice:1001:50', 'zoe:2001'], ['staff:50:zoe,alice']),
      },
    },
    {
      name: 'an alias on one node',
      nodes: { a: node(['alice:1001', 'ali:1001'], none), b: node(['alice:1001'], none) },
    },
    {
      name: 'a daemon on one node and another on the other, with different numbers',
      nodes: {
        a: node(['prometheus:1201:1201:/usr/sbin/nologin'], none),
        b: node(['splunk:1202:1202:/bin/false'], none),
      },
    },
    {
      name: 'another number of a group of the machine',
      nodes: {
        a: node(['zoe:2001'], none, undefined, { zoe: ['docker:998'] }),
        b: node(['zoe:2001'], none, undefined, { zoe: ['docker:997'] }),
      },
      cluster: { users: ['zoe'] },
    },
  ],
  fail: [
    {
      name: 'one account in the spellings of two nodes',
      nodes: {
        a: node(['EXAMPLE\\zoe:2001@@ad'], ['staff:50:EXAMPLE\\zoe@@ad']),
        b: node(['zoe:9001@@ad'], ['staff:50:zoe@@ad']),
        c: node(['zoe:9001@@ad'], ['staff:50:zoe@@ad']),
      },
      on: ['a'],
      severity: 'critical',
      message: /user zoe on a differs/,
    },
    {
      name: 'one account in the letters of two nodes',
      nodes: { a: node(['Zoe:2001@@ad'], none), b: node(['zoe:9001@@ad'], none) },
      on: ['a', 'b'],
      severity: 'critical',
    },
    {
      name: 'an account above UID_MIN of one node',
      nodes: { a: early(node(['zoe:501'], none)), b: node(['zoe:502'], none), c: node(['zoe:502'], none) },
      on: ['a'],
      severity: 'critical',
    },
    {
      name: 'an account that the unit names',
      nodes: { a: server('thor:812'), b: server('thor:813'), c: server('thor:812') },
      product: 'package-manager',
      on: ['b'],
    },
    {
      name: 'servers run as accounts of different names',
      nodes: {
        a: server('thor:812'),
        b: server('rstudio-pm:992', ['thor:812:812:/sbin/nologin']),
        c: server('thor:812'),
      },
      product: 'package-manager',
      on: ['b'],
      message: /the account that the server runs as/,
      beside: ['pass'],
    },
    {
      name: 'more accounts than are listed',
      nodes: {
        a: node(
          Array.from({ length: 25 }, (_, i) => `u${i}:${2000 + i}`),
          none,
        ),
        b: node(
          Array.from({ length: 25 }, (_, i) => `u${i}:${3000 + i}`),
          none,
        ),
      },
      on: ['a', 'b'],
      message: /5 more accounts differ/,
    },
    {
      name: 'another shell on one node',
      product: 'workbench',
      nodes: {
        a: node(['alice:1001:1001:/bin/bash']),
        b: node(['alice:1001:1001:/bin/zsh']),
        c: node(['alice:1001:1001:/bin/bash']),
      },
      on: ['b'],
      severity: 'warning',
      message: /login shell of user alice/,
      beside: ['pass'],
    },
    {
      name: 'a member that one node does not know',
      nodes: {
        a: node(['ann lee:2001'], ['staff:50:ann lee']),
        b: node(['ann lee:2001'], ['staff:50:ann lee']),
        c: node([], ['staff:50:ann lee']),
      },
      on: ['c'],
      message: /c does not know ann lee/,
      severity: 'critical',
    },
    {
      name: 'a further group with another number',
      nodes: {
        a: node(['zoe:2001'], none, undefined, { zoe: ['research:600'] }),
        b: node(['zoe:2001'], none, undefined, { zoe: ['research:600'] }),
        c: node(['zoe:2001'], none, undefined, { zoe: ['research:601'] }),
      },
      cluster: { users: ['zoe'] },
      on: ['c'],
      message: /group research/,
      severity: 'critical',
    },
    {
      name: 'a further group on some nodes only',
      nodes: {
        a: node(['zoe:2001'], none, undefined, { zoe: ['research:600'] }),
        b: node(['zoe:2001'], none, undefined, { zoe: ['research:600'] }),
        c: node(['zoe:2001'], none, undefined, { zoe: [] }),
      },
      cluster: { users: ['zoe'] },
      on: ['c'],
      message: /^the list of groups of user zoe on \w+ differs/,
      severity: 'warning',
      beside: ['pass'],
    },
    {
      name: 'two daemons with one number',
      nodes: {
        a: node(['prometheus:1201:1201:/usr/sbin/nologin'], ['staff:50', 'prometheus:1201']),
        b: node(['splunk:1201:1201:/bin/false'], ['staff:50', 'splunk:1201']),
      },
      on: ['a', 'b'],
      severity: 'warning',
      message: /cannot log in/,
      beside: ['pass'],
    },
    {
      name: 'a person with the number of a daemon',
      nodes: { a: node(['alice:1201'], none), b: node(['splunk:1201:1201:/bin/false'], none) },
      on: ['a', 'b'],
      severity: 'critical',
      message: /owns the files/,
    },
    {
      name: 'another member list',
      nodes: {
        a: node(['alice:1001'], ['staff:50:alice']),
        b: node(['alice:1001'], ['staff:50']),
        c: node(['alice:1001'], ['staff:50:alice']),
      },
      on: ['b'],
      severity: 'warning',
      beside: ['pass'],
    },
    {
      name: 'another uid on one node',
      nodes: { a: node(['alice:1001']), b: node(['alice:1999']), c: node(['alice:1001']) },
      on: ['b'],
      message: /alice/,
    },
    { name: 'a tie', nodes: { a: node(['alice:1001']), b: node(['alice:1999']) }, on: ['a', 'b'] },
    {
      name: 'the service account',
      nodes: { a: node([], none), b: node([], none, 'rstudio-server:991'), c: node([], none) },
      on: ['b'],
      message: /rstudio-server/,
    },
    {
      name: 'the service account is missing',
      nodes: { a: node([], none), b: node([], none, ''), c: node([], none) },
      on: ['b'],
      message: /missing/,
    },
    {
      name: 'a named user is missing',
      nodes: { a: node(['zoe:2001'], none), b: node([], none), c: node(['zoe:2001'], none) },
      cluster: { users: ['zoe'] },
      on: ['b'],
    },
    {
      name: 'a named user is on one node only',
      nodes: { a: node(['zoe:2001'], none), b: node([], none), c: node([], none) },
      cluster: { users: ['zoe'] },
      on: ['b', 'c'],
      message: /user zoe is missing on b and c/,
    },
    {
      name: 'a named user is on one node of two',
      nodes: { a: node(['zoe:2001'], none), b: node([], none) },
      cluster: { users: ['zoe'] },
      on: ['b'],
    },
    {
      name: 'an admitted group is on one node only',
      nodes: { a: node([], ['staff:50']), b: node([], []), c: node([], []) },
      on: ['b', 'c'],
      message: /group staff is missing/,
    },
    {
      name: 'a group has another id',
      nodes: { a: node([], none), b: node([], ['staff:51']), c: node([], none) },
      on: ['b'],
      message: /group staff/,
    },
    {
      name: 'one uid, two people',
      nodes: { a: node(['alice:1001'], none), b: node(['bob:1001'], none), c: node(['alice:1001'], none) },
      on: ['b'],
      message: /uid 1001/,
    },
  ],
  skip: [
    {
      name: 'a member that is an account nowhere',
      nodes: { a: node([], ['staff:50:ghost']), b: node([], ['staff:50:ghost']) },
      message: /ghost/,
      beside: ['pass'],
    },
    {
      name: 'a directory that lists no members',
      nodes: { a: node([], ['staff:50@@ldap']), b: node([], ['staff:50@@ldap']) },
      message: /lists no members/,
      beside: ['pass'],
    },
  ],
  unknown: [
    {
      name: 'many users of the inventory are on no node',
      nodes: { a: node([], none), b: node([], none) },
      cluster: { users: Array.from({ length: 30 }, (_, i) => `u${i}`) },
      on: ['a', 'b'],
      message: /nothing is known of 10 more accounts/,
      beside: ['pass'],
    },
    {
      name: 'a directory that lists no members to one node',
      nodes: {
        a: node(['alice:1001']),
        b: node(['alice:1001']),
        c: node(['alice:1001'], ['staff:50@@ldap']),
      },
      on: ['c'],
      message: /ignore_group_members/,
      beside: ['pass'],
    },
    {
      name: 'a user that is nowhere',
      nodes: { a: node([], none), b: node([], none) },
      cluster: { users: ['ghost'] },
      beside: ['pass'],
      message: /ghost does not exist on any node/,
    },
    {
      name: 'trees whose directory cannot be asked',
      nodes: { a: tree, b: tree },
      cluster: { users: ['john smith'] },
      beside: ['pass'],
      message: /sss \(nsswitch\.conf\) cannot be asked in a tree of files: getent passwd 'john smith'/,
    },
    {
      name: 'a node not reached',
      nodes: { a: node([], none), b: node([], none), c: { unseen: 'refused' } },
      on: ['c'],
      beside: ['pass'],
    },
    {
      name: 'accounts unreadable',
      nodes: {
        a: node([], none),
        b: node([], none),
        c: { settings: settingsOf(found), accounts: { unseen: 'getent is missing' } },
      },
      on: ['c'],
      beside: ['pass'],
    },
  ],
});

it('names in its pass only what agrees', () => {
  const nodes = { a: node([], none), b: node([], none) };
  const found = judgeCase(check, { name: '', nodes, cluster: { users: ['ghost'] } }).find((f) => f.status === 'pass');
  assert.equal(found?.message, '2 accounts agree: rstudio-server, staff');
});

describe('the fix of an id', () => {
  it('of a local account that hides one of a directory', () => {
    const good = node(['zoe:2001@@ldap'], none);
    const nodes = { a: good, b: good, c: node(['zoe:1001'], none) };
    const found = judgeCase(check, { name: '', nodes, cluster: { users: ['zoe'] } }).find((f) => f.status === 'fail');
    assert.deepEqual([found?.nodes, found?.fixes], [['c'], undefined]);
    assert.match(found?.remediation ?? '', /local account on c, .*getent -s sss passwd zoe/);
  });
  const ALICES = ['staff:50:alice', 'alice:1001'];
  const GOOD = node(['alice:1001'], ALICES);
  const ROWS: readonly [name: string, bad: ReturnType<typeof node>, subject: string, fix: RegExp][] = [
    ['of the files', node(['alice:1002:1001'], ALICES), 'user alice', /^sudo usermod -u 1001 -g 1001 alice/],
    ['that a directory maps', node(['alice:1002:1002@@ldap']), 'user alice', /directory service on c: .*ldap_id_map/],
    [
      'that another user has there',
      node(['alice:1002:1001', 'bob:1001:1007']),
      'user alice',
      /^uid 1001 is bob on c: .* then sudo usermod -u 1001 -g 1001 alice/,
    ],
    [
      'whose primary group is another one there',
      node(['alice:1001:1002'], ['staff:50:alice', 'printers:1001']),
      'user alice',
      /^gid 1001 is printers on c: /,
    ],
    ['of a group whose number another has', node([], ['staff:51', 'lp:50']), 'group staff', /^gid 50 is lp on c: /],
    ['of a group in a directory', node(['alice:1001'], ['staff:51:alice@@ldap']), 'group staff', /directory.* on a /],
  ];
  for (const [name, bad, subject, fix] of ROWS)
    it(name, () => {
      const found = judgeCase(check, { name, nodes: { a: GOOD, b: GOOD, c: bad } }).find((f) => f.subject === subject);
      assert.equal(found?.status, 'fail');
      assert.match(found?.fixes?.flatMap((f) => f.commands).join() ?? found?.remediation ?? '', fix);
    });
  it('no gpasswd adds a member to a group of a directory', () => {
    const good = node(['alice:1001'], ['staff:50:alice']);
    const nodes = { a: good, b: good, c: node(['alice:1001', 'zoe:2001'], ['staff:50:zoe@@ldap']) };
    const found = judgeCase(check, { name: '', nodes }).find((f) => f.subject === 'members of staff');
    assert.equal(found?.fixes, undefined);
    assert.match(found?.remediation ?? '', /comes from a directory service on c/);
  });
  for (const [what, from, fix] of [
    ['of the files', '', /^sudo usermod -s \/bin\/bash alice$/],
    ['of a directory', '@@ldap', /^user alice comes from a directory service on c: .*override_shell/],
  ] as const)
    it(`the shell of an account ${what}`, () => {
      const good = node(['alice:1001']);
      const nodes = { a: good, b: good, c: node([`alice:1001:1001:/bin/zsh${from}`]) };
      const found = judgeCase(check, { name: '', product: 'workbench', nodes }).find((f) => f.status === 'fail');
      assert.match(found?.fixes?.flatMap((f) => f.commands).join() ?? found?.remediation ?? '', fix);
    });
  for (const [what, groups, fix] of [
    ['the node has', ['staff:50:alice', 'lab:3000'], 'sudo usermod -aG lab alice'],
    ['the node does not have', ['staff:50:alice'], undefined],
    ['a directory has', ['staff:50:alice', 'lab:3000@@ldap'], undefined],
  ] as const)
    it(`a further group that ${what}`, () => {
      const good = node(['alice:1001'], ['staff:50:alice', 'lab:3000:alice'], undefined, { alice: ['lab:3000'] });
      const nodes = { a: good, b: good, c: node(['alice:1001'], [...groups], undefined, { alice: [] }) };
      const found = judgeCase(check, { name: '', nodes }).find((f) => f.subject === 'groups of alice');
      assert.equal(found?.fixes?.[0]?.commands[0], fix);
      assert.equal(found?.status, 'fail');
    });
  it('no usermod adds an account of a directory to a group', () => {
    const groups = (...all: string[]) => node(['alice:1001:1001@@ldap'], undefined, undefined, { alice: all });
    const good = groups('lab:3000', 'alice:1001');
    const nodes = { a: good, b: good, c: groups('alice:1001') };
    const found = judgeCase(check, { name: '', nodes }).find((f) => f.subject === 'groups of alice');
    assert.equal(found?.status, 'fail');
    assert.equal(found?.fixes, undefined);
  });
});
