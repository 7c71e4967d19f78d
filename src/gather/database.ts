/**
 * One database through every node: opened from the node (its resolver, its routes), so that what the node would reach is
 * what is asked. Whether two nodes reach the same one is proven by a lock: a transaction's advisory lock that one holds
 * through its node is refused to the other. Read-only; nothing is left behind. Source: DOMAIN F7, F8.
 */

import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { ClientConfig, Client as PgClient } from 'pg';
import { gcfg } from '../formats/gcfg.js';
import { keyValue } from '../formats/keyValue.js';
import { first, last } from '../formats/settings.js';
import { type ServiceQuestion, shell } from '../model/check.js';
import type { Answer } from '../model/evidence.js';
import type { DatabaseProbe, DatabaseSight } from '../products/databaseProof.js';
import { askerOf } from './ask.js';
import type { Connection } from './connection.js';
import { limiter } from './limiter.js';
import { plain } from './plain.js';
import { databaseUrl, type ServiceContext } from './services.js';

/** Nodes asked at once: each costs the database a connection. */
const AT_ONCE = 4;
const QUERY_MS = 5000;
/** How long a notification may take. */
const NOTICE_MS = 2000;

interface Endpoint {
  readonly host: string;
  readonly port: string;
  readonly name: string;
}

interface Login {
  readonly user: string;
  readonly password: string;
  readonly sslmode: string | null;
}

function loginOf(url: string): Login {
  let at: URL;
  try {
    at = new URL(url);
  } catch {
    // the message of URL would quote it, password and all
    throw new Error('the credential is not a URL such as postgres://user:password@host:5432/database');
  }
  return {
    user: decodeURIComponent(at.username),
    password: decodeURIComponent(at.password),
    sslmode: at.searchParams.get('sslmode'),
  };
}

/** pg connects its stream itself; ours is connected already. */
function ready(stream: Duplex): Duplex {
  return Object.assign(stream, {
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
    connect: () => {
      setImmediate(() => stream.emit('connect'));
      return stream;
    },
  });
}

/** Names of the setting that holds each database's URL in a gcfg file. */
const URLS: Readonly<Record<string, string>> = {
  url: 'postgres.url',
  usage: 'postgres.usagedataurl',
  instrumentation: 'postgres.instrumentationurl',
};

/** The product's own credential, read on the node by the inventory's consent; it goes into no answer. */
async function loginOn(
  context: ServiceContext,
  connection: Connection,
  node: string,
  file: string,
  target: string,
): Promise<Login> {
  const { connection: how } = context.reach.node(node);
  const { sudo } = how;
  const asker = askerOf(connection, {
    nonce: '',
    root: how.root ?? '',
    sudo: sudo === true ? 'passwordless' : sudo ? { password: context.secret(sudo.password) } : 'no',
  });
  const { text } = await asker.ask({ text: { script: shell`S cat -- "$R"${file}` } }, QUERY_MS, context.signal);
  if (!text || 'unseen' in text || text.exit !== 0)
    throw new Error(`${file} could not be read: set connection.sudo: true`);
  if (file.endsWith('.gcfg')) {
    const config = gcfg(text.stdout);
    const url = last(config, URLS[target] ?? '')?.value ?? '';
    const login = loginOf(url);
    return { ...login, password: login.password || (last(config, 'postgres.password')?.value ?? '') };
  }
  const config = keyValue(text.stdout);
  const value = (key: string): string => first(config, key)?.value ?? '';
  const uri = value('connection-uri');
  const login = uri === '' ? { user: value('username') || 'postgres', password: '', sslmode: null } : loginOf(uri);
  const password = login.password || value('password');
  if (/^([0-9A-Fa-f]{8})[A-Za-z0-9+/=]{24,}\1$/.test(password))
    throw new Error(`the password in ${file} is encrypted: give database: { url: { env: PGURL } } in the inventory`);
  return { ...login, password };
}

interface Opened {
  readonly client: PgClient;
  readonly tls: boolean;
}

