import {
  type Cluster,
  defineCheck,
  distinct,
  type Endpoint,
  type Fact,
  type Finding,
  fail,
  list,
  pass,
  type Settings,
  same,
  settings,
  sift,
  skip,
  unknown,
} from 'ha-preflight';
import { addresses } from 'ha-preflight/collectors/addresses';
import { isContainerHost, isHostForm } from 'ha-preflight/formats/hostName';
import { isMasked } from 'ha-preflight/formats/masked';
import { isUnfilled } from 'ha-preflight/formats/settings';
import { database, databaseTarget } from 'ha-preflight/probes/database';
import { apart, firstServer, readers, standbys } from './support/databaseServers.js';
import {
  agreedOn,
  aliasedHere,
  databaseKeys,
  endpointText,
  type Named,
  onNodes,
  possibleKeys,
  provenFindings,
  schemaFindings,
  serversOf,
  undecided,
} from './support/oneDatabase.js';
import { perhapsDefault } from './support/secondDatabase.js';

type Nodes = readonly { readonly node: string; readonly settings: Settings }[];
interface About {
  readonly subject: string;
  readonly requirements: readonly string[];
}

const rolesOf = (nodes: Nodes): string[] => [
  ...new Set(
    nodes.flatMap(({ settings: { endpoints: e } }) => ('value' in e ? e.value.map((x) => x.role) : ['database'])),
  ),
];

/** What each node has for this role; a node on SQLite is named by postgres-backend. */
const endpointsOf = (role: string, nodes: Nodes) =>
  nodes.flatMap(({ node, settings: { endpoints, database: kind } }): { node: string; fact: Fact<Endpoint> }[] => {
    if ('value' in kind && !/^(postgres|mongo|dataSource|unverified)/.test(kind.value.provider)) return [];
    if ('unseen' in endpoints) return role === 'database' ? [{ node, fact: endpoints }] : [];
    const none: Endpoint = { role, host: 'none', port: '', name: '' };
    return [{ node, fact: { value: endpoints.value.find((e) => e.role === role) ?? none } }];
  });

/** The other nodes are not on PostgreSQL, which postgres-backend says. */
const alone = (told: readonly Named[], { subject, requirements }: About): Finding =>
  told.length === 0
    ? skip('no node names a database server: see postgres-backend', { subject, requirements })
    : unknown(`only ${told[0]!.node} names a database server, so nothing was compared: see postgres-backend`, {
        subject,
        requirements,
        nodes: [told[0]!.node],
      });

/** A name that is the node itself on some nodes only. */
const itself = (here: readonly Named[], about: About): Finding[] =>
  here.length === 0
    ? []
    : [
        unknown(
          `${here[0]!.value.host} is the node itself on ${list(here.map((h) => h.node))} (/etc/hosts), and another machine on the other nodes: whether they are one is not visible; compare getent ahosts ${here[0]!.value.host} with ip -br address`,
          { ...about, nodes: here.map((h) => h.node), subject: `${about.subject} here` },
        ),
      ];

/** Behind a load balancer each DeployR server has another database. */
function apartFrom(told: readonly Named[], cluster: Cluster, about: About): Finding[] {
  const each = distinct('the database', databaseKeys(told, cluster), about);
  const open = doubts(told, cluster, about);
  return [...(each.status === 'fail' || open.length === 0 ? [each] : []), ...open];
}

/** localhost is a different machine for each node, and may be the one that another node names. */
const doubts = (told: readonly Named[], cluster: Cluster, about: About): Finding[] =>
  undecided(about.subject, told, cluster).map((f): Finding => ({ ...f, ...about }));

