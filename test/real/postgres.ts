/** Real PostgreSQL servers for tests: a primary, a standby and a clone of it, and pgbouncer before it. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './addresses.js';

export const PASSWORD = 'pg-planted-secret';

const bins = existsSync('/usr/lib/postgresql')
  ? readdirSync('/usr/lib/postgresql')
      .map((v) => `/usr/lib/postgresql/${v}/bin`)
      .filter((b) => existsSync(`${b}/initdb`))
  : [];
const account = /^postgres:[^:]*:(\d+):(\d+)/m.exec(readFileSync('/etc/passwd', 'utf8'));
const asRoot = process.getuid?.() === 0;

export const whyNoPostgres = (): string | undefined =>
  bins.length === 0 ? 'PostgreSQL is not installed' : asRoot && !account ? 'there is no account postgres' : undefined;

export interface Servers {
  readonly folder: string;
  /** Runs SQL as the superuser on the server at `port`. */
  readonly sql: (port: number, statement: string, database?: string) => void;
  /** A server on `addresses`; returns its port. */
  readonly primary: (addresses: string, port?: number) => Promise<number>;
  /** A copy of the server at `of`: `standby` follows it, `clone` goes its own way. */
  readonly copy: (of: number, kind: 'standby' | 'clone', addresses: string, port?: number) => Promise<number>;
  readonly pgbouncer: (to: number, mode: 'transaction' | 'statement', address: string) => Promise<number>;
  readonly stop: () => void;
}

export function servers(): Servers {
  const bin = bins.at(-1)!;
  const folder = mkdtempSync(join(tmpdir(), 'hp-pg-'));
  const who = asRoot ? { uid: Number(account![1]), gid: Number(account![2]) } : {};
  if (asRoot) chownSync(folder, who.uid!, who.gid!);
  const as = { ...who, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] as ('ignore' | 'pipe')[] };
  const env = { ...process.env, PGPASSWORD: PASSWORD };
  const children: ChildProcess[] = [];
  let count = 0;
  writeFileSync(join(folder, 'pw'), `${PASSWORD}\n`);
  const sql = (port: number, statement: string, database = 'postgres', sockets = folder): void =>
    void execFileSync(
      `${bin}/psql`,
      ['-qXAt', '-h', sockets, '-p', String(port), '-U', 'postgres', '-d', database, '-c', statement],
      {
        env,
        stdio: 'pipe',
      },
    );
  const start = async (data: string, addresses: string, port: number, sockets = folder): Promise<number> => {
    children.push(
      spawn(
        `${bin}/postgres`,
        ['-D', data, '-p', String(port), '-c', `listen_addresses=${addresses}`, '-k', sockets, '-F'],
        { ...as, stdio: 'ignore' },
      ),
    );
    for (let tries = 0; ; tries++) {
      try {
        sql(port, 'select 1', 'postgres', sockets);
        return port;
      } catch (error) {
        if (tries > 60) throw error;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  };
  return {
    folder,
    sql,
    async primary(addresses, port) {
      const data = join(folder, `d${count++}`);
      execFileSync(
        `${bin}/initdb`,
        ['-N', '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', join(folder, 'pw'), '-D', data],
        as,
      );
      writeFileSync(
        join(data, 'pg_hba.conf'),
        'local all all scram-sha-256\nhost all all 0.0.0.0/0 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\nlocal replication all scram-sha-256\n',
      );
      return start(data, addresses, port ?? (await freePort()));
    },
    async copy(of, kind, addresses, port) {
      const data = join(folder, `d${count++}`);
      execFileSync(
        `${bin}/pg_basebackup`,
        ['-h', folder, '-p', String(of), '-U', 'postgres', '-D', data, '-R', '-c', 'fast', '-X', 'stream'],
        { ...as, env },
      );
      if (kind === 'clone') rmSync(join(data, 'standby.signal'));
      // two servers of one port do not share a socket
      return start(data, addresses, port ?? (await freePort()), port === undefined ? folder : data);
    },
    async pgbouncer(to, mode, address) {
      const port = await freePort();
      const at = join(folder, `b${count++}`);
      mkdirSync(at);
      writeFileSync(join(at, 'users'), `"postgres" "${PASSWORD}"\n`);
      writeFileSync(
        join(at, 'ini'),
        `[databases]\n* = host=${folder} port=${to}\n[pgbouncer]\nlisten_addr = ${address}\nlisten_port = ${port}\nauth_type = scram-sha-256\nauth_file = ${at}/users\npool_mode = ${mode}\nunix_socket_dir =\nlogfile = ${at}/log\n`,
      );
      execFileSync('chown', ['-R', asRoot ? 'postgres' : String(process.getuid?.()), at]);
      children.push(spawn('/usr/sbin/pgbouncer', [join(at, 'ini')], { ...as, stdio: 'ignore' }));
      await new Promise((resolve) => setTimeout(resolve, 700));
      return port;
    },
    stop() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
