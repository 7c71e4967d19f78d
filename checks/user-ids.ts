import {
  type Cluster,
  count,
  defineCheck,
  type Finding,
  fail,
  pass,
  type Settings,
  same,
  settings,
  unknown,
  verb,
} from 'ha-preflight';
import { accounts } from 'ha-preflight/collectors/accounts';
import { idOf, type NodeAccounts } from './support/accountIds.js';
import { spelledConflicts } from './support/accountNames.js';
import { collisions, conflicts, people, requiredWhere } from './support/accounts.js';
import { loginFindings } from './support/logins.js';
import { furtherGroups, memberFindings, memberLists } from './support/memberships.js';

type Seen = NodeAccounts & { readonly settings: Settings };

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
const failures = (findings: readonly Finding[]): string[] =>
  findings.flatMap((f) => (f.status === 'fail' ? [f.subject!] : []));

/** Accounts that must be there: users of the inventory and of the server, and groups that the product admits. */
function ofNeeded(users: readonly string[], groups: readonly string[], nodes: readonly Seen[], cluster: Cluster) {
  const settingsOf = (node: string) => nodes.find((n) => n.node === node)!.settings;
  return [
    ...users.flatMap((u) =>
      requiredWhere(
        'user',
        u,
        nodes,
        cluster,
        (node) => cluster.users.includes(u) || settingsOf(node).serviceAccounts.includes(u),
      ),
    ),
    ...groups.flatMap((g) => requiredWhere('group', g, nodes, cluster, (node) => settingsOf(node).groups.includes(g))),
  ];
}

/** Other users, and other groups: the private group of a user has the same cause as the user, one finding. */
function ofOthers(
  users: readonly string[],
  groups: readonly string[],
  needed: readonly Finding[],
  nodes: readonly Seen[],
  cluster: Cluster,
): Finding[] {
  const clashes = conflicts('user', users, nodes, cluster);
  const own = new Set(failures([...needed, ...clashes]).map((subject) => subject.replace('user ', '')));
  const further = people('group', nodes).filter((g) => !groups.includes(g) && !own.has(g));
  return [...clashes, ...conflicts('group', further, nodes, cluster)];
}

/** Accounts of one number that have different names. `reported`: subjects that need no second finding. */
function ofNumbers(nodes: readonly Seen[], reported: readonly string[]): Finding[] {
  const users = collisions('user', nodes, new Set(reported));
  return [...users, ...collisions('group', nodes, new Set([...reported, ...users.map((f) => f.subject!)]))];
}

/** More findings than this are counted, not listed: then the directory service differs, not an account. */
const MOST = 20;

/** What fails is listed first, and what is only not known is not counted as a failure. */
function shortened(bad: readonly Finding[]): Finding[] {
  const [failed, open] = [bad.filter((f) => f.status === 'fail'), bad.filter((f) => f.status !== 'fail')];
  const listed = [...failed, ...open].slice(0, MOST);
  const more = failed.slice(MOST);
  const unseen = open.slice(Math.max(0, MOST - failed.length)).filter((f) => f.status === 'unknown');
  const nodesOf = (of: readonly Finding[]) => [...new Set(of.flatMap((f) => f.nodes ?? []))];
  if (more.length > 0)
    listed.push(
      fail(`${count(more.length, 'more account')} ${verb(more.length, 'differs', 'differ')}`, {
        nodes: nodesOf(more),
        subject: 'more accounts',
        ...(more.every((f) => f.severity === 'warning') && { severity: 'warning' as const }),
      }),
    );
  if (unseen.length > 0)
    listed.push(
      unknown(`nothing is known of ${count(unseen.length, 'more account')}`, {
        nodes: nodesOf(unseen),
        subject: 'more accounts unseen',
      }),
    );
  return listed;
}

