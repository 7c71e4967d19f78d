import { connected, defineCheck, type Finding, fail, faults, list, pass, skip, unknown, verb } from 'ha-preflight';
import { addresses } from 'ha-preflight/collectors/addresses';
import { mongo } from 'ha-preflight/collectors/mongo';
import { type ReplicaSetAnswer, replicaSet, type StatusMember } from 'ha-preflight/collectors/replicaSet';
import { type Config, last } from 'ha-preflight/formats/settings';
import { listedMembers, memberName } from 'ha-preflight/products/deployr/mongo';
import { type Listed, listsMembers, unlisted } from './support/memberNames.js';
import { knowing, serversOf } from './support/mongoFiles.js';
import { ofAddresses } from './support/replicaSet.js';
import { ofPriorities, ofSizes } from './support/setSize.js';

interface View {
  readonly node: string;
  readonly value: readonly StatusMember[];
}

const SOUND = ['PRIMARY', 'SECONDARY', 'ARBITER'];

const STATES = { requirements: ['DEPLOYR-23'], expected: 'one PRIMARY, all others SECONDARY with health 1' };

const primariesOf = (views: readonly View[]): string[] => [
  ...new Set(views.flatMap((v) => v.value.filter((m) => m.state === 'PRIMARY').map((m) => memberName(m.name)))),
];

/** Nodes that are these members, as they report themselves; where one of them did not answer, `tellers`. */
function nodesOf(members: readonly string[], views: readonly View[], tellers: readonly string[]): string[] {
  const nodeOf = new Map(
    views.flatMap((v) => v.value.filter((m) => m.self).map((m): [string, string] => [memberName(m.name), v.node])),
  );
  const known = members.flatMap((m) => nodeOf.get(m) ?? []);
  return known.length === members.length ? known : [...tellers];
}

/** One PRIMARY, the same for all. */
function primaryFault(views: readonly View[]): Finding[] {
  const primaries = primariesOf(views);
  if (primaries.length > 1)
    return [
      fail(`${primaries.length} members are PRIMARY: ${primaries.join(', ')}`, {
        ...STATES,
        nodes: nodesOf(
          primaries,
          views,
          views.map((v) => v.node),
        ),
        subject: 'primary',
        observed: primaries.join(', '),
      }),
    ];
  const headless = views.filter((v) => !v.value.some((m) => m.state === 'PRIMARY')).map((v) => v.node);
  return headless.length === 0
    ? []
    : [
        fail(`${list(headless)} ${verb(headless.length, 'reports', 'report')} no PRIMARY, so nothing can be written`, {
          ...STATES,
          nodes: headless,
          subject: 'primary',
          observed: 'no PRIMARY',
        }),
      ];
}

/** A member that some node calls down, or in no state to follow. */
function memberFault(member: string, views: readonly View[]): Finding[] {
  const bad = views.flatMap((v) => {
    const m = v.value.find((x) => memberName(x.name) === member);
    return m && (!m.healthy || !SOUND.includes(m.state)) ? [{ node: v.node, state: m.state }] : [];
  });
  if (bad.length === 0) return [];
  const tellers = bad.map((b) => b.node);
  const observed = [...new Set(bad.map((b) => b.state))].join(', ');
  return [
    fail(`${list(tellers)} ${verb(bad.length, 'reports', 'report')} that member ${member} is ${observed}`, {
      ...STATES,
      nodes: nodesOf([member], views, tellers),
      subject: `member ${member}`,
      observed,
    }),
  ];
}

/** One PRIMARY, the same for all; every other member follows it. */
function states(views: readonly View[]): Finding[] {
  const members = [...new Set(views.flatMap((v) => v.value.map((m) => memberName(m.name))))].sort();
  const faults = [...primaryFault(views), ...members.flatMap((member) => memberFault(member, views))];
  if (faults.length > 0) return faults;
  const arbiters = views[0]!.value.filter((m) => m.state === 'ARBITER').map((m) => memberName(m.name));
  return [
    pass(
      `one PRIMARY (${primariesOf(views)[0]}), ${members.length - 1 - arbiters.length} SECONDARY${arbiters.length > 0 ? `, arbiter ${list(arbiters)}` : ''}`,
      { ...STATES, nodes: views.map((v) => v.node), subject: 'primary' },
    ),
  ];
}

/** Members by their mongod.conf that are in no replica set. */
const alone = (outside: readonly { readonly node: string; readonly why: string }[]): Finding[] =>
  outside.map(({ node, why }) =>
    fail(`the MongoDB of ${node} is in no replica set, although mongod.conf names one: ${why}`, {
      nodes: [node],
      subject: `${node} outside`,
      requirements: ['DEPLOYR-23'],
      observed: why,
      expected: 'a member of the replica set that mongod.conf names',
      remediation: /not a member/.test(why)
        ? 'rs.conf()    # in the mongo shell on the primary: where it lists this member, the name there must lead to this machine, also on itself; where it does not, rs.add("ADDRESS:8003") there'
        : 'restart mongod where it was started before replSet was set; then rs.initiate() on the first member, and rs.add("ADDRESS:8003") there for every other one',
    }),
  );

type Told = { readonly node: string } & ReplicaSetAnswer;

