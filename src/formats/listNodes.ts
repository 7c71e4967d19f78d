/** What Workbench says of its own cluster: `rstudio-server list-nodes` and `/load-balancer/status`. Source: docs/sources.md 4.1. */

import { linesOf } from './settings.js';

export interface ListedNode {
  readonly id: number;
  readonly host: string;
  /** Absent where the name does not resolve. */
  readonly ipv4?: string;
  readonly port?: number;
  /** As printed: `Online`, `Failed to resolve`, `Invalid secure cookie key`, … */
  readonly status: string;
  /** As printed, in the node's own zone: see `lastSeenMs`. */
  readonly lastSeen?: string;
}

export interface ListedNodes {
  /** As printed: `Http`, `Https`, `Https no verify`. */
  readonly protocol?: string;
  readonly nodes: readonly ListedNode[];
  /** What was not understood. */
  readonly trouble?: string;
}

const LAST_SEEN = /^(\d{4})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2})$/;
/** Characters of a time like `2021-Sep-20 17:08:53`. */
const TIME = 20;

/** The time comes off the right and the rest is read from the left: address, port and time can be missing. */
function rowFrom(text: string): ListedNode | undefined {
  const time = text.slice(-TIME);
  const lastSeen = LAST_SEEN.test(time) ? time : undefined;
  const rest = lastSeen === undefined ? text : text.slice(0, -TIME).trimEnd();
  const [id = '', host = '', ...more] = rest.split(/\s+/);
  if (!/^\d{1,9}$/.test(id)) return undefined;
  const ipv4 = /^\d+(\.\d+){3}$/.test(more[0] ?? '') ? more.shift() : undefined;
  const port = /^\d{1,5}$/.test(more[0] ?? '') ? Number(more.shift()) : undefined;
  // also one of a release we do not know; a digit is from a column that is not where the others are
  const status = more.join(' ');
  if (status === '' || /\d/.test(status)) return undefined;
  return {
    id: Number(id),
    host,
    ...(ipv4 !== undefined && { ipv4 }),
    ...(port !== undefined && { port }),
    status,
    ...(lastSeen !== undefined && { lastSeen }),
  };
}

export function listNodes(text: string): ListedNodes {
  const lines = linesOf(text).map((l) => l.trim());
  const after = (from: number): string | undefined => lines.slice(from + 1).find((l) => l !== '' && !/^-+$/.test(l));
  const at = lines.indexOf('Protocol');
  const protocol = at < 0 ? undefined : after(at);
  const head = lines.findIndex((l) => /^ID\s+Host\s/.test(l));
  const about = protocol === undefined ? {} : { protocol };
  if (head < 0)
    return { ...about, nodes: [], trouble: `no table of nodes: ${lines.find(Boolean)?.slice(0, 200) ?? 'no output'}` };
  const rows = lines.slice(head + 1).filter((l) => l !== '' && !/^[-\s]+$/.test(l));
  const stranger = rows.find((l) => rowFrom(l) === undefined);
  return {
    ...about,
    nodes: rows.flatMap((l) => rowFrom(l) ?? []),
    ...(stranger !== undefined && { trouble: `not understood: ${stranger.slice(0, 200)}` }),
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds since the epoch of a `Last Seen` printed in a zone so many minutes east of UTC. */
export function lastSeenMs(text: string, utcOffsetMinutes: number): number | undefined {
  const m = LAST_SEEN.exec(text.trim());
  if (!m) return undefined;
  const iso = `${m[1]}-${String(MONTHS.indexOf(m[2]!) + 1).padStart(2, '0')}-${m[3]}T${m[4]}`;
  const utc = Date.parse(`${iso}Z`);
  // 31 February would roll over into March
  const real = !Number.isNaN(utc) && new Date(utc).toISOString().startsWith(iso);
  return real ? utc - utcOffsetMinutes * 60_000 : undefined;
}

export interface BalancedNode {
  readonly host: string;
  readonly port: number;
  /** As printed: `unreachable`, `offline`, or one of another release. Absent when the node serves requests. */
  readonly state?: string;
  /** Means over 1, 5 and 15 minutes, as a fraction of all its processors. */
  readonly load?: readonly [number, number, number];
  readonly sessions: number;
}

export interface BalancedNodes {
  readonly nodes: readonly BalancedNode[];
  /** The first line that may be a node and was not understood. */
  readonly trouble?: string;
}

const NODE = /^(\S+):(\d{1,5})(?:\s+\(([^()]+)\))?(?:\s+Load:\s*([\d.]+),\s*([\d.]+),\s*([\d.]+))?$/;

/** `host:port (state) Load: 1, 5, 15`, then a line for each session on it. */
export function loadBalancerStatus(text: string): BalancedNodes {
  const nodes: (BalancedNode & { sessions: number })[] = [];
  let trouble: string | undefined;
  for (const source of linesOf(text)) {
    const line = source.trim();
    const m = NODE.exec(line);
    if (m) {
      const load = [Number(m[4]), Number(m[5]), Number(m[6])] as const;
      nodes.push({
        host: m[1]!,
        port: Number(m[2]),
        ...(m[3] !== undefined && { state: m[3].trim() }),
        ...(load.every(Number.isFinite) && { load }),
        sessions: 0,
      });
    } else if (/^\d+ - \S+$/.test(line) && nodes.length > 0) nodes.at(-1)!.sessions++;
    else if (/^\S+:\d{1,5}(\s|$)/.test(line)) trouble ??= `not understood: ${line.slice(0, 200)}`;
  }
  return { nodes, ...(trouble !== undefined && { trouble }) };
}
