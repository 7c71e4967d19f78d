/** Compares accounts: which must exist, and which must not differ. Used by `user-ids`. */

import type { Cluster } from 'ha-preflight';
import { command, type Finding, fail, groupsOf, list, same, unknown } from 'ha-preflight';
import type { Accounts, User } from 'ha-preflight/collectors/accounts';
import { idOf, type Kind, type NodeAccounts, renumber } from './accountIds.js';
import { spellings } from './accountNames.js';

/** First uid of people's accounts where login.defs does not say a lower one, and the uids of nobody (sources F17). */
const FIRST_PERSON = 1000;
const NOBODY = [65534, 4294967294];
/** The shell of an account that nobody logs in with. */
const NO_LOGIN = /\/(nologin|false|true|null|sync|shutdown|halt)$/;

const aboveSystem = (id: number, first = FIRST_PERSON): boolean =>
  id >= Math.min(first, FIRST_PERSON) && !NOBODY.includes(id);

interface Named {
  readonly name: string;
  readonly id: number;
  /** An account of a person: somebody can log in with it. */
  readonly person: boolean;
}

/** Those above the system's numbers. */
function idsOf(kind: Kind, { users, groups, firstPerson }: Accounts): Named[] {
  const canLogIn = ({ shell = '' }: User): boolean => !NO_LOGIN.test(shell);
  if (kind === 'user')
    return [...users.values()].flatMap((u) =>
      aboveSystem(u.uid, firstPerson) ? [{ name: u.name, id: u.uid, person: canLogIn(u) }] : [],
    );
  // machines give their groups numbers below 1000, whatever is in login.defs
  return [...groups.values()].flatMap((g) => {
    if (!aboveSystem(g.gid)) return [];
    // the private group of a daemon is the daemon's
    const owners = [...users.values()].filter((u) => u.gid === g.gid);
    const daemon = g.members.length === 0 && owners.length > 0 && !owners.some(canLogIn);
    return [{ name: g.name, id: g.gid, person: !daemon }];
  });
}

/** An account that must be there: by name, on every node. Where it is missing is wrong, however many nodes lack it. */
export function required(kind: Kind, name: string, all: readonly NodeAccounts[], cluster: Cluster): Finding {
  const subject = `${kind} ${name}`;
  const has = (n: NodeAccounts): boolean => idOf(n, kind, name) !== undefined;
  const there = all.filter(has);
  const open = all.flatMap((n) => {
    const source = has(n) ? undefined : n.accounts.unasked?.[kind];
    return source === undefined ? [] : [{ node: n.node, source }];
  });
  const nodes = open.map((o) => o.node);
  if (there.length === 0 && open.length < all.length)
    return unknown(
      `${subject} does not exist on any node: check the name, and whether the directory service is running`,
      { nodes: all.map((n) => n.node), subject },
    );
  const asked = all.filter((n) => !nodes.includes(n.node));
  const finding = asked.length > 0 ? among(kind, name, asked, cluster) : undefined;
  if (finding && (open.length === 0 || finding.status === 'fail')) return finding;
  const database = kind === 'user' ? 'passwd' : 'group';
  return unknown(
    `${subject} is not in the files of ${list(nodes)}, and ${open[0]!.source} (nsswitch.conf) cannot be asked in a tree of files: ${command`getent ${database} ${name}` ?? `getent ${database} NAME`}`,
    { nodes, subject },
  );
}

/** The same of what the nodes' own configuration names (`named`): one that lacks both need not have it. */
export function requiredWhere(
  kind: Kind,
  name: string,
  nodes: readonly NodeAccounts[],
  cluster: Cluster,
  named: (node: string) => boolean,
): Finding[] {
  const has = ({ accounts }: NodeAccounts): boolean => (kind === 'user' ? accounts.users : accounts.groups).has(name);
  const there = nodes.filter((n) => named(n.node) || has(n));
  // what one node alone has agrees with nothing; config-identical names the setting
  return there.length === 1 && has(there[0]!) ? [] : [required(kind, name, there, cluster)];
}

