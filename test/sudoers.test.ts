/** The account in what `plan --sudoers` prints is the one that logs in, however it is called. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { sudoersOf } from '../src/commands/sudoers.js';
import { bareCluster } from '../src/model/inventory.js';

const skip = spawnSync('cvtsudoers', ['-V']).error && process.env.CI !== 'true' ? 'sudo is not installed' : false;

describe('plan --sudoers', { skip }, () => {
  for (const user of [
    'ops',
    'a.b-c_d',
    'ops@example.com',
    'CORP\\ops',
    'OPS',
    'ALL',
    'o,ps',
    'o:ps',
    '%wheel',
    '+net',
    'ünï',
  ])
    it(`gives the rights to ${user}`, () => {
      const bare = bareCluster(['a']);
      const cluster = { ...bare, nodes: bare.nodes.map((n) => ({ ...n, connection: { ...n.connection, user } })) };
      const { stdout } = spawnSync('cvtsudoers', ['-f', 'json', '-'], {
        input: `${sudoersOf(cluster, [], ['workbench'])}\n`,
        encoding: 'utf8',
      });
      const { Defaults, User_Specs } = JSON.parse(stdout);
      assert.deepEqual([Defaults[0].Binding, User_Specs[0].User_List], [[{ username: user }], [{ username: user }]]);
    });
});
