import { count, defineCheck, fail, list, pass, same, settings, verb } from 'ha-preflight';
import { accounts } from 'ha-preflight/collectors/accounts';
import { collisions, conflicts, type NodeAccounts, people, required } from './support/accounts.js';

/** More findings than this are counted, not listed: then the directory service differs, not an account. */
const MOST = 20;

/** Members of the groups that the product admits: the document says should here, and must for ids. */
const memberships = (
  groups: readonly string[],
  nodes: readonly NodeAccounts[],
  reference: string | undefined,
  blamed: ReadonlySet<string>,
) =>
  groups.flatMap((name) => {
    const held = nodes.flatMap((n) => {
      const group = n.accounts.groups.get(name);
      return group
        ? [{ node: n.node, key: [...group.members].sort().join(', '), shown: list(group.members) || 'nobody' }]
        : [];
    });
    if (held.length < 2 || blamed.has(`group ${name}`)) return [];
    const finding = same(`the member list of group ${name}`, held, reference, {
      subject: `members of ${name}`,
      severity: 'warning',
      requirements: ['WB-04'],
    });
    return finding.status === 'fail' ? [finding] : [];
  });

export default defineCheck({
  id: 'user-ids',
  title: 'Users and groups have the same ids on every node',
  severity: 'critical',
  severityFor: { connect: 'warning', 'package-manager': 'warning' },
  tags: ['accounts'],
  requirements: ['WB-03', 'WB-04', 'WB-05', 'WB-45', 'CONN-35'],
  rationale:
    'Shared storage keeps numbers, not names: a user with a different id on one node cannot read his own files there, or can read the files of another user. ' +
    'The check compares the service account, the users in the inventory, the members of the groups that the product admits, and every local account of a person.',
  needs: { settings, accounts },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
    const groups = unique(nodes.flatMap((n) => n.settings.groups));
    const members = unique(nodes.flatMap((n) => groups.flatMap((g) => n.accounts.groups.get(g)?.members ?? [])));
    const users = unique([...cluster.users, ...nodes.flatMap((n) => n.settings.serviceAccounts)]);
    const checked = [
      ...users.map((u) => required('user', u, nodes, cluster)),
      ...groups.map((g) => required('group', g, nodes, cluster)),
    ];
    const others = unique([...members, ...people('user', nodes)]).filter((u) => !users.includes(u));
    const clashes = conflicts('user', others, nodes, cluster);
    // the private group of a user has the same cause as the user: one finding
    const own = new Set(
      [...checked, ...clashes].filter((f) => f.status === 'fail').map((f) => f.subject!.replace('user ', '')),
    );
    clashes.push(
      ...conflicts(
        'group',
        people('group', nodes).filter((g) => !groups.includes(g) && !own.has(g)),
        nodes,
        cluster,
      ),
    );
    const named = [...checked, ...clashes];
    const blamed = new Set(named.filter((f) => f.status === 'fail').map((f) => f.subject!));
    const bad = [
      ...named.filter((f) => f.status !== 'pass'),
      ...collisions('user', nodes, blamed),
      ...collisions('group', nodes, blamed),
    ];
    bad.push(...memberships(groups, nodes, cluster.reference, blamed));
    const good = checked.filter((f) => f.status === 'pass').length;
    const all = good + others.length;
    const result = bad.slice(0, MOST);
    if (bad.length > MOST)
      result.push(
        fail(`${count(bad.length - MOST, 'more account')} ${verb(bad.length - MOST, 'differs', 'differ')}`, {
          nodes: [...new Set(bad.slice(MOST).flatMap((f) => f.nodes ?? []))],
          subject: 'more accounts',
        }),
      );
    if (good > 0 && !bad.some((f) => f.status === 'fail'))
      result.push(
        pass(
          `${count(all, 'account')} ${verb(all, 'agrees', 'agree')}: ${[...users, ...groups].join(', ')}${others.length > 0 ? ` and ${others.length} more` : ''}`,
          { nodes: nodes.map((n) => n.node) },
        ),
      );
    return result;
  },
  remediation:
    'usermod -u UID NAME (groupmod -g GID NAME) on the nodes named, then chown the files with the old id; or take the accounts from one directory service',
});
