/** A MongoDB replica set as the files of its members and servers declare it. Used by `mongo-replica-set`, in part by `replica-set-state`. */

import type { Cluster } from 'ha-preflight';
import { everyNode, type Finding, fail, faults, list, type Problem, same, unknown, verb } from 'ha-preflight';
import type { Addresses } from 'ha-preflight/collectors/addresses';
import type { Config, Setting } from 'ha-preflight/formats/settings';
import { last } from 'ha-preflight/formats/settings';
import { listedMembers, MONGO_PORT, memberName, mongoSetting } from 'ha-preflight/products/deployr/mongo';
import { isLoopback } from 'ha-preflight/products/endpoints';
import { binding, hostOf, noHosts, portOf, sameList, unlisted } from './memberNames.js';
import { type At, knowing, readable } from './mongoFiles.js';
import { type Listing, ofSizes } from './setSize.js';

/** Copied from a page that was printed (sources T24): no quotes at all, or a part of an address; in other texts they are fine. */
const TYPOGRAPHIC = /typographic quotes (?:around |in grails\.mongo\.(?:host|replicaSet)\b)/;

function spelling(config: Config): Problem | undefined {
  const quotes = config.remarks.find((r) => TYPOGRAPHIC.test(r));
  if (quotes) return { problem: quotes, observed: quotes };
  const odd = config.settings.find(
    (s: Setting) => /^grails\.mongo\.(host|replicaSet)/.test(s.key) && /\s/.test(s.value),
  );
  return (
    odd && {
      problem: `line ${odd.line}: "${odd.value}" has blanks in it, so it is not an address`,
      observed: odd.value,
    }
  );
}

/** What is known of a set beside the lists of the servers. */
interface Beside {
  /** Members that vote and that a server need not list; undefined where the running set was not seen. */
  readonly voters?: readonly string[] | undefined;
  /** Members without a vote. */
  readonly silent?: readonly string[] | undefined;
  /** How many nodes are members by their mongod.conf. */
  readonly members: number;
}

/** An even list of fewer members than there are: an arbiter among them need not be listed. */
const perhapsOdd = (finding: Finding, listing: Listing, { voters, members }: Beside): Finding =>
  finding.status === 'fail' &&
  finding.subject === 'odd' &&
  voters === undefined &&
  listing.every((l) => l.value.length < members)
    ? unknown(
        `${list(finding.nodes ?? [])} ${verb(finding.nodes?.length ?? 0, 'lists', 'list')} an even number of members, but ${members} nodes are in the set: whether the other one is an arbiter, which need not be listed, is not known: rs.conf() in the mongo shell`,
        { subject: finding.subject, nodes: finding.nodes ?? [], requirements: finding.requirements ?? [] },
      )
    : finding;

/** The list of members, as the servers have it. */
export function ofList(
  servers: readonly At[],
  cluster: Cluster,
  addresses: (node: string) => Addresses = () => new Map(),
  beside: Beside = { members: 0 },
): Finding[] {
  const lists = servers.map((s) => ({
    node: s.node,
    value: listedMembers(s.value),
    addresses: addresses(s.node),
  }));
  const findings = faults(servers, spelling, {
    subject: 'spelling',
    requirements: ['DEPLOYR-25'],
    expected: '"ADDRESS:8003", in straight quotes and without blanks',
  });
  const listing = lists.filter((l) => l.value.length > 0);
  if (listing.length === 0) return findings;
  // behind a load balancer each server may have its own set
  const compared = cluster.mode === 'load-balanced' ? [] : [sameList(lists, cluster.reference)];
  const unnamed = noHosts(listing);
  // what does not name a member is not counted; where the lists differ as well, that says who is wrong
  if (unnamed) return [...findings, ...compared.filter((f) => f.status === 'fail'), unnamed];
  const members = [...new Set(listing.flatMap((l) => l.value.map(memberName)))].sort();
  const { voters = [], silent = [] } = beside;
  // what votes in the running set is judged there; here it excuses a list that is even
  const voting = listing.map((l) =>
    new Set(l.value.map(memberName)).size % 2 === 1
      ? l
      : {
          node: l.node,
          value: [
            ...l.value.filter((m) => unlisted({ ...l, value: [m] }, silent).length === silent.length),
            ...unlisted(l, voters),
          ],
        },
  );
  const asListed = voting.every((v, i) => v.value.join() === listing[i]!.value.join());
  const sizes = ofSizes(listing, asListed ? listing : voting);
  findings.push(...compared, ...sizes.map((finding) => perhapsOdd(finding, listing, beside)), ofAddresses(listing));
  const ports = members.filter((m) => portOf(m) !== MONGO_PORT);
  if (ports.length > 0)
    findings.push(
      fail(`not on port ${MONGO_PORT}, where DeployR puts MongoDB: ${list(ports)}`, {
        nodes: listing.map((l) => l.node),
        subject: 'ports',
        severity: 'info',
        requirements: ['DEPLOYR-16'],
      }),
    );
  return findings;
}

