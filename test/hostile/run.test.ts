/** The whole program against hostile services: a report in time, with the verdicts of the nodes. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeTree } from '../../src/demo/tree.js';
import { CLUSTERS, EDITIONS } from '../support/clusters.js';
import { HTTP_ATTACKS, hostileServer } from '../support/hostileServers.js';
import { inTime } from '../support/machine.js';
import { BIN, report, run } from '../support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-hostile-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const connect = CLUSTERS.find(({ product }) => product === 'connect')!;
const packages = EDITIONS.s3;

const inventory = (name: string, product: string, more: string): string => {
  const file = join(folder, `${name}.yml`);
  const nodes = ['a', 'b'].map((n) => `  - { name: ${n}, host: 127.0.0.1, connection: { root: ./${product}-${n} } }\n`);
  writeFileSync(
    file,
    `version: 1\ncluster: ${name}\nproduct: ${product}\nconnection: { type: local }\nnodes:\n${nodes.join('')}${more}\n`,
  );
  return file;
};

before(() => {
  for (const cluster of [connect, packages])
    for (const name of ['a', 'b'])
      writeTree(join(folder, `${cluster.product}-${name}`), cluster.node(name, ['a', 'b']));
});

describe('a run', { concurrency: true }, () => {
  for (const attack of ['switches protocols', 'says nothing', 'sends one byte at a time'])
    it(`whose load balancer ${attack}`, async () => {
      const server = await hostileServer(HTTP_ATTACKS[attack]!);
      const file = inventory(
        `lb ${attack}`.replaceAll(' ', '-'),
        'connect',
        `loadBalancer: { url: "http://127.0.0.1:${server.port}/" }`,
      );
      try {
        const { code, report: said } = await report(file, '--only', 'sticky-sessions,health-endpoint,product-version');
        assert.ok(code === 0 || code === 1 || code === 3, `exit ${code}`);
        assert.ok(said.verdicts.some(({ id, status }) => id === 'product-version' && status === 'pass'));
        assert.ok(said.verdicts.some(({ id }) => id === 'sticky-sessions'));
      } finally {
        server.stop();
      }
    });

  it('whose object store says nothing ends at once when it is asked to', async () => {
    const server = await hostileServer(() => {});
    const file = inventory(
      's3',
      'package-manager',
      `s3: { endpoint: "http://127.0.0.1:${server.port}", credentials: anonymous }`,
    );
    const child = spawn(process.execPath, [BIN, 'check', file, '--format', 'json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    let out = '';
    child.stdout.on('data', (d) => (out += d));
    for (let i = 0; i < 300 && server.heard() === ''; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    const asked = server.heard() !== '';
    const started = performance.now();
    child.kill('SIGTERM');
    const code = await closed;
    server.stop();
    assert.ok(asked, 'the server was not asked');
    assert.equal(code, 130);
    assert.ok(inTime(performance.now() - started, 5000));
    assert.ok(JSON.parse(out).verdicts.length > 0);
  });

  it('with few open files is slower, and the same', async () => {
    const file = inventory('few', 'connect', '');
    const [some, all] = await Promise.all([
      new Promise<string>((resolve) => {
        const child = spawn(
          'sh',
          ['-c', `ulimit -n 64; exec "$0" "$@"`, process.execPath, BIN, 'check', file, '--format', 'json'],
          {
            stdio: ['ignore', 'pipe', 'ignore'],
          },
        );
        let out = '';
        child.stdout.on('data', (d) => (out += d));
        child.once('close', () => resolve(out));
      }),
      run(['check', file, '--format', 'json']),
    ]);
    const statuses = (text: string): string[] =>
      (JSON.parse(text) as { verdicts: { id: string; status: string }[] }).verdicts.map((v) => `${v.id} ${v.status}`);
    assert.deepEqual(statuses(some), statuses(all.out));
  });

  it('with a deadline of 30 years has one', async () => {
    const ran = await report(inventory('long', 'connect', ''), '--timeout', '1e9', '--only', 'product-version');
    assert.equal(ran.code, 0);
  });
});
