/**
 * Members of a MongoDB replica set by name and by address: a server may list names where the set has addresses. Used by
 * `mongo-replica-set` and `replica-set-state`.
 */

import { connected, type Finding, faults, type Has, list, pass, unknown, verb } from 'ha-preflight';
import type { Addresses } from 'ha-preflight/collectors/addresses';
import { addressOf, isLoopback } from 'ha-preflight/formats/hostName';
import { memberName } from 'ha-preflight/products/deployr/mongo';

export const hostOf = (member: string): string => memberName(member).replace(/:\d+$/, '');
export const portOf = (member: string): string => memberName(member).replace(/^.*:/, '');

/** What a server lists, and the addresses that its node has for the names in it. */
export interface Listed {
  readonly node: string;
  readonly value: readonly string[];
  readonly addresses: Addresses;
}

/** The member by its address, where the node has one address for the name. */
function dialled(member: string, addresses: Addresses): string {
  const [address, ...more] = addresses.get(hostOf(member)) ?? [];
  if (address === undefined || more.length > 0) return member;
  return `${address.includes(':') ? `[${address}]` : address}:${portOf(member)}`;
}

const asSet = (members: readonly string[]): string => [...members].sort().join(', ') || 'none';

/** Values for `same`: lists that name the same members, by name or by address, have one key. */
export function listKeys(lists: readonly Listed[]): Has[] {
  const sets = lists.map(({ node, value, addresses }) => {
    const names = value.map(memberName);
    return { node, names: asSet(names), dialled: asSet(names.map((m) => dialled(m, addresses))) };
  });
  const groups = connected(sets, (a, b) => a.names === b.names || a.dialled === b.dialled);
  return sets.map((s) => ({ node: s.node, key: String(groups.findIndex((g) => g.includes(s))), shown: s.names }));
}

/** A name without an address may be any host, but for those that mean the node itself. */
const isOpen = (member: string, addresses: Addresses): boolean =>
  addressOf(hostOf(member)) === undefined &&
  !isLoopback(hostOf(member)) &&
  (addresses.get(hostOf(member)) ?? []).length !== 1;

/** Whether the servers list the members of the running set. `members`: whether each is an arbiter, by name. */
export function listsMembers(servers: readonly Listed[], members: ReadonlyMap<string, boolean>): Finding[] {
  const about = { subject: 'list', requirements: ['DEPLOYR-25'], expected: [...members.keys()].join(', ') };
  const open: Finding[] = [];
  const known = servers.flatMap(({ node, value, addresses }) => {
    const listed = value.map(memberName);
    const both = (m: string): string[] => [m, dialled(m, addresses)];
    const meets = (a: string, b: string): boolean => both(a).some((m) => both(b).includes(m));
    // an arbiter holds no data, so the server need not list it
    const missing = [...members].flatMap(([m, arbiter]) => (arbiter || listed.some((l) => meets(l, m)) ? [] : [m]));
    const strange = listed.filter((l) => ![...members.keys()].some((m) => meets(l, m)));
    const namesOpen = [...strange, ...missing].filter((m) => isOpen(m, addresses));
    const mayBe =
      strange.length > 0 &&
      (strange.every((m) => namesOpen.includes(m)) || missing.every((m) => namesOpen.includes(m)));
    if (mayBe && strange.length === missing.length) {
      open.push(
        unknown(
          `${node}: deployr.groovy lists ${list(strange)} where the replica set has ${list(missing)}: which hosts these are is not known, because ${list([...new Set(namesOpen.map(hostOf))])} ${verb(namesOpen.length, 'has', 'have')} no single address on ${node} (getent ahosts NAME)`,
          { nodes: [node], subject: `list on ${node}`, requirements: about.requirements },
        ),
      );
      return [];
    }
    return [{ node, value: { listed, missing, strange } }];
  });
  const wrong = faults(
    known,
    ({ listed, missing, strange }) => {
      const problem = [
        ...(missing.length > 0 ? [`does not list ${list(missing)}`] : []),
        ...(strange.length > 0
          ? [`lists ${list(strange)}, which ${verb(strange.length, 'is not a member', 'are not members')}`]
          : []),
      ].join(' and ');
      return problem ? { problem: `deployr.groovy ${problem}`, observed: listed.join(', ') || 'none' } : undefined;
    },
    about,
  );
  if (wrong.length > 0 || known.length === 0) return [...open, ...wrong];
  const nodes = known.map((k) => k.node);
  return [...open, pass('deployr.groovy lists the members of the replica set', { ...about, nodes })];
}
