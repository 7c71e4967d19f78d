/** From what the inventory says about a node to its name, host and whole connection. */

import { isBrokenAddress } from '../formats/hostName.js';
import type { Connection } from '../model/inventory.js';
import { bySsh, DEFAULT_TRANSPORT, TRANSPORTS } from '../model/transports.js';
import { expandRanges, MAX_NODES } from './ranges.js';
import type { RawConnection, RawInventory, RawNode } from './raw.js';

/** Parts of `[user@]host[:port]`; an IPv6 address with a port is written `[::1]:22`. */
export interface Address {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/** Blanks, quotes and marks that are pasted unseen, and are part of no host name. */
const invisible = (text: string): string | undefined =>
  /^[!-~]*$/.test(text) ? undefined : /[\p{Z}\p{Cf}\p{Pi}\p{Pf}]/u.exec(text)?.[0];

/** Takes `[user@]host[:port]` apart, or says what is wrong with it. */
export function parseTarget(text: string): Address | { readonly wrong: string } {
  const [scheme] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text) ?? [];
  if (scheme !== undefined) return { wrong: `expected [user@]host[:port], without ${scheme}` };
  const at = text.lastIndexOf('@');
  const user = at < 0 ? undefined : text.slice(0, at);
  const rest = text.slice(at + 1);
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^:[\]]+))(?::(\d*))?$/.exec(rest) ?? [];
  const address = /^[0-9A-Fa-f:.]+(%\w+)?$/.test(rest) && rest.split(':').length > 2 ? rest : undefined;
  const host = address ?? bracketed ?? plain;
  if (/\{.*(?:,|\.\.).*\}/.test(rest))
    return { wrong: 'expected a range such as wb[1-3], or one line per node: only a shell expands {1..3} and {a,b}' };
  const odd = invisible(text);
  if (odd !== undefined)
    return {
      wrong: `which has the character U+${odd.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}, expected it without that`,
    };
  if (/["'`{}()<>*?!$&|;#=~^\\]/.test(rest))
    return { wrong: 'expected [user@]host[:port], without special characters' };
  if (/\[[^\]]*$|^[^[]*\]/.test(rest)) return { wrong: 'expected brackets in pairs, such as wb[1-3]' };
  if (host === undefined || !/^[^-,@/][^,@/]*$/.test(host)) return { wrong: 'expected [user@]host[:port]' };
  if (isBrokenAddress(host)) return { wrong: 'expected numbers up to 255 in an address' };
  if (user?.includes(':')) return { wrong: 'expected no password: log in by key' };
  // an account of a directory may have an @ itself, and ssh takes the last one
  if (user !== undefined && !/^[^-:@]([^:]*[^:@])?$/.test(user)) return { wrong: 'expected a user name before the @' };
  const port = address === undefined && digits !== undefined ? Number(digits) : undefined;
  if (port !== undefined && (digits === '' || port < 1 || port > 65535))
    return { wrong: 'expected a port between 1 and 65535' };
  return { ...(user === undefined ? {} : { user }), host, ...(port === undefined ? {} : { port }) };
}

/** Whether a field of a connection means anything for its type. */
export const belongs = (type: Connection['type'], field: string): boolean =>
  field === 'type' || (TRANSPORTS[type].fields as readonly string[]).includes(field);

/** The types a field belongs to. */
export const typesWith = (field: string): string[] =>
  Object.keys(TRANSPORTS).filter((type) => belongs(type as Connection['type'], field));

/** A node before paths are resolved. `index` is its place in the inventory; `named`: the inventory gives its name. */
export interface DraftNode {
  readonly index: number;
  readonly name: string;
  readonly named: boolean;
  readonly host: string;
  readonly connection: RawConnection & Pick<Connection, 'type'>;
  readonly grid?: readonly string[];
}

/** Defaults of the inventory below the node's own fields; what the node's type has no use for is dropped. */
function merge(defaults: RawConnection, own: RawConnection): DraftNode['connection'] {
  const type = own.type ?? defaults.type ?? DEFAULT_TRANSPORT;
  const secure: RawConnection = bySsh({ type }) ? { hostKeyCheck: 'strict' } : {};
  const fields = Object.entries({ ...secure, ...defaults, ...own }).filter(
    ([field, value]) => value !== undefined && belongs(type, field),
  );
  return { ...Object.fromEntries(fields), type };
}

const isAddress = (host: string): boolean => host.includes(':') || /^[\d.]+$/.test(host);

interface Draft extends Omit<DraftNode, 'name' | 'named'> {
  readonly name?: string;
}

/** Names from short to exact; the first that no other node could bear is taken. */
function candidates({ name, host, connection }: Draft): string[] {
  if (name !== undefined) return [name];
  const withPort =
    connection.port === undefined ? host : `${host.includes(':') ? `[${host}]` : host}:${connection.port}`;
  return [isAddress(host) ? host : host.split('.')[0]!, host, withPort];
}

/** One item of `nodes` with its ranges written out, or what is wrong; `field` is where. */
export type Written =
  | { readonly nodes: readonly (string | RawNode)[] }
  | { readonly wrong: string; readonly found: string; readonly field: '' | '/name' | '/host' };

function writeOut(written: string | RawNode): Written {
  if (typeof written === 'string') {
    const names = expandRanges(written);
    return 'wrong' in names ? { ...names, found: written, field: '' } : { nodes: names };
  }
  const { name, host } = written;
  const names = name === undefined ? undefined : expandRanges(name);
  if (names && 'wrong' in names) return { ...names, found: name!, field: '/name' };
  const hosts = host === undefined ? undefined : expandRanges(host);
  if (hosts && 'wrong' in hosts) return { ...hosts, found: host!, field: '/host' };
  const count = Math.max(names?.length ?? 1, hosts?.length ?? 1);
  if (names && hosts && names.length !== hosts.length)
    return {
      wrong: `expected as many hosts as names: ${names.length} here, not ${hosts.length}`,
      found: host!,
      field: '/host',
    };
  return {
    nodes: Array.from({ length: count }, (_, i) => ({
      ...written,
      ...(names && { name: names[i]! }),
      ...(hosts && { host: hosts[i]! }),
    })),
  };
}

/** Every item of `nodes` in its place, ranges written out, never more than 10000 nodes; undefined what the schema refused. */
export function writtenNodes(raw: RawInventory): (Written | undefined)[] {
  let total = 0;
  return (raw.nodes ?? []).map((item) => {
    const written = item === undefined ? undefined : writeOut(item);
    if (!written || 'wrong' in written || written.nodes.length === 1) return written;
    total += written.nodes.length;
    if (total <= MAX_NODES) return written;
    const found = typeof item === 'string' ? item : (item?.name ?? item?.host ?? '');
    return { wrong: `expected at most ${MAX_NODES} nodes in all ranges: write several inventories`, found, field: '' };
  });
}

function drafts(raw: RawInventory): Draft[] {
  const draft = (written: string | RawNode, index: number): Draft[] => {
    if (typeof written === 'string') {
      const target = parseTarget(written);
      if ('wrong' in target) return [];
      const { host, ...own } = target;
      const connection = merge(raw.connection ?? {}, own);
      return [{ index, host, connection }];
    }
    const host = written.host ?? written.name;
    if (host === undefined) return [];
    const name = written.name === undefined ? {} : { name: written.name };
    return [
      {
        index,
        ...name,
        host: host.replace(/^\[(.*)\]$/, '$1'),
        connection: merge(raw.connection ?? {}, written.connection ?? {}),
        ...(written.grid && { grid: written.grid.filter((host) => host !== undefined) }),
      },
    ];
  };
  return writtenNodes(raw).flatMap((written, index) =>
    written && 'nodes' in written ? written.nodes.flatMap((node) => draft(node, index)) : [],
  );
}

/** Every node that can be understood, with its name and its merged connection. */
export function draftNodes(raw: RawInventory): DraftNode[] {
  const all = drafts(raw);
  const uses = new Map<string, number>();
  for (const draft of all) for (const name of new Set(candidates(draft))) uses.set(name, (uses.get(name) ?? 0) + 1);
  return all.map((draft) => {
    const names = candidates(draft);
    const name = names.find((candidate) => uses.get(candidate) === 1) ?? names.at(-1)!;
    return { ...draft, name, named: draft.name !== undefined };
  });
}

/** What two nodes have in common when they are the same machine. */
export function endpoint({ host, connection }: DraftNode): string {
  return TRANSPORTS[connection.type].machine(connection as Connection, host);
}
