import check from '../../checks/replica-set-state.js';
import type { Addresses } from '../../src/collectors/addresses.js';
import { mongo } from '../../src/collectors/mongo.js';
import type { ConfMember, ReplicaSetAnswer, StatusMember } from '../../src/collectors/replicaSet.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const NAMES: Addresses = new Map([
  ['m1', ['10.0.0.1']],
  ['m2', ['10.0.0.2']],
  ['m3', ['10.0.0.9']],
]);
const HOSTS = ['10.0.0.1:8003', '10.0.0.2:8003', '10.0.0.3:8003'];
const server = (list: readonly string[] = HOSTS) =>
  mongo.parse(
    {},
    { cluster: undefined as never, node: '' },
    foundOf('deployr', {
      'deployr/deployr.groovy': `grails { mongo { replicaSet = [ ${list.map((h) => `"${h}"`).join(', ')} ] } }`,
    }),
  );
const computed = mongo.parse(
  {},
  { cluster: undefined as never, node: '' },
  foundOf('deployr', { 'deployr/deployr.groovy': 'grails.mongo.replicaSet = members()' }),
);
const member = (i: number, self: number, over: Partial<StatusMember> = {}): StatusMember => ({
  name: HOSTS[i]!,
  healthy: true,
  state: i === 0 ? 'PRIMARY' : 'SECONDARY',
  self: i === self,
  ...over,
});
const conf = (...over: Partial<ConfMember>[]): ConfMember[] =>
  HOSTS.map((host, i) => ({ host, votes: 1, arbiter: false, ...over[i] }));
const view = (
  self: number,
  over: Readonly<Record<number, Partial<StatusMember>>> = {},
  members = conf(),
  list = HOSTS,
  addresses: Addresses = NAMES,
) => ({
  addresses,
  mongo: server(list),
  replicaSet: {
    of: {
      value: {
        status: { value: { set: 's', members: [0, 1, 2].map((i) => member(i, self, over[i])) } },
        conf: { value: members },
      } satisfies ReplicaSetAnswer,
    },
  },
});
const three = (over: Parameters<typeof view>[1] = {}, members = conf(), list = HOSTS) => ({
  a: view(0, over, members, list),
  b: view(1, over, members, list),
  c: view(2, over, members, list),
});
/** The same in a set of three other machines. */
const elsewhere = ({ replicaSet }: ReturnType<typeof view>) => ({
  addresses: NAMES,
  mongo: server(HOSTS.map((host) => host.replace('10.0.0', '10.0.1'))),
  replicaSet: JSON.parse(JSON.stringify(replicaSet).replaceAll('10.0.0', '10.0.1')) as typeof replicaSet,
});
/** The same with another mongod.conf. */
const withConf = (seen: ReturnType<typeof view>, text: string) => ({
  ...seen,
  mongo: {
    ...seen.mongo,
    member: mongo.parse(
      {},
      { cluster: undefined as never, node: '' },
      foundOf('deployr', { 'mongo/mongod.conf': text }),
    ).member!,
  },
});
const outside = (words: string) => ({
  addresses: NAMES,
  mongo: server(),
  replicaSet: {
    of: { value: { outside: words, status: { unseen: words }, conf: { unseen: words } } satisfies ReplicaSetAnswer },
  },
});
const notAsked = { addresses: NAMES, mongo: server(), replicaSet: {} };
const blind = (unseen: string) => ({ addresses: NAMES, mongo: server(), replicaSet: { of: { unseen } } });

