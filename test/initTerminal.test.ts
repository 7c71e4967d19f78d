/** `init` at a terminal, and the schema by which editors complete what it writes. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadInventory } from '../src/load/inventory.js';
import schemaOfInventories from '../src/schema/inventory.schema.json' with { type: 'json' };
import { missing } from './support/missing.js';
import { BIN } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-ask-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

describe('init', () => {
  const util = missing('script');
  /** At a terminal of its own, which `script` makes. */
  const atTerminal = (answers: string, file: string) =>
    spawnSync('script', ['-qec', `"${process.execPath}" "${BIN}" init ${file}`, '/dev/null'], {
      input: answers,
      encoding: 'utf8',
      cwd: folder,
      timeout: 20_000,
    });
  it('asks at a terminal', { skip: util }, () => {
    const { status, stdout } = atTerminal('wb1, ops@wb2:2222\nworkbnch\nworkbench\naudit\ny\nprod\n', 'asked.yml');
    assert.equal(status, 0, stdout);
    assert.match(stdout, /Nodes, as/);
    const { name, product, nodes } = loadInventory(at('asked.yml'));
    assert.deepEqual([name, product], ['prod', 'workbench']);
    assert.deepEqual(
      nodes.map(({ host, connection: { user, port, sudo } }) => [host, user, port, sudo]),
      [
        ['wb1', 'audit', undefined, true],
        ['wb2', 'ops', 2222, true],
      ],
    );
  });
  it('takes an Ansible file and its group as answers; nothing but return is the commented example', {
    skip: util,
  }, () => {
    writeFileSync(at('hosts.ini'), '[workbench]\nwb[1:4] ansible_user=ops\n[connect]\nrsc\n');
    assert.equal(atTerminal('hosts.ini\nworkbench\n\n\n\n\n', 'ansible-asked.yml').status, 0);
    assert.equal(loadInventory(at('ansible-asked.yml')).nodes.length, 4);
    assert.equal(atTerminal('\n\n\n\n\n', 'empty.yml').status, 0);
    assert.equal(loadInventory(at('empty.yml')).nodes.length, 3);
  });
  it('broken off: 2, and nothing is written', { skip: util }, () => {
    assert.equal(atTerminal('wb1\n\u0004', 'broken.yml').status, 2);
    assert.ok(!existsSync(at('broken.yml')));
  });
});

describe('the schema editors complete by', () => {
  it('describes every property', () => {
    const silent: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { properties = {} } = value as { properties?: Record<string, { description?: unknown }> };
      for (const [name, { description }] of Object.entries(properties))
        if (typeof description !== 'string' || description.length < 10) silent.push(`${path}/${name}`);
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}/${key}`);
    };
    walk(schemaOfInventories, '');
    assert.deepEqual(silent, []);
    assert.ok(Object.keys(schemaOfInventories.properties).length > 10);
  });
});
