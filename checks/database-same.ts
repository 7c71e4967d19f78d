import {
  command,
  connected,
  defineCheck,
  distinct,
  type Endpoint,
  type Fact,
  type Finding,
  fail,
  faults,
  list,
  pass,
  same,
  settings,
  sift,
  skip,
  unknown,
  verb,
} from 'ha-preflight';
import { addresses } from 'ha-preflight/collectors/addresses';
import { database, databaseTarget } from 'ha-preflight/probes/database';
import {
  agreedOn,
  aliasedHere,
  databaseKeys,
  endpointText,
  type Named,
  onNodes,
  possibleKeys,
  provenFindings,
  sameAddress,
  schemaFindings,
  serversOf,
  undecided,
} from './support/oneDatabase.js';
import { isReader } from './support/rdsNames.js';
import { perhapsDefault } from './support/secondDatabase.js';

const numbers = (named: Named): readonly string[] => serversOf(named).flatMap((s) => (s.own ? [] : s.addresses));

/** The same host name on every node, but different servers behind it: of a zone each its own, or two databases. */
function apart(role: string, told: readonly Named[], requirements: readonly string[]): Finding | undefined {
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

/** A server that takes no writes is asked for; of one server, `prefer-standby` takes it as it is. */
const standbys = (role: string, told: readonly Named[]): Finding[] =>
  faults(
    told,
    ({ host, targetSessionAttrs: wanted = '' }) =>
      /^(read-only|standby)$/.test(wanted) || (wanted === 'prefer-standby' && host.includes(','))
        ? {
            problem: `target_session_attrs=${wanted} in the address of the ${role} leads to a server that takes no writes`,
            observed: `target_session_attrs=${wanted}`,
          }
        : undefined,
    { subject: `${role} standby`, requirements: ['X-06'], expected: 'target_session_attrs=read-write' },
  );

/** A name that leads to any replica. */
const readers = (role: string, told: readonly Named[]): Finding[] =>
  faults(
    told,
    (endpoint) => {
      const hosts = endpoint.host.split(',');
      const reader = hosts.length > 1 && seeksWrites(endpoint) ? undefined : hosts.find(isReader);
      return reader === undefined
        ? undefined
        : { problem: `${reader} is an Aurora reader endpoint, which takes no writes`, observed: reader };
    },
    { subject: `${role} reader`, severity: 'warning', requirements: ['X-06'], expected: 'the cluster endpoint' },
  );

/** Of a list that does not say which one to use, the first that answers is used: a different first one may be a standby. */
function firstServer(role: string, told: readonly Named[], about: Partial<Finding>): Finding | undefined {
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
    const roles = [
      ...new Set(
        nodes.flatMap(({ settings: { endpoints: e } }) => ('value' in e ? e.value.map((x) => x.role) : ['database'])),
      ),
    ];
    return roles.flatMap((role): Finding[] => {
      const about = { subject: role, requirements: main };
      const { seen, findings: unread } = sift(
        nodes.flatMap(({ node, settings: s }): { node: string; fact: Fact<Endpoint> }[] => {
          if ('unseen' in s.endpoints) return role === 'database' ? [{ node, fact: s.endpoints }] : [];
          // a node on SQLite is named by postgres-backend
          const other = 'value' in s.database && !/^(postgres|mongo|unverified)/.test(s.database.value.provider);
          const endpoint = s.endpoints.value.find((e) => e.role === role);
          if (other) return [];
          return endpoint
            ? [{ node, fact: { value: endpoint } }]
            : [{ node, fact: { value: { role, host: 'none', port: '', name: '' } } }];
        }),
        `${role} unseen`,
      );
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
      if (measured.length > 0 && measured.every((f) => f.status !== 'unknown')) return findings;
      if (measured.some((f) => f.status === 'fail')) return findings;
      const maybe = perhapsDefault(role, nodes, about);
      if (maybe) return [...findings, maybe];
      const named = seen.map((s): Named => ({ ...s, addresses: nodes.find((n) => n.node === s.node)!.addresses }));
      const agreed = sift(named.map(agreedOn), `${role} driver`);
      findings.push(...agreed.findings.map((f) => ({ ...f, requirements: main })));
      const clear = named.filter((n) => n.value.doubt === undefined);
      const here = separate ? [] : aliasedHere(clear, cluster);
      if (here.length > 0)
        findings.push(
          unknown(
            `${here[0]!.value.host} is the node itself on ${list(here.map((h) => h.node))} (/etc/hosts), and another machine on the other nodes: whether they are one is not visible; compare getent ahosts ${here[0]!.value.host} with ip -br address`,
            { ...about, nodes: here.map((h) => h.node), subject: `${role} here` },
          ),
        );
      const told = clear.filter((n) => !here.includes(n));
      if (told.length < 2) return findings;
      // localhost is a different machine for each node, and may be the one that another node names
      const open = undecided(role, told, cluster).map((f): Finding => ({ ...f, ...about }));
      if (separate) {
        const each = distinct('the database', databaseKeys(told, cluster), about);
        return [...findings, ...(each.status === 'fail' || open.length === 0 ? [each] : []), ...open];
      }
      const keys = possibleKeys(told, cluster);
      const own = told.filter((t) => serversOf(t).every((s) => s.own));
      if (own.length === told.length && new Set(keys.map((k) => k.key)).size > 1)
        return [
          ...findings,
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
      findings.push(...standbys(role, told), ...readers(role, told));
      if (alike.status === 'fail') return [...findings, alike];
      if (open.length > 0) return [...findings, ...open];
      const first = product === 'deployr' ? undefined : firstServer(role, told, about);
      if (first) return [...findings, first];
      const split = apart(role, told, main);
      if (split) return [...findings, split];
      const on = product === 'connect' ? onNodes(told, cluster) : [];
      const alone =
        on.length > 0
          ? [
              fail(
                `the ${role} is on ${list(on)}, a node of the cluster: when that node fails, the ${role} fails too`,
                {
                  subject: `${role} host`,
                  severity: 'info',
                  requirements: ['CONN-27'],
                  nodes: on.filter((n) => told.some((t) => t.node === n)),
                },
              ),
            ]
          : [
              pass(`the ${role} is not on a node of the cluster`, {
                subject: `${role} host`,
                nodes: told.map((t) => t.node),
                requirements: ['CONN-27'],
              }),
            ].filter(() => product === 'connect');
      return [...findings, alike, ...alone];
    });
  },
  remediation:
    'ha-preflight settings INVENTORY --match database    # then set the address of the one database in the configuration of the nodes named, and restart the product there',
});