testCheck(check, {
  pass: [
    {
      name: 'listed by name',
      nodes: { ...three(), b: view(1, {}, conf(), ['M1:8003', 'm2:8003', '10.0.0.3:8003']) },
      message: /lists the members of the replica set/,
    },
    {
      name: 'one primary, two secondaries',
      nodes: three(),
      on: ['a', 'b', 'c'],
      message: /one PRIMARY \(10.0.0.1:8003\), 2 SECONDARY/,
    },
    { name: 'one of them an arbiter', nodes: three({ 2: { state: 'ARBITER' } }), message: /arbiter 10.0.0.3:8003/ },
    {
      name: 'the server need not list an arbiter',
      nodes: three({ 2: { state: 'ARBITER' } }, conf({}, {}, { arbiter: true }), HOSTS.slice(0, 2)),
    },
    {
      name: 'the server need not list a hidden member',
      nodes: three({}, conf({}, {}, { hidden: true, priority: 0 }), HOSTS.slice(0, 2)),
    },
    { name: 'two that can lead', nodes: three({}, conf({ priority: 2 }, { priority: 1 }, { priority: 0 })) },
    {
      name: 'the name in the file, with its seeds, quotes or neither',
      nodes: {
        a: withConf(view(0), 'replSet=s/10.0.0.1:8003\n'),
        b: withConf(view(1), 'replication:\n  replSetName: "s"\n'),
        c: withConf(view(2), 'replSet=s\n'),
      },
    },
    { name: 'blanks as in the document', nodes: three({ 0: { name: ' 10.0.0.1 : 8003' } }) },
    {
      name: 'behind a load balancer each server has its own set',
      nodes: { a: view(0), b: elsewhere(view(0)), c: { ...notAsked, mongo: server([]) } },
      cluster: { mode: 'load-balanced' },
    },
    { name: 'a machine that is no member', nodes: { ...three(), d: notAsked } },
  ],
  fail: [
    {
      name: 'a file that names another set than the one that runs',
      nodes: { a: withConf(view(0), 'replSet=other\n'), b: withConf(view(1), 'replSet=other\n'), c: view(2) },
      on: ['a', 'b'],
      message: /mongod\.conf names the replica set other, and the running one is s: after a restart/,
      beside: ['pass'],
    },
    {
      name: 'two sets where the servers share one',
      nodes: { a: view(0), b: elsewhere(view(0)) },
      cluster: { mode: 'primary-standby' },
      on: ['a', 'b'],
      message: /2 members are PRIMARY/,
    },
    {
      name: 'behind a load balancer a server does not list all members of its set',
      nodes: { a: view(0, {}, conf(), HOSTS.slice(0, 2)), b: elsewhere(view(0)) },
      cluster: { mode: 'load-balanced' },
      on: ['a'],
      message: /does not list 10\.0\.0\.3:8003/,
    },
    {
      name: 'one mongod was started without replSet',
      nodes: { ...three(), c: outside('not running with --replSet') },
      on: ['c'],
      message: /the MongoDB of c is in no replica set, although mongod.conf names one: not running/,
    },
    {
      name: 'the set was never initiated',
      nodes: { a: outside('no replset config has been received'), b: outside('no replset config has been received') },
      on: ['a', 'b'],
    },
    {
      name: 'a member that was removed',
      nodes: { ...three(), c: outside('Our replica set config is invalid or we are not a member of it') },
      on: ['c'],
      message: /c is in no replica set.*not a member/,
      beside: ['pass'],
    },
    {
      name: 'a name that leads to a host outside the set',
      nodes: three({}, conf(), ['m1:8003', 'm2:8003', 'm3:8003']),
      on: ['a', 'b', 'c'],
      message: /does not list 10.0.0.3:8003 and lists m3:8003/,
    },
    {
      name: 'two primaries',
      nodes: { ...three(), b: view(1, { 1: { state: 'PRIMARY' } }) },
      on: ['a', 'b'],
      message: /2 members are PRIMARY/,
    },
    {
      name: 'each sees another primary',
      nodes: { a: view(0), b: view(1, { 0: { state: 'SECONDARY' }, 1: { state: 'PRIMARY' } }) },
      on: ['a', 'b'],
    },
    { name: 'no primary', nodes: three({ 0: { state: 'SECONDARY' } }), on: ['a', 'b', 'c'], message: /no PRIMARY/ },
    {
      name: 'a member is down',
      nodes: three({ 1: { state: '(not reachable/healthy)', healthy: false } }),
      on: ['b'],
      message: /10.0.0.2:8003 is \(not reachable/,
    },
    {
      name: 'a member of which no node is known is down',
      nodes: {
        a: view(0, { 2: { state: 'DOWN', healthy: false } }),
        b: view(1, { 2: { state: 'DOWN', healthy: false } }),
      },
      on: ['a', 'b'],
    },
    { name: 'a member recovers', nodes: three({ 2: { state: 'RECOVERING' } }), on: ['c'] },
    { name: 'a secondary without health', nodes: three({ 2: { healthy: false } }), on: ['c'] },
    {
      name: 'two votes',
      nodes: three({}, conf({}, {}, { votes: 0 })),
      on: ['a', 'b', 'c'],
      message: /2 voting members are an even number/,
    },
    {
      name: 'one vote',
      nodes: three({}, conf({}, { votes: 0 }, { votes: 0 })),
      on: ['a', 'b', 'c'],
      message: /only 10.0.0.1:8003 votes/,
    },
    {
      name: 'only one can lead',
      nodes: three({}, conf({ priority: 1 }, { priority: 0 }, { arbiter: true })),
      on: ['a', 'b', 'c'],
      message: /only 10.0.0.1:8003 has a priority above 0/,
    },
    {
      name: 'one member',
      nodes: three({}, conf().slice(0, 1), HOSTS.slice(0, 1)),
      message: /one member is not a replica set/,
      severity: 'info',
    },
    {
      name: 'two on one machine',
      nodes: three({}, conf({}, {}, { host: '10.0.0.2:8004' }), [...HOSTS.slice(0, 2), '10.0.0.2:8004']),
      severity: 'warning',
    },
    {
      name: 'a member called localhost',
      nodes: three({}, conf({ host: 'localhost:8003' }), ['localhost:8003', ...HOSTS.slice(1)]),
      message: /different machine/,
    },
    {
      name: 'one server does not list a member',
      nodes: { ...three(), b: view(1, {}, conf(), HOSTS.slice(0, 2)) },
      on: ['b'],
      message: /does not list 10.0.0.3:8003/,
    },
    {
      name: 'one lists a stranger',
      nodes: { ...three(), b: view(1, {}, conf(), [...HOSTS, '10.0.0.9']) },
      on: ['b'],
      message: /lists 10.0.0.9:27017, which is not a member/,
    },
  ],
  unknown: [
    {
      name: 'a name without an address',
      nodes: { ...three(), b: view(1, {}, conf(), ['m1:8003', 'm2:8003', 'db3:8003']) },
      on: ['b'],
      message: /lists db3:8003 where the replica set has 10.0.0.3:8003/,
      beside: ['pass'],
    },
    {
      name: 'a set of names, a list of addresses',
      nodes: { a: view(0, {}, conf({ host: 'db1:8003' }, { host: 'db2:8003' }, { host: 'db3:8003' })) },
      on: ['a'],
      beside: ['pass'],
    },
    {
      name: 'denied on one node',
      nodes: { ...three(), b: blind('MongoDB denies it: clusterMonitor') },
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'computed members',
      nodes: { ...three(), b: { ...view(1), mongo: computed } },
      on: ['b'],
      beside: ['pass'],
      message: /replicaSet is computed/,
    },
    { name: 'no shell anywhere', nodes: { a: blind('install mongosh'), b: blind('install mongosh') }, on: ['a', 'b'] },
    {
      name: 'the configuration is denied',
      nodes: {
        a: {
          ...view(0),
          replicaSet: { of: { value: { ...view(0).replicaSet.of.value, conf: { unseen: 'denied' } } } },
        },
      },
      on: ['a'],
      beside: ['pass'],
    },
  ],
  skip: [{ name: 'no replica set', nodes: { a: notAsked, b: notAsked } }],
});
