/**
 * One database through every node: opened from the node (its resolver, its routes), so that what the node would reach is
 * what is asked. Whether two nodes reach the same one is proven by a lock: a transaction's advisory lock that one holds
 * through its node is refused to the other. Read-only; nothing is left behind. Source: docs/sources.md F7, F8.
 */

import { randomBytes } from 'node:crypto';
import type { Answer } from '../../model/evidence.js';
import type { DatabaseProbe, DatabaseView, SeenDatabase } from '../../probes/database.js';
import type { ServiceQuestion } from '../../probes/probe.js';
import type { Endpoint } from '../../products/settings.js';
import { limiter } from '../lib/limiter.js';
import { oneLine, wordsOf } from '../lib/oneLine.js';
import type { NodeConnection } from '../transports/connection.js';
import { databaseUrl, type ServiceContext } from './context.js';
import { unnamedHost } from './databaseHosts.js';
import { type Login, loginOf, loginOn } from './databaseLogin.js';
import { BY_ACCOUNT, type Opened, type Session, withClient } from './databaseSession.js';

/** Nodes asked at once: each costs the database a connection. */
const AT_ONCE = 4;
/** Why the database did not answer. Of connections, one more than at once: it holds the lock. */
const why = (error: unknown): string =>
  // too_many_connections, also of one account or database (PostgreSQL, appendix A of its manual)
  `${wordsOf(error)}${(error as { code?: unknown } | null)?.code === '53300' ? `; the audit takes up to ${AT_ONCE + 1} connections at a time` : ''}`;
/** How long a notification may take. */
const NOTICE_MS = 2000;

const IDENTITY = `select (select system_identifier from pg_control_system())::text as system, current_database() as name,
  (select oid from pg_database where datname = current_database())::text as oid,
  current_setting('server_version_num')::int as version, pg_is_in_recovery() as standby,
  current_setting('transaction_read_only') = 'on' as "readOnly", ${BY_ACCOUNT} as "byAccount", pg_postmaster_start_time()::text as started,
  host(inet_server_addr()) as address, inet_server_port() as port,
  pg_encoding_to_char((select encoding from pg_database where datname = current_database())) as encoding,
  current_setting('max_connections')::int as "maxConnections",
  (select sum(setting::int)::int from pg_settings where name in ('superuser_reserved_connections', 'reserved_connections')) as reserved,
  (select datconnlimit from pg_database where datname = current_database()) as "databaseConnections",
  (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as ssl`;

const TABLES = `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r','p','v','m','S','f') and n.nspname not in ('pg_catalog','information_schema')
  and n.nspname !~ '^pg_(toast|temp)' order by 1 limit 2000`;

/** Runs `work` with a session of that node's database, and ends it. */
type Open = <T>(node: string, work: (client: Session, channel: Opened['channel']) => Promise<T>) => Promise<T>;

/** What the server says of itself, of no other shape than was asked for. */
function identity(
  row: Readonly<Record<string, unknown>> | undefined,
  given: Login | undefined,
): Omit<SeenDatabase, 'tables' | 'channel'> {
  if (!row) throw new Error('the server does not say what it is');
  const text = (name: string): string => oneLine(String(row[name] ?? ''));
  const number = (name: string): number => Number(row[name] ?? Number.NaN);
  return {
    system: text('system'),
    name: text('name'),
    oid: text('oid'),
    version: number('version'),
    standby: row.standby === true,
    readOnly: row.readOnly === true,
    ...(row.byAccount === true && given && { readOnlyAccount: oneLine(given.user, 100) }),
    started: text('started'),
    address: row.address === null ? null : text('address'),
    port: row.port === null ? null : number('port'),
    encoding: text('encoding'),
    maxConnections: number('maxConnections'),
    reserved: number('reserved'),
    // -1: no limit
    ...(number('databaseConnections') >= 0 && { databaseConnections: number('databaseConnections') }),
    connections: number('connections'),
    ssl: row.ssl === true,
  };
}

/** Asks for the lock in a transaction that ends with `work`. */
async function locking<T>(client: Session, key: string, work: (got: boolean) => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const { rows } = await client.query('select pg_try_advisory_xact_lock($1::bigint) as got', [key]);
    return await work(rows[0].got === true);
  } finally {
    await client.query('rollback').catch(() => {});
  }
}

const lockKey = (): string => (randomBytes(8).readBigInt64BE() >> 1n).toString();

