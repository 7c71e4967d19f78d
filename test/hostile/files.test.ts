/** Saved evidence runs no code; output files keep what they were; secrets of an inventory stay out of every message. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeTree } from '../../src/demo/tree.js';
import type { Evidence } from '../../src/model/evidence.js';
import { CLUSTERS } from '../support/clusters.js';
import { BIN, run } from '../support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-hostile-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const inventory = (nodes: readonly string[]): string =>
  `version: 1\ncluster: clean\nconnection: { type: local }\nnodes:\n${nodes.map((n) => `  - { name: ${n}, connection: { root: ./${n} } }\n`).join('')}`;
const check = (...more: string[]) => run(['check', at('clean.yml'), '--only', 'product-version', ...more], {}, folder);

before(async () => {
  for (const name of ['a', 'b']) writeTree(at(name), CLUSTERS[0]!.node(name, ['a', 'b']));
  writeFileSync(at('clean.yml'), inventory(['a', 'b']));
  writeFileSync(at('one.yml'), inventory(['a']));
  writeFileSync(at('two.yml'), inventory(['b']));
  await run(['gather', at('clean.yml'), '-o', at('e.json')]);
});

describe('saved evidence', () => {
  const evil = (): string => {
    const evidence = JSON.parse(readFileSync(at('e.json'), 'utf8')) as Evidence;
    const plugins = [at('evil.mjs')];
    writeFileSync(
      at('evil.mjs'),
      `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(at('ran'))}, ''); export default [];`,
    );
    const waivers = [{ check: 'of-the-plugin', reason: 'r', until: '2099-01-01' }];
    const params = { 'of-the-plugin': { x: 1 } };
    writeFileSync(
      at('evil.json'),
      JSON.stringify({ ...evidence, cluster: { ...evidence.cluster, plugins, waivers, params } }),
    );
    return at('evil.json');
  };
  it('runs no code, and says which plugins are missing', async () => {
    const { code, err } = await run(['judge', evil(), '--format', 'json']);
    assert.equal(existsSync(at('ran')), false);
    assert.match(err, /names the plugin .*evil\.mjs, which was not loaded.*--plugin/);
    assert.ok(code === 0 || code === 1 || code === 3, err);
  });
  it('loads a plugin that is asked for', async () => {
    writeFileSync(
      at('site.mjs'),
      "export default { id: 'of-the-plugin', title: 't', severity: 'info', requirements: [], rationale: 'r', remediation: 'true', needs: {}, params: { x: 0 }, judge: (nodes) => ({ status: 'pass', message: 'm', nodes: nodes.map((n) => n.node) }) };",
    );
    const { out } = await run(['judge', at('e.json'), '--plugin', at('site.mjs'), '--format', 'json']);
    assert.ok(out.includes('of-the-plugin'), out.slice(0, 300));
    assert.match((await run(['list', '--plugin', at('site.mjs')])).out, /of-the-plugin/);
    assert.match((await run(['explain', 'of-the-plugin', '--plugin', at('site.mjs')])).out, /of-the-plugin: t/);
  });
  it('of one cluster in two files is refused', async () => {
    for (const name of ['one', 'two']) await run(['gather', at(`${name}.yml`), '-o', at(`${name}.json`)]);
    const { code, err } = await run(['judge', at('one.json'), at('two.json')]);
    assert.equal(code, 2);
    assert.match(err, /more than one evidence of cluster clean/);
  });
  it('of one cluster by two inventories is refused before anything is contacted', async () => {
    const { code, err } = await run(['gather', at('one.yml'), at('two.yml'), '-o', at('both.json')]);
    assert.equal(code, 2);
    assert.match(err, /two\.yml and .*one\.yml are both of cluster clean/);
    assert.equal(existsSync(at('both.json')), false);
  });
  it('of two inventories with one name is checked, and that is said', async () => {
    const { code, err } = await run(['check', at('one.yml'), at('two.yml'), '--quiet']);
    assert.notEqual(code, 2);
    assert.match(err, /cluster clean is there twice \(.*one\.yml, .*two\.yml\)/);
    assert.doesNotMatch((await run(['check', at('one.yml'), '--quiet'])).err, /twice/);
  });
  it('that names a way to a node that is not known is refused', async () => {
    const { cluster, ...rest } = JSON.parse(readFileSync(at('e.json'), 'utf8')) as Evidence;
    const nodes = cluster.nodes.map((node) => ({ ...node, connection: { type: 'pigeon' } }));
    writeFileSync(at('way.json'), JSON.stringify({ ...rest, cluster: { ...cluster, nodes } }));
    const { code, err } = await run(['judge', at('way.json')]);
    assert.equal(code, 2);
    assert.match(err, /\/cluster\/nodes\/0\/connection\/type: found "pigeon", expected auto/);
  });
});

describe('an output file', () => {
  it('keeps its mode', async () => {
    writeFileSync(at('r.json'), 'old');
    chmodSync(at('r.json'), 0o600);
    await check('--report', `json=${at('r.json')}`);
    assert.equal(statSync(at('r.json')).mode & 0o777, 0o600);
    assert.match(readFileSync(at('r.json'), 'utf8'), /^\{/);
  });
  it('that is a link to nothing is written through', async () => {
    mkdirSync(at('real'));
    symlinkSync('real/r.json', at('link.json'));
    await check('--report', `json=${at('link.json')}`);
    assert.ok(lstatSync(at('link.json')).isSymbolicLink());
    assert.match(readFileSync(at('real/r.json'), 'utf8'), /^\{/);
  });
  it('may have a name as long as names can be', async () => {
    const name = `${'n'.repeat(250)}.json`;
    const { code, err } = await check('--report', `json=${at(name)}`);
    assert.equal(code, 0, err);
    assert.ok(existsSync(at(name)));
    assert.equal((await check('--report', `json=${at(`x${name}y`)}`)).code, 2);
  });
  it('named twice is a usage error, by whatever path, evidence included', async () => {
    symlinkSync(folder, at('self'));
    for (const second of [at('s.json'), at('self/s.json')])
      assert.equal((await check('--report', `json=${at('s.json')}`, '--report', `sarif=${second}`)).code, 2);
    assert.equal((await check('--report', `json=${at('s.json')}`, '--save-evidence', at('s.json'))).code, 2);
    assert.equal(existsSync(at('s.json')), false);
  });
});

describe('a report file that leads elsewhere', () => {
  it('with two names keeps both; both are one file', async () => {
    writeFileSync(at('h1'), 'old');
    linkSync(at('h1'), at('h2'));
    assert.equal((await check('--report', `json=${at('h1')}`)).code, 0);
    assert.match(readFileSync(at('h2'), 'utf8'), /^\{/);
    const { code, err } = await check('--report', `json=${at('h1')}`, '--report', `sarif=${at('h2')}`);
    assert.equal(code, 2);
    assert.match(err, /named twice/);
  });
  it('that is standard output, sent to a log, goes on where the log ends', () => {
    writeFileSync(at('log'), 'first\n');
    const log = openSync(at('log'), 'a');
    const words = [BIN, 'check', at('clean.yml'), '-q', '--only', 'product-version', '--report', 'json=/dev/stdout'];
    const { status } = spawnSync(process.execPath, words, { stdio: ['ignore', log, 'ignore'] });
    closeSync(log);
    assert.equal(status, 0);
    assert.match(readFileSync(at('log'), 'utf8'), /^first\n\{\n[\s\S]*\n\}\n/);
  });
  it('that names a folder, a pipe without a reader or what the run reads is refused', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    for (const [file, words] of [
      [at('none/'), /none\/ cannot be written: this names a folder/],
      [at('clean.yml'), /this run reads it/],
      [at('pipe'), /nobody reads from this pipe/],
      ['-', /- is not a file: write \/dev\/stdout/],
    ] as const) {
      const { code, err } = await check('--report', `json=${file}`);
      assert.equal(code, 2);
      assert.match(err, words);
    }
    assert.match(readFileSync(at('clean.yml'), 'utf8'), /^version|^cluster/m);
  });
});

describe('a secret of the inventory', () => {
  const LINES = [
    'database: { url: "postgres://u:hunt/hunter2@h/d" }',
    'databse: { url: "postgres://u:hunt/hunter2@h/d" }',
    'x: postgres://u:hunt hunter2@h/d',
    'database: {url: "postgres://u:hunter2@h/d", x: [',
    'connection:\n  sudo:\n    password: "a\n hunter2\n  x',
    'loadBalancer: { url: "https://u:hun@hunter2@h/" }',
    's3: { credentials: { accessKeyId: hunter2, secretAccessKey: hunter2 } }',
  ];
  for (const [i, line] of LINES.entries())
    it(`is not repeated: ${line.split('\n')[0]}`, async () => {
      writeFileSync(at(`bad${i}.yml`), `version: 1\ncluster: x\nnodes: [a, b]\n${line}\n`);
      const { code, err } = await run(['validate', at(`bad${i}.yml`)]);
      assert.equal(code, 2);
      assert.ok(!err.includes('hunter2'), err);
    });
  it('that is not there is named before anything is contacted', async () => {
    writeFileSync(
      at('missing.yml'),
      'version: 1\nnodes: [127.0.0.1, localhost]\ndatabase: { url: { env: NOT_SET_HERE } }\nconnection: { sudo: { password: { file: ./not-there } } }\n',
    );
    for (const command of ['check', 'gather']) {
      const { code, err } = await run([command, at('missing.yml')]);
      assert.equal(code, 2);
      assert.ok(err.includes('NOT_SET_HERE') && err.includes('not-there'), err);
    }
  });
});
