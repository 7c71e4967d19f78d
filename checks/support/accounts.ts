/** Compares accounts: which must exist, and which must not differ. Used by `user-ids`. */

import type { Cluster } from 'ha-preflight';
import { command, type Finding, fail, groupsOf, list, onNodes, same, unknown } from 'ha-preflight';
import type { Accounts } from 'ha-preflight/collectors/accounts';

/** One node's accounts. */
export interface NodeAccounts {
  readonly node: string;
  readonly accounts: Accounts;
}

/** First uid of people's accounts, and the uid of nobody (login.defs, sources F17). */
const FIRST_PERSON = 1000;
const NOBODY = 65534;

const isPerson = (id: number): boolean => id >= FIRST_PERSON && id !== NOBODY;

/** What an id belongs to. */
export type Kind = 'user' | 'group';
const idsOf = (kind: Kind, a: Accounts): { name: string; id: number }[] =>
  kind === 'user'
    ? [...a.users.values()].map((u) => ({ name: u.name, id: u.uid }))
    : [...a.groups.values()].map((g) => ({ name: g.name, id: g.gid }));

const idOf = (seen: NodeAccounts, kind: Kind, name: string): string | undefined => {
  const user = seen.accounts.users.get(name);
  if (kind === 'user') return user && `uid ${user.uid}, gid ${user.gid}`;
  const group = seen.accounts.groups.get(name);
  return group && `gid ${group.gid}`;
};

/** Commands that give the deviating nodes the id of the others; none where there is no majority. */
function renumber(
  finding: Finding,
  kind: Kind,
  name: string,
  nodes: readonly NodeAccounts[],
  cluster: Cluster,
): Finding {
  const right = nodes.find((n) => !finding.nodes?.includes(n.node));
  if (finding.status !== 'fail' || !right) return finding;
  const [user, group] = [right.accounts.users.get(name), right.accounts.groups.get(name)];
  const there = finding.nodes!.filter((node) =>
    nodes.some((n) => n.node === node && idOf(n, kind, name) !== undefined),
  );
  const change =
    kind === 'user' && user
      ? command`sudo usermod -u ${user.uid} -g ${user.gid} ${name}`
      : command`sudo groupmod -g ${group?.gid ?? 'GID'} ${name}`;
  if (there.length < finding.nodes!.length)
    return {
      ...finding,
      remediation: `create ${kind} ${name} with ${idOf(right, kind, name)} on ${list(finding.nodes!.filter((n) => !there.includes(n)))}, or join it to the directory service`,
    };
  return { ...finding, remediation: `${onNodes(cluster, there, () => change)}\n# then chown the files of the old id` };
}

/** An account that must be there: by name, on every node. */
export function required(kind: Kind, name: string, nodes: readonly NodeAccounts[], cluster: Cluster): Finding {
  const values = nodes.map((n) => ({ node: n.node, key: idOf(n, kind, name) ?? 'missing' }));
  const subject = `${kind} ${name}`;
  if (values.every((v) => v.key === 'missing'))
    return unknown(
      `${subject} does not exist on any node: check the name, and whether the directory service is running`,
      { nodes: values.map((v) => v.node), subject },
    );
  return renumber(same(subject, values, cluster.reference, { subject }), kind, name, nodes, cluster);
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
            cluster,
          ),
        ]
      : [];
  });
}

/** The other direction: one id that belongs to different accounts. `blamed` accounts have been reported by name. */
export function collisions(kind: Kind, nodes: readonly NodeAccounts[], blamed: ReadonlySet<string>): Finding[] {
  const owners = new Map<number, { node: string; key: string }[]>();
  // the private group of a reported user is not reported again
  for (const { node, accounts: a } of nodes)
    for (const { name, id } of idsOf(kind, a))
      if (isPerson(id) && !blamed.has(`${kind} ${name}`) && !blamed.has(`user ${name}`))
        owners.set(id, [...(owners.get(id) ?? []), { node, key: name }]);
  return [...owners].flatMap(([id, held]) => {
    const names = groupsOf(held);
    // two names of one id on one and the same node are an alias, not a conflict between nodes
    if (names.length < 2 || names.every((g) => g.nodes.length === nodes.length)) return [];
    const [most, other] = names;
    const clear = names.length === 2 && most!.nodes.length > other!.nodes.length;
    const observed = names.map((g) => `${g.key} on ${list(g.nodes)}`).join('; ');
    const what = kind === 'user' ? 'uid' : 'gid';
    return [
      fail(`${what} ${id} is ${observed}: each account owns the files of the other`, {
        nodes: clear ? other!.nodes : [...new Set(names.flatMap((g) => g.nodes))],
        subject: `${what} ${id}`,
        observed,
        expected: 'the same account for this id on every node',
      }),
    ];
  });
}

/** Names of people's accounts, or of their groups, on any node. */
export const people = (kind: Kind, nodes: readonly NodeAccounts[]): string[] =>
  [...new Set(nodes.flatMap((n) => idsOf(kind, n.accounts).filter((a) => isPerson(a.id))).map((a) => a.name))].sort();
