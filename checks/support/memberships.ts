/** Compares who belongs to which group. Used by `user-ids`. */

import type { Cluster } from 'ha-preflight';
import {
  command,
  consensus,
  type Finding,
  fail,
  groupsOf,
  list,
  same,
  skip,
  unknown,
  verb,
  withFix,
} from 'ha-preflight';
import type { Group } from 'ha-preflight/collectors/accounts';
import type { NodeAccounts } from './accountIds.js';
import { bareName } from './accountNames.js';
import { conflicts } from './accounts.js';

/** The row about members and further groups, of each product that has one. */
const ABOUT_MEMBERS = ['WB-04', 'CONN-35'];

/** Groups that distributions make for the machine itself: their numbers differ between installations, and do no harm. */
const OF_THE_MACHINE =
  /^(adm|audio|bluetooth|cdrom|dialout|dip|disk|docker|floppy|games|input|kvm|libvirt|lp|lpadmin|lxd|mail|netdev|plugdev|power|render|root|sambashare|scanner|ssl-cert|sudo|systemd-.*|tape|tty|users|utmp|video|wheel|wireshark)$/;

/** Members that a node lists and does not know, by what other nodes know of them. */
export function memberFindings(
  groups: readonly string[],
  nodes: readonly NodeAccounts[],
  users: readonly string[],
): Finding[] {
  return groups.flatMap((group): Finding[] => {
    const lists = (n: NodeAccounts, m: string): boolean => n.accounts.groups.get(group)?.members.includes(m) === true;
    const members = [...new Set(nodes.flatMap((n) => n.accounts.groups.get(group)?.members ?? []))].sort();
    const ghosts: string[] = [];
    const missing: { node: string; key: string }[] = [];
    for (const member of members.filter((m) => !users.includes(m))) {
      // a node that was not asked does not lack it
      const asked = nodes.filter((n) => lists(n, member) && n.accounts.asked.members.includes(member));
      const lacking = asked.filter((n) => !n.accounts.users.has(member));
      if (asked.length > 0 && lacking.length === asked.length) ghosts.push(member);
      else missing.push(...lacking.map((n) => ({ node: n.node, key: member })));
    }
    const byNode = new Map(
      groupsOf(missing.map(({ node, key }) => ({ node: key, key: node }))).map((g) => [g.key, g.nodes]),
    );
    return [
      ...(missing.length > 0
        ? [
            fail(
              `${[...byNode].map(([node, who]) => `${node} does not know ${list(who)}`).join('; ')}: ${verb(missing.length, 'a member', 'members')} of group ${group} that other nodes know`,
              {
                nodes: [...byNode.keys()],
                subject: `members of ${group} missing`,
                expected: 'every member of the admitted groups is an account on every node',
                remediation:
                  'getent passwd NAME on the nodes named and on a good node: look at the directory service (sssctl domain-status, systemctl status sssd)',
              },
            ),
          ]
        : []),
      ...(ghosts.length > 0
        ? [
            skip(
              `${list(ghosts)}: listed in group ${group}, but an account on no node, so there was nothing to compare`,
              { nodes: nodes.map((n) => n.node), subject: `members of ${group} nowhere`, requirements: ABOUT_MEMBERS },
            ),
          ]
        : []),
    ];
  });
}

interface Held {
  readonly n: NodeAccounts;
  readonly group: Group;
}

/** A directory service need not list who is in a group. */
function untold(name: string, unlisted: readonly string[], others: number, about: Partial<Finding>): Finding[] {
  if (unlisted.length === 0) return [];
  return others === 0
    ? [
        skip(`the directory service lists no members of group ${name}: list some users in the inventory`, {
          ...about,
          nodes: unlisted,
        }),
      ]
    : [
        unknown(
          `the directory service lists no members of group ${name} on ${list(unlisted)} (ignore_group_members?): id NAME`,
          { ...about, subject: `${about.subject} untold`, nodes: unlisted },
        ),
      ];
}

/** The command for each node; `add`: that of a node which lacks members, undefined where it is not known. */
function withRemedy(
  finding: Finding,
  name: string,
  mapped: readonly string[],
  add: (node: string) => string | undefined,
): Finding {
  if (mapped.length > 0)
    return {
      ...finding,
      remediation: `group ${name} comes from a directory service on ${list(mapped)}: compare its client there and on a good node (sssctl domain-status, sss_cache -G), then getent group ${name} again`,
    };
  return finding.nodes?.every((node) => add(node) !== undefined)
    ? withFix(finding, add, 'where a directory service has the group: look at its client there')
    : {
        ...finding,
        remediation: `getent group ${name} on every node: then sudo gpasswd -a USER ${name}, or sudo gpasswd -d USER ${name}, on the nodes named`,
      };
}