/** Why a node names no database: a host that no host is called, or a name that nobody filled in. */
function unreal(one: Named, { subject: role }: About): string | undefined {
  const host = serversOf(one).find(
    (s) => !s.own && !/^[/@]/.test(s.host) && !isHostForm(s.host) && !isMasked(s.host),
  )?.host;
  const about = (what: string, kind: string, write: string): string =>
    `${what} is not ${kind} (a placeholder that nobody filled in?): write the real ${write} of the ${role} on every node`;
  if (host !== undefined) return about(host, 'a host name or an address', 'host');
  const { name } = one.value;
  return isUnfilled(name) ? about(name, 'the name of a database', 'name') : undefined;
}

/** Nodes that name no database, by what they say. */
function unfilled(odd: readonly Named[], about: About): Finding[] {
  const reasons = [...new Set(odd.map((one) => unreal(one, about)!))];
  return reasons.map((why, i) =>
    unknown(why, {
      ...about,
      nodes: odd.filter((one) => unreal(one, about) === why).map((one) => one.node),
      ...(i > 0 && { subject: `${about.subject} unfilled ${i + 1}` }),
    }),
  );
}

/** The machine below a container. */
function ofContainers(told: readonly Named[], about: About): Finding | undefined {
  const machine = told.flatMap(serversOf).find((s) => isContainerHost(s.host))?.host;
  return machine === undefined
    ? undefined
    : unknown(
        `${machine} is the machine on which a container runs, a different one on each of ${list(told.map((t) => t.node))}: whether a pooler or tunnel there leads to one database is not visible`,
        { ...about, nodes: told.map((t) => t.node) },
      );
}

/** All nodes have one, as far as their configurations tell. */
function oneFor(told: readonly Named[], cluster: Cluster, product: string, about: About): Finding[] {
  const { subject: role, requirements } = about;
  const keys = possibleKeys(told, cluster);
  const own = told.filter((t) => serversOf(t).every((s) => s.own));
  if (own.length === told.length && new Set(keys.map((k) => k.key)).size > 1)
    return [
      product === 'deployr'
        ? fail(`each of ${list(own.map((t) => t.node))} uses a database on its own machine`, {
            ...about,
            nodes: own.map((t) => t.node),
            observed: endpointText(own[0]!.value),
            expected: 'one database for all servers',
          })
        : unknown(
            `the database host of ${list(own.map((t) => t.node))} is the node itself (${own[0]!.value.host}): whether a pooler or tunnel there leads to one database is not visible`,
            { ...about, nodes: own.map((t) => t.node) },
          ),
    ];
  const alike = same(`the ${role}`, keys, cluster.reference, about);
  const wrong = [...standbys(role, told), ...readers(role, told)];
  if (alike.status === 'fail') return [...wrong, alike];
  const open = doubts(told, cluster, about);
  if (open.length > 0) return [...wrong, ...open];
  const machine = ofContainers(told, about);
  if (machine) return [...wrong, machine];
  const split = (product === 'deployr' ? undefined : firstServer(role, told, about)) ?? apart(role, told, requirements);
  if (split) return [...wrong, split];
  return [...wrong, alike, ...(product === 'connect' ? [placeOf(role, told, cluster)] : [])];
}

/** Connect's document wants the database on a machine that is not a node. */
function placeOf(role: string, told: readonly Named[], cluster: Cluster): Finding {
  const about = { subject: `${role} host`, requirements: ['CONN-27'] };
  const on = onNodes(told, cluster);
  if (told.flatMap(serversOf).some((s) => isMasked(s.host)))
    return unknown(`the host of the ${role} was masked, so whether it is a node of the cluster is not visible`, {
      ...about,
      severity: 'info',
      nodes: told.map((t) => t.node),
    });
  return on.length > 0
    ? fail(`the ${role} is on ${list(on)}, a node of the cluster: when that node fails, the ${role} fails too`, {
        ...about,
        severity: 'info',
        nodes: on.filter((n) => told.some((t) => t.node === n)),
      })
    : pass(`the ${role} is not on a node of the cluster`, { ...about, nodes: told.map((t) => t.node) });
}

