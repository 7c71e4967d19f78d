/** The table of docs/robustness.md: what it holds, and the seconds a run of the tests adds to it. */

import { appendFileSync } from 'node:fs';
import { LOGIN_ROWS } from '../real/logins.js';
import { REFUSAL_ROWS } from '../real/refusedLogins.js';
import { INPUT_CASES } from './inputCases.js';
import { INPUT_ROWS } from './inputRows.js';
import { NODE_CASES, type NodeCase } from './nodeCases.js';

export interface Row {
  readonly group: string;
  readonly fault: string;
  readonly verdict: string;
}

const some = (ids: readonly string[]): string => ids.map((id) => `\`${id}\``).join(', ');

function nodeVerdict({ unknown, fails = [] }: NodeCase): string {
  const fail = fails.length > 0 ? `fail: ${some(fails)}; ` : '';
  if (unknown === 'measured') return 'everything is measured';
  if (unknown === 'unreached') return 'the node is unknown';
  if (unknown === 'no product') return 'unknown, but for what needs neither configuration nor product';
  return `${fail}${unknown.length > 0 ? `unknown: ${some(unknown)}; ` : ''}the rest is measured`;
}

export const ROWS: readonly Row[] = [
  ...NODE_CASES.map((c) => ({ group: 'A node', fault: c.fault, verdict: nodeVerdict(c) })),
  ...INPUT_CASES,
  ...INPUT_ROWS,
  ...LOGIN_ROWS,
  ...REFUSAL_ROWS,
];

/** Remembers what a fault cost, for `npm run robustness`. Throws for one that is not in the table. */
export function cost(fault: string, seconds: number): void {
  if (!ROWS.some((r) => r.fault === fault)) throw new Error(`${fault}: not in the table`);
  const file = process.env.HA_ROBUSTNESS;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ fault, seconds })}\n`);
}
