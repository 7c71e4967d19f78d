import { defineCheck, type Finding, fail, found, groupsOf, list, pass, same, unknown } from 'ha-preflight';
import { type Accounts, accounts } from 'ha-preflight/collectors/accounts';

interface Seen {
  readonly node: string;
  readonly accounts: Accounts;
}

/** First uid of people's accounts, and the one that means nobody (login.defs, DOMAIN F17). */
const FIRST_PERSON = 1000;
const NOBODY = 65534;

type Kind = 'user' | 'group';
const idOf = (seen: Seen, kind: Kind, name: string): string | undefined => {
  const user = seen.accounts.users.get(name);
  if (kind === 'user') return user && `uid ${user.uid}, gid ${user.gid}`;
  const group = seen.accounts.groups.get(name);
  return group && `gid ${group.gid}`;
};

/** An account that must be there: by name, on every node. */
function required(kind: Kind, name: string, nodes: readonly Seen[], reference: string | undefined): Finding {
  const values = nodes.map((n) => ({ node: n.node, key: idOf(n, kind, name) ?? 'missing' }));
  const subject = `${kind} ${name}`;
  if (values.every((v) => v.key === 'missing'))
    return unknown(
      `${subject} exists on no node: nothing to compare (is the name right, is the directory service up?)`,
      { nodes: values.map((v) => v.node), subject },
    );
  return same(subject, values, reference, { subject });
}

/** People's accounts that are only on some nodes are no fault by themselves; one name with two ids is. */
function conflicts(
  kind: Kind,
  names: readonly string[],
  nodes: readonly Seen[],
  reference: string | undefined,
): Finding[] {
  return names.flatMap((name) => {
    const values = nodes.flatMap((n) => {
      const key = idOf(n, kind, name);
      return key === undefined ? [] : [{ node: n.node, key }];
    });
    return new Set(values.map((v) => v.key)).size > 1
      ? [same(`${kind} ${name}`, values, reference, { subject: `${kind} ${name}` })]
      : [];
  });
}

/** The other direction: one id that is another account elsewhere. `blamed` accounts have been reported by name. */
function collisions(nodes: readonly Seen[], blamed: ReadonlySet<string>): Finding[] {
  const owners = new Map<number, { node: string; key: string }[]>();
  for (const { node, accounts: a } of nodes) {
    for (const { name, uid } of a.users.values())
      if (uid >= FIRST_PERSON && uid !== NOBODY && !blamed.has(`user ${name}`))
        owners.set(uid, [...(owners.get(uid) ?? []), { node, key: name }]);
  }
  return [...owners].flatMap(([uid, list_]) => {
    const names = groupsOf(list_);
    // two names of one id on one and the same node are an alias, not a conflict between nodes
    if (names.length < 2 || names.every((g) => g.nodes.length === nodes.length)) return [];
    const observed = names.map((g) => `${g.key} on ${list(g.nodes)}`).join('; ');
    return [
      fail(`uid ${uid} is ${observed}: each would own the other's files`, {
        nodes:
          names.length === 2 && names[0]!.nodes.length > names[1]!.nodes.length
            ? names[1]!.nodes
            : [...new Set(names.flatMap((g) => g.nodes))],
        subject: `uid ${uid}`,
        observed,
        expected: 'one account for one id',
      }),
    ];
  });
}

const MOST = 20;

export default defineCheck({
  id: 'user-ids',
  title: 'Users and groups have the same ids on every node',
  severity: 'critical',
  severityFor: { connect: 'warning', 'package-manager': 'warning' },
  tags: ['accounts'],
  requirements: ['WB-03', 'WB-04', 'WB-05', 'WB-45', 'CONN-35'],
  rationale:
    'Shared storage knows numbers, not names: a user with another id on another node cannot read his own files there, or reads those of somebody else. ' +
    'Compared are the service account, the users of the inventory, the members of the groups the product admits, and every local account of a person.',
  products: ['workbench', 'connect', 'package-manager'],
  needs: { found, accounts },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
    const groups = unique(nodes.flatMap((n) => n.found.settings.groups));
    const members = unique(nodes.flatMap((n) => groups.flatMap((g) => n.accounts.groups.get(g)?.members ?? [])));
    const users = unique([...cluster.users, ...nodes.flatMap((n) => n.found.settings.serviceAccounts)]);
    const people = (kind: Kind): string[] =>
      unique(
        nodes.flatMap((n) =>
          (kind === 'user'
            ? [...n.accounts.users.values()].map((u) => ({ name: u.name, id: u.uid }))
            : [...n.accounts.groups.values()].map((g) => ({ name: g.name, id: g.gid }))
          )
            .filter((a) => a.id >= FIRST_PERSON && a.id !== NOBODY)
            .map((a) => a.name),
        ),
      );
    const checked = [
      ...users.map((u) => required('user', u, nodes, cluster.reference)),
      ...groups.map((g) => required('group', g, nodes, cluster.reference)),
    ];
    const others = unique([...members, ...people('user')]).filter((u) => !users.includes(u));
    const clashes = conflicts('user', others, nodes, cluster.reference);
    // a private group follows its user: one cause, one finding
    const own = new Set(
      [...checked, ...clashes].filter((f) => f.status === 'fail').map((f) => f.subject!.replace('user ', '')),
    );
    clashes.push(
      ...conflicts(
        'group',
        people('group').filter((g) => !groups.includes(g) && !own.has(g)),
        nodes,
        cluster.reference,
      ),
    );
    const named = [...checked, ...clashes];
    const blamed = new Set(named.filter((f) => f.status === 'fail').map((f) => f.subject!));
    const bad = [...named.filter((f) => f.status !== 'pass'), ...collisions(nodes, blamed)];
    const good = checked.filter((f) => f.status === 'pass').length;
    const all = good + others.length;
    const result = bad.slice(0, MOST);
    if (bad.length > MOST)
      result.push(
        fail(`${bad.length - MOST} more accounts differ`, {
          nodes: [...new Set(bad.slice(MOST).flatMap((f) => f.nodes ?? []))],
          subject: 'more accounts',
        }),
      );
    if (good > 0 && !bad.some((f) => f.status === 'fail'))
      result.push(
        pass(
          `${all} accounts agree: ${[...users, ...groups].join(', ')}${others.length > 0 ? ` and ${others.length} more` : ''}`,
          { nodes: nodes.map((n) => n.node) },
        ),
      );
    return result;
  },
  remediation:
    'usermod -u UID NAME (groupmod -g GID NAME) on the nodes named, then chown the files of the old id; or take the accounts from one directory service',
});
