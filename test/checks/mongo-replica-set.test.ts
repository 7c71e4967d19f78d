import check from '../../checks/mongo-replica-set.js';
import type { Addresses } from '../../src/collectors/addresses.js';
import { mongo } from '../../src/collectors/mongo.js';
import type { ReplicaSet } from '../../src/collectors/replicaSet.js';
import { groovy } from '../../src/formats/groovy.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const CONF = 'port=8003\nreplSet = rs0 \nkeyFile = /opt/k\n';
const THREE = 'replicaSet = [ "10.0.0.1:8003", "10.0.0.2:8003", "10.0.0.3:8003" ]';
const SECRET = 'password = "a"';
const NAMES: Addresses = new Map([1, 2, 3].map((i): [string, string[]] => [`m${i}`, [`10.0.0.${i}`]]));
const TWO = 'replicaSet = [ "10.0.0.1:8003", "10.0.0.2:8003" ]';
/** The running set, as rs.conf() has it. */
const running = (...over: object[]): ReplicaSet => ({
  of: {
    value: {
      status: { unseen: 'not asked' },
      conf: { value: over.map((o, i) => ({ host: `10.0.0.${i + 1}:8003`, votes: 1, arbiter: false, ...o })) },
    },
  },
});
const node = (set = THREE, conf: string | undefined = CONF, more = SECRET, rs: ReplicaSet = {}) => ({
  addresses: NAMES,
  replicaSet: rs,
  mongo: mongo.parse(
    {},
    { cluster: undefined as never, node: '' },
    foundOf('deployr', {
      'deployr/deployr.groovy': `grails { mongo {\n databaseName = "deployr"\n ${more}\n ${set}\n } }`,
      'mongo/mongod.conf': conf,
    }),
  ),
});
const HOSTS = {
  nodes: ['a', 'b', 'c'].map((name, i) => ({ name, host: `10.0.0.${i + 1}`, connection: { type: 'ssh' as const } })),
};
const good = node();
/** DeployR since 8.0.5. */
const sql = { addresses: NAMES, replicaSet: {}, mongo: { server: groovy('dataSource { url = "jdbc:h2:d" }') } };
const arbiter = { addresses: NAMES, replicaSet: {}, mongo: { member: good.mongo.member! } };
const withTwo = (rs: ReplicaSet = {}) => ({ a: node(TWO, CONF, SECRET, rs), b: node(TWO, CONF, SECRET, rs) });

