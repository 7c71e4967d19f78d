/** The program for the mongo shell, run by a stand-in for mongosh made on Node: MongoDB itself could not be installed. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { replicaSet } from '../../src/collectors/replicaSet.js';
import { foundOf } from '../support/facts.js';

const folder = mkdtempSync(join(tmpdir(), 'hp-mongo-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const asking = { cluster: undefined as never, node: '' };

/** Runs the question where `rs` is what is given, in a shell of that name; with a prompt before each line, as mongosh has it. */
function run(rs: string, conf = 'replSet=x\nport=8003\n', shell = join(folder, 'mongosh')) {
  const root = join(folder, 'deployr');
  writeFileSync(
    join(folder, 'rs.js'),
    `var rs = ${rs}; var print = function (x) { process.stdout.write("db [primary] admin> " + x + "\\n"); };\n`,
  );
  mkdirSync(join(shell, '..'), { recursive: true });
  writeFileSync(shell, `#!/bin/sh\necho "$*" >${folder}/argv\ncat ${folder}/rs.js - | ${process.execPath} -\n`, {
    mode: 0o755,
  });
  const found = foundOf('deployr', { 'mongo/mongod.conf': conf }, { root });
  const requests = replicaSet.requests as (a: typeof asking, f: typeof found) => Record<string, { script: string }>;
  const { status } = requests(asking, found);
  if (!status) return replicaSet.parse({}, asking, found);
  const {
    stdout,
    stderr,
    status: exit,
  } = spawnSync('sh', ['-c', `R=\n${status.script}`], {
    env: { PATH: `${folder}:/usr/bin:/bin` },
    encoding: 'utf8',
  });
  return replicaSet.parse({ status: { exit: exit ?? -1, stdout, stderr } }, asking, found);
}

const SOUND = `{ status: function () { return { set: 's', ok: 1, members: [{ name: 'a:1', health: 1, stateStr: 'PRIMARY', self: true }] }; },
 conf: function () { return { _id: 's', members: [{ host: 'a:1', votes: { valueOf: function () { return 1; } } }, { host: 'b:1', votes: 0, priority: 0, hidden: true, arbiterOnly: true }] }; } }`;

describe('the program for the mongo shell', () => {
  it('prints status and configuration', () => {
    assert.deepEqual(run(SOUND), {
      of: {
        value: {
          status: { value: { set: 's', members: [{ name: 'a:1', healthy: true, state: 'PRIMARY', self: true }] } },
          conf: {
            value: [
              { host: 'a:1', votes: 1, arbiter: false, priority: 1 },
              { host: 'b:1', votes: 0, arbiter: true, priority: 0, hidden: true },
            ],
          },
        },
      },
    });
  });
  for (const [name, rs] of [
    [
      'returned',
      "{ status: function () { return { ok: 0, errmsg: 'unauthorized' }; }, conf: function () { return null; } }",
    ],
    [
      'thrown',
      "{ status: function () { throw new Error('not authorized on admin'); }, conf: function () { throw 'x'; } }",
    ],
  ] as const)
    it(`tells of an error that is ${name}`, () => {
      const { of } = run(rs);
      const status = of && 'value' in of ? of.value.status : undefined;
      assert.match(status && 'unseen' in status ? status.unseen : '', /clusterMonitor/);
      assert.ok(of && 'value' in of && 'unseen' in of.value.conf);
    });
  it('says what to install, or why the shell failed', () => {
    rmSync(join(folder, 'mongosh'), { force: true });
    assert.match(JSON.stringify(run(SOUND, undefined, join(folder, 'elsewhere', 'mongosh'))), /install mongosh/);
    assert.match(JSON.stringify(run('{')), /SyntaxError|\[stdin\]/);
  });
  it("finds the shell in DeployR's own folder", () => {
    rmSync(join(folder, 'mongosh'), { force: true });
    const { of } = run(SOUND, undefined, join(folder, 'deployr/mongo/mongo/bin/mongo'));
    assert.ok(of && 'value' in of);
  });
  it('is not run where no replica set is named', () => {
    assert.deepEqual(run(SOUND, 'port=8003\n'), {});
  });
  it('says that the file is not understood where it may name one', () => {
    const { of } = run(SOUND, '{replication: {replSetName: rs0}}\n');
    assert.deepEqual(of, { unseen: 'mongod.conf line 1: the value of replSet is not understood' });
  });
});