/** No member is named localhost. */
export const ofAddresses = (listing: Listing): Finding =>
  everyNode(
    'no member is named by a loopback address',
    listing,
    (all) => {
      const own = all.filter((m) => isLoopback(hostOf(m)));
      return own.length > 0
        ? { problem: `for every reader ${list(own)} is a different machine`, observed: own.join(', ') }
        : undefined;
    },
    { subject: 'addresses', requirements: ['DEPLOYR-24'], expected: 'addresses that the other members reach' },
  );

/** mongod.conf of every member. */
export function ofMembers(
  all: readonly At[],
  servers: readonly At[],
  cluster: Cluster,
  addressesOf: (node: string) => Addresses = () => new Map(),
): Finding[] {
  const about = { subject: 'member', requirements: ['DEPLOYR-22'] };
  const { seen: members, findings: open } = readable(all);
  const set = faults(
    members,
    (conf) => {
      const quotes = conf.remarks.find((r) => TYPOGRAPHIC.test(r));
      if (quotes) return { problem: quotes };
      // members that know each other by certificates need no key
      const keys = last(conf, 'clusterAuthMode')?.value === 'x509' ? ['replSet'] : ['replSet', 'keyFile'];
      const missing = keys.filter((key) => !last(conf, key)?.value);
      return missing.length > 0
        ? { problem: `mongod.conf does not set ${list(missing)}`, observed: `no ${missing.join(', ')}` }
        : undefined;
    },
    { ...about, expected: 'replSet and keyFile in mongo/mongod.conf' },
  );
  const named = members.flatMap((m) => {
    // behind a slash, members to begin with
    const name = last(m.value, 'replSet')?.value.replace(/\/.*$/, '');
    return name ? [{ node: m.node, key: name }] : [];
  });
  const bound = faults(members, (conf, node) => binding(conf, node, cluster, addressesOf(node)), {
    subject: 'bind',
    requirements: ['DEPLOYR-22'],
    expected: 'bind_ip with the address of the member',
  });
  const listed = faults(
    members,
    (conf, node) => {
      const own = cluster.nodes.find((n) => n.name === node);
      const names = [own?.host, own?.name].flatMap((n) => (n === undefined ? [] : [n.toLowerCase()]));
      const ports = servers
        .flatMap((s) => listedMembers(s.value).map(memberName))
        .flatMap((m) => (names.includes(hostOf(m)) ? [portOf(m)] : []));
      const port = last(conf, 'port')?.value;
      return port && ports.length > 0 && !ports.includes(port)
        ? {
            problem: `mongod listens on port ${port}, but the list of members names port ${list([...new Set(ports)])}`,
            observed: `port=${port}`,
          }
        : undefined;
    },
    { subject: 'listed port', requirements: ['DEPLOYR-25'], expected: 'the port that the list of members names' },
  );
  return [
    ...open,
    ...set,
    ...bound,
    ...listed,
    ...(named.length > 1 && cluster.mode !== 'load-balanced'
      ? [same('the name of the replica set', named, cluster.reference, { ...about, subject: 'set' })]
      : []),
  ];
}

/** The other settings of the server: they agree with each other, and with the mongod on the same machine. */
export function ofSettings(servers: readonly At[], members: readonly At[], cluster: Cluster): Finding[] {
  const findings = ['databaseName', 'username', 'password'].flatMap((key): Finding[] => {
    const about = {
      requirements: key === 'password' ? ['DEPLOYR-21', 'DEPLOYR-26'] : ['DEPLOYR-26'],
      ...(key !== 'password' && { severity: 'info' as const }),
    };
    const { seen, findings: unread } = knowing(servers, key);
    const open = unread.map((f) => ({ ...f, ...about }));
    if (seen.length < 2) return open;
    const finding = same(
      `${key} of the database`,
      seen.map((s) => ({
        node: s.node,
        key: mongoSetting(s.value, key) ?? 'not set',
        ...(key === 'password' && { shown: '(masked)' }),
      })),
      cluster.reference,
      { ...about, subject: key },
    );
    return finding.status === 'fail' ? [...open, finding] : open;
  });
  const port = faults(
    knowing(servers, 'host', 'port').seen.filter(
      (s) => isLoopback(mongoSetting(s.value, 'host') ?? 'localhost') && members.some((m) => m.node === s.node),
    ),
    (server, node) => {
      const [asked, given] = [
        mongoSetting(server, 'port') ?? MONGO_PORT,
        last(members.find((m) => m.node === node)!.value, 'port')?.value,
      ];
      return !given || asked === given
        ? undefined
        : {
            problem: `deployr.groovy sets port ${asked} for MongoDB, but mongod.conf sets ${given}`,
            observed: `${asked}, ${given}`,
          };
    },
    { subject: 'port', severity: 'info', requirements: ['DEPLOYR-16'] },
  );
  return [...findings, ...port];
}
