/** A time server as it is: chronyd, started here on free ports of 127.0.0.1. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { askNtp } from '../../src/gather/services/ntp.js';
import type { NtpSample } from '../../src/probes/ntp.js';
import { freePort } from './addresses.js';

const must = process.env.CI === 'true';
const folder = mkdtempSync(join(tmpdir(), 'hp-services-'));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Until it does not reject, at most 15 s. */
async function until<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries > 60) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

const output = (answer: object): string => (answer as { stdout: string }).stdout;

const noChrony =
  !must &&
  (!existsSync('/usr/sbin/chronyd')
    ? 'chronyd is not installed'
    : process.getuid?.() !== 0
      ? 'chronyd needs root'
      : false);

describe('SNTP against chronyd', { skip: noChrony }, () => {
  async function chronyd(name: string, ...lines: string[]): Promise<string> {
    const port = await freePort();
    const file = join(folder, `${name}.conf`);
    writeFileSync(
      file,
      [
        `port ${port}`,
        'cmdport 0',
        'bindaddress 127.0.0.1',
        'allow 127.0.0.1',
        `pidfile ${folder}/${name}.pid`,
        ...lines,
        '',
      ].join('\n'),
    );
    children.push(spawn('/usr/sbin/chronyd', ['-x', '-d', '-u', 'root', '-f', file], { stdio: 'ignore' }));
    return `127.0.0.1:${port}`;
  }

  it('measures an offset near zero, with its bound', async () => {
    const server = await chronyd('good', 'local stratum 5');
    const samples = JSON.parse(output(await until(() => askNtp(server)))) as NtpSample[];
    assert.equal(samples.length, 4);
    for (const s of samples) {
      assert.ok(Math.abs(s.offset) < s.bound + 1, JSON.stringify(s));
      assert.ok(s.bound < 50 && !s.unsynchronised && s.stratum === 5, JSON.stringify(s));
    }
  });

  it('says when the server itself is not synchronised, or is not there', async () => {
    const server = await chronyd('lost');
    const samples = await until(() =>
      askNtp(server).catch((e: Error) => (/not synchronised|no answer/.test(e.message) ? e : Promise.reject(e))),
    );
    // chronyd answers with leap 3, with stratum 0, or not at all
    assert.ok(samples instanceof Error || (JSON.parse(output(samples)) as NtpSample[]).every((s) => s.unsynchronised));
    await assert.rejects(askNtp(`127.0.0.1:${await freePort()}`), /ECONNREFUSED|no answer/);
  });
});
