/** Where a product's databases are, from its configuration; credentials come masked and are left out. */

import { ADDRESS_VARIABLES, connInfo } from '../formats/connInfo.js';
import { type DatabaseServer, isPort } from '../formats/connTypes.js';
import { addressOf, foldHost, isLoopback as isLoopbackHost } from '../formats/hostName.js';
import type { Config } from '../formats/settings.js';
import { first } from '../formats/settings.js';
import { NotSeen } from '../model/evidence.js';
import { attempt } from './profile.js';
import type { Endpoint } from './settings.js';

/** PostgreSQL's own default. */
const PORT = '5432';

const hostOf = ({ host, hostaddr }: DatabaseServer): string => foldHost(hostaddr || host || 'localhost');

function endpoint(
  role: string,
  servers: readonly DatabaseServer[],
  name: string,
  targetSessionAttrs?: string,
): Endpoint {
  const ports = servers.map((s) => String(Number(s.port)));
  return {
    role,
    host: servers.map(hostOf).join(','),
    port: new Set(ports).size === 1 ? ports[0]! : ports.join(','),
    name,
    ...(targetSessionAttrs !== undefined && { targetSessionAttrs }),
  };
}

type Driver = 'libpq' | 'go';
type Variables = ReadonlyMap<string, string>;
const NONE: Variables = new Map();

function endpointIn(role: string, text: string, driver: Driver, variables: Variables): Endpoint {
  const { libpq, pgx, difference } = connInfo(text, variables);
  const wanted = driver === 'go' && !('refused' in pgx) ? pgx : libpq;
  const read = 'refused' in wanted && driver === 'go' ? pgx : wanted;
  if (!('refused' in read) && read.service !== undefined)
    throw new NotSeen(
      `the address of the ${role} takes what it leaves out from the service ${read.service} of a service file (pg_service.conf), which is not read: write host, port and database into the address`,
    );
  const nowhere = !('refused' in read) && read.database === undefined && read.servers.every((s) => s.host === '');
  if (nowhere) throw new NotSeen(`the address of the ${role} names neither a host nor a database`);
  if ('refused' in read) throw new NotSeen(`the address of the ${role} is not a valid URL: ${read.refused}`);
  const odd = read.servers.find(({ host, hostaddr }) => !hostaddr && !host.startsWith('/') && /[=\s]/.test(host));
  if (odd)
    throw new NotSeen(
      `the host of the ${role} is "${odd.host}", which is not a host name: an empty value takes the next word`,
    );
  return {
    ...endpoint(role, read.servers, read.database ?? '', read.targetSessionAttrs),
    ...(read.searchPath !== undefined && { searchPath: read.searchPath }),
    ...(read.readOnly && { readOnly: true }),
    ...(driver === 'go' && difference !== undefined && { doubt: `that depends on its driver: ${difference}` }),
  };
}

/** The endpoint that an address names, with a doubt where the variables of the service may lead elsewhere. */
function doubted(written: Endpoint, variables: Variables, read: () => Endpoint): Endpoint {
  const { value: other } = { value: undefined, ...attempt(read) };
  if (JSON.stringify(other) === JSON.stringify(written)) return written;
  const names = [...variables.keys()].filter((name) => new RegExp(`^(${ADDRESS_VARIABLES})`).test(`${name}=`)).sort();
  const doubt = `whether the product leaves ${names.join(' and ')} in force is not confirmed: write host, port and database into its configuration, and remove the variables from the service`;
  return { ...written, doubt };
}

/**
 * A URL, or `host=… port=… dbname=…`. Workbench reads it by libpq; which driver the Go products use is not confirmed,
 * so where two drivers would connect to different servers the endpoint says so. NotSeen when no driver takes it.
 */
export function endpointOf(role: string, text: string, driver: Driver = 'libpq', variables = NONE): Endpoint {
  return doubted(endpointIn(role, text, driver, NONE), variables, () => endpointIn(role, text, driver, variables));
}

/** Of a password that is masked here; the node has looked at it. */
export const UNENCODED = 'the password in the URL has a character that must be percent-encoded';

/** What libpq takes for a host: a name, an address, the folder of a socket. */
const isHost = (text: string): boolean => /^\/|^[^:\s]*$/.test(text) || addressOf(text) !== undefined;

/** Workbench's database.conf: `connection-uri` over single settings over defaults (sources 4.1). NotSeen: libpq refuses it. */
export function workbenchEndpoint(config: Config, unencoded: readonly number[] = [], variables = NONE): Endpoint {
  const value = (key: string): string | undefined => first(config, key)?.value || undefined;
  const uri = value('connection-uri');
  if (uri && unencoded.includes(first(config, 'connection-uri')!.line))
    throw new NotSeen(`the address of the database in database.conf is not a valid URL: ${UNENCODED}`);
  // the server takes the address apart itself, and takes nothing but a URL with a host in it
  if (uri && !/^postgres(ql)?:\/\/[^/#?]/i.test(uri))
    throw new NotSeen('the connection-uri in database.conf is not postgresql://HOST/DATABASE, as Workbench takes it');
  if (uri)
    return endpointOf(
      'database',
      uri.replace(/^\w+/, (scheme) => scheme.toLowerCase()),
      'libpq',
      variables,
    );
  const [host, port] = [value('host') ?? 'localhost', value('port') ?? PORT];
  if (!host.split(',').every(isHost))
    throw new NotSeen(`the host in database.conf is "${host}", which is not a host name`);
  if (!port.split(',').every(isPort)) throw new NotSeen(`the port in database.conf is "${port}", which is not a port`);
  const role = 'database';
  const [name, ports] = [value('database') ?? 'rstudio', port.split(',').map(Number).join(',')];
  const written: Endpoint = { role, host: foldHost(host), port: ports, name };
  // these three go to libpq with each connection, and so no variable replaces them
  return doubted(written, variables, () => {
    const added = endpointIn(role, 'host=h port=1 dbname=d', 'libpq', variables);
    return { ...added, host: added.host === 'h' ? written.host : added.host, port: ports, name };
  });
}

/** On the node itself: a database server there, or a pooler or tunnel that looks like one; a Unix socket too. */
export const isLoopback = (host: string): boolean => host === '' || /^(\/|%2f)/i.test(host) || isLoopbackHost(host);