/** The member lists of the groups that the product admits: the document says should here, and must for ids. */
export function memberLists(
  groups: readonly string[],
  nodes: readonly NodeAccounts[],
  reference: string | undefined,
  blamed: ReadonlySet<string>,
): Finding[] {
  // one account under two spellings is one member; a number that differs is reported of the account
  const known = new Map(nodes.flatMap((n) => [...n.accounts.users].map(([name, u]) => [name, u.uid] as const)));
  const identity = (n: NodeAccounts, m: string): string =>
    blamed.has(`user ${m}`)
      ? bareName(m).bare
      : String(n.accounts.users.get(m)?.uid ?? known.get(m) ?? m.toLowerCase());
  return groups.flatMap((name): Finding[] => {
    const held = nodes.flatMap((n): Held[] => {
      const group = n.accounts.groups.get(name);
      return group ? [{ n, group }] : [];
    });
    if (held.length < 2 || blamed.has(`group ${name}`)) return [];
    const lists = ({ group }: Held): boolean => !group.fromDirectory || group.members.length > 0;
    const listed = held.filter(lists);
    const about = { subject: `members of ${name}`, severity: 'warning' as const, requirements: ABOUT_MEMBERS };
    const unlisted = held.filter((at) => !lists(at)).map(({ n }) => n.node);
    const findings = untold(name, unlisted, listed.length, about);
    if (listed.length < 2) return findings;
    // who has the group for a primary group is a member of it, listed or not
    const mentioned = [...new Set(listed.flatMap(({ group }) => group.members))].sort();
    const membersOn = ({ n, group }: Held): string[] =>
      mentioned.filter((m) => group.members.includes(m) || n.accounts.users.get(m)?.gid === group.gid);
    const idsOn = (at: Held): Set<string> => new Set(membersOn(at).map((m) => identity(at.n, m)));
    const values = listed.map((at) => ({
      node: at.n.node,
      key: [...idsOn(at)].sort().join(', '),
      shown: list(membersOn(at)) || 'nobody',
    }));
    const finding = same(`the member list of group ${name}`, values, reference, about);
    if (finding.status !== 'fail') return findings;
    const deviants = finding.nodes ?? [];
    const right = listed.find(({ n }) => !deviants.includes(n.node));
    const add = (node: string): string | undefined => {
      const here = idsOn(listed.find(({ n }) => n.node === node)!);
      const lacking = right ? membersOn(right).filter((m) => !here.has(identity(right.n, m))) : [];
      return lacking.length > 0 ? lacking.map((m) => command`sudo gpasswd -a ${m} ${name}`).join(' && ') : undefined;
    };
    // gpasswd changes only what is in the node's own files
    const mapped = listed.filter(({ n, group }) => group.fromDirectory && deviants.includes(n.node));
    return [
      ...findings,
      withRemedy(
        finding,
        name,
        mapped.map(({ n }) => n.node),
        add,
      ),
    ];
  });
}

/** The further groups of the users: one name with two ids, and a group that a user has on some nodes only. */
export function furtherGroups(
  users: readonly string[],
  admitted: readonly string[],
  nodes: readonly NodeAccounts[],
  cluster: Cluster,
  blamed: ReadonlySet<string>,
): Finding[] {
  const of = (n: NodeAccounts, user: string): readonly Group[] =>
    (n.accounts.groupsOf.get(user) ?? []).filter((g) => !admitted.includes(g.name) && !OF_THE_MACHINE.test(g.name));
  const names = [...new Set(nodes.flatMap((n) => users.flatMap((u) => of(n, u).map((g) => g.name))))].sort();
  const clashes = conflicts(
    'group',
    names.filter((g) => !blamed.has(`group ${g}`) && !blamed.has(`user ${g}`)),
    nodes,
    cluster,
  );
  const clashing = new Set(clashes.map((f) => f.subject!.replace(/^group /, '')));
  const differing = [...new Set(users)]
    .filter((u) => !blamed.has(`user ${u}`))
    .flatMap((user): Finding[] => {
      const held = nodes.flatMap((n) => {
        const account = n.accounts.users.get(user);
        if (!account || !n.accounts.groupsOf.has(user)) return [];
        const groups = of(n, user).filter((g) => !clashing.has(g.name) && !blamed.has(`group ${g.name}`));
        const ids = [...new Set([account.gid, ...groups.map((g) => g.gid)])].sort((a, b) => a - b);
        return [
          { node: n.node, key: ids.join(' '), shown: list(groups.map((g) => g.name).sort()) || 'no further group' },
        ];
      });
      if (held.length < 2) return [];
      const right = consensus(held, cluster.reference);
      const joined = right.kind === 'outliers' ? right.right.nodes[0] : undefined;
      // groups that only the good nodes give the user, where the node's own files have them
      const join = (node: string): string | undefined => {
        const named = (at: string) => nodes.find((n) => n.node === at)!;
        const { users: known, groups: own } = named(node).accounts;
        // usermod changes only what is in the node's own files
        if (known.get(user)?.fromDirectory) return undefined;
        const names = (at: string): string[] => of(named(at), user).map((g) => g.name);
        const lacking = joined === undefined ? [] : names(joined).filter((name) => !names(node).includes(name));
        if (lacking.length === 0 || !lacking.every((name) => own.has(name) && !own.get(name)?.fromDirectory))
          return undefined;
        return command`sudo usermod -aG ${lacking.sort().join(',')} ${user}`;
      };
      const finding = same(`the list of groups of user ${user}`, held, cluster.reference, {
        subject: `groups of ${user}`,
        severity: 'warning',
        requirements: ABOUT_MEMBERS,
        remediation:
          'sudo usermod -aG GROUP USER on the nodes named, after sudo groupadd -g GID GROUP where the group is missing; or take the groups from one directory service',
      });
      if (finding.status !== 'fail') return [];
      const { remediation: _, ...bare } = finding;
      return finding.nodes?.every((node) => join(node) !== undefined) ? [withFix(bare, join)] : [finding];
    });
  return [...clashes, ...differing];
}
