/** What ids an account has on a node, and the commands that make them the same. Used by `user-ids`. */

import { command, type Finding, fixOn, list, verb, word } from 'ha-preflight';
import type { Accounts, Group } from 'ha-preflight/collectors/accounts';

/** One node's accounts. */
export interface NodeAccounts {
  readonly node: string;
  readonly accounts: Accounts;
}

/** What an id belongs to. */
export type Kind = 'user' | 'group';

/** Also those that only a user's own groups show. */
const groupsOn = ({ accounts }: NodeAccounts): Group[] => [
  ...accounts.groups.values(),
  ...[...accounts.groupsOf.values()].flat(),
];

const groupNamed = (at: NodeAccounts, name: string): Group | undefined =>
  at.accounts.groups.get(name) ?? groupsOn(at).find((g) => g.name === name);

/** The numbers of an account, in words. */
export const idOf = (seen: NodeAccounts, kind: Kind, name: string): string | undefined => {
  const user = seen.accounts.users.get(name);
  if (kind === 'user') return user && `uid ${user.uid}, gid ${user.gid}`;
  const group = groupNamed(seen, name);
  return group && `gid ${group.gid}`;
};

/** usermod refuses the number of a group that the node does not have: the group with the name of the good node gets it first. */
function withGroup(
  gid: number,
  right: NodeAccounts,
  bad: NodeAccounts,
  change: string | undefined,
): string | undefined {
  const byNumber = (n: NodeAccounts): Group | undefined => groupsOn(n).find((g) => g.gid === gid);
  const group = byNumber(right);
  if (change === undefined || group === undefined || byNumber(bad)) return change;
  const first = groupNamed(bad, group.name)
    ? command`sudo groupmod -g ${gid} ${group.name}`
    : command`sudo groupadd -g ${gid} ${group.name}`;
  return first && `${first} && ${change}`;
}

/** Other accounts that have the right numbers on a node: usermod and groupmod refuse a number that is taken. */
function takenOn(bad: NodeAccounts, kind: Kind, name: string, right: NodeAccounts): string[] {
  const user = kind === 'user' ? right.accounts.users.get(name) : undefined;
  const gid = user?.gid ?? groupNamed(right, name)?.gid;
  const owner = [...bad.accounts.users].find(([asked, u]) => u.uid === user?.uid && ![asked, u.name].includes(name));
  // the same number can have several names, and one of them is enough
  const names = (n: NodeAccounts): string[] => groupsOn(n).flatMap((g) => (g.gid === gid ? [g.name] : []));
  const wanted = kind === 'user' ? names(right) : [name];
  const here = names(bad);
  const other = wanted.length > 0 && !here.some((n) => wanted.includes(n)) ? here[0] : undefined;
  return [
    ...(user && owner ? [`uid ${user.uid} is ${owner[1].name} on ${bad.node}`] : []),
    ...(other === undefined ? [] : [`gid ${gid} is ${other} on ${bad.node}`]),
  ];
}

/** Commands that give the deviating nodes the id of the others; none for a tie. */
export function renumber(finding: Finding, kind: Kind, name: string, nodes: readonly NodeAccounts[]): Finding {
  const right = nodes.find((n) => !finding.nodes?.includes(n.node));
  if (finding.status !== 'fail' || !right) return finding;
  const at = (node: string): NodeAccounts => nodes.find((n) => n.node === node)!;
  const [user, group] = [right.accounts.users.get(name), groupNamed(right, name)];
  const there = finding.nodes!.filter((node) =>
    nodes.some((n) => n.node === node && idOf(n, kind, name) !== undefined),
  );
  if (there.length < finding.nodes!.length)
    return {
      ...finding,
      remediation: `create ${kind} ${name} with ${idOf(right, kind, name)} on ${list(finding.nodes!.filter((n) => !there.includes(n)))}, or join it to the directory service`,
    };
  // usermod and groupmod change only what is in the node's own files
  const mapped = there.map(at).flatMap((n) => {
    const account = kind === 'user' ? n.accounts.users.get(name) : groupNamed(n, name);
    return account?.fromDirectory ? [n.node] : [];
  });
  if (mapped.length > 0)
    return {
      ...finding,
      remediation: `${kind} ${name} comes from a directory service on ${list(mapped)}: compare how it makes ids there and on ${right.node} (sssd.conf: ldap_id_mapping; smb.conf: idmap config), then chown the files of the old id`,
    };
  if (kind === 'user' && user?.fromDirectory)
    return {
      ...finding,
      remediation: `user ${name} is a local account on ${list(there)}, which hides that of the directory service: getent -s sss passwd ${word(name) ?? 'NAME'} there (of winbind: -s winbind); where it has the account, take the line out with sudo vipw, and with sudo vipw -s, then chown the files of the old ids`,
    };
  const direct =
    kind === 'user' && user
      ? command`sudo usermod -u ${user.uid} -g ${user.gid} ${name}`
      : command`sudo groupmod -g ${group?.gid ?? 'GID'} ${name}`;
  const taken = there.flatMap((node) => takenOn(at(node), kind, name, right));
  if (taken.length > 0)
    return {
      ...finding,
      remediation: `${list(taken)}: give ${verb(taken.length, 'that account a different number', 'those accounts different numbers')} first; then ${direct ?? 'change the number of this one'}, and chown the files of the old ids`,
    };
  return {
    ...finding,
    fixes: fixOn(
      there,
      (node) => (kind === 'user' && user ? withGroup(user.gid, right, at(node), direct) : direct),
      `${kind === 'user' ? 'after its processes have ended; ' : ''}then chown the files of the old id`,
    ),
  };
}