/** Runs `work` with a session of the node's database, and ends it. */
async function withClient<T>(
  context: ServiceContext,
  node: string,
  endpoint: Endpoint,
  loginFor: (connection: Connection) => Promise<Login>,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  let connection: Connection | undefined;
  let client: PgClient | undefined;
  try {
    connection = await context.reach.open(node);
    const login = await loginFor(connection);
    // of several hosts the first that answers and takes writes is the one libpq would be asked for
    let last: Error | undefined;
    for (const host of endpoint.host.split(',')) {
      for (const ssl of attempts(login.sslmode)) {
        try {
          client = await dial(context, connection, node, { ...endpoint, host }, login, ssl);
          return await work({ client, tls: ssl !== false });
        } catch (error) {
          last = error as Error;
          // a server without TLS says so; a refused login is no reason to try again without
          if (client || !/does not support SSL/i.test(last.message)) break;
        }
      }
      if (client) break;
    }
    throw last ?? new Error('no host is configured');
  } finally {
    await client?.end().catch(() => {});
    connection?.close();
  }
}

/**
 * TLS as libpq means it; pg itself reads `require` as verify-full and prints a warning.
 */
const tls = (mode: string | null): ClientConfig['ssl'] =>
  mode === 'disable' ? false : { rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full' };

/** What libpq would try for this sslmode; its default is `prefer`. */
const attempts = (mode: string | null) =>
  mode === null || mode === 'prefer' || mode === 'allow' ? [tls('require'), false as const] : [tls(mode)];

async function dial(
  context: ServiceContext,
  connection: Connection,
  node: string,
  { host, port, name }: Endpoint,
  login: Login,
  ssl: ReturnType<typeof tls>,
): Promise<PgClient> {
  const stream = ready(await context.reach.stream(connection, node, host, Number(port.split(',')[0])));
  const { Client } = (await import('pg')).default;
  const client = new Client({
    host,
    port: Number(port.split(',')[0]),
    user: login.user,
    password: login.password,
    database: name,
    ssl,
    stream: () => stream as never,
    connectionTimeoutMillis: QUERY_MS,
    // on our side only: a pooler refuses what it does not know at the start of a session
    query_timeout: QUERY_MS,
    application_name: 'ha-preflight',
  });
  // a connection that breaks after the answer is nobody's error
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    stream.destroy();
    throw error;
  }
  return client;
}

const IDENTITY = `select (select system_identifier from pg_control_system())::text as system, current_database() as name,
  (select oid from pg_database where datname = current_database())::text as oid,
  current_setting('server_version_num')::int as version, pg_is_in_recovery() as standby,
  current_setting('transaction_read_only') = 'on' as "readOnly", pg_postmaster_start_time()::text as started,
  host(inet_server_addr()) as address, inet_server_port() as port,
  pg_encoding_to_char((select encoding from pg_database where datname = current_database())) as encoding,
  current_setting('max_connections')::int as "maxConnections",
  current_setting('superuser_reserved_connections')::int as reserved,
  (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as ssl`;

const TABLES = `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r','p','v','m','S','f') and n.nspname not in ('pg_catalog','information_schema')
  and n.nspname !~ '^pg_(toast|temp)' order by 1 limit 2000`;

/** Takes the lock in a transaction that ends at once; true when nobody else has it. */
async function free({ client }: Opened, key: string): Promise<boolean> {
  await client.query('begin');
  try {
    const { rows } = await client.query('select pg_try_advisory_xact_lock($1::bigint) as got', [key]);
    return rows[0].got === true;
  } finally {
    await client.query('rollback');
  }
}

const lockKey = (): string => (randomBytes(8).readBigInt64BE() >> 1n).toString();

/** Words of pg or the server; never the credential, which they do not hold, and never escape codes. */
const words = (error: unknown): string => plain(String((error as Error | undefined)?.message ?? error)).slice(0, 300);

