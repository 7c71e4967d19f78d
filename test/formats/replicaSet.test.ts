import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replicaSetAnswer, shellJson } from '../../src/formats/replicaSet.js';
import { NotSeen } from '../../src/model/evidence.js';

/** From the DeployR document, shortened. */
const DOCUMENT = `deployrReplSet:PRIMARY> rs.status()
{
 "set" : "deployrReplSet",
 "date" : ISODate("2013-10-18T19:28:30Z"),
 "myState" : 1,
 "members" : [
     {
         "_id" : 0,
         "name" : " <primary-db-ip> : 8003",
         "health" : 1,
         "state" : 1,
         "stateStr" : "PRIMARY",
         "uptime" : 615,
         "optime" : Timestamp(1382124446, 1),
         "optimeDate" : ISODate("2013-10-18T19:27:26Z"),
         "self" : true
     },
     {
         "_id" : 1,
         "name" : " <secondary-one-db-ip> : 8003",
         "health" : 1,
         "state" : 2,
         "stateStr" : "SECONDARY",
         "pingMs" : NumberLong(0),
         "syncingTo" : " <primary-db-ip> : 8003"
     }
 ],
 "ok" : 1
}
`;
const ours = (status: object, conf: object = { members: [{ host: 'a:1', votes: 1, arbiterOnly: false }] }): string =>
  `=rs ${JSON.stringify({ status, conf })}\n`;
const MEMBER = { name: 'a:1', health: 1, stateStr: 'PRIMARY', self: true };

