/** Ctrl-C, TERM, a reader that leaves, a disk that is full: what was measured is reported, and nothing is left behind. */

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../src/model/report.js';
import { type Hosts, startHosts, whyNoHosts } from '../real/hosts.js';
import { CLUSTERS } from '../support/clusters.js';
import { inTime } from '../support/machine.js';
import { BIN, run } from '../support/run.js';
import { cost } from './rows.js';

const skip = process.env.CI === 'true' ? false : (whyNoHosts() ?? false);

describe('interrupts, with a node that hangs', { skip, concurrency: false }, () => {
  let hosts: Hosts;
  let folder: string;
  let inventory: string;
  before(() => {
    hosts = startHosts(['h1', 'h2', 'h3'], CLUSTERS[0]!.node);
    folder = mkdtempSync(join(tmpdir(), 'ha-preflight-interrupt-'));
    inventory = join(folder, 'inventory.yml');
    writeFileSync(
      inventory,
      `version: 1\ncluster: real\nconnection: { user: root, identityFile: ${hosts.identity}, knownHosts: ${hosts.knownHosts} }\nnodes:\n${hosts.list.map((h) => `  - { name: ${h.name}, host: ${h.address} }`).join('\n')}\n`,
    );
    hosts.list[2]!.exec("printf '%s\\n' '#!/bin/sh' 'exec sleep 7777' >/usr/lib/rstudio-server/bin/rstudio-server");
  });
  after(() => {
    hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (
    ...more: string[]
  ): { child: ChildProcess; out: () => string; err: () => string; ended: Promise<number> } => {
    const child = spawn(process.execPath, [BIN, 'check', inventory, '--format', 'json', ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout!.on('data', (d) => (out += d));
    child.stderr!.on('data', (d) => (err += d));
    return { child, out: () => out, err: () => err, ended: new Promise((resolve) => child.on('close', resolve)) };
  };
  /** Waits until the third node is being asked, and hangs. */
  const hanging = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) {
      hosts.list[2]!.exec("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >/running");
      if (readFileSync(join(hosts.list[2]!.root, 'running'), 'utf8').includes('sleep 7777')) return;
      await sleep(50);
    }
    assert.fail('it was not asked');
  };
  const nothingLeft = async (): Promise<void> => {
    await sleep(300);
    hosts.list[2]!.exec("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >/running");
    assert.doesNotMatch(readFileSync(join(hosts.list[2]!.root, 'running'), 'utf8'), /sleep 7777|sh -s/);
  };

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`${signal} ends it within a second`, async () => {
      const { child, out, err, ended } = start('--report', `junit=${join(folder, 'r.xml')}`);
      await hanging();
      await sleep(500);
      const at = performance.now();
      child.kill(signal);
      assert.equal(await ended, 130);
      const seconds = (performance.now() - at) / 1000;
      assert.ok(inTime(seconds, 1.2), `took ${seconds.toFixed(2)} s`);
      const report = JSON.parse(out()) as Report;
      const skew = report.verdicts.find((v) => v.id === 'product-version' && v.status === 'pass');
      assert.deepEqual(skew?.nodes, ['h1', 'h2'], 'what was measured is reported');
      assert.ok(report.verdicts.some((v) => v.status === 'unknown' && /interrupted/.test(v.message)));
      assert.match(readFileSync(join(folder, 'r.xml'), 'utf8'), /<\/testsuites>\s*$/);
      assert.doesNotMatch(err(), /at .*\.js/);
      await nothingLeft();
      cost(signal, seconds);
    });

  it('a second one ends it at once, and leaves no draft of a report', async () => {
    const { child, ended } = start('--report', `json=${join(folder, 'second.json')}`);
    await hanging();
    const at = performance.now();
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await sleep(20);
    child.kill('SIGINT');
    assert.equal(await ended, 130);
    const seconds = (performance.now() - at) / 1000;
    assert.ok(inTime(seconds, 0.5), `took ${seconds.toFixed(2)} s`);
    assert.deepEqual(
      readdirSync(folder).filter((f) => f.startsWith('second')),
      [],
    );
    cost('a second signal', seconds);
    // what hung there is ended by sshd or by its own deadline
    hosts.list[2]!.exec('pkill -9 sleep; :');
  });
});

describe('where a report cannot be written', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ha-preflight-output-'));
    writeFileSync(
      at('i.yml'),
      'version: 1\ncluster: x\nnodes: [{ name: a, host: a, connection: { type: local, root: . } }]\n',
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const calm = (err: string): void => assert.doesNotMatch(err, /\.js:\d|internal error/);

  it('a reader that has gone', async () => {
    const started = performance.now();
    const words = `"${process.execPath}" "${BIN}" check "${at('i.yml')}" --verbose --format html 2>"${at('err')}"; echo $? >"${at('code')}"`;
    execFileSync('sh', ['-c', `{ ${words}; } | head -n 1`]);
    assert.equal(readFileSync(at('code'), 'utf8').trim(), '3');
    calm(readFileSync(at('err'), 'utf8'));
    cost('a reader that has gone (| head)', (performance.now() - started) / 1000);
  });

  it('standard output on a full disk', { skip: process.platform !== 'linux' && 'needs /dev/full' }, async () => {
    const started = performance.now();
    const words = `"${process.execPath}" "${BIN}" check "${at('i.yml')}" >/dev/full 2>"${at('err')}"; echo $? >"${at('code')}"`;
    execFileSync('sh', ['-c', words]);
    assert.equal(readFileSync(at('code'), 'utf8').trim(), '4');
    // once, whether or not the text ends with a line
    const said = readFileSync(at('err'), 'utf8').match(/standard output could not be written: .*no space left/gi);
    assert.equal(said?.length, 1);
    calm(readFileSync(at('err'), 'utf8'));
    cost('standard output on a full disk', (performance.now() - started) / 1000);
  });

  it('a folder that is not there: nothing is contacted', async () => {
    const started = performance.now();
    const { code, out, err } = await run(['check', at('i.yml'), '--report', `json=${at('none/r.json')}`]);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /none\/r\.json cannot be written: .*no such folder/i);
    cost('a report file that cannot be written', (performance.now() - started) / 1000);
  });

  it('a full disk: the other reports are whole, the old one still stands', { skip }, async () => {
    const started = performance.now();
    const full = at('full');
    execFileSync('sh', ['-c', `mkdir "${full}" && mount -t tmpfs -o size=16k tmpfs "${full}"`]);
    try {
      writeFileSync(join(full, 'r.html'), 'the old one');
      const { code, out, err } = await run([
        'check',
        at('i.yml'),
        '--report',
        `html=${join(full, 'r.html')}`,
        '--report',
        `json=${at('whole.json')}`,
      ]);
      assert.equal(code, 4);
      assert.match(err, /r\.html could not be written: .*no space left/i);
      calm(err);
      assert.match(out, /UNKNOWN/);
      assert.equal(readFileSync(join(full, 'r.html'), 'utf8'), 'the old one');
      assert.deepEqual(readdirSync(full), ['r.html']);
      JSON.parse(readFileSync(at('whole.json'), 'utf8'));
    } finally {
      execFileSync('umount', [full]);
    }
    cost('a disk that is full when the report is written', (performance.now() - started) / 1000);
  });

  it('a device or a link is written to, and not replaced', async () => {
    const started = performance.now();
    execFileSync('sh', [
      '-c',
      `cd "${folder}" && echo old >there.json && ln -s there.json link.json && mkfifo pipe.json`,
    ]);
    const reader = spawn('cat', [at('pipe.json')], { stdio: ['ignore', 'pipe', 'inherit'] });
    let read = '';
    reader.stdout.on('data', (d) => (read += d));
    const closed = new Promise((resolve) => reader.on('close', resolve));
    const ran = await run([
      'check',
      at('i.yml'),
      '--report',
      `json=${at('link.json')}`,
      '--report',
      'json=/dev/null',
      '--report',
      `json=${at('pipe.json')}`,
    ]);
    assert.equal(ran.code, 3, ran.err);
    await closed;
    JSON.parse(read);
    JSON.parse(readFileSync(at('there.json'), 'utf8'));
    assert.ok(statSync('/dev/null').isCharacterDevice());
    assert.ok(execFileSync('readlink', [at('link.json')], { encoding: 'utf8' }).includes('there.json'));
    cost('a report file that is a device, a pipe or a link', (performance.now() - started) / 1000);
  });
});