/** Which nodes reach the same database as the first of them: the others are grouped in turn. */
async function groups(
  names: readonly string[],
  open: <T>(node: string, work: (opened: Opened) => Promise<T>) => Promise<T>,
  atOnce: ReturnType<typeof limiter>,
): Promise<{ proof: Map<string, number>; trouble: Map<string, string> }> {
  const proof = new Map<string, number>();
  const trouble = new Map<string, string>();
  let left = [...names];
  for (let group = 0; left.length > 0; group++) {
    const [holder, ...others] = left;
    const next: string[] = [];
    try {
      await open(holder!, async ({ client }) => {
        const key = lockKey();
        await client.query('begin');
        try {
          const { rows } = await client.query('select pg_try_advisory_xact_lock($1::bigint) as got', [key]);
          if (rows[0].got !== true) throw new Error('a lock nobody else can know was refused');
          proof.set(holder!, group);
          await Promise.all(
            others.map((node) =>
              atOnce(async () => {
                try {
                  const got = await open(node, (other) => free(other, key));
                  if (got) next.push(node);
                  else proof.set(node, group);
                } catch (error) {
                  trouble.set(node, words(error));
                }
              }),
            ),
          );
          // it must have been held all the while
          await client.query('select 1');
        } finally {
          await client.query('rollback').catch(() => {});
        }
      });
    } catch (error) {
      trouble.set(holder!, words(error));
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
async function notice(
  [listener, speaker]: readonly string[],
  open: <T>(node: string, work: (opened: Opened) => Promise<T>) => Promise<T>,
): Promise<boolean> {
  const channel = `ha_preflight_${randomBytes(6).toString('hex')}`;
  return open(listener!, async ({ client }) => {
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
    await open(speaker!, ({ client: other }) => other.query(`notify ${channel}`));
    const got = await heard;
    await client.query(`unlisten ${channel}`).catch(() => {});
    return got;
  });
}

/** `options.endpoints`: by node, where its product's database is. The answer is a `DatabaseProbe`. */
export async function askDatabase(question: ServiceQuestion, context: ServiceContext): Promise<Answer> {
  const files = question.options?.files as Readonly<Record<string, string>> | undefined;
  const given = files ? undefined : loginOf(databaseUrl(context, question.target));
  const endpoints = question.options?.endpoints as Readonly<Record<string, Endpoint>>;
  const names = context.reach.nodes.filter((n) => endpoints[n] !== undefined);
  const atOnce = limiter(AT_ONCE);
  const open = <T>(node: string, work: (opened: Opened) => Promise<T>): Promise<T> => {
    if (context.signal?.aborted) return Promise.reject(new Error('interrupted'));
    const login = (connection: Connection): Promise<Login> =>
      given ? Promise.resolve(given) : loginOn(context, connection, node, files![node]!, question.target);
    return withClient(context, node, endpoints[node]!, login, work);
  };
  const sights: Record<string, DatabaseSight> = {};
  await Promise.all(
    names.map((node) =>
      atOnce(async () => {
        try {
          sights[node] = await open(node, async ({ client }) => {
            const { rows } = await client.query(IDENTITY);
            const tables = (await client.query(TABLES)).rows.map((r: { name: string }) => r.name);
            return { ...rows[0], tables };
          });
        } catch (error) {
          sights[node] = { trouble: words(error) };
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
  const heard = pair.length === 0 || standby ? undefined : await notice(pair, open).catch((error) => words(error));
  const probe: DatabaseProbe = {
    // in the order of the inventory, so that the same cluster gives the same report
    sights: Object.fromEntries(names.map((n) => [n, sights[n]!])),
    groups: Object.fromEntries(names.flatMap((n) => (proof.has(n) ? [[n, proof.get(n)!]] : []))),
    trouble: Object.fromEntries(trouble),
    ...(heard !== undefined && { notified: { nodes: [...new Set(pair)], heard } }),
  };
  return { exit: 0, stdout: JSON.stringify(probe), stderr: '' };
}
