import {
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

/** More findings than this are counted, not listed: then the directory service differs, not an account. */
const MOST = 20;

/** What is not listed, as a number. */
function counted(rest: readonly Finding[]): Finding[] {
  const failed = rest.filter((f) => f.status === 'fail');
  const open = rest.filter((f) => f.status === 'unknown');
  const nodesOf = (of: readonly Finding[]) => [...new Set(of.flatMap((f) => f.nodes ?? []))];
  return [
    ...(failed.length > 0
      ? [
          fail(`${count(failed.length, 'more account')} ${verb(failed.length, 'differs', 'differ')}`, {
            nodes: nodesOf(failed),
            subject: 'more accounts',
            ...(failed.every((f) => f.severity === 'warning') && { severity: 'warning' as const }),
          }),
        ]
      : []),
    ...(open.length > 0
      ? [
          unknown(`nothing is known of ${count(open.length, 'more account')}`, {
            nodes: nodesOf(open),
            subject: 'more accounts unseen',
          }),
        ]
      : []),
  ];
}

/** Servers that run as accounts of different names: what counts on shared storage is their numbers. */
function serverAccounts(
  nodes: readonly (NodeAccounts & { readonly settings: Settings })[],
  reference: string | undefined,
): Finding[] {
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
    const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
    const groups = unique(nodes.flatMap((n) => n.settings.groups));
    const members = unique(nodes.flatMap((n) => groups.flatMap((g) => n.accounts.groups.get(g)?.members ?? [])));
    const services = nodes.flatMap((n) => n.settings.serviceAccounts);
    const users = unique([...cluster.users, ...services]);
    // the content of Connect has the groups of its account
    const runsAs = product === 'connect' ? services : [];
    const settingsOf = (node: string) => nodes.find((n) => n.node === node)!.settings;
    const checked = [
      ...users.flatMap((u) =>
        requiredWhere(
          'user',
          u,
          nodes,
          cluster,
          (node) => cluster.users.includes(u) || settingsOf(node).serviceAccounts.includes(u),
        ),
      ),
      ...groups.flatMap((g) =>
        requiredWhere('group', g, nodes, cluster, (node) => settingsOf(node).groups.includes(g)),
      ),
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
    const failing = [...checked, ...clashes].flatMap((f) => (f.status === 'fail' ? [f.subject!] : []));
    const spelledApart = spelledConflicts(nodes, cluster, new Set(failing));
    const named = [...checked, ...clashes, ...spelledApart.findings];
    const blamed = new Set([...failing, ...spelledApart.blamed]);
    const bad = [
      ...named.filter((f) => f.status !== 'pass'),
      // of the other products config-identical compares the setting
      ...(product === 'package-manager' ? serverAccounts(nodes, cluster.reference) : []),
      ...memberFindings(groups, nodes, users),
      ...(product === 'workbench'
        ? loginFindings([...cluster.users, ...members], nodes, cluster.reference, blamed)
        : []),
      ...furtherGroups([...cluster.users, ...members, ...runsAs], groups, nodes, cluster, blamed),
    ];
    const reported = new Set([...blamed, ...bad.filter((f) => f.status === 'fail').map((f) => f.subject!)]);
    const oneNumber = collisions('user', nodes, reported);
    bad.push(
      ...oneNumber,
      ...collisions('group', nodes, new Set([...reported, ...oneNumber.map((f) => f.subject!)])),
      ...memberLists(groups, nodes, cluster.reference, blamed),
    );
    const good = checked.flatMap((f) => (f.status === 'pass' ? [f.subject!.replace(/^(user|group) /, '')] : []));
    // what only one node has agrees with nothing
    const compared = others.filter((u) => nodes.filter((n) => n.accounts.users.has(u)).length > 1);
    const all = good.length + compared.length;
    const spelled = nodes.flatMap((n) =>
      [...n.accounts.users].flatMap(([asked, { name }]) =>
        asked !== name && users.includes(asked) ? [`${n.node} spells ${asked} ${name}`] : [],
      ),
    );
    // what fails is listed first, and what is only not known is not counted as a failure
    const ordered = [...bad.filter((f) => f.status === 'fail'), ...bad.filter((f) => f.status !== 'fail')];
    const result = ordered.slice(0, MOST);
    result.push(...counted(ordered.slice(MOST)));
    if (good.length > 0 && !bad.some((f) => f.status === 'fail'))
      result.push(
        pass(
          `${count(all, 'account')} ${verb(all, 'agrees', 'agree')}: ${good.join(', ')}${compared.length > 0 ? ` and ${compared.length} more` : ''}`,
          { nodes: nodes.map((n) => n.node), ...(spelled.length > 0 && { details: spelled }) },
        ),
      );
    return result;
  },
  remediation:
    'sudo usermod -u UID NAME    # on the nodes named (of a group: sudo groupmod -g GID NAME), then chown the files with the old id; or take the accounts from one directory service',
});
