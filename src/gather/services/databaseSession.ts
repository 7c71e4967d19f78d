/** A session with the database a node would reach: the stream begins on the node. The only importer of pg. */

import type { Duplex } from 'node:stream';
import type { Client as PgClient } from 'pg';
import type { Endpoint } from '../../products/settings.js';
import type { NodeConnection } from '../transports/connection.js';
import type { ServiceContext } from './context.js';
import { type DialledServer, sameHost, serversOf } from './databaseHosts.js';
import type { Login } from './databaseLogin.js';
import { type Channel, channels } from './databaseTls.js';

const QUERY_MS = 5000;
const END_MS = 1000;
/** What one session may send: a server that does not stop is not waited for. */
const MOST_BYTES = 16 << 20;

/** A connected client. */
export type Session = PgClient;

/** A session, and how far the channel to it can be believed. */
export interface Opened {
  readonly client: Session;
  readonly channel: 'plain' | 'encrypted' | 'verified';
}

/** pg connects its stream itself; ours is connected already. It ends when too much comes out of it. */
function ready(stream: Duplex): Duplex {
  let size = 0;
  const push = stream.push.bind(stream);
  return Object.assign(stream, {
    push(chunk: Buffer | null, encoding?: BufferEncoding) {
      size += chunk?.length ?? 0;
      if (size <= MOST_BYTES) return push(chunk, encoding);
      stream.destroy(new Error(`the server sent more than ${MOST_BYTES >> 20} MiB`));
      return false;
    },
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

/** Whether transactions are read-only by a setting of the account that asks, and perhaps for no other. */
export const BY_ACCOUNT = `coalesce((select setting = 'on' and source in ('user', 'database user') from pg_settings
  where name = 'default_transaction_read_only'), false)`;

/** What a server list asks for, judged by what the server says of itself. */
const FITS: Readonly<Record<string, (standby: boolean, readOnly: boolean) => boolean>> = {
  any: () => true,
  'read-write': (standby, readOnly) => !standby && !readOnly,
  'read-only': (standby, readOnly) => standby || readOnly,
  primary: (standby) => !standby,
  standby: (standby) => standby,
  'prefer-standby': (standby) => standby,
};

/** The first server of the node's list that answers and is what it asks for, as libpq does it. */
async function firstFitting(
  servers: readonly DialledServer[],
  attrs: string,
  open: (server: DialledServer) => Promise<Opened>,
  close: (opened: Opened) => Promise<void>,
): Promise<Opened> {
  const fits = FITS[attrs];
  if (!fits) throw new Error(`target_session_attrs=${attrs} is not known`);
  let trouble: Error | undefined;
  const second = attrs === 'prefer-standby' ? [FITS.any!] : [];
  for (const wanted of [fits, ...second])
    for (const server of servers) {
      let opened: Opened;
      try {
        opened = await open(server);
      } catch (error) {
        trouble = error as Error;
        // a refused login is the same everywhere
        if (/^28/.test((error as { code?: string }).code ?? '') || error instanceof Withheld) throw error;
        continue;
      }
      if (wanted === FITS.any) return opened;
      const { rows } = await opened.client.query(
        `select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' and not ${BY_ACCOUNT} as only`,
      );
      if (wanted(rows[0]?.standby === true, rows[0]?.only === true)) return opened;
      await close(opened);
      trouble = new Error(`no server of the list fits target_session_attrs=${attrs}`);
    }
  throw trouble ?? new Error('no host is configured');
}

/** The password was asked for in a way in which it is not given. */
class Withheld extends Error {}

/** Runs `work` with a session of the node's database, and ends it. */
export async function withClient<T>(
  context: ServiceContext,
  node: string,
  endpoint: Endpoint,
  loginFor: (connection: NodeConnection) => Promise<Login>,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  let connection: NodeConnection | undefined;
  let opened: Opened | undefined;
  const streams = new Set<Duplex>();
  const stop = (): void => {
    for (const stream of streams) stream.destroy(new Error('interrupted'));
  };
  context.signal?.addEventListener('abort', stop);
  try {
    connection = await context.reach.open(node);
    const login = await loginFor(connection);
    const dialled = connection;
    opened = await firstFitting(
      serversOf(endpoint),
      endpoint.targetSessionAttrs ?? 'any',
      (server) => openAny(context, dialled, node, server, endpoint.name, login, streams),
      ended,
    );
    return await work(opened);
  } finally {
    context.signal?.removeEventListener('abort', stop);
    if (opened) await ended(opened);
    for (const stream of streams) stream.destroy();
    connection?.close();
  }
}

/** A server that does not answer the goodbye is left. */
async function ended({ client }: Opened): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, END_MS);
  });
  await Promise.race([client.end().catch(() => {}), late]);
  clearTimeout(timer);
}