/** `ha-preflight settings` does not show what deployr.groovy says. */
const inGroovy = (separate: boolean): string =>
  `grep -nE '(host|port|replicaSet|databaseName|url) *=' deployr/deployr.groovy    # on every server; then ${
    separate
      ? 'give each of the nodes named a database that no other server uses'
      : 'name the one database on the nodes named'
  }, and stop and start Tomcat there`;

export default defineCheck({
  id: 'database-same',
  title: 'All nodes use the same database',
  severity: 'critical',
  proof: 'declared',
  tags: ['database'],
  requirements: ['RSPM-06', 'CONN-03', 'CONN-27', 'WB-12', 'WB-42', 'DEPLOYR-02', 'DEPLOYR-08', 'X-06'],
  rationale:
    'Two databases make two clusters behind one address: what users publish on one node is missing on the other. Host, port and name are compared as the product reads them, and so are the addresses that each node resolves. ' +
    'With a credential in the inventory (database.url) it is proven: each node opens its own connection, and a lock held through one node must be refused to the others. DeployR behind a load balancer is the opposite: each server has its own database.',
  when: (profile) => profile.database !== undefined,
  needs: { settings, addresses },
  minimumNodes: 2,
  asks: { database },
  judge(nodes, { cluster, product, services }) {
    if (product === 'deployr' && cluster.mode === undefined)
      return skip(
        'whether DeployR servers must share a database depends on how they are deployed: set mode: primary-standby or mode: load-balanced in the inventory',
      );
    const separate = cluster.mode === 'load-balanced' && product === 'deployr';
    const main = product === 'deployr' ? [separate ? 'DEPLOYR-08' : 'DEPLOYR-02'] : ['RSPM-06', 'CONN-03', 'WB-42'];
    const all = rolesOf(nodes).flatMap((role): Finding[] => {
      const about = { subject: role, requirements: main };
      const { seen, findings: unread } = sift(endpointsOf(role, nodes), `${role} unseen`);
      const answer = services.database.get(databaseTarget(role));
      const measured =
        answer === undefined
          ? []
          : 'unseen' in answer
            ? [unknown(answer.unseen, { ...about, subject: `${role} unproven`, nodes: nodes.map((n) => n.node) })]
            : provenFindings(
                role,
                answer.value,
                seen.map((n) => n.node),
                { separate, reference: cluster.reference, requirements: main },
              );
      const findings = [...unread, ...schemaFindings(role, seen, cluster.reference, main), ...measured];
      // what is proven needs no conclusion from the configuration
      const proven = measured.length > 0 && measured.every((f) => f.status !== 'unknown');
      if (proven || measured.some((f) => f.status === 'fail')) return findings;
      const maybe = perhapsDefault(role, nodes, about);
      if (maybe) return [...findings, maybe];
      const named = seen.map((s): Named => ({ ...s, addresses: nodes.find((n) => n.node === s.node)!.addresses }));
      const agreed = sift(named.map(agreedOn), `${role} driver`).findings.map((f) => ({ ...f, requirements: main }));
      const odd = named.filter((n) => n.value.doubt === undefined && unreal(n, about) !== undefined);
      const clear = named.filter((n) => n.value.doubt === undefined && !odd.includes(n));
      const here = separate ? [] : aliasedHere(clear, cluster);
      const told = clear.filter((n) => !here.includes(n));
      const declared =
        told.length < 2 ? [] : separate ? apartFrom(told, cluster, about) : oneFor(told, cluster, product, about);
      const said = [...findings, ...agreed, ...unfilled(odd, about), ...itself(here, about), ...declared];
      return said.length > 0 ? said : [alone(told, about)];
    });
    return product === 'deployr' ? all.map((f) => ({ remediation: inGroovy(separate), ...f })) : all;
  },
  remediation:
    'ha-preflight settings INVENTORY --match database    # then set the address of the one database in the configuration of the nodes named, and restart the product there',
});
