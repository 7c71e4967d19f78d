/** Time server and database as they are: chronyd and PostgreSQL, started here on free ports of 127.0.0.1. */

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fakeS3 } from '../../src/demo/fakeS3.js';
import { askNtp, type NtpSample } from '../../src/gather/ntp.js';
import { identify } from '../../src/gather/postgres.js';
import { headBucket } from '../../src/gather/s3.js';

const must = process.env.CI === 'true';
const folder = mkdtempSync(join(tmpdir(), 'hp-services-'));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
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
      askNtp(server).catch((e: Error) => (/refuses|no answer/.test(e.message) ? e : Promise.reject(e))),
    );
    // chronyd answers with leap 3, or not at all
    assert.ok(samples instanceof Error || (JSON.parse(output(samples)) as NtpSample[]).every((s) => s.unsynchronised));
    await assert.rejects(askNtp(`127.0.0.1:${await freePort()}`), /ECONNREFUSED|no answer/);
  });
});

const bins = existsSync('/usr/lib/postgresql')
  ? readdirSync('/usr/lib/postgresql')
      .map((v) => `/usr/lib/postgresql/${v}/bin`)
      .filter((b) => existsSync(`${b}/initdb`))
  : [];
const account = /^postgres:[^:]*:(\d+):(\d+)/m.exec(readFileSync('/etc/passwd', 'utf8'));
const asRoot = process.getuid?.() === 0;
const noPostgres =
  !must &&
  (bins.length === 0 ? 'PostgreSQL is not installed' : asRoot && !account ? 'there is no account postgres' : false);

describe('identity of a real PostgreSQL', { skip: noPostgres }, () => {
  it('version, primary or standby; no password in an error', async () => {
    const bin = bins.at(-1)!;
    const data = mkdtempSync(join(tmpdir(), 'hp-pg-'));
    const who = asRoot ? { uid: Number(account![1]), gid: Number(account![2]) } : {};
    if (asRoot) chownSync(data, who.uid!, who.gid!);
    writeFileSync(join(folder, 'pw'), 'pg-planted-secret\n', { mode: 0o644 });
    execFileSync('chmod', ['755', folder]);
    const at = { ...who, cwd: data, stdio: 'ignore' as const };
    execFileSync(
      `${bin}/initdb`,
      ['-N', '-U', 'audit', '-A', 'scram-sha-256', '--pwfile', join(folder, 'pw'), '-D', join(data, 'db')],
      at,
    );
    const port = await freePort();
    children.push(
      spawn(`${bin}/postgres`, ['-D', join(data, 'db'), '-p', String(port), '-h', '127.0.0.1', '-k', data, '-F'], at),
    );
    const url = (password: string, mode = 'disable'): string =>
      `postgres://audit:${password}@127.0.0.1:${port}/postgres?sslmode=${mode}`;
    const said = JSON.parse(output(await until(() => identify(url('pg-planted-secret')))));
    assert.match(said.version, /^\d+/);
    assert.deepEqual([said.standby, said.database], [false, 'postgres']);
    await assert.rejects(
      identify(url('wrong-planted')),
      (e: Error) => /authentication/.test(e.message) && !/planted/.test(e.message),
    );
    await assert.rejects(identify(url('pg-planted-secret', 'require')), /SSL/);
    await assert.rejects(identify('postgres://a:planted@[bad/x'), (e: Error) => !/planted/.test(e.message));
    rmSync(data, { recursive: true, force: true });
  });
});

describe('HeadBucket by the AWS SDK (against the stand-in store)', () => {
  it('a bucket that answers, one that does not exist, no server', async () => {
    const store = await fakeS3('mine');
    const settings = { endpoint: store.endpoint, region: 'eu-west-1', s3forcepathstyle: 'true' };
    const inventory = { credentials: 'anonymous' as const };
    const none = (): string => assert.fail('no secret is needed');
    const good = (await headBucket({ ...settings, bucket: 'mine' }, inventory, none)) as { exit: number };
    assert.equal(good.exit, 0);
    const bad = (await headBucket({ ...settings, bucket: 'other' }, inventory, none)) as {
      exit: number;
      stdout: string;
    };
    assert.deepEqual([bad.exit, JSON.parse(bad.stdout).status], [1, 404]);
    store.stop();
    await assert.rejects(headBucket({ ...settings, bucket: 'mine' }, inventory, none), /did not answer/);
  });
});
