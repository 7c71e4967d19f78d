/** What the proof by a lock says of the nodes: they reach one database, or not. Used by `database-same`. */

import {
  type Cluster,
  command,
  connected,
  distinct,
  type Endpoint,
  type Fact,
  type Finding,
  type Has,
  list,
  same,
  sift,
  unknown,
  verb,
} from 'ha-preflight';
import type { Addresses } from 'ha-preflight/collectors/addresses';
import { addressOf, foldHost, shortHost } from 'ha-preflight/formats/hostName';
import type { DatabaseProbe, SeenDatabase } from 'ha-preflight/probes/database';
import { isLoopback } from 'ha-preflight/products/endpoints';
import { inOneCluster, isCloudSql, isRdsProxy } from './rdsNames.js';

/** How two different databases are related, to show what happened. */
function likeness(a: SeenDatabase, b: SeenDatabase): string {
  if (a.standby !== b.standby) return 'a standby of that database';
  if (a.system !== b.system) return 'a different server';
  return a.oid !== b.oid || a.name !== b.name
    ? 'a different database of the same server'
    : 'a copy, restored or cloned from that database';
}

/**
 * What the lock proved of these nodes: those that were refused it reach one database. `separate`: each must have its own.
 */
export function provenFindings(
  role: string,
  probe: DatabaseProbe,
  nodes: readonly string[],
  {
    separate,
    reference,
    requirements,
  }: { readonly separate: boolean; readonly reference: string | undefined; readonly requirements: readonly string[] },
): Finding[] {
  const about = { subject: role, requirements, proof: 'measured' as const };
  const sight = (node: string) => probe.sights[node] as SeenDatabase;
  const values = Object.entries(probe.groups).map(([node, group]) => ({
    node,
    key: String(group),
    shown: `${sight(node).name} at ${sight(node).address ?? 'a local socket'}:${sight(node).port ?? ''}`,
  }));
  const blind = nodes.flatMap((node) => {
    const s = probe.sights[node];
    const why = s === undefined ? 'was not asked through this node' : 'trouble' in s ? s.trouble : probe.trouble[node];
    return why === undefined ? [] : [{ node, fact: { unseen: `the ${role}: ${why}` } }];
  });
  const findings = sift(blind, `${role} unproven`).findings.map(
    (f): Finding => ({ ...f, ...about, subject: f.subject! }),
  );
  if (values.length < 2) return findings;
  if (separate) return [...findings, distinct(`the ${role}`, values, about)];
  const finding = same(`the ${role}`, values, reference, about);
  if (finding.status === 'pass')
    return [
      ...findings,
      {
        ...finding,
        message: `${list(finding.nodes ?? [])} use one ${role}: a lock held through one node is refused to the others`,
      },
    ];
  const right = values.find((v) => !finding.nodes?.includes(v.node)) ?? values[0]!;
  return [
    ...findings,
    {
      ...finding,
      details: values
        .filter((v) => v.key !== right.key)
        .map((v) => `${v.node}: ${likeness(sight(v.node), sight(right.node))} (as ${right.node} reaches it)`),
    },
  ];
}

/** Nodes that look for their tables in different schemas share a database, and nothing in it. */
export function schemaFindings(
  role: string,
  seen: readonly { readonly node: string; readonly value: Endpoint }[],
  reference: string | undefined,
  requirements: readonly string[],
): Finding[] {
  const about = { subject: `${role} schema`, requirements };
  // a node without this database has no port
  const used = seen.filter(({ value }) => value.port !== '');
  const named = used.flatMap(({ node, value }) =>
    value.searchPath === undefined ? [] : [{ node, key: value.searchPath, shown: value.searchPath }],
  );
  const finding = named.length > 1 ? same(`the schema of the ${role}`, named, reference, about) : undefined;
  if (finding?.status === 'fail') return [finding];
  const silent = used.filter((s) => !named.some((n) => n.node === s.node)).map((s) => s.node);
  if (named.length === 0 || silent.length === 0) return [];
  return [
    unknown(
      `${list(named.map((n) => n.node))} ${verb(named.length, 'looks', 'look')} for the tables of the ${role} in the schema ${named[0]!.shown}; the address on ${list(silent)} names none, so the login decides there: SHOW search_path with the login of each`,
      { ...about, nodes: used.map((s) => s.node) },
    ),
  ];
}

