/** Settings that are an address: each node may have its own, and no other node's. Used by `config-identical`. */

import { type Cluster, count, type Finding, fail, list, unknown } from 'ha-preflight';
import { isEveryAddress, isLoopback, sameHost } from 'ha-preflight/formats/hostName';
import { withoutRemark } from 'ha-preflight/formats/keyValue';
import type { LeftOut, Side } from './configuration.js';
import { inForceOf } from './configurationInForce.js';
import { meant } from './configurationSettings.js';

/** The names of each node that are known from here: of the inventory, and those it gives to the others. */
function namesOf(sides: readonly Side[], cluster: Cluster): Map<string, readonly string[]> {
  return new Map(
    cluster.nodes.map(({ name, host }) => {
      const side = sides.find((s) => s.node === name);
      const settings = side && inForceOf(side.found);
      const given = (side?.found.profile.ownNames ?? []).map((key) => withoutRemark(settings?.get(key)?.value));
      const names = [name, host, ...given].filter((n) => n !== undefined && n !== '' && !isLoopback(n));
      return [name, names.map((n) => sameHost(n!))];
    }),
  );
}

/** All names and forms of one host are one; `''`: every address of the machine. */
function hostOf(text: string): string {
  const bare = text.replace(/^\[|\]$/g, '');
  return isEveryAddress(bare) ? '' : sameHost(bare);
}

/** An address of the web, `HOST:PORT`, or a host; and what stands around the host. */
function parts(value: string): { host: string; rest: string } {
  const text = withoutRemark(value).trim();
  const [, listening, port = ''] = /^(\[[^\]]*\]|[^:]*):(\w+)$/.exec(text) ?? [];
  if (listening !== undefined) return { host: hostOf(listening), rest: port };
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return { host: hostOf(text), rest: '' };
  const { protocol, port: of, pathname, search, hostname } = new URL(text);
  return { host: hostOf(hostname), rest: [protocol, of, pathname, search].join(' ') };
}

/** localhost, 127.0.0.1: on every node the node itself, whatever it is called. */
function isItself(values: readonly (string | undefined)[]): boolean {
  const read = values.flatMap((value) => (value === undefined ? [] : [parts(value)]));
  return read.length === values.length && read.every(({ host, rest }) => isLoopback(host) && rest === read[0]!.rest);
}

/** Undefined: nothing says that each node has its own, so the setting is compared like any other. */
function judged(
  subject: string,
  values: readonly { node: string; value: string }[],
  names: Map<string, readonly string[]>,
): Finding[] | undefined {
  const read = values.map(({ node, value }) => ({ node, value, ...parts(value) }));
  const others = read.flatMap(({ node, host }) => {
    const of = [...names].find(
      ([name, known]) => name !== node && known.includes(host) && !names.get(node)?.includes(host),
    );
    return of ? [{ node, of: of[0] }] : [];
  });
  const own = read.filter(({ node, host }) => names.get(node)?.includes(host)).map((r) => r.node);
  const key = subject.slice(subject.indexOf(':') + 1);
  const observed = `${key}: ${read.map(({ node, value }) => `${node} ${JSON.stringify(value)}`).join(', ')}`;
  if (new Set(read.map((r) => r.rest)).size > 1 || read.some((r) => r.host === '')) return undefined;
  if (own.length === read.length) return [];
  // the address of one node may be meant for all
  if (others.length > 0 && own.some((node) => !others.some((o) => o.of === node)))
    return [
      fail(`${subject} on ${list(others.map((o) => o.node))} is the address of a different node`, {
        subject,
        nodes: others.map((o) => o.node),
        observed,
        expected: `the address of the node itself, as on ${list(own)}`,
        remediation: `# set ${key} to the address of the node itself, or to the same address on every node, and restart the product`,
      }),
    ];
  if (others.length > 0 || new Set(read.map((r) => r.host)).size < read.length) return undefined;
  return [
    unknown(
      `${subject} has a different value on each of ${count(read.length, 'node')}, and whether each is the address of its node cannot be seen from here: compare it with hostname -I and hostname -f on each`,
      { subject, nodes: read.map((r) => r.node), details: [observed, meant(subject)] },
    ),
  ];
}

/** What is to be said of them, and which settings that settles. */
export function ownAddresses(
  sides: readonly Side[],
  cluster: Cluster,
  out: LeftOut,
): { readonly findings: Finding[]; readonly decided: LeftOut } {
  const names = namesOf(sides, cluster);
  const all = sides.map((s) => ({ node: s.node, settings: inForceOf(s.found) }));
  const decided = new Set<string>();
  const findings = (sides[0]!.found.profile.ownAddresses ?? []).flatMap(({ file, key }) => {
    const subject = `${file}:${key}`;
    const byDefault = sides[0]!.found.profile.defaults?.[subject];
    const given = all.map(({ node, settings }) => ({
      node,
      seen: settings !== undefined,
      value: (settings?.get(subject) ?? settings?.get(key))?.value,
    }));
    if (isItself(given.map(({ seen, value }) => (seen ? (value ?? byDefault) : undefined)))) {
      decided.add(subject);
      return [];
    }
    const values = given.flatMap(({ node, value }) => (value === undefined ? [] : [{ node, value }]));
    const same = new Set(values.map((v) => v.value)).size < 2;
    if (out(file, key) || values.length < given.length || same) return [];
    const said = judged(subject, values, names);
    if (said) decided.add(subject);
    return said ?? [];
  });
  return { findings, decided: (file, key) => decided.has(`${file}:${key}`) };
}
