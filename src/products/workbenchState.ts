/** Workbench's own list of its nodes, held against the inventory. Used by `cluster-state`. */

import type { ClusterState } from '../collectors/clusterState.js';
import { type ListedNode, lastSeenMs } from '../formats/listNodes.js';
import type { Fact } from '../model/evidence.js';
import { type Finding, fail } from '../model/verdict.js';

export interface Known {
  readonly node: string;
  /** Names the cluster may know it by. */
  readonly names: readonly string[];
}

export const short = (name: string): string => name.toLowerCase().replace(/\.$/, '');
export const knows = (n: Known, name: string | undefined): boolean =>
  name !== undefined && n.names.includes(short(name));

/** The first answer that was got, or why there is none. */
export function told<T>(
  nodes: readonly { node: string; state: ClusterState }[],
  of: (state: ClusterState) => Fact<T> | undefined,
) {
  const answers = nodes.flatMap(({ node, state }) => {
    const fact = of(state);
    return fact ? [{ node, fact }] : [];
  });
  const good = answers.find((a) => 'value' in a.fact);
  const bad = answers.find((a) => 'unseen' in a.fact);
  return {
    by: good?.node,
    value: good && 'value' in good.fact ? good.fact.value : undefined,
    trouble: bad && 'unseen' in bad.fact ? `${bad.node}: ${bad.fact.unseen}` : undefined,
  };
}

/** One row of `list-nodes`, by what its status means. */
const MEANINGS: readonly [
  status: RegExp,
  says: string,
  requirements: readonly string[],
  severity: 'critical' | 'warning',
][] = [
  [/invalid secure cookie key/i, 'has another secure cookie key', ['WB-16'], 'critical'],
  [/failed to resolve/i, 'cannot be resolved by the others', ['WB-41', 'WB-39'], 'critical'],
  [/offline|deleting/i, 'is offline', ['WB-39', 'WB-41'], 'warning'],
];

export function rowFindings(
  listed: readonly ListedNode[],
  known: readonly Known[],
  by: string,
  utcOffset: number,
  now: number,
  maxMinutes: number,
): Finding[] {
  return listed.flatMap((row): Finding[] => {
    const names = known.filter((n) => knows(n, row.host) || knows(n, row.ipv4)).map((n) => n.node);
    // a node of nobody's inventory is blamed on who told of it
    const nodes = names.length > 0 ? names : [by];
    const about = {
      nodes,
      subject: `listed ${row.host}`,
      observed: [row.host, row.status, row.lastSeen].filter(Boolean).join(', '),
    };
    if (names.length === 0)
      return [
        fail(`${row.host} is in the cluster's database (${row.status}) and not in the inventory`, {
          ...about,
          severity: 'warning',
          requirements: ['WB-15', 'WB-41', 'WB-42'],
          remediation: `rstudio-server delete-node ${row.id}    # if it is gone for good; else add it to the inventory, or give that cluster a database of its own`,
        }),
      ];
    const meaning = MEANINGS.find(([status]) => status.test(row.status));
    if (meaning)
      return [fail(`${row.host} ${meaning[1]}`, { ...about, requirements: meaning[2], severity: meaning[3] })];
    const seen = row.lastSeen === undefined ? undefined : lastSeenMs(row.lastSeen, utcOffset);
    if (seen !== undefined && now - seen > maxMinutes * 60_000)
      return [
        fail(`${row.host} is called online, and was last seen ${Math.round((now - seen) / 60_000)} minutes ago`, {
          ...about,
          severity: 'warning',
          requirements: ['WB-18'],
        }),
      ];
    return [];
  });
}

export const minute = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`;
/** The file that was changed last. */
export const newestOf = (tree: readonly { path: string; type: string; modified: number }[]) =>
  tree
    .filter((e) => e.type === 'file')
    .reduce<{ path: string; modified: number } | undefined>(
      (a, b) => (a === undefined || b.modified > a.modified ? b : a),
      undefined,
    );
