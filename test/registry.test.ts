/** Plugins: loaded by the same loader as ours, refused with a sentence. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { writeTree } from '../src/demo/tree.js';
import { CLUSTERS } from './support/clusters.js';
import { report, run, troubles } from './support/run.js';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-plugin-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const cluster = CLUSTERS[0]!;
for (const [name, files] of [
  ['a', 1],
  ['b', 5],
] as const) {
  writeTree(join(folder, name), cluster.node(name, ['a', 'b']));
  writeTree(
    join(folder, name),
    Object.fromEntries(Array.from({ length: files }, (_, i) => [`/srv/acme/spool/f${i}`, { text: 'x' }])),
  );
}

let count = 0;
/** An inventory of the two nodes with these lines more. */
function inventory(more: string): string {
  const file = join(folder, `i${count++}.yml`);
  writeFileSync(
    file,
    `version: 1\ncluster: p\nconnection: { type: local }\nnodes:\n  - { name: a, host: a.example.com, connection: { root: ./a } }\n  - { name: b, host: b.example.com, connection: { root: ./b } }\n${more}`,
  );
  return file;
}

function plugin(name: string, text: string): string {
  const at = join(folder, name.replace(/\/.*/, ''));
  mkdirSync(at, { recursive: true });
  writeFileSync(join(folder, name), text);
  return `plugins: [./${name.replace(/\/.*/, '')}]\n`;
}

const whole = `{ id: 'x-check', title: 't', severity: 'info', requirements: [], rationale: 'r', products: ['workbench'], needs: {}, judge: () => [], remediation: 'm' }`;

describe('plugins', () => {
  it('a folder is loaded and its check, with its own question, runs with ours', async () => {
    const { report: r, code } = await report(inventory(`plugins: ['${ROOT}/fixtures/plugin']\n`));
    assert.deepEqual(troubles(r), ['spool-backlog b']);
    assert.equal(code, 1);
    assert.match(r.verdicts.find((v) => v.id === 'spool-backlog')!.message, /5 files wait/);
  });

  it('its threshold is a param', async () => {
    const more = `plugins: ['${ROOT}/fixtures/plugin']\nparams: { spool-backlog: { most: 9 } }\n`;
    assert.deepEqual(troubles((await report(inventory(more))).report), []);
  });

  const broken: [string, () => string, RegExp][] = [
    ['throws at load', () => plugin('p1/x.js', 'throw new Error("boom")'), /p1\/x\.js could not be loaded: boom/],
    ['is no check', () => plugin('p2/x.js', 'export default { id: "x" }'), /p2\/x\.js: x: title must be/],
    ['exports nothing', () => plugin('p3/x.js', 'export const y = 1'), /default export/],
    ['has another name than its file', () => plugin('p4/y.js', `export default ${whole}`), /the id is x-check/],
    [
      'has an id of ours',
      () => plugin('p5/key-file.js', `export default ${whole.replace('x-check', 'key-file')}`),
      /key-file comes from ha-preflight and from/,
    ],
    ['is not there', () => 'plugins: [./nowhere]\n', /nowhere does not exist/],
    [
      'is not installed',
      () => 'plugins: [ha-preflight-plugin-none]\n',
      /plugin ha-preflight-plugin-none is not installed where \/\S+ can find it/,
    ],
    ['gets a param it does not have', () => 'params: { key-file: { most: 1 } }\n', /params\.key-file has no most/],
    [
      'is named in params and unknown',
      () => 'params: { nothing: { most: 1 } }\n',
      /check nothing, which does not exist/,
    ],
  ];
  for (const [name, make, message] of broken)
    it(`one that ${name} is exit 2, and nothing is contacted`, async () => {
      const { code, out, err } = await run(['check', inventory(make())]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
      assert.doesNotMatch(err, /nodes asked/);
    });
});
