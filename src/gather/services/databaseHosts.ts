/**
 * Where a database password may go. The node says where its product connects to, and the stream to it begins on the
 * node, so both can lead to another server. The operator's password goes to the hosts of the operator's own URL, and to
 * the further names that the inventory lists; a node that names another host gets no login.
 */

import { addressOf, foldHost } from '../../formats/hostName.js';
import type { Endpoint } from '../../products/settings.js';

export interface DialledServer {
  readonly host: string;
  readonly port: number;
}

const canonical = (host: string): string => addressOf(host) ?? foldHost(host.replace(/^\[(.*)\]$/, '$1'));

/** The servers of a node's configuration in the order libpq tries them: a port for each, or one for all. */
export function serversOf({ host, port }: Pick<Endpoint, 'host' | 'port'>): DialledServer[] {
  const hosts = host.split(',');
  const ports = port.split(',');
  return hosts.map((text, i) => {
    const [, name = text, own] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(text) ?? [];
    return { host: name, port: Number(own ?? (ports.length === hosts.length ? ports[i] : ports[0])) };
  });
}

/** The first host that the operator did not name; undefined: the password may be sent to all of them. */
export function unnamedHost(endpoint: Pick<Endpoint, 'host' | 'port'>, named: readonly string[]): string | undefined {
  const known = new Set(named.map(canonical));
  return serversOf(endpoint).find(({ host }) => !known.has(canonical(host)))?.host;
}

/** Whether two texts name the same host. */
export const sameHost = (a: string, b: string): boolean => canonical(a) === canonical(b);
