/** What ids an account has on a node, and the commands that make them the same. Used by `user-ids`. */

import { command, type Finding, fixOn, list } from 'ha-preflight';
import type { Accounts, Group } from 'ha-preflight/collectors/accounts';

/** One node's accounts. */
export interface NodeAccounts {
  readonly node: string;
  readonly accounts: Accounts;
}

/** What an id belongs to. */
export type Kind = 'user' | 'group';

/** A group by name, also one that only a user's own groups show. */
const groupNamed = ({ accounts }: NodeAccounts, name: string): Group | undefined =>
  accounts.groups.get(name) ?? [...accounts.groupsOf.values()].flat().find((g) => g.name === name);

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
  const byNumber = (n: NodeAccounts): Group | undefined =>
    [...n.accounts.groups.values(), ...[...n.accounts.groupsOf.values()].flat()].find((g) => g.gid === gid);
  const group = byNumber(right);
  if (change === undefined || group === undefined || byNumber(bad)) return change;
  const first = groupNamed(bad, group.name)
    ? command`sudo groupmod -g ${gid} ${group.name}`
    : command`sudo groupadd -g ${gid} ${group.name}`;
  return first && `${first} && ${change}`;
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
  const change = (node: string): string | undefined =>
    kind === 'user' && user
      ? withGroup(user.gid, right, at(node), command`sudo usermod -u ${user.uid} -g ${user.gid} ${name}`)
      : command`sudo groupmod -g ${group?.gid ?? 'GID'} ${name}`;
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
  return {
    ...finding,
    fixes: fixOn(
      there,
      change,
      `${kind === 'user' ? 'after its processes have ended; ' : ''}then chown the files of the old id`,
    ),
  };
}