/** A database as one node names it, and what the names mean there. */
export interface Named {
  readonly node: string;
  readonly value: Endpoint;
  readonly addresses: Addresses;
}

/** One server of it. */
interface Server {
  readonly node: string;
  readonly host: string;
  readonly port: string;
  readonly addresses: readonly string[];
  /** It is on the node itself, as far as the node knows. */
  readonly own: boolean;
}

/** A database by its address, for people: hosts in a fixed order, the port or the port of each, name. */
export function endpointText({ host, port, name }: Endpoint): string {
  const [hosts, ports] = [host.split(','), port.split(',')];
  const servers = ports.length === 1 ? hosts : hosts.map((h, i) => `${h}:${ports[i] ?? ports[0]}`);
  return `${servers.sort().join(',')}${ports.length === 1 && port !== '' ? `:${port}` : ''}${name === '' ? '' : `/${name}`}`;
}

export function serversOf({ node, value, addresses }: Named): Server[] {
  const ports = value.port.split(',');
  return value.host.split(',').map((host, i) => {
    const literal = addressOf(host);
    const known = literal === undefined ? (addresses.get(host) ?? []) : [literal];
    const own = (isLoopback(host) && !isCloudSql(host)) || (known.length > 0 && known.every(isLoopback));
    return { node, host, port: ports[i] ?? ports[0]!, addresses: known, own };
  });
}

/** Whether this name or address is one that the inventory has for a node. */
function isNode({ nodes }: Cluster, name: string, { host, addresses }: Server): boolean {
  const node = nodes.find((n) => n.name === name);
  if (!node) return false;
  const names = [node.host, node.name].map(foldHost);
  return names.some((n) => n === host || addresses.includes(n)) || names.map(shortHost).includes(shortHost(host));
}

export const sameAddress = (a: Server, b: Server): boolean =>
  a.host === b.host || a.addresses.some((x) => b.addresses.includes(x));

/** Whether two nodes mean one server: by name, by address, or one means itself and the other names it. */
function sameServer(a: Server, b: Server, cluster: Cluster): boolean {
  if (a.port !== b.port) return false;
  if (a.own && b.own)
    return a.node === b.node || (a.host === b.host && (isNode(cluster, a.node, a) || isNode(cluster, b.node, b)));
  if (a.own) return isNode(cluster, a.node, b);
  if (b.own) return isNode(cluster, b.node, a);
  return sameAddress(a, b);
}

/** PgBouncer, by its port, an RDS Proxy and a socket of Cloud SQL lead to a database that has another address. */
const isProxy = ({ host, port }: Server): boolean => port === '6432' || isRdsProxy(host) || isCloudSql(host);

/** Whether only a name server could tell the two apart: a name of unknown address, and an address, or that name with its domain. */
function mayBeOne(a: Server, b: Server): boolean {
  if (isCloudSql(a.host) && isCloudSql(b.host)) return false;
  if (isProxy(a) || isProxy(b)) return true;
  if (a.port !== b.port || a.own || b.own) return false;
  const [unresolved, other] = a.addresses.length === 0 ? [a, b] : [b, a];
  if (unresolved.addresses.length > 0) return false;
  const { host } = unresolved;
  if (addressOf(other.host) !== undefined || inOneCluster(host, other.host)) return true;
  return shortHost(host) === shortHost(other.host);
}

const allIn = (x: readonly Server[], y: readonly Server[], isOne: (s: Server, t: Server) => boolean): boolean =>
  x.every((s) => y.some((t) => isOne(s, t))) && y.every((t) => x.some((s) => isOne(s, t)));