/**
 * Whether another channel may do: a server without TLS says so, one that has TLS only or never for this account refuses
 * before it asks for a password, and TLS itself can fail. A password that was refused is not tried again in another way.
 */
const isOfChannel = ({ message, code = '' }: Error & { readonly code?: string }): boolean =>
  /does not support SSL|\bpg_hba\.conf (?:entry|rejects connection) /i.test(message) ||
  /^(?:EPROTO|ERR_SSL_|ERR_TLS_)/.test(code);

/** By the first channel that the server speaks. */
async function openAny(
  context: ServiceContext,
  connection: NodeConnection,
  node: string,
  server: DialledServer,
  name: string,
  login: Login,
  streams: Set<Duplex>,
): Promise<Opened> {
  let trouble: Error | undefined;
  for (const channel of channels(login.sslmode, login.rootCert)) {
    const stream = ready(await context.reach.stream(connection, node, server.host, server.port));
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
    try {
      const client = await dial(stream, server, name, login, channel);
      return { client, channel: channel.ssl === false ? 'plain' : channel.verified ? 'verified' : 'encrypted' };
    } catch (error) {
      stream.destroy();
      trouble = error as Error;
      if (!isOfChannel(trouble)) break;
    }
  }
  throw trouble ?? new Error('no way to connect is left');
}

/** pg's own side of the wire, as far as it is used here. */
interface PgConnection extends NodeJS.EventEmitter {
  attachListeners(stream: Duplex): void;
}

/** The parser of pg throws for what it does not know, from within an event: that would end the process. */
function guard(connection: PgConnection): void {
  const attach = connection.attachListeners;
  connection.attachListeners = (stream) => {
    const on = stream.on;
    const guarded = (event: string, listener: (...args: unknown[]) => void): Duplex =>
      on.call(stream, event, event === 'data' ? (chunk: unknown) => attempt(stream, () => listener(chunk)) : listener);
    stream.on = guarded as typeof stream.on;
    attach.call(connection, stream);
    stream.on = on;
  };
}

function attempt(stream: Duplex, take: () => void): void {
  try {
    take();
  } catch (error) {
    stream.destroy(error as Error);
  }
}

async function dial(
  stream: Duplex,
  { host, port }: DialledServer,
  name: string,
  login: Login,
  { ssl, verified }: Channel,
): Promise<Session> {
  const { Client } = (await import('pg')).default;
  let asked: 'nothing' | 'scram' | 'clear text' | 'MD5' = 'nothing';
  const client = new Client({
    // the name that the certificate must have: never one that only the node knows
    host: login.hosts.find((own) => sameHost(own, host)) ?? login.hosts[0] ?? host,
    port,
    user: login.user,
    // a function, so that nothing is sent before it is known what was asked for; unknown ways of asking get nothing
    password: () => {
      if (asked === 'scram' || verified || login.cleartext) return login.password;
      throw new Withheld(
        `the server asks for the password in ${asked}, over a connection on which the server has not proven who it is: no password was sent; set sslmode=verify-full in the URL, let the server use scram-sha-256, or consent with database: { cleartext: true }`,
      );
    },
    database: name,
    ssl,
    stream: () => stream as never,
    connectionTimeoutMillis: QUERY_MS,
    // on our side only: a pooler refuses what it does not know at the start of a session
    query_timeout: QUERY_MS,
    application_name: 'ha-preflight',
    enableChannelBinding: true,
  } as ConstructorParameters<typeof Client>[0]);
  // a connection that breaks after the answer is not an error
  client.on('error', () => {});
  const { connection } = client as unknown as { connection: PgConnection };
  guard(connection);
  connection.on('authenticationSASL', () => {
    asked = 'scram';
  });
  connection.on('authenticationCleartextPassword', () => {
    asked = 'clear text';
  });
  connection.on('authenticationMD5Password', () => {
    asked = 'MD5';
  });
  await client.connect();
  return client;
}
