/** Spellings of one account, of nodes whose directory services answer differently. Used by `user-ids`. */

import { type Cluster, type Finding, list, same } from 'ha-preflight';
import { idOf, type Kind, type NodeAccounts } from './accountIds.js';

/** `EXAMPLE\\jdoe`, `jdoe@example.com` and `JDoe`: the bare name and the first label of the domain, without case. */
export function bareName(name: string): { bare: string; domain?: string } {
  if (!/[\\@]/.test(name)) return { bare: name.toLowerCase() };
  const m = /^(?:([^\\]+)\\)?(.+?)(?:@([^@]+))?$/.exec(name.toLowerCase());
  const domain = m?.[1] ?? m?.[3]?.split('.')[0];
  return { bare: m?.[2] ?? name, ...(domain !== undefined && { domain }) };
}

/**
 * One name for each account: a directory answers `jdoe` with `jdoe@example.com` on the nodes that are configured so,
 * and both are then the same account everywhere; unless two domains have a `jdoe`.
 */
export function spellings(kind: Kind, nodes: readonly NodeAccounts[]): (name: string) => string {
  const asked = new Map<string, string>();
  const domains = new Map<string, Set<string>>();
  for (const { accounts } of nodes)
    for (const [request, { name }] of kind === 'user' ? accounts.users : accounts.groups) {
      if (request !== name) asked.set(name, request);
      const { bare, domain } = bareName(name);
      if (domain !== undefined) domains.set(bare, (domains.get(bare) ?? new Set()).add(domain));
    }
  return (name) => {
    const request = asked.get(name) ?? name;
    const { bare } = bareName(request);
    return domains.get(bare)?.size === 1 ? bare : request;
  };
}

/** Accounts of a directory that nodes spell differently, by their one name: who has which on a node. */
function spelledDifferently(
  nodes: readonly NodeAccounts[],
): Map<string, { node: string; name: string; key: string }[]> {
  const oneName = spellings('user', nodes);
  const held = new Map<string, { node: string; name: string; key: string }[]>();
  const local = new Set<string>();
  for (const n of nodes)
    for (const [asked, { name, fromDirectory }] of n.accounts.users) {
      const one = oneName(name).toLowerCase();
      if (!fromDirectory) local.add(one);
      else {
        const all = held.get(one) ?? [];
        all.push({ node: n.node, name: asked, key: idOf(n, 'user', asked)! });
        held.set(one, all);
      }
    }
  // a local account of that name may be somebody else, and so may the second of two on one node
  return new Map(
    [...held].filter(
      ([one, all]) =>
        !local.has(one) &&
        new Set(all.map((h) => h.name)).size > 1 &&
        nodes.every((n) => new Set(all.flatMap((h) => (h.node === n.node ? [h.key] : []))).size < 2),
    ),
  );
}

/** `EXAMPLE\\jdoe` on one node and `jdoe` on another, with different ids; and which accounts that are, as `user NAME`. */
export function spelledConflicts(
  nodes: readonly NodeAccounts[],
  { reference }: Cluster,
  blamed: ReadonlySet<string>,
): { readonly findings: Finding[]; readonly blamed: readonly string[] } {
  const conflicts = [...spelledDifferently(nodes)].flatMap(([one, all]) => {
    if (all.some(({ name }) => blamed.has(`user ${name}`))) return [];
    const held = [...new Map(all.map((h) => [h.node, h])).values()];
    const values = held.map(({ node, name, key }) => ({ node, key, shown: `${name} is ${key}` }));
    const finding = same(`user ${one}`, values, reference, {
      subject: `user ${one}`,
      remediation: `a directory service has the account, and the nodes differ in how they spell it and make its ids: compare on ${list(held.map((h) => h.node))} sssd.conf (ldap_id_mapping, use_fully_qualified_names) or smb.conf (idmap config, winbind use default domain), then chown the files of the old id`,
    });
    return finding.status === 'fail' ? [{ finding, names: all.map((h) => `user ${h.name}`) }] : [];
  });
  return { findings: conflicts.map((c) => c.finding), blamed: conflicts.flatMap((c) => c.names) };
}