function sameDatabase(a: Named, b: Named, cluster: Cluster): boolean {
  const [x, y] = [serversOf(a), serversOf(b)];
  // a list with the node's own name among others is judged as a list
  if (endpointText(a.value) === endpointText(b.value) && [x, y].every((all) => all.some((s) => !s.own))) return true;
  return a.value.name === b.value.name && allIn(x, y, (s, t) => sameServer(s, t, cluster));
}

function perhapsOne(a: Named, b: Named, cluster: Cluster): boolean {
  const isOne = (s: Server, t: Server): boolean => sameServer(s, t, cluster) || mayBeOne(s, t);
  return sameDatabase(a, b, cluster) || (a.value.name === b.value.name && allIn(serversOf(a), serversOf(b), isOne));
}

/** Values for `same` and `distinct`: nodes that name one database, in whatever words, have one key. */
export function databaseKeys(named: readonly Named[], cluster: Cluster, isOne = sameDatabase): Has[] {
  const groups = connected(named, (a, b) => isOne(a, b, cluster));
  return named.map((n) => ({
    node: n.node,
    key: String(groups.findIndex((g) => g.includes(n))),
    shown: endpointText(n.value),
  }));
}

/** The same, but nodes of which an address that is not known here would tell are taken for one. */
export const possibleKeys = (named: readonly Named[], cluster: Cluster): Has[] =>
  databaseKeys(named, cluster, perhapsOne);

/** Whether those nodes have one database is not visible: of each set of them, the nodes that say something else than most. */
export function undecided(role: string, named: readonly Named[], cluster: Cluster): Finding[] {
  return connected(named, (a, b) => perhapsOne(a, b, cluster)).flatMap((set): Finding[] => {
    const groups = connected(set, (a, b) => sameDatabase(a, b, cluster));
    if (groups.length === 1) return [];
    const most = groups.find((group) => group.length * 2 > set.length) ?? [];
    const odd = set.filter((n) => !most.includes(n));
    const words = odd.map((n) => `${endpointText(n.value)} (${n.node})`).join(' and ');
    const question =
      most.length > 0 ? `${words} is the ${role} of ${list(most.map((n) => n.node))}` : `${words} are one`;
    const servers = set.flatMap(serversOf);
    const proxy = servers.find(isProxy);
    const host = proxy?.host ?? servers.find((s) => !s.own && s.addresses.length === 0)!.host;
    const ask = command`getent ahosts ${host}` ?? 'getent ahosts HOST';
    const why = proxy
      ? `${host}:${proxy.port} is a pooler or proxy; compare where each leads: [databases] in pgbouncer.ini, or aws rds describe-db-proxy-targets`
      : `the address of ${host} is not known; compare ${ask} on each node`;
    return [unknown(`whether ${question} is not visible: ${why}`, { nodes: odd.map((n) => n.node) })];
  });
}

/** Nodes for which the host's name is the node itself, while for others it is another machine, which may be this node. */
export function aliasedHere(named: readonly Named[], cluster: Cluster): Named[] {
  const away = named.filter((n) => serversOf(n).some((s) => !s.own));
  if (away.length === 0) return [];
  const ownByName = (one: Named): boolean => serversOf(one).every((s) => s.own && !isLoopback(s.host));
  return named.filter((one) => ownByName(one) && !away.some((other) => sameDatabase(one, other, cluster)));
}

/** Nodes of the inventory on which one of these servers is. */
export const onNodes = (named: readonly Named[], cluster: Cluster): string[] =>
  cluster.nodes
    .map((n) => n.name)
    .filter((name) =>
      named.some((n) => serversOf(n).some((s) => (s.own ? s.node === name : isNode(cluster, name, s)))),
    );

/** What the two drivers that may be in use would do with the address, as a fact for `sift`. */
export const agreedOn = ({ node, value }: Named): { node: string; fact: Fact<Endpoint> } => ({
  node,
  fact:
    value.doubt === undefined ? { value } : { unseen: `which server the product reaches is not known: ${value.doubt}` },
});
