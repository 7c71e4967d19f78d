/**
 * Members of a MongoDB replica set by name and by address: a server may list names where the set has addresses. Used by
 * `mongo-replica-set` and `replica-set-state`.
 */

import {
  type Cluster,
  connected,
  type Finding,
  fail,
  faults,
  list,
  type Problem,
  pass,
  same,
  unknown,
  verb,
} from 'ha-preflight';
import type { Addresses } from 'ha-preflight/collectors/addresses';
import { addressOf, isEveryAddress, isHostForm, isLoopback, sameHost, shortHost } from 'ha-preflight/formats/hostName';
import { type Config, last } from 'ha-preflight/formats/settings';
import { listedMembers, memberName } from 'ha-preflight/products/deployr/mongo';
import type { At } from './mongoFiles.js';

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

/** Whether two spellings are one member, as that server would dial them. */
function meets(a: string, b: string, addresses: Addresses): boolean {
  const both = (m: string): string[] => [m, dialled(m, addresses)];
  return both(a).some((m) => both(b).includes(m));
}

/** Which of these members a server does not list. */
export const unlisted = ({ value, addresses }: Listed, members: readonly string[]): string[] =>
  members.filter((m) => !value.some((listed) => meets(memberName(listed), memberName(m), addresses)));

const asSet = (members: readonly string[]): string => [...members].sort().join(', ') || 'none';

/** A name without an address may be any host, but for those that mean the node itself. */
const isOpen = (member: string, addresses: Addresses): boolean =>
  isHostForm(hostOf(member)) &&
  addressOf(hostOf(member)) === undefined &&
  !isLoopback(hostOf(member)) &&
  (addresses.get(hostOf(member)) ?? []).length !== 1;

/** Whether the servers have one list, by names or by addresses; unknown where only an address that no node has would tell. */
export function sameList(lists: readonly Listed[], reference: string | undefined): Finding {
  const about = { subject: 'list', requirements: ['DEPLOYR-25'] };
  const sets = lists.map(({ node, value, addresses }) => {
    const members = value.map(memberName);
    const known = members.map((m) => dialled(m, addresses));
    return { node, names: asSet(members), members: known, dialled: asSet(known), addresses };
  });
  type Set = (typeof sets)[number];
  const isOne = (a: Set, b: Set): boolean => a.names === b.names || a.dialled === b.dialled;
  const groups = connected(sets, isOne);
  const rest = (a: Set, b: Set): string[] => a.members.filter((m) => !b.members.includes(m));
  // two names that are not resolved are two, but for the same with and without its domain
  const open = (a: Set, b: Set): boolean =>
    rest(a, b).every((m) => isOpen(m, a.addresses)) && rest(b, a).every((m) => addressOf(hostOf(m)) !== undefined);
  const short = (members: string[]): string => asSet(members.map((m) => shortHost(hostOf(m))));
  const mayBe = (a: Set, b: Set): boolean =>
    isOne(a, b) ||
    (rest(a, b).length === rest(b, a).length &&
      asSet(rest(a, b).map(portOf)) === asSet(rest(b, a).map(portOf)) &&
      (open(a, b) || open(b, a) || short(rest(a, b)) === short(rest(b, a))));
  if (groups.length > 1 && connected(sets, mayBe).length === 1) {
    const most = groups.find((group) => group.length * 2 > sets.length) ?? [];
    const odd = sets.filter((s) => !most.includes(s));
    const host = hostOf(sets.flatMap((s) => s.members.filter((m) => isOpen(m, s.addresses)))[0]!);
    return unknown(
      `whether the members on ${list(odd.map((s) => `${s.node} (${s.names})`))} are those of the other servers is not visible: the address of ${host} is not known: getent ahosts ${host}, on each node`,
      { ...about, nodes: odd.map((s) => s.node) },
    );
  }
  const keys = sets.map((s) => ({
    node: s.node,
    key: String(groups.findIndex((g) => g.includes(s))),
    shown: s.names,
  }));
  return same('the list of members', keys, reference, about);
}

