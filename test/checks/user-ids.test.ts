import check from '../../checks/user-ids.js';
import type { Accounts } from '../../src/collectors/accounts.js';
import { testCheck } from '../../src/testing.js';
import { foundOf, settingsOf } from '../support/facts.js';

const found = foundOf('workbench');
/** `name:uid`, groups `name:gid:member,member`; the service account and its group are there unless left out. */
const node = (users: string[], groups: string[] = ['staff:50:alice'], service = 'rstudio-server:990') => {
  const rows = [service, ...users].filter(Boolean).map((u) => u.split(':'));
  const accounts: Accounts = {
    users: new Map(rows.map(([name, uid]) => [name!, { name: name!, uid: Number(uid), gid: Number(uid) }])),
    groups: new Map(
      groups
        .map((g) => g.split(':'))
        .map(([name, gid, members]) => [
          name!,
          { name: name!, gid: Number(gid), members: (members ?? '').split(',').filter(Boolean) },
        ]),
    ),
    asked: { users: [], groups: [] },
  };
  return { settings: settingsOf(found), accounts };
};

testCheck(check, {
  pass: [
    { name: 'the same everywhere', nodes: { a: node(['alice:1001']), b: node(['alice:1001']) }, on: ['a', 'b'] },
    {
      name: "an administrator's account on one node only",
      nodes: { a: node(['alice:1001', 'ops:1005']), b: node(['alice:1001']) },
    },
  ],
  fail: [
    {
      name: 'another uid on one node',
      nodes: { a: node(['alice:1001']), b: node(['alice:1999']), c: node(['alice:1001']) },
      on: ['b'],
      message: /alice/,
    },
    { name: 'a tie', nodes: { a: node(['alice:1001']), b: node(['alice:1999']) }, on: ['a', 'b'] },
    {
      name: 'the service account',
      nodes: { a: node([]), b: node([], undefined, 'rstudio-server:991'), c: node([]) },
      on: ['b'],
      message: /rstudio-server/,
    },
    {
      name: 'the service account is missing',
      nodes: { a: node([]), b: node([], undefined, ''), c: node([]) },
      on: ['b'],
      message: /missing/,
    },
    {
      name: 'a named user is missing',
      nodes: { a: node(['zoe:2001']), b: node([]), c: node(['zoe:2001']) },
      cluster: { users: ['zoe'] },
      on: ['b'],
    },
    {
      name: 'a group has another id',
      nodes: { a: node([]), b: node([], ['staff:51']), c: node([]) },
      on: ['b'],
      message: /group staff/,
    },
    {
      name: 'one uid, two people',
      nodes: { a: node(['alice:1001']), b: node(['bob:1001']), c: node(['alice:1001']) },
      on: ['b'],
      message: /uid 1001/,
    },
  ],
  unknown: [
    {
      name: 'a user that is nowhere',
      nodes: { a: node([]), b: node([]) },
      cluster: { users: ['ghost'] },
      beside: ['pass'],
      message: /ghost does not exist on any node/,
    },
    {
      name: 'a node not reached',
      nodes: { a: node([]), b: node([]), c: { unseen: 'refused' } },
      on: ['c'],
      beside: ['pass'],
    },
    {
      name: 'accounts unreadable',
      nodes: {
        a: node([]),
        b: node([]),
        c: { settings: settingsOf(found), accounts: { unseen: 'getent is missing' } },
      },
      on: ['c'],
      beside: ['pass'],
    },
  ],
});