/** Which nodes reach the same database as the first of them: the others are grouped in turn. */
async function groups(
  names: readonly string[],
  open: Open,
  atOnce: ReturnType<typeof limiter>,
): Promise<{ proof: Map<string, number>; trouble: Map<string, string> }> {
  const proof = new Map<string, number>();
  const trouble = new Map<string, string>();
  let next: string[] = [];
  /** Refused the lock: one of the holder's. */
  const join = async (node: string, key: string, group: number): Promise<void> => {
    try {
      const got = await open(node, (client) => locking(client, key, async (free) => free));
      if (got) next.push(node);
      else proof.set(node, group);
    } catch (error) {
      trouble.set(node, why(error));
    }
  };
  let left = [...names];
  for (let group = 0; left.length > 0; group++) {
    const [holder, ...others] = left;
    next = [];
    try {
      const key = lockKey();
      await open(holder!, (client) =>
        locking(client, key, async (held) => {
          if (!held) throw new Error('a lock with a new random key was refused');
          proof.set(holder!, group);
          await Promise.all(others.map((node) => atOnce(() => join(node, key, group))));
          // it must have been held all the while
          await client.query('select 1');
        }),
      );
    } catch (error) {
      trouble.set(holder!, why(error));
      proof.delete(holder!);
      for (const node of others) if (proof.get(node) === group) proof.delete(node);
      left = others.filter((node) => !trouble.has(node));
      continue;
    }
    left = names.filter((node) => next.includes(node));
  }
  return { proof, trouble };
}

/** Whether what one node says is heard by another: a pooler in transaction mode loses it. */
async function notice([listener, speaker]: readonly string[], open: Open): Promise<boolean> {
  const channel = `ha_preflight_${randomBytes(6).toString('hex')}`;
  return open(listener!, async (client) => {
    await client.query(`listen ${channel}`);
    const heard = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), NOTICE_MS);
      client.on('notification', (n) => {
        if (n.channel !== channel) return;
        clearTimeout(timer);
        resolve(true);
      });
    });
    // in transaction mode the answer to a query may come from another session than the one that listens
    await client.query('select 1');
    await open(speaker!, (other) => other.query(`notify ${channel}`));
    const got = await heard;
    await client.query(`unlisten ${channel}`).catch(() => {});
    return got;
  });
}

/** `options.endpoints`: by node, where its product's database is. The answer is a `DatabaseProbe`. */
export async function askDatabase(question: ServiceQuestion, context: ServiceContext): Promise<Answer> {
  const files = question.options?.files as Readonly<Record<string, string>> | undefined;
  const { hosts = [], cleartext = false } = context.cluster.database;
  const given = files ? undefined : loginOf(databaseUrl(context, question.target), cleartext);
  const endpoints = question.options?.endpoints as Readonly<Record<string, Endpoint>>;
  const names = context.reach.nodes.filter((n) => endpoints[n] !== undefined);
  const atOnce = limiter(AT_ONCE);
  const open: Open = (node, work) => {
    if (context.signal?.aborted) return Promise.reject(new Error('interrupted'));
    const unnamed = given && unnamedHost(endpoints[node]!, [...given.hosts, ...hosts]);
    if (unnamed !== undefined)
      return Promise.reject(
        new Error(
          `the node names the host ${oneLine(unnamed, 100)}, and the database URL of the inventory does not: no login was tried; if it is the same server, list it in database: { hosts: [...] }`,
        ),
      );
    const login = (connection: NodeConnection): Promise<Login> =>
      given ? Promise.resolve(given) : loginOn(context, connection, node, files![node]!, question.target);
    return withClient(context, node, endpoints[node]!, login, ({ client, channel }) => work(client, channel));
  };
  const sights: Record<string, DatabaseView> = {};
  await Promise.all(
    names.map((node) =>
      atOnce(async () => {
        try {
          sights[node] = await open(node, async (client, channel) => {
            const { rows } = await client.query(IDENTITY);
            const tables = (await client.query(TABLES)).rows.map((r: { name: string }) => oneLine(String(r.name)));
            return { ...identity(rows[0], given), tables, channel };
          });
        } catch (error) {
          sights[node] = { trouble: why(error) };
        }
      }),
    ),
  );
  const seen = names.filter((n) => !('trouble' in sights[n]!));
  const { proof, trouble } = await groups(seen, open, atOnce);
  const first = seen.filter((n) => proof.get(n) === 0);
  // of a standby no notification can come
  const pair = first.length > 1 ? first.slice(0, 2) : first.length === 1 ? [first[0]!, first[0]!] : [];
  const standby = pair.some((n) => (sights[n] as { standby?: boolean }).standby);
  const heard = pair.length === 0 || standby ? undefined : await notice(pair, open).catch(why);
  const probe: DatabaseProbe = {
    // in the order of the inventory, so that the same cluster gives the same report
    sights: Object.fromEntries(names.map((n) => [n, sights[n]!])),
    groups: Object.fromEntries(names.flatMap((n) => (proof.has(n) ? [[n, proof.get(n)!]] : []))),
    trouble: Object.fromEntries(trouble),
    ...(heard !== undefined && { notified: { nodes: [...new Set(pair)], heard } }),
  };
  return { exit: 0, stdout: JSON.stringify(probe), stderr: '' };
}
