/** One row of Workbench's own list of nodes, held against the inventory. Used by `cluster-state`. */

import { command, type Finding, type Fix, fail, fixOn, list, unknown } from 'ha-preflight';
import type { ClusterState } from 'ha-preflight/collectors/clusterState';
import { type ListedNode, lastSeenMs } from 'ha-preflight/formats/listNodes';
import { isOf, type Known } from './nodeNames.js';

/** The node that printed the list. */
interface Teller {
  readonly node: string;
  readonly state: Pick<ClusterState, 'utcOffset'>;
  readonly host: { readonly utcOffset?: number };
}

/** The list, and who it is held against; `now` by the clock of the node that printed it, milliseconds since 1970. */
export interface Listing {
  readonly rows: readonly ListedNode[];
  readonly by: Teller;
  readonly now: number;
  readonly maxMinutes: number;
  readonly known: readonly Known[];
}

/** A row, and the nodes of the inventory that it is. */
interface Row extends Listing {
  readonly row: ListedNode;
  readonly itself: readonly Known[];
}

/** What is to be said of a row; undefined where the next question has to be asked. */
type Question = (at: Row) => Finding[] | undefined;

/** When a row was last seen, milliseconds since 1970; a node tree prints it in UTC. */
export const seenMs = ({ lastSeen }: ListedNode, { state, host }: Teller): number | undefined =>
  lastSeen === undefined ? undefined : lastSeenMs(lastSeen, state.utcOffset ?? host.utcOffset ?? 0);

const ONLINE = /^online$/i;
const isAlive = (row: ListedNode, { by, now, maxMinutes }: Listing): boolean =>
  ONLINE.test(row.status) && Math.abs(now - (seenMs(row, by) ?? now)) <= maxMinutes * 60_000;

const about = ({ row, itself, by }: Row) => ({
  // a node that is not in the inventory is reported for the node that listed it
  nodes: itself.length > 0 ? itself.map((n) => n.node) : [by.node],
  subject: `listed ${row.host}`,
  observed: [row.host, row.status, row.lastSeen].filter(Boolean).join(', '),
});
const drop = ({ row, by }: Row, note?: string): Fix[] =>
  fixOn([by.node], () => command`sudo rstudio-server delete-node ${row.id}`, note);

const stranger: Question = (at) => {
  const { row, itself } = at;
  if (itself.length > 0) return undefined;
  const keep = 'add it to the inventory, or give that cluster its own database';
  return [
    fail(`${row.host} is in the cluster's database (${row.status}) and not in the inventory`, {
      ...about(at),
      severity: 'warning',
      requirements: ['WB-15', 'WB-41', 'WB-42'],
      // a node that serves would lose its sessions
      ...(isAlive(row, at) ? { remediation: keep } : { fixes: drop(at, `if the node is gone for good; else ${keep}`) }),
    }),
  ];
};

/** States in which a node can leave an entry behind. */
const LEFT = /^(online|offline|failed to resolve)$/i;

/** What a node left behind that had a different address or port before. */
const leftBehind: Question = (at) => {
  const { row, rows, itself } = at;
  if (!LEFT.test(row.status) || isAlive(row, at)) return undefined;
  if (!rows.some((r) => isAlive(r, at) && itself.some((n) => isOf(r, n)))) return undefined;
  return [
    fail(`${row.host} is listed twice: it is online, and an entry of it (${row.status}) was left behind`, {
      ...about(at),
      severity: 'warning',
      requirements: ['WB-41'],
      fixes: drop(at),
    }),
  ];
};

/** What a status means. */
const MEANINGS: readonly [status: RegExp, says: string, rows: readonly string[], severity: 'critical' | 'warning'][] = [
  [/invalid secure cookie key/i, 'has a different secure cookie key', ['WB-16'], 'critical'],
  [/protocol mismatch/i, 'uses a different protocol than the cluster', ['WB-16'], 'critical'],
  [/failed to resolve/i, 'cannot be resolved by the others', ['WB-41', 'WB-39'], 'critical'],
  [/offline|deleting/i, 'is offline', ['WB-39', 'WB-41'], 'warning'],
];

const notOnline: Question = (at) => {
  const { row } = at;
  const meaning = MEANINGS.find(([status]) => status.test(row.status));
  if (meaning) {
    const [, says, requirements, severity] = meaning;
    return [fail(`${row.host} ${says}`, { ...about(at), requirements, severity })];
  }
  if (ONLINE.test(row.status)) return undefined;
  return [
    unknown(`${row.host} has the status "${row.status}", which this program does not know: rstudio-server list-nodes`, {
      ...about(at),
      requirements: ['WB-39', 'WB-41'],
    }),
  ];
};

/** Online and seen of late; two such rows of one node are one too many. */
const online: Question = (at) => {
  const { row, rows, itself, known } = at;
  if (!isAlive(row, at)) return undefined;
  const before = rows.find(
    (r) => r.id < row.id && isAlive(r, at) && known.every((n) => isOf(r, n) === itself.includes(n)),
  );
  if (before === undefined || itself.length > 1) return [];
  const of = (r: ListedNode): string =>
    [r.host, r.ipv4, r.port && `port ${r.port}`, `(ID ${r.id})`].filter(Boolean).join(' ');
  return [
    unknown(
      `${list(itself.map((n) => n.node))} is online twice, as ${of(before)} and as ${of(row)}: whether one is left over is not visible: run sudo rstudio-server list-nodes again after some minutes, and delete-node the ID that was not seen since`,
      { ...about(at), severity: 'warning', requirements: ['WB-41'] },
    ),
  ];
};

/** Online by its status, and by its time not. */
const stale = (at: Row): Finding[] => {
  const { row, by, now } = at;
  const seen = seenMs(row, by) ?? now;
  const more = { ...about(at), severity: 'warning' as const, requirements: ['WB-18'] };
  const minutes = Math.round(Math.abs(now - seen) / 60_000);
  return [
    seen > now
      ? unknown(
          `${row.host} was last seen ${minutes} minutes in the future: the clocks or time zones of the nodes differ`,
          more,
        )
      : fail(`${row.host} is listed as online, but was last seen ${minutes} minutes ago`, more),
  ];
};

const QUESTIONS = [stranger, leftBehind, notOnline, online];

/** What is to be said of one row: nothing, where it is a node of the inventory that is online. */
export function rowFinding(row: ListedNode, listing: Listing): Finding[] {
  const at: Row = { ...listing, row, itself: listing.known.filter((n) => isOf(row, n)) };
  for (const ask of QUESTIONS) {
    const said = ask(at);
    if (said) return said;
  }
  return stale(at);
}