/** What agrees. `others`: users that nobody named; what only one node has agrees with nothing. */
function agreement(
  needed: readonly Finding[],
  users: readonly string[],
  others: readonly string[],
  nodes: readonly Seen[],
) {
  const good = needed.flatMap((f) => (f.status === 'pass' ? [f.subject!.replace(/^(user|group) /, '')] : []));
  if (good.length === 0) return [];
  const more = others.filter((u) => nodes.filter((n) => n.accounts.users.has(u)).length > 1).length;
  const all = good.length + more;
  const spelled = nodes.flatMap((n) =>
    [...n.accounts.users].flatMap(([asked, { name }]) =>
      asked !== name && users.includes(asked) ? [`${n.node} spells ${asked} ${name}`] : [],
    ),
  );
  return [
    pass(
      `${count(all, 'account')} ${verb(all, 'agrees', 'agree')}: ${good.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      { nodes: nodes.map((n) => n.node), ...(spelled.length > 0 && { details: spelled }) },
    ),
  ];
}

/** Servers that run as accounts of different names: what counts on shared storage is their numbers. */
function serverAccounts(nodes: readonly Seen[], reference: string | undefined): Finding[] {
  const held = nodes.flatMap((n) =>
    n.settings.serviceAccounts.flatMap((name) => {
      const key = idOf(n, 'user', name);
      return key === undefined ? [] : [{ node: n.node, name, key, shown: `${name} (${key})` }];
    }),
  );
  if (new Set(held.map((h) => h.name)).size < 2) return [];
  const finding = same('the account that the server runs as', held, reference, {
    subject: 'server account',
    remediation:
      'systemctl show -p User,Group UNIT    # on every node: let the unit name the same account everywhere, with the same ids, and give it the files of the old one',
  });
  return finding.status === 'fail' ? [finding] : [];
}

export default defineCheck({
  id: 'user-ids',
  title: 'Users and groups have the same ids on every node',
  severity: 'critical',
  severityFor: { connect: 'warning', 'package-manager': 'warning' },
  tags: ['accounts'],
  requirements: ['WB-03', 'WB-04', 'WB-05', 'WB-45', 'CONN-35'],
  rationale:
    'Shared storage keeps numbers, not names: a user with a different id on one node cannot read his own files there, or can read the files of another user. ' +
    'The check compares the service account, the users in the inventory, the members of the groups that the product admits (of Connect: those that content may run as), the further groups of these users, their home directories and login shells (Workbench), and every local account that a person can log in with.',
  needs: { settings, accounts },
  minimumNodes: 2,
  judge(nodes, { cluster, product }) {
    const groups = unique(nodes.flatMap((n) => n.settings.groups));
    const members = unique(nodes.flatMap((n) => groups.flatMap((g) => n.accounts.groups.get(g)?.members ?? [])));
    const services = nodes.flatMap((n) => n.settings.serviceAccounts);
    const users = unique([...cluster.users, ...services]);
    const others = unique([...members, ...people('user', nodes)]).filter((u) => !users.includes(u));
    const needed = ofNeeded(users, groups, nodes, cluster);
    const named = [...needed, ...ofOthers(others, groups, needed, nodes, cluster)];
    const spelledApart = spelledConflicts(nodes, cluster, new Set(failures(named)));
    const blamed = new Set([...failures(named), ...spelledApart.blamed]);
    const persons = [...cluster.users, ...members];
    const bad = [
      ...[...named, ...spelledApart.findings].filter((f) => f.status !== 'pass'),
      // of the other products config-identical compares the setting
      ...(product === 'package-manager' ? serverAccounts(nodes, cluster.reference) : []),
      ...memberFindings(groups, nodes, users),
      ...(product === 'workbench' ? loginFindings(persons, nodes, cluster.reference, blamed) : []),
      // the content of Connect has the groups of its account
      ...furtherGroups(product === 'connect' ? [...persons, ...services] : persons, groups, nodes, cluster, blamed),
    ];
    bad.push(
      ...ofNumbers(nodes, [...blamed, ...failures(bad)]),
      ...memberLists(groups, nodes, cluster.reference, blamed),
    );
    return [...shortened(bad), ...(failures(bad).length > 0 ? [] : agreement(needed, users, others, nodes))];
  },
  remediation:
    'sudo usermod -u UID NAME    # on the nodes named (of a group: sudo groupmod -g GID NAME), then chown the files with the old id; or take the accounts from one directory service',
});
