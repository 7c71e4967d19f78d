/** `settings`: what is in force on each node, and where it comes from. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Tree, writeTree } from '../src/demo/tree.js';
import type { SettingsReport } from '../src/settingsInForce.js';
import { EDITIONS } from './support/clusters.js';
import { run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-settings-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const SECRET = 'hunter2-and-more';
const inventory = join(folder, 'inventory.yml');

const node = (name: string, more: Tree = {}): Tree => ({ ...EDITIONS.workbench.node(name), ...more });
const rserver = (text: string): Tree => ({ '/etc/rstudio/rserver.conf': { text } });

before(() => {
  writeTree(join(folder, 'n1'), node('n1', rserver('www-port=8787 # ours\nserver-shared-storage-path=/srv/a\n')));
  writeTree(
    join(folder, 'n2'),
    node('n2', {
      ...rserver(`www-port=8787 # ours\nserver-shared-storage-path=/srv/b\nadmin-password=${SECRET}\n`),
    }),
  );
  writeFileSync(
    inventory,
    'version: 1\ncluster: c\nconnection: { type: local }\nnodes:\n  - { name: n1, host: n1.example.com, connection: { root: ./n1 } }\n  - { name: n2, host: n2.example.com, connection: { root: ./n2 } }\n',
  );
});

const json = async (...args: string[]): Promise<SettingsReport> => {
  const { out, err } = await run(['settings', inventory, '--format', 'json', ...args]);
  assert.notEqual(out, '', err);
  return JSON.parse(out) as SettingsReport;
};

describe('settings', () => {
  it('gives a setting that is the same everywhere one value, with its file and line', async () => {
    const { settings } = await json('--match', 'www-port');
    const port = settings.find(({ name }) => name.endsWith('www-port'))!;
    assert.equal(port.values.length, 1);
    assert.deepEqual([port.values[0]!.value, port.values[0]!.nodes], ['8787', ['n1', 'n2']]);
    assert.match(port.values[0]!.origin!, /rserver\.conf line 1/);
  });

  it('gives one that differs a value per node, and says where one is not set', async () => {
    const { settings } = await json('--match', '*server-shared-storage-path');
    assert.deepEqual(
      settings[0]!.values.map(({ nodes, value }) => [nodes, value]),
      [
        [['n1'], '/srv/a'],
        [['n2'], '/srv/b'],
      ],
    );
    const { out, code } = await run(['settings', inventory, '--match', 'admin-password']);
    assert.match(out, /n1: not set/);
    assert.equal(code, 0);
  });

  it('no secret is in it', async () => {
    for (const format of ['json', 'terminal']) {
      const { out, err } = await run(['settings', inventory, '--format', format]);
      assert.ok(out.includes('admin-password'));
      assert.ok(!`${out}${err}`.includes(SECRET));
    }
  });

  it('a name that no setting has is said', async () => {
    const { out } = await run(['settings', inventory, '--match', 'no-such-thing']);
    assert.match(out, /no setting has this name/);
  });

  it('a node without a product is not read, and that is exit 3', async () => {
    const file = join(folder, 'lost.yml');
    writeTree(join(folder, 'n3'), { '/etc/hostname': { text: 'n3\n' } });
    writeFileSync(
      file,
      'version: 1\ncluster: c\nconnection: { type: local }\nnodes:\n  - { name: n1, host: n1.example.com, connection: { root: ./n1 } }\n  - { name: n3, host: n3.example.com, connection: { root: ./n3 } }\n',
    );
    const { out, code } = await run(['settings', file]);
    assert.equal(code, 3);
    assert.match(out, /Not read:\n {2}n3: .*not found on the node/);
  });
});