/** Of nodes that were asked. */
function among(kind: Kind, name: string, nodes: readonly NodeAccounts[], cluster: Cluster): Finding {
  const values = nodes.map((n) => ({ node: n.node, key: idOf(n, kind, name) ?? 'missing' }));
  const subject = `${kind} ${name}`;
  const there = values.filter((v) => v.key !== 'missing');
  const absent = values.filter((v) => v.key === 'missing').map((v) => v.node);
  const oneId = new Set(there.map((v) => v.key)).size === 1;
  if (absent.length === 0 || !oneId)
    return renumber(same(subject, values, cluster.reference, { subject }), kind, name, nodes);
  const id = there[0]!.key;
  return fail(`${subject} is missing on ${list(absent)}`, {
    nodes: absent,
    subject,
    observed: 'missing',
    expected: `${id} (as on ${list(there.map((v) => v.node))})`,
    remediation: `create ${subject} with ${id} on ${list(absent)}, or join it to the directory service`,
  });
}

/** A person's account that exists only on some nodes is not a fault; the same name with two ids is. */
export function conflicts(
  kind: Kind,
  names: readonly string[],
  nodes: readonly NodeAccounts[],
  cluster: Cluster,
): Finding[] {
  return names.flatMap((name) => {
    const values = nodes.flatMap((n) => {
      const key = idOf(n, kind, name);
      return key === undefined ? [] : [{ node: n.node, key }];
    });
    return new Set(values.map((v) => v.key)).size > 1
      ? [
          renumber(
            same(`${kind} ${name}`, values, cluster.reference, { subject: `${kind} ${name}` }),
            kind,
            name,
            nodes.filter((n) => idOf(n, kind, name) !== undefined),
          ),
        ]
      : [];
  });
}

/** The other direction: one id that belongs to different accounts. `blamed` accounts have been reported by name. */
export function collisions(kind: Kind, nodes: readonly NodeAccounts[], blamed: ReadonlySet<string>): Finding[] {
  const oneName = spellings(kind, nodes);
  const owners = new Map<number, { node: string; key: string; person: boolean }[]>();
  // the private group of a reported user is not reported again
  for (const { node, accounts: a } of nodes)
    for (const { name, id, person } of idsOf(kind, a)) {
      const key = oneName(name);
      const reported = [key, name].some((n) => blamed.has(`${kind} ${n}`) || blamed.has(`user ${n}`));
      if (reported) continue;
      const held = owners.get(id) ?? [];
      held.push({ node, key, person });
      owners.set(id, held);
    }
  return [...owners].flatMap(([id, held]) => {
    const names = groupsOf([...new Map(held.map((h) => [`${h.node}\0${h.key}`, h])).values()]);
    if (names.length < 2) return [];
    // two names of one id on one node are an alias: nodes conflict that have no name of it in common
    const of = (node: string): string[] => names.filter((g) => g.nodes.includes(node)).map((g) => g.key);
    const there = [...new Set(held.map((h) => h.node))];
    const conflict = there.some((a) => there.some((b) => !of(a).some((name) => of(b).includes(name))));
    // the private groups of two users have the same cause
    if (!conflict || (kind === 'group' && blamed.has(`uid ${id}`))) return [];
    const [most, other] = names;
    const clear = names.length === 2 && most!.nodes.length > other!.nodes.length;
    const observed = names.map((g) => `${g.key} on ${list(g.nodes)}`).join('; ');
    const what = kind === 'user' ? 'uid' : 'gid';
    // daemons cannot log in, and own nothing on the share that we know of
    const daemons = held.every((h) => !h.person);
    return [
      fail(
        `${what} ${id} is ${observed}: ${daemons ? 'these accounts cannot log in, but would own the files of each other' : 'each account owns the files of the other'}`,
        {
          nodes: clear ? other!.nodes : [...new Set(names.flatMap((g) => g.nodes))],
          subject: `${what} ${id}`,
          ...(daemons && { severity: 'warning' as const }),
          observed,
          expected: 'the same account for this id on every node',
        },
      ),
    ];
  });
}

/** Names of people's accounts, or of their groups, on any node. */
export const people = (kind: Kind, nodes: readonly NodeAccounts[]): string[] =>
  [...new Set(nodes.flatMap((n) => idsOf(kind, n.accounts).filter((a) => a.person)).map((a) => a.name))].sort();