describe('replicaSetAnswer', () => {
  it("reads the document's sample", () => {
    assert.deepEqual(replicaSetAnswer(DOCUMENT), {
      status: {
        value: {
          set: 'deployrReplSet',
          members: [
            { name: ' <primary-db-ip> : 8003', healthy: true, state: 'PRIMARY', self: true },
            { name: ' <secondary-one-db-ip> : 8003', healthy: true, state: 'SECONDARY', self: false },
          ],
        },
      },
      conf: { unseen: 'rs.conf() was not asked' },
    });
  });
  it('reads our own line, behind a prompt and other words', () => {
    const { status, conf } = replicaSetAnswer(
      `Warning: {odd}\ndeployrReplSet [direct: primary] admin> ${ours({ set: 's', members: [MEMBER] })}\nadmin> `,
    );
    assert.deepEqual(status, {
      value: { set: 's', members: [{ name: 'a:1', healthy: true, state: 'PRIMARY', self: true }] },
    });
    assert.deepEqual(conf, { value: [{ host: 'a:1', votes: 1, arbiter: false }] });
  });
  for (const [name, error] of [
    ['2.4', 'unauthorized'],
    ['later', 'not authorized on admin to execute command { replSetGetStatus: 1.0 }'],
    ['mongosh', 'command replSetGetStatus requires authentication'],
  ] as const)
    it(`names the role when it is denied: ${name}`, () => {
      const { status } = replicaSetAnswer(ours({ error }));
      assert.match('unseen' in status ? status.unseen : '', /clusterMonitor/);
    });
  for (const words of [
    'not running with --replSet',
    'This node was not started with replication enabled.',
    'no replset config has been received',
    'Our replica set config is invalid or we are not a member of it',
    "can't get local.system.replset config from self or any seed (EMPTYCONFIG)",
  ])
    it(`is outside a replica set: ${words}`, () => {
      assert.equal(replicaSetAnswer(ours({ error: words })).outside, words);
      assert.equal(replicaSetAnswer(ours({ ok: 0, errmsg: words }, {})).outside, words);
    });
  it('passes on what the server says', () => {
    const { status, conf, outside } = replicaSetAnswer(ours({ ok: 0, errmsg: 'node is recovering' }, {}));
    assert.deepEqual(
      [status, conf, outside],
      [{ unseen: 'MongoDB says: node is recovering' }, { unseen: 'rs.conf() lists no members' }, undefined],
    );
    assert.deepEqual(replicaSetAnswer(ours({ ok: 0 }, { members: [] })), {
      status: { unseen: 'MongoDB says: not ok' },
      conf: { unseen: 'rs.conf() lists no members' },
    });
    assert.deepEqual(replicaSetAnswer(ours({ ok: 1, members: 'none' })).status, {
      unseen: 'rs.status() lists no members',
    });
  });
  const MEMBERS: readonly [name: string, member: object, expected: object][] = [
    ['down', { health: 0, stateStr: '(not reachable/healthy)' }, { healthy: false, state: '(not reachable/healthy)' }],
    [
      'of itself it says no health',
      { name: 'a:1', stateStr: 'PRIMARY' },
      { name: 'a:1', healthy: true, state: 'PRIMARY' },
    ],
    ['health as a long', { health: '1', self: 'yes' }, { healthy: true }],
    ['health in extended JSON', { health: { $numberDouble: '1.0' } }, { healthy: true }],
    ['no health in extended JSON', { health: { $numberInt: '0' } }, { healthy: false }],
    ['a name that is no text', { name: 7 }, { healthy: true }],
  ];
  for (const [name, member, expected] of MEMBERS)
    it(`a member: ${name}`, () => {
      const { status } = replicaSetAnswer(ours({ set: 5, members: [member] }));
      const whole = { name: '', state: 'UNKNOWN', self: false, ...expected };
      assert.deepEqual(status, { value: { set: '', members: [whole] } });
    });
  const VOTES: readonly [member: object, votes: number, arbiter: boolean][] = [
    [{}, 1, false],
    [{ votes: null }, 1, false],
    [{ votes: { $numberInt: '0' } }, 0, false],
    [{ votes: { $numberLong: '1' } }, 1, false],
    [{ votes: 0, arbiterOnly: true }, 0, true],
    [{ votes: '1', arbiterOnly: 'no' }, 1, false],
  ];
  for (const [member, votes, arbiter] of VOTES)
    it(`votes of ${JSON.stringify(member)}`, () => {
      const { conf } = replicaSetAnswer(ours({ members: [MEMBER] }, { members: [{ host: 'a:1', ...member }] }));
      assert.deepEqual(conf, { value: [{ host: 'a:1', votes, arbiter }] });
    });
  for (const [member, expected] of [
    [
      { hidden: true, priority: 0 },
      { hidden: true, priority: 0 },
    ],
    [{ hidden: 'yes', priority: '2' }, { priority: 2 }],
    [{ hidden: false, priority: null }, {}],
  ] as const)
    it(`hidden and priority of ${JSON.stringify(member)}`, () => {
      const { conf } = replicaSetAnswer(ours({ members: [MEMBER] }, { members: [{ host: 'a:1', ...member }] }));
      assert.deepEqual(conf, { value: [{ host: 'a:1', votes: 1, arbiter: false, ...expected }] });
    });
  it('says of nonsense that it is not understood', () => {
    for (const text of ['', 'connect failed', '{', '} {', '{ a: }', '=rs {"status":', '{"members": ISODate(}'])
      assert.throws(() => replicaSetAnswer(text), NotSeen, text);
    for (const text of ['{}', '{"members": 3}', '{"members": [1, null]}', '=rs {"status":null,"conf":[]}'])
      assert.doesNotThrow(() => replicaSetAnswer(text), text);
  });
});

describe('shellJson', () => {
  const TROUBLE: readonly [text: string, message: string][] = [
    ['', 'the mongo shell printed no object'],
    ['connect failed }', 'the mongo shell printed no object'],
    ['} {', 'the mongo shell printed no object'],
    ['{ a: }', 'what the mongo shell printed is not understood'],
  ];
  for (const [text, message] of TROUBLE)
    it(`${JSON.stringify(text)}: ${message}`, () => {
      assert.throws(() => shellJson(text), { message });
    });

  it('takes what is no JSON for its argument, or null, and leaves strings alone', () => {
    assert.deepEqual(
      shellJson(
        'x { "a" : NumberLong("5"), "b" : NumberInt(3), "c" : ObjectId("ff"), "g": NumberLong(-12), "h": Timestamp(1, 2), "d" : BinData(0,"x"), "e" : new Date(7), "f" : "ISODate(\\"x\\")" } y',
      ),
      { a: '5', b: 3, c: 'ff', g: -12, h: null, d: null, e: 7, f: 'ISODate("x")' },
    );
  });
});
