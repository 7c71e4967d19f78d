/** A session with the database a node would reach: the stream begins on the node. The only importer of pg. */

import type { Duplex } from 'node:stream';
import type { ClientConfig, Client as PgClient } from 'pg';
import type { Endpoint } from '../../products/profile.js';
import type { NodeConnection } from '../transports/connection.js';
import type { ServiceContext } from './context.js';
import type { Login } from './databaseLogin.js';

const QUERY_MS = 5000;

/** A connected client. */
export type Session = PgClient;

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

/** Runs `work` with a session of the node's database, and ends it. */
export async function withClient<T>(
  context: ServiceContext,
  node: string,
  endpoint: Endpoint,
  loginFor: (connection: NodeConnection) => Promise<Login>,
  work: (client: Session) => Promise<T>,
): Promise<T> {
  let connection: NodeConnection | undefined;
  let client: Session | undefined;
  try {
    connection = await context.reach.open(node);
    const login = await loginFor(connection);
    // of several hosts the first that answers and takes writes is the one libpq would be asked for
    let trouble: Error | undefined;
    for (const host of endpoint.host.split(',')) {
      for (const ssl of attempts(login.sslmode)) {
        try {
          client = await dial(context, connection, node, { ...endpoint, host }, login, ssl);
          return await work(client);
        } catch (error) {
          trouble = error as Error;
          // a server without TLS says so; a refused login is no reason to try again without
          if (client || !/does not support SSL/i.test(trouble.message)) break;
        }
      }
      if (client) break;
    }
    throw trouble ?? new Error('no host is configured');
  } finally {
    await client?.end().catch(() => {});
    connection?.close();
  }
}

/** TLS as libpq means it; pg itself reads `require` as verify-full and prints a warning. */
const tls = (mode: string | null): ClientConfig['ssl'] =>
  mode === 'disable' ? false : { rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full' };

/** What libpq would try for this sslmode; its default is `prefer`. */
const attempts = (mode: string | null) =>
  mode === null || mode === 'prefer' || mode === 'allow' ? [tls('require'), false as const] : [tls(mode)];

async function dial(
  context: ServiceContext,
  connection: NodeConnection,
  node: string,
  { host, port, name }: Endpoint,
  login: Login,
  ssl: ReturnType<typeof tls>,
): Promise<Session> {
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
  // a connection that breaks after the answer is not an error
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    stream.destroy();
    throw error;
  }
  return client;
}
