/** What the servers are to which the address of a database leads each node. Used by `database-same`. */

import { command, connected, type Endpoint, type Finding, fail, faults, list, unknown, verb } from 'ha-preflight';
import { type Named, sameAddress, serversOf } from './oneDatabase.js';
import { isReader } from './rdsNames.js';

const numbers = (named: Named): readonly string[] => serversOf(named).flatMap((s) => (s.own ? [] : s.addresses));

/** The same host name on every node, but different servers behind it: of a zone each its own, or two databases. */
export function apart(role: string, told: readonly Named[], requirements: readonly string[]): Finding | undefined {
  const known = told.filter((t) => numbers(t).length > 0);
  const groups = connected(known, (a, b) => numbers(a).some((n) => numbers(b).includes(n)));
  if (groups.length < 2) return undefined;
  const most = groups.find((group) => group.length * 2 > known.length);
  const nodes = known.filter((t) => !most?.includes(t)).map((t) => t.node);
  return fail(`the host name of the ${role} leads ${list(nodes)} to a different server: no address in common`, {
    nodes,
    subject: `${role} addresses`,
    // a name can lead each zone to its nearest address of one server
    severity: 'warning',
    requirements: [...requirements, 'X-06'],
    observed: known.map((t) => `${t.node}: ${t.value.host} is ${numbers(t).join(', ')}`).join('; '),
    expected: 'the same address on every node; a credential in the inventory would prove that the server is one',
    remediation: known
      .map((t) => `${command`getent ahosts ${t.value.host}` ?? 'getent ahosts HOST'}    # on ${t.node}`)
      .slice(0, 4)
      .join('\n'),
  });
}

/** Of several servers the one that takes writes is used, in whatever order they are listed. */
const seeksWrites = ({ targetSessionAttrs = '' }: Endpoint): boolean =>
  /^(read-write|primary)$/.test(targetSessionAttrs);

/** A server that takes no writes is asked for (of one server, `prefer-standby` takes it as it is), or sessions that make none. */
export const standbys = (role: string, told: readonly Named[]): Finding[] =>
  faults(
    told,
    ({ host, readOnly, targetSessionAttrs: wanted = '' }) => {
      const standby = /^(read-only|standby)$/.test(wanted) || (wanted === 'prefer-standby' && host.includes(','));
      if (!standby && !readOnly) return undefined;
      const observed = standby ? `target_session_attrs=${wanted}` : 'default_transaction_read_only=on';
      const effect = standby ? 'leads to a server that takes no writes' : 'makes sessions that write nothing';
      return { problem: `${observed} in the address of the ${role} ${effect}`, observed };
    },
    { subject: `${role} standby`, requirements: ['X-06'], expected: 'target_session_attrs=read-write' },
  );

/** A name that leads to any replica. */
export const readers = (role: string, told: readonly Named[]): Finding[] =>
  faults(
    told,
    (endpoint) => {
      const hosts = endpoint.host.split(',');
      const reader = hosts.length > 1 && seeksWrites(endpoint) ? undefined : hosts.find(isReader);
      return reader === undefined
        ? undefined
        : { problem: `${reader} is a reader endpoint, which takes no writes`, observed: reader };
    },
    { subject: `${role} reader`, severity: 'warning', requirements: ['X-06'], expected: 'the endpoint for writes' },
  );

/** Of a list that does not say which one to use, the first that answers is used: a different first one may be a standby. */
export function firstServer(role: string, told: readonly Named[], about: Partial<Finding>): Finding | undefined {
  const isOne = (a: Named, b: Named): boolean => {
    const [[x], [y]] = [serversOf(a), serversOf(b)];
    if (seeksWrites(a.value) || seeksWrites(b.value)) return seeksWrites(a.value) && seeksWrites(b.value);
    return x!.port === y!.port && sameAddress(x!, y!);
  };
  const groups = told.some((t) => t.value.host.includes(',')) ? connected(told, isOne) : [];
  if (groups.length < 2) return undefined;
  const words = groups.map((group) => {
    const [first] = serversOf(group[0]!);
    const how = seeksWrites(group[0]!.value)
      ? 'the one that takes writes'
      : `${first!.host}:${first!.port}, if it answers`;
    return `${list(group.map((t) => t.node))} ${verb(group.length, 'uses', 'use')} ${how}`;
  });
  return unknown(
    `of the servers of the ${role} ${list(words)}: whether this is one server is not visible; set target_session_attrs=read-write in the address on every node`,
    { ...about, nodes: told.map((t) => t.node) },
  );
}