/** Whether the servers list the members of the running set. `members`: whether each may be left out, by name. */
export function listsMembers(servers: readonly Listed[], members: ReadonlyMap<string, boolean>): Finding[] {
  const about = { subject: 'list', requirements: ['DEPLOYR-25'], expected: [...members.keys()].join(', ') };
  const open: Finding[] = [];
  const known = servers.flatMap(({ node, value, addresses }) => {
    const listed = value.map(memberName);
    const needed = [...members].flatMap(([m, optional]) => (optional ? [] : [m]));
    const missing = unlisted({ node, value, addresses }, needed);
    const strange = listed.filter((l) => ![...members.keys()].some((m) => meets(l, m, addresses)));
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

const isMember = (text: string): boolean => isHostForm(hostOf(text)) && Number(portOf(text)) <= 65535;

/** A placeholder that nobody filled in, two members in one text, an address that does not exist. */
export function noHosts(listing: readonly Pick<Listed, 'node' | 'value'>[]): Finding | undefined {
  const odd = listing.filter((l) => !l.value.every(isMember));
  const shown = [...new Set(odd.flatMap((l) => l.value.filter((m) => !isMember(m))))].map((m) => `"${m}"`);
  return odd.length === 0
    ? undefined
    : unknown(
        `deployr.groovy of ${list(odd.map((l) => l.node))} lists ${list(shown)}, which ${verb(shown.length, 'is', 'are')} not HOST:PORT of a member (a placeholder that nobody filled in?), so the members are not known`,
        { nodes: odd.map((l) => l.node), subject: 'members', requirements: ['DEPLOYR-14', 'DEPLOYR-24', 'DEPLOYR-25'] },
      );
}

/** Members by their mongod.conf, and servers of which none lists them: a server asks one host, and does not find another PRIMARY. */
export function noList(servers: readonly At[], members: readonly At[]): Finding[] {
  const inSet = members.filter((m) => last(m.value, 'replSet')?.value).map((m) => m.node);
  if (inSet.length < 2 || servers.length === 0 || servers.some((s) => listedMembers(s.value).length > 0)) return [];
  const nodes = servers.map((s) => s.node);
  return [
    fail(
      `deployr.groovy of ${list(nodes)} does not list the members of the replica set, so a server does not find a new PRIMARY`,
      {
        nodes,
        subject: 'no list',
        requirements: ['DEPLOYR-25'],
        observed: 'no replicaSet',
        expected: `replicaSet with all members, as on ${list(inSet)}`,
      },
    ),
  ];
}

/** What no other machine reaches. As an address to listen at, the unspecified one means all of them, and a path is a socket. */
function staysInside(address: string, known: Addresses): boolean {
  if (address.startsWith('/')) return true;
  const meant = known.get(address.toLowerCase()) ?? [];
  return (meant.length > 0 ? meant : [address]).every((a) => isLoopback(a) && !isEveryAddress(a));
}

/** Whose address this is, where the inventory gives it to another node and not to this one. */
function ownerOf(address: string, node: string, { nodes }: Cluster): { address: string; owner: string }[] {
  const owners = nodes
    .filter((n) => [n.host, n.name].some((h) => sameHost(h) === sameHost(address)))
    .map((n) => n.name);
  return owners.length > 0 && !owners.includes(node) ? [{ address, owner: list(owners) }] : [];
}

/** Why other members do not reach this mongod, by the addresses it listens at. */
export function binding(conf: Config, node: string, cluster: Cluster, known: Addresses): Problem | undefined {
  const addresses = (last(conf, 'bindIp')?.value ?? '').split(',').map((a) => a.trim());
  // it wins, whatever bindIp says (docs/sources.md 4.4)
  if (addresses[0] === '' || last(conf, 'bindIpAll')?.value === 'true') return undefined;
  if (addresses.every((a) => staysInside(a, known)))
    return { problem: `mongod is bound to ${list(addresses)} only (bind_ip), so other members cannot reach it` };
  const [foreign] = addresses.filter((a) => a !== '' && !isLoopback(a)).flatMap((a) => ownerOf(a, node, cluster));
  return (
    foreign && {
      problem: `mongod is bound to ${foreign.address} (bind_ip), the address of ${foreign.owner}, so it does not start`,
      observed: `bind_ip with ${foreign.address}`,
    }
  );
}