testCheck(check, {
  pass: [
    {
      name: 'bound to the loopback and its own address, to all, and to an address that the inventory does not have',
      nodes: {
        a: node(THREE, `${CONF}bind_ip = 127.0.0.1,10.0.0.1\n`),
        b: node(THREE, `${CONF}bind_ip = 127.0.0.1\nbind_ip_all = true\n`),
        c: node(THREE, `${CONF}bind_ip = 192.0.2.7\n`),
      },
      cluster: HOSTS,
      on: ['a', 'b', 'c'],
    },
    {
      name: 'one address of IPv6 in two forms',
      nodes: {
        a: node('replicaSet = [ "[2001:db8::1]:8003", "[2001:db8::2]:8003", "[2001:db8::3]:8003" ]'),
        b: node('replicaSet = [ "[2001:DB8:0::1]:8003", "[2001:db8::2]:8003", "[2001:db8::3]:8003" ]'),
      },
      on: ['a', 'b'],
    },
    { name: 'an arbiter that no server lists', nodes: withTwo(running({}, {}, { arbiter: true })), on: ['a', 'b'] },
    {
      name: 'a hidden member that no server lists',
      nodes: withTwo(running({}, {}, { hidden: true, priority: 0 })),
      on: ['a', 'b'],
    },
    {
      name: 'four are listed, and one of them has no vote',
      nodes: {
        a: node(TWO.replace(' ]', ', "m3:8003", "10.0.0.4:8003" ]'), CONF, SECRET, running({}, {}, { votes: 0 }, {})),
        b: node(TWO.replace(' ]', ', "10.0.0.3:8003", "10.0.0.4:8003" ]')),
      },
      on: ['a', 'b'],
    },
    {
      name: 'behind a load balancer each has its own set',
      nodes: { a: good, b: node(THREE.replaceAll('10.0.0', '10.0.1'), CONF.replace('rs0', 'rs1')) },
      cluster: { mode: 'load-balanced' },
      on: ['a', 'b'],
    },
    { name: 'three members', nodes: { a: good, b: good, c: good }, on: ['a', 'b', 'c'] },
    {
      name: 'in another order',
      nodes: { a: good, b: node('replicaSet = [ "10.0.0.3:8003", "10.0.0.1:8003", "10.0.0.2:8003" ]') },
    },
    {
      name: 'by names without an address, with a final dot',
      nodes: { a: node(THREE.replaceAll('10.0.0.', 'x')), b: node(THREE.replaceAll(/10.0.0.(.)/g, 'X$1.')) },
    },
    {
      name: 'by name',
      nodes: { a: good, b: node('replicaSet = [ "m1:8003", "m2:8003", "M3:8003" ]') },
    },
    {
      name: 'one of three listed twice',
      nodes: { a: node(THREE.replace(']', ', "10.0.0.3:8003" ]')), b: node(THREE.replace(']', ', "10.0.0.3:8003" ]')) },
    },
    {
      name: 'members with certificates need no key file',
      nodes: { a: good, b: node(THREE, 'replication.replSetName: rs0\nsecurity.clusterAuthMode: x509\n') },
    },
    {
      name: 'members to begin with',
      nodes: { a: good, b: node(THREE, CONF.replace('rs0 ', 'rs0/192.0.2.1:8003')) },
    },
    {
      name: 'YAML',
      nodes: { a: good, b: node(THREE, 'replication:\n  replSetName: rs0\nsecurity:\n  keyFile: /opt/k\n') },
    },
    {
      name: 'a member without a server',
      nodes: { a: good, b: { addresses: NAMES, replicaSet: {}, mongo: { member: good.mongo.member! } } },
      beside: ['skip'],
    },
  ],
  fail: [
    {
      name: 'mongod.conf of another node: bound to its address',
      nodes: { a: good, b: node(THREE, `${CONF}bind_ip = 127.0.0.1,10.0.0.1\n`), c: good },
      cluster: HOSTS,
      on: ['b'],
      beside: ['pass'],
      message: /mongod is bound to 10\.0\.0\.1 \(bind_ip\), the address of a, so it does not start/,
    },
    {
      name: 'bound to its own name, which is the loopback there',
      nodes: {
        a: good,
        b: { ...node(THREE, `${CONF}bind_ip = N2\n`), addresses: new Map([['n2', ['127.0.1.1']]]) },
        c: good,
      },
      on: ['b'],
      beside: ['pass'],
      message: /mongod is bound to N2 only/,
    },
    {
      name: 'bound to the loopback and a socket',
      nodes: { a: good, b: node(THREE, `${CONF}bind_ip = 127.0.0.1,/tmp/mongod.sock\n`), c: good },
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'one server lists a member that no host is called',
      nodes: { a: good, b: node(THREE.replace('10.0.0.3', '<ip>')), c: good },
      on: ['b'],
      beside: ['pass', 'unknown'],
      message: /the list of members on b differs/,
    },
    {
      name: 'members in a set, and no server lists them',
      nodes: { a: node(''), b: node('replicaSet = []') },
      on: ['a', 'b'],
      beside: ['pass'],
      message: /does not list the members of the replica set, so a server does not find a new PRIMARY/,
    },
    { name: 'two members, and no more in the set', nodes: withTwo(running({}, {})), on: ['a', 'b'], message: /even/ },
    {
      name: 'an arbiter that is listed, of four',
      nodes: {
        a: node(
          TWO.replace(' ]', ', "m3:8003", "10.0.0.4:8003" ]'),
          CONF,
          SECRET,
          running({}, {}, { arbiter: true }, {}),
        ),
        b: node(TWO.replace(' ]', ', "m3:8003", "10.0.0.4:8003" ]')),
      },
      on: ['a', 'b'],
      message: /4 members are an even number/,
    },
    {
      name: 'a hidden member without a vote',
      nodes: withTwo(running({}, {}, { hidden: true, votes: 0 })),
      on: ['a', 'b'],
    },
    { name: 'two members, on two nodes', nodes: withTwo(), on: ['a', 'b'], message: /even/ },
    {
      name: 'a member by a name that is not resolved, and on another port',
      nodes: { a: good, b: node('replicaSet = [ "x1:8004", "10.0.0.2:8003", "10.0.0.3:8003" ]'), c: good },
      message: /the list of members on b differs from a and c/,
    },
    {
      name: 'two members, one of them listed twice',
      nodes: { a: node('replicaSet = [ "a:1", "b:1", "b:1" ]'), b: node('replicaSet = [ "a:1", "b:1", "b:1" ]') },
      on: ['a', 'b'],
      message: /2 members are an even number/,
    },
    {
      name: 'four members',
      nodes: { a: node(THREE.replace(']', ', "10.0.0.4:8003" ]')), b: node(THREE.replace(']', ', "10.0.0.4:8003" ]')) },
      on: ['a', 'b'],
      message: /even/,
    },
    {
      name: 'one member',
      nodes: { a: node('replicaSet = [ "10.0.0.1:8003" ]'), b: node('replicaSet = [ "10.0.0.1:8003" ]') },
      on: ['a', 'b'],
      severity: 'info',
    },
    {
      name: 'two on one machine',
      nodes: { a: node(THREE.replace('0.3:8003', '0.2:8004')), b: node(THREE.replace('0.3:8003', '0.2:8004')) },
      on: ['a', 'b'],
      message: /2 members are on one machine/,
    },
    {
      name: 'localhost',
      nodes: { a: node(THREE.replace('10.0.0.1', 'localhost')), b: node(THREE.replace('10.0.0.1', 'localhost')) },
      on: ['a', 'b'],
    },
    { name: 'another list', nodes: { a: good, b: node(THREE.replace('0.3', '0.4')), c: good }, on: ['b'] },
    { name: 'no list on one server', nodes: { a: good, b: node(''), c: good }, on: ['b'] },
    {
      name: 'blanks in an address',
      nodes: { a: good, b: node(THREE.replace('10.0.0.1:', ' 10.0.0.1 : ')) },
      on: ['b'],
      message: /blanks/,
    },
    {
      name: 'typographic quotes',
      nodes: { a: good, b: node(THREE.replace('"10.0.0.1:8003"', '\u201c10.0.0.1:8003\u201d')) },
      on: ['b'],
      message: /typographic/,
    },
    { name: 'no replSet', nodes: { a: good, b: node(THREE, 'keyFile = /opt/k\n') }, on: ['b'], message: /replSet/ },
    { name: 'no keyFile', nodes: { a: good, b: node(THREE, 'replSet = rs0\n') }, on: ['b'], message: /keyFile/ },
    { name: 'another set', nodes: { a: good, b: node(THREE, CONF.replace('rs0', 'rs1')), c: good }, on: ['b'] },
    { name: 'another password', nodes: { a: good, b: node(THREE, CONF, 'password = "b"'), c: good }, on: ['b'] },
    {
      name: 'another user',
      nodes: { a: good, b: node(THREE, CONF, `${SECRET}\n username = "x"`), c: good },
      on: ['b'],
      severity: 'info',
    },
    {
      name: 'groovy and mongod on two ports',
      nodes: { a: good, b: node(THREE, CONF.replace('8003', '27017')), c: good },
      on: ['b'],
      severity: 'info',
    },
    {
      name: 'not on the usual port',
      nodes: { a: node(THREE.replaceAll('8003', '27017')), b: node(THREE.replaceAll('8003', '27017')) },
      on: ['a', 'b'],
      severity: 'info',
    },
  ],
  unknown: [
    {
      name: 'the set is an option of the running mongod',
      nodes: {
        a: good,
        b: {
          ...good,
          mongo: mongo.parse(
            { given: { exit: 0, stdout: 'replSet\nkeyFile\n', stderr: '' } },
            { cluster: undefined as never, node: '' },
            foundOf('deployr', {
              'deployr/deployr.groovy': `grails { mongo {\n databaseName = "deployr"\n ${SECRET}\n ${THREE}\n } }`,
              'mongo/mongod.conf': 'port=8003\n',
            }),
          ),
        },
        c: good,
      },
      on: ['b'],
      beside: ['pass'],
      message: /the value of replSet is an option of the running mongod, and not in the file/,
    },
    {
      name: 'two members are listed, and three nodes are in the set',
      nodes: { ...withTwo(), c: arbiter },
      on: ['a', 'b'],
      beside: ['pass'],
      message: /a and b list an even number of members, but 3 nodes are in the set: .*rs\.conf\(\)/,
    },
    {
      name: 'members by names that are not resolved',
      nodes: { a: good, b: node('replicaSet = [ "x1:8003", "x2:8003", "10.0.0.3:8003" ]'), c: good },
      on: ['b'],
      beside: ['pass'],
      message: /address of x1 is not known: getent ahosts x1, on each node/,
    },
    {
      name: 'cannot be read',
      nodes: { a: good, b: { addresses: NAMES, replicaSet: {}, mongo: { unseen: 'permission denied' } }, c: good },
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'computed members',
      nodes: { a: good, b: node('replicaSet = members()'), c: good },
      on: ['b'],
      beside: ['pass'],
      message: /deployr\.groovy line 4: the value of grails\.mongo\.replicaSet is computed/,
    },
    {
      name: 'a member that code adds to the list',
      nodes: { a: good, b: node(`${THREE.replace(', "10.0.0.3:8003"', '')}\n replicaSet << "10.0.0.3:8003"`), c: good },
      on: ['b'],
      beside: ['pass'],
      message: /line 5: the value of grails\.mongo\.replicaSet may be changed by code/,
    },
    {
      name: 'members in one text',
      nodes: { a: good, b: node('replicaSet = "10.0.0.1:8003,10.0.0.2:8003,10.0.0.3:8003"'), c: good },
      on: ['b'],
      beside: ['pass'],
      message: /line 4: grails\.mongo\.replicaSet is one text, and not a list/,
    },
    {
      name: 'members in a connection string',
      nodes: { a: good, b: node('connectionString = "mongodb://m1:8003,m2:8003,m3:8003/deployr"'), c: good },
      on: ['b'],
      beside: ['pass'],
      message: /line 4: grails\.mongo\.connectionString may name other servers/,
    },
    {
      name: 'members computed everywhere',
      nodes: { a: node('replicaSet = x', 'port=8003\n'), b: node('replicaSet = x', 'port=8003\n') },
      on: ['a', 'b'],
    },
    ...[
      '<ip>:8003',
      '$' + '{ip}:8003',
      '10.0.0.3:80O3',
      '10.0.0.300:8003',
      '10.0.0.3:99999',
      'mongodb://10.0.0.3:8003',
      '',
    ].map((member) => ({
      name: `a member that no host is called, on every node: "${member}"`,
      nodes: {
        a: node(THREE.replace('"10.0.0.3:8003"', `'${member}'`)),
        b: node(THREE.replace('"10.0.0.3:8003"', `'${member}'`)),
      },
      on: ['a', 'b'],
      message: /which is not HOST:PORT of a member \(a placeholder/,
      beside: ['pass' as const],
    })),
    {
      name: 'all members in one text of the list',
      nodes: {
        a: node('replicaSet = ["10.0.0.1:8003,10.0.0.2:8003"]'),
        b: node('replicaSet = ["10.0.0.1:8003,10.0.0.2:8003"]'),
      },
      on: ['a', 'b'],
      beside: ['pass'],
    },
    {
      name: 'a list and a connection string, which later releases prefer',
      nodes: { a: good, b: node(`${THREE}\n connectionString = "mongodb+srv://c0.example.com/deployr"`), c: good },
      on: ['b'],
      beside: ['pass'],
      message: /line 5: grails\.mongo\.connectionString may name other servers/,
    },
    {
      name: 'the url of later releases',
      nodes: { a: good, b: node('url = "mongodb+srv://c0.example.com/deployr"'), c: good },
      on: ['b'],
      beside: ['pass'],
      message: /line 4: grails\.mongo\.url may name other servers/,
    },
    {
      name: 'a key file that YAML folds',
      nodes: {
        a: good,
        b: node(THREE, 'replication:\n  replSetName: rs0\nsecurity:\n  keyFile: >-\n    /k\n'),
        c: good,
      },
      on: ['b'],
      beside: ['pass'],
      message: /mongod\.conf line 4: the value of keyFile is not understood/,
    },
    {
      name: 'no list, and a set that nobody can name',
      nodes: { a: node('', 'replication: {replSetName: rs\n}\n'), b: node('', 'replication: &r\n  replSetName: rs\n') },
      on: ['a', 'b'],
    },
    {
      name: 'a computed password',
      nodes: { a: good, b: node(THREE, CONF, 'password = System.getenv("P")'), c: good },
      on: ['b'],
      beside: ['pass'],
      message: /password is computed/,
    },
  ],
  skip: [
    { name: 'a single MongoDB', nodes: { a: node('', 'port=8003\n'), b: node('', 'port=8003\n') } },
    { name: 'another database', nodes: { a: sql, b: sql }, message: /do not keep their data in MongoDB/ },
  ],
});
