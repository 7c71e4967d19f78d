/** What the proof by a lock says of the nodes: they reach one database, or not. Used by `database-same`. */

import { distinct, type Finding, list, same, sift } from 'ha-preflight';
import type { DatabaseProbe, SeenDatabase } from 'ha-preflight/probes/database';

/** How two different databases are related, to show what happened. */
function likeness(a: SeenDatabase, b: SeenDatabase): string {
  if (a.standby !== b.standby) return 'a standby of that database';
  if (a.system !== b.system) return 'a different server';
  return a.oid !== b.oid || a.name !== b.name
    ? 'a different database of the same server'
    : 'a copy, restored or cloned from that database';
}

/**
 * What the lock proved of these nodes: those that were refused it reach one database. `apiece`: each must have its own.
 */
export function provenFindings(
  role: string,
  probe: DatabaseProbe,
  nodes: readonly string[],
  {
    apiece,
    reference,
    requirements,
  }: { readonly apiece: boolean; readonly reference: string | undefined; readonly requirements: readonly string[] },
): Finding[] {
  const about = { subject: role, requirements, proof: 'measured' as const };
  const sight = (node: string) => probe.sights[node] as SeenDatabase;
  const values = Object.entries(probe.groups).map(([node, group]) => ({
    node,
    key: String(group),
    shown: `${sight(node).name} at ${sight(node).address ?? 'a local socket'}:${sight(node).port ?? ''}`,
  }));
  const blind = nodes.flatMap((node) => {
    const s = probe.sights[node];
    const why = s === undefined ? 'was not asked through this node' : 'trouble' in s ? s.trouble : probe.trouble[node];
    return why === undefined ? [] : [{ node, fact: { unseen: `the ${role}: ${why}` } }];
  });
  const findings = sift(blind, `${role} unproven`).findings.map(
    (f): Finding => ({ ...f, ...about, subject: f.subject! }),
  );
  if (values.length < 2) return findings;
  if (apiece) return [...findings, distinct(`the ${role}`, values, about)];
  const finding = same(`the ${role}`, values, reference, about);
  if (finding.status === 'pass')
    return [
      ...findings,
      {
        ...finding,
        message: `${list(finding.nodes ?? [])} use one ${role}: a lock held through one node is refused to the others`,
      },
    ];
  const right = values.find((v) => !finding.nodes?.includes(v.node)) ?? values[0]!;
  return [
    ...findings,
    {
      ...finding,
      details: values
        .filter((v) => v.key !== right.key)
        .map((v) => `${v.node}: ${likeness(sight(v.node), sight(right.node))} (as ${right.node} reaches it)`),
    },
  ];
}
