/** What the measurements are worth: ratios to the peers, growth with the number of hosts, and the goals. Pure. */

import type { Cost } from './measure.js';

/** One program at one size; `runs` are of the same rounds in every row. */
export interface Row {
  readonly tool: string;
  readonly title: string;
  /** False when some host had no answer in some run. */
  readonly complete: boolean;
  readonly runs: readonly Cost[];
}

export interface Size {
  readonly hosts: number;
  /** Other programs took too much of the machine. */
  readonly disturbed: boolean;
  /** Ours is the first. */
  readonly rows: readonly Row[];
}

export interface Results {
  readonly sizes: readonly Size[];
  /** Ratio of the medians to a bare `node -e 0`. */
  readonly startup?: { readonly version: number; readonly help: number };
  /** Milliseconds: smallest round trip of a clock sample. */
  readonly roundTrip?: number;
}

export type Measure = 'wall' | 'cpu' | 'hosts' | 'peak' | 'resident';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The median of one measure; undefined where it was not to be had. */
export function typical(row: Row, measure: Measure): number | undefined {
  const values = row.runs.flatMap((r) => r[measure] ?? []);
  return values.length === row.runs.length && values.length > 0 ? median(values) : undefined;
}

/** Median of the ratios within one round: what disturbs a round falls on both. */
export function ratio(ours: Row, peer: Row | undefined, measure: Measure): number | undefined {
  if (!peer || !ours.complete || !peer.complete) return undefined;
  const pairs = ours.runs.map((run, i) => [run[measure], peer.runs[i]?.[measure]] as const);
  const ratios = pairs.flatMap(([a, b]) => (a !== undefined && b ? [a / b] : []));
  return ratios.length > 0 ? median(ratios) : undefined;
}

const sizeOf = ({ sizes }: Results, hosts: number): Size | undefined => sizes.find((s) => s.hosts === hosts);

const against = (results: Results, hosts: number, peer: string, measure: Measure): number | undefined => {
  const size = sizeOf(results, hosts);
  return (
    size &&
    ratio(
      size.rows[0]!,
      size.rows.find((r) => r.tool === peer),
      measure,
    )
  );
};

const own = (results: Results, hosts: number, measure: Measure): number | undefined => {
  const row = sizeOf(results, hosts)?.rows[0];
  return row?.complete ? typical(row, measure) : undefined;
};

/** x in cost = hosts^x, from one size to another. */
export function exponent(results: Results, from: number, to: number, measure: Measure): number | undefined {
  const [a, b] = [own(results, from, measure), own(results, to, measure)];
  return a === undefined || b === undefined ? undefined : Math.log(b / a) / Math.log(to / from);
}

export interface Goal {
  readonly what: string;
  readonly most: number;
  readonly value: number | undefined;
}

/** Every goal, with its value where it was measured. */
export function goals(results: Results): Goal[] {
  const versus = (what: string, most: number, hosts: number, peer: string, measure: Measure): Goal => ({
    what: `${what}, N=${hosts}`,
    most,
    value: against(results, hosts, peer, measure),
  });
  const [at20, at100] = [own(results, 20, 'resident'), own(results, 100, 'resident')];
  return [
    versus('wall / pdsh', 0.45, 100, 'pdsh', 'wall'),
    versus('wall / OpenSSH curve25519', 0.75, 100, 'openssh-curve25519', 'wall'),
    versus('wall / pdsh', 0.8, 3, 'pdsh', 'wall'),
    versus('wall / OpenSSH curve25519', 1.15, 3, 'openssh-curve25519', 'wall'),
    versus('client CPU / pdsh', 0.15, 100, 'pdsh', 'cpu'),
    versus('client CPU / OpenSSH curve25519', 0.9, 100, 'openssh-curve25519', 'cpu'),
    versus("hosts' CPU / pdsh", 0.9, 100, 'pdsh', 'hosts'),
    versus('wall / ansible -m script', 0.3, 100, 'ansible', 'wall'),
    versus('client CPU / ansible -m script', 0.07, 100, 'ansible', 'cpu'),
    { what: '--version / bare node', most: 1.15, value: results.startup?.version },
    { what: '--help / bare node', most: 2, value: results.startup?.help },
    { what: 'resident MiB, N=100', most: 100, value: at100 },
    {
      what: 'resident MiB for each further host, N=20 to 100',
      most: 0.25,
      value: at20 === undefined || at100 === undefined ? undefined : (at100 - at20) / 80,
    },
    { what: 'growth of wall, N=20 to 100: exponent', most: 1.05, value: exponent(results, 20, 100, 'wall') },
    { what: 'growth of client CPU, N=20 to 100: exponent', most: 0.85, value: exponent(results, 20, 100, 'cpu') },
    { what: 'clock: smallest round trip, ms (bash on the host)', most: 0.3, value: results.roundTrip },
  ];
}

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((r) => r[i]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return rows.map((r) => `${line(r).trimEnd()}\n`).join('');
};

const number = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '-';

/** One size as a table; the last three columns say what ours costs, the peer being 1. */
export function sizeTable({ hosts, rows }: Size): string {
  const each = (row: Row, measure: Measure): string => {
    const value = typical(row, measure);
    return number(value === undefined ? undefined : (value * 1000) / hosts, 1);
  };
  const ours = rows[0]!;
  return columns([
    [`N=${hosts}`, 'wall s', 'client CPU ms/host', "hosts' CPU ms/host", 'peak MiB', 'ours/wall', '/CPU', "/hosts'"],
    ...rows.map((row) => [
      row.complete ? row.title : `${row.title} INCOMPLETE`,
      number(typical(row, 'wall'), 2),
      each(row, 'cpu'),
      each(row, 'hosts'),
      number(typical(row, 'peak') ?? typical(row, 'resident'), 0),
      ...(['wall', 'cpu', 'hosts'] as const).map((m) => (row === ours ? '' : number(ratio(ours, row, m), 2))),
    ]),
  ]);
}

/** The goals as a table. */
export function goalTable(list: readonly Goal[]): string {
  const verdict = ({ value, most }: Goal): string => {
    if (value === undefined) return 'not measured';
    return value <= most ? 'met' : 'NOT MET';
  };
  return columns([
    ['goal', 'at most', 'measured', ''],
    ...list.map((g) => [g.what, String(g.most), number(g.value, 2), verdict(g)]),
  ]);
}