/** The set that mongod.conf names; a line of options has its seeds behind a slash, and quotes that belong to the value. */
const named = (conf: Config | undefined): string | undefined =>
  conf &&
  last(conf, 'replSet')
    ?.value.replace(/\/.*$/, '')
    .replace(/^(["'])(.*)\1$/, '$2');

/** A file that was changed after mongod was started: mongod keeps out of a set that has another name than it was told. */
function renamed(told: readonly Told[], confOf: (node: string) => Config | undefined, separate: boolean): Finding[] {
  const values = told.flatMap(({ node, status }) => {
    const name = named(confOf(node));
    return 'value' in status && status.value.set !== '' && name
      ? [{ node, value: { name, set: status.value.set } }]
      : [];
  });
  // files that differ from each other are named by mongo-replica-set
  if (!separate && new Set(values.map((v) => v.value.name)).size > 1) return [];
  return faults(
    values,
    ({ name, set }) =>
      name === set
        ? undefined
        : {
            problem: `mongod.conf names the replica set ${name}, and the running one is ${set}: after a restart mongod keeps out of it`,
            observed: name,
          },
    {
      subject: 'name',
      requirements: ['DEPLOYR-22'],
      expected: 'the name of the running replica set',
      remediation:
        'rs.status().set    # in the mongo shell; write that name as replSet in mongod.conf on the nodes named, before mongod is restarted',
    },
  );
}

const membersOf = ({ status, conf }: Told): string[] => [
  ...('value' in status ? status.value.members.map((m) => memberName(m.name)) : []),
  ...('value' in conf ? conf.value.map((m) => memberName(m.host)) : []),
];
const inOneSet = (a: Told, b: Told): boolean => membersOf(a).some((m) => membersOf(b).includes(m));

/** One set, as its members tell it. `separate`: a server may use a different one. */
function ofSet(told: readonly Told[], servers: readonly Listed[], separate: boolean): Finding[] {
  const views = told.flatMap(({ node, status }) => ('unseen' in status ? [] : [{ node, value: status.value.members }]));
  const confs = told.flatMap(({ node, conf }) => ('unseen' in conf ? [] : [{ node, value: conf.value }]));
  const findings = views.length > 0 ? states(views) : [];
  if (confs.length === 0) return findings;
  const hosts = confs.map((c) => ({ node: c.node, value: c.value.map((m) => m.host) }));
  const voting = confs.map((c) => ({ node: c.node, value: c.value.filter((m) => m.votes > 0).map((m) => m.host) }));
  // an arbiter holds no data, and a hidden member serves no clients, so the server need not list them
  const known = new Map(confs[0]!.value.map((m) => [memberName(m.host), m.arbiter || m.hidden === true]));
  const members = [...known.keys()];
  const own = separate ? servers.filter((s) => unlisted(s, members).length < members.length) : servers;
  return [
    ...findings,
    ...ofSizes(hosts, voting),
    ...ofPriorities(confs),
    ofAddresses(hosts),
    ...listsMembers(own, known),
  ];
}

export default defineCheck({
  id: 'replica-set-state',
  title: 'The MongoDB replica set has one primary, and every member follows it',
  severity: 'critical',
  tags: ['database'],
  requirements: ['DEPLOYR-14', 'DEPLOYR-15', 'DEPLOYR-17', 'DEPLOYR-22', 'DEPLOYR-23', 'DEPLOYR-24', 'DEPLOYR-25'],
  rationale:
    'The running replica set can differ from the configuration files: with a member that is down or was never added, the next failure can take the majority away. The check reads rs.status() and rs.conf() through the mongo shell of each node, which needs the role clusterMonitor.',
  products: ['deployr'],
  needs: { mongo, replicaSet, addresses },
  judge(nodes, { cluster }) {
    const asked = nodes.flatMap((n) => (n.replicaSet.of ? [{ node: n.node, said: n.replicaSet.of }] : []));
    if (asked.length === 0) return skip('no mongod.conf names a replica set', { nodes: nodes.map((n) => n.node) });
    const outside = asked.flatMap(({ node, said }) =>
      'value' in said && said.value.outside !== undefined ? [{ node, why: said.value.outside }] : [],
    );
    const blind = asked.flatMap(({ node, said }) => {
      if (outside.some((o) => o.node === node)) return [];
      const why =
        'unseen' in said
          ? said.unseen
          : [said.value.status, said.value.conf].flatMap((f) => ('unseen' in f ? [f.unseen] : []))[0];
      return why === undefined ? [] : [unknown(`${node}: ${why}`, { nodes: [node], subject: `${node} unseen` })];
    });
    const told = asked.flatMap(({ node, said }) => ('unseen' in said ? [] : [{ node, ...said.value }]));
    const { seen, findings: open } = knowing(serversOf(nodes), 'replicaSet');
    const servers = seen.map(({ node, value }) => ({
      node,
      value: listedMembers(value),
      addresses: nodes.find((n) => n.node === node)!.addresses,
    }));
    // behind a load balancer each server has its own database, and may have its own set
    const separate = cluster.mode === 'load-balanced';
    const sets = separate ? connected(told, inOneSet) : [told];
    const judged = sets.flatMap((set) => ofSet(set, servers, separate));
    const confOf = (node: string): Config | undefined => nodes.find((n) => n.node === node)?.mongo.member;
    return [
      ...alone(outside),
      ...blind,
      ...judged,
      ...renamed(told, confOf, separate),
      ...(told.some((t) => 'value' in t.conf) ? open : []),
    ];
  },
  remediation:
    'rs.status()    # in the mongo shell on the primary; start mongod on a member that is DOWN, add a missing member with rs.add("ADDRESS:8003")',
});
