/** Compares Workbench's own list of nodes with the inventory. Used by `cluster-state`. */

import type { EffectiveSettings, Fact, Found, TreeEntry } from 'ha-preflight';
import { everyNode, type Finding, fail, faults, list, pass, unknown, withFix } from 'ha-preflight';
import type { ClusterState } from 'ha-preflight/collectors/clusterState';
import { boostBoolean } from 'ha-preflight/formats/boostOptions';
import type { ListedNodes } from 'ha-preflight/formats/listNodes';
import { isLeftover } from './configuration.js';
import { rowFinding, seenMs } from './listedRow.js';
import { isOf, type Known, mayBe } from './nodeNames.js';

/** One node as `cluster-state` sees it. */
export interface ClusterNode {
  readonly node: string;
  readonly state: ClusterState;
  readonly effective: EffectiveSettings;
  readonly found: Pick<Found, 'tree' | 'profile'>;
  readonly host: { readonly name: string; readonly utcOffset?: number };
}

/** The first answer that was got, or why there is none. */
export function told<T>(nodes: readonly ClusterNode[], of: (state: ClusterState) => Fact<T> | undefined) {
  const answers = nodes.flatMap((n) => {
    const fact = of(n.state);
    return fact ? [{ by: n, fact }] : [];
  });
  for (const { by, fact } of answers) if ('value' in fact) return { by, value: fact.value };
  const [blind] = answers;
  return {
    trouble:
      blind && 'unseen' in blind.fact
        ? `${blind.by.node}: ${blind.fact.unseen}`
        : 'not asked, because Workbench does not run on the first nodes of the inventory',
  };
}

/** Nodes that are down where others serve: the cluster has less in reserve than the inventory says. */
export const stoppedFindings = (stopped: readonly string[], running: readonly ClusterNode[]): Finding[] =>
  stopped.length === 0
    ? []
    : [
        withFix(
          fail(`Workbench does not run on ${list(stopped)}, and runs on ${list(running.map((n) => n.node))}`, {
            nodes: stopped,
            subject: 'stopped',
            severity: 'warning',
            requirements: ['WB-39'],
          }),
          'sudo systemctl status rstudio-server; sudo journalctl -u rstudio-server -n 50',
        ),
      ];

const protocolFaults = (running: readonly ClusterNode[], { protocol }: ListedNodes): Finding[] =>
  faults(
    running.map((n) => ({
      node: n.node,
      value: boostBoolean(n.effective.get('rserver.conf:ssl-enabled')?.value ?? 'no') === true,
    })),
    (tls) =>
      protocol !== undefined && /^https/i.test(protocol) !== tls
        ? {
            problem: `the node uses ${tls ? 'HTTPS' : 'HTTP'}, but the cluster uses ${protocol}`,
            observed: `ssl-enabled=${tls ? 1 : 0}`,
          }
        : undefined,
    { subject: 'protocol', requirements: ['WB-16'], expected: `the protocol of the cluster, ${protocol}` },
  );

const LISTED = ['WB-15', 'WB-16', 'WB-18', 'WB-39', 'WB-41', 'WB-42'];

/** `list-nodes`: nodes that are not in the inventory, not online, or running but not listed. */
export function listFindings(
  running: readonly ClusterNode[],
  known: readonly Known[],
  now: number,
  maxMinutes: number,
): Finding[] {
  const nodes = running.map((n) => n.node);
  const about = { nodes, subject: 'list-nodes', requirements: LISTED };
  const { by, value, trouble } = told(running, (s) => s.listed);
  if (!by || value.nodes.length === 0)
    return [unknown(`list-nodes: ${trouble ?? value?.trouble ?? 'no node is listed'}`, about)];
  const rows = value.nodes;
  const dated = rows.every((row) => seenMs(row, by) !== undefined);
  const unlisted = known.filter((k) => nodes.includes(k.node) && !rows.some((r) => isOf(r, k)));
  const strangers = rows.filter((row) => !known.some((k) => isOf(row, k)));
  const perhaps = (k: Known): boolean => strangers.some((row) => mayBe(row, k));
  const open = unlisted.filter(perhaps).map((k) => k.node);
  const absent = unlisted.filter((k) => !perhaps(k)).map((k) => k.node);
  const doubtful = strangers.filter((row) => unlisted.some((k) => mayBe(row, k)));
  const bad = rows
    .filter((row) => !doubtful.includes(row))
    .flatMap((row) => rowFinding(row, { rows, by, now: by.state.now ?? now, maxMinutes, known }));
  bad.push(...protocolFaults(running, value));
  if (open.length > 0)
    bad.push(
      unknown(
        `the cluster's database lists ${list(doubtful.map((row) => row.host))} and not ${list(open)}: whether they are the same is not known; give these nodes their www-host-name`,
        { nodes: open, subject: 'perhaps absent', requirements: ['WB-39', 'WB-42'] },
      ),
    );
  // an absent node may be in a row that is not understood
  if (value.trouble !== undefined) bad.push(unknown(`list-nodes: ${value.trouble}`, about));
  else if (absent.length > 0)
    bad.push(
      fail(`the cluster's database does not list ${list(absent)}, where Workbench runs`, {
        nodes: absent,
        subject: 'absent',
        requirements: ['WB-39', 'WB-42'],
        expected: `one of ${rows.map((r) => r.host).join(', ')}`,
      }),
    );
  return bad.length > 0
    ? bad
    : [
        pass(`all online${dated ? ' and recently seen' : ''}: ${rows.length} listed in the cluster's database`, {
          ...about,
          requirements: dated ? LISTED : LISTED.filter((id) => id !== 'WB-18'),
          details: rows.map((r) => `${r.host} ${r.status} ${r.lastSeen ?? ''}`.trim()),
        }),
      ];
}

const minute = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`;
const newestOf = ({ tree, profile }: ClusterNode['found']): TreeEntry | undefined =>
  tree
    .filter((e) => e.type === 'file' && !isLeftover(e.path, profile.texts))
    .reduce<TreeEntry | undefined>((a, b) => (a === undefined || b.modified > a.modified ? b : a), undefined);

/** A configuration that was changed after the server started is not the one it runs with. */
export function restartFindings(running: readonly ClusterNode[]): Finding[] {
  const about = { subject: 'restart', severity: 'warning' as const, requirements: ['WB-38'] };
  const known = running.flatMap(({ node, state: { started }, found }) =>
    started === undefined ? [] : [{ node, value: { started, newest: newestOf(found) } }],
  );
  const silent = running.filter((n) => n.state.started === undefined).map((n) => n.node);
  return [
    ...(silent.length > 0
      ? [unknown('the start time of the server is not known', { ...about, subject: 'start unseen', nodes: silent })]
      : []),
    ...(known.length > 0
      ? [
          withFix(
            everyNode(
              'every server was started after the last change of its configuration',
              known,
              ({ started, newest }) =>
                newest && newest.modified > started + 1
                  ? {
                      problem: `${newest.path} was changed after the server started, so the server runs with the old configuration`,
                      observed: `${minute(newest.modified)} changed, ${minute(started)} started`,
                    }
                  : undefined,
              about,
            ),
            'sudo rstudio-server restart',
          ),
        ]
      : []),
  ];
}
