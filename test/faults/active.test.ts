/** What `--active` writes: a marker, a file, locks; what it finds by them; and that nothing of it stays, whenever it is ended. */

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { sharedFolder } from '../../src/demo/tree.js';
import { startAgent } from '../../src/gather/services/storageAgent.js';
import type { Shell } from '../../src/gather/transports/connection.js';
import type { Report } from '../../src/model/report.js';
import { EDITIONS } from '../support/clusters.js';
import { BIN, run } from '../support/run.js';
import { audit, type Planting } from './audit.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-active-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

async function active(cluster: (typeof EDITIONS)[keyof typeof EDITIONS], planting: Planting = {}) {
  const at = join(folder, `c${count++}`);
  await audit(at, cluster, planting);
  const { out, err } = await run(['check', join(at, 'inventory.yml'), '--active', '--format', 'json']);
  try {
    return { at, report: JSON.parse(out) as Report };
  } catch {
    throw new Error(out + err);
  }
}

const left = (at: string): string[] =>
  ['shared', 'homes', 'elsewhere', 'n1', 'n2', 'n3'].flatMap((f) => {
    try {
      return (readdirSync(join(at, f), { recursive: true }) as string[]).filter((name) =>
        name.includes('.ha-preflight-'),
      );
    } catch {
      return [];
    }
  });
const of = (report: Report, id: string, status: string) =>
  report.verdicts.filter((v) => v.id === id && v.status === status);

describe('--active', () => {
  it('proves a shared directory by a marker, a lock by its refusal, and leaves nothing', async () => {
    const { at, report } = await active(EDITIONS.workbench, { inventory: 'storage: { homes: /home }\n' });
    const said = JSON.stringify(
      report.verdicts.filter((v) => /storage|shared-dir|file-lock/.test(v.id)),
      null,
      1,
    );
    assert.deepEqual(
      report.verdicts.filter((v) => v.status === 'fail' || v.status === 'unknown'),
      [],
      said,
    );
    assert.match(said, /a file that n1 wrote into \/srv\/shared\/storage exists on n2 and n3; the file was removed/);
    assert.match(said, /a link-based lock that n1 holds is refused to n2 and n3/);
    assert.equal(of(report, 'storage-visibility', 'pass').length, 2, said);
    assert.deepEqual(left(at), []);
  });
  it('advisory locks are tried where they are configured', async () => {
    const { report } = await active(EDITIONS.workbench, {
      nodes: ['n1', 'n2', 'n3'],
      plant: (t) => ({ ...t, '/etc/rstudio/file-locks': { text: 'lock-type=advisory\n' } }),
    });
    assert.match(JSON.stringify(of(report, 'file-locking', 'pass')), /an advisory lock that n1 holds is refused/);
  });
  it('another directory behind the same path: exactly that node', async () => {
    const { at, report } = await active(EDITIONS.packageManager, {
      plant: (t) => ({ ...t, '/srv/pm': sharedFolder('elsewhere') }),
    });
    assert.deepEqual(
      of(report, 'shared-directories', 'fail').map((v) => [v.nodes, v.proof]),
      [[['n2'], 'measured']],
    );
    assert.match(of(report, 'shared-directories', 'fail')[0]!.message, /does not exist on n2/);
    assert.deepEqual(left(at), []);
  });
  it('without the flag nothing is written, and the skip names it', async () => {
    const { report } = await audit(join(folder, `c${count++}`), EDITIONS.connect);
    assert.match(of(report, 'storage-visibility', 'skip')[0]!.message, /--active/);
  });
  it('leaves nothing behind whenever it is ended: 50 times, by INT, TERM and KILL', { timeout: 180_000 }, async () => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
    const folders = Array.from({ length: 5 }, (_, i) => join(folder, `i${i}`));
    for (const at of folders) await audit(at, EDITIONS.workbench, { inventory: 'storage: { homes: /home }\n' });
    const once = (at: string, delay: number, signal: (typeof signals)[number]): Promise<void> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [BIN, 'check', join(at, 'inventory.yml'), '--active', '--quiet'], {
          stdio: ['ignore', 'ignore', 'ignore'],
        });
        setTimeout(() => child.kill(signal), delay);
        child.on('close', () => resolve());
      });
    for (let round = 0; round < 10; round++)
      await Promise.all(
        folders.map((at, i) => once(at, 300 + Math.random() * 2500, signals[(round + i) % signals.length]!)),
      );
    // an agent hears of the end when its input closes; a lock's holder may be in the middle of being made
    let rest: string[] = [];
    let processes = '';
    for (let tries = 0; tries < 40; tries++) {
      rest = folders.flatMap(left);
      processes = execFileSync(
        'sh',
        ['-c', `ps -eo pid,ppid,stat,wchan:20,etimes,args | cut -c1-150 | grep -F '${folder}/i' | grep -v grep; :`],
        {
          encoding: 'utf8',
        },
      );
      if (rest.length === 0 && processes === '') break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    assert.deepEqual(rest, []);
    assert.equal(processes, '');
  });
  it('an agent that is killed leaves nobody who waits for it', async () => {
    const child = spawn('sh', ['-s'], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    const own: Shell = {
      write: (data) => void child.stdin.write(data),
      end: () => void child.stdin.end(),
      kill: () => void child.kill('SIGKILL'),
      onStdout: (listener) => void child.stdout.on('data', listener),
      onStderr: () => {},
      closed: new Promise((resolve) => child.on('exit', () => resolve({ lost: 'killed' }))),
    };
    await startAgent(own, folder, '.ha-preflight-killed', false);
    // it leads a group of its own, and whom it starts stays in that
    const waiting = (): string =>
      execFileSync('sh', ['-c', `pgrep -l -g ${child.pid} | grep -v ^${child.pid}; :`], { encoding: 'utf8' });
    assert.notEqual(waiting(), '');
    own.kill();
    await own.closed;
    const ended = Date.now() + 10_000;
    while (waiting() !== '' && Date.now() < ended) await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(waiting(), '');
  });
});
