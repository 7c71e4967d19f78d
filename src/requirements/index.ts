/** The vendors' requirements as data, and which of them hold for a product. */

import type { Product } from '../model/inventory.js';
import type { Severity } from '../model/verdict.js';
import { rows } from './rows.js';

/** `must*` holds when the condition in the document does. */
export type Level = 'must' | 'must*' | 'must-not' | 'should' | 'should-not' | 'info';

export interface Requirement {
  readonly id: string;
  readonly level: Level;
  readonly document: string;
  readonly section: string;
  /** Our own one-sentence paraphrase. */
  readonly text: string;
  /** Of which releases it holds, where not of all. */
  readonly edition?: string;
  /** Only a person can attest it: no check looks at it, and no report says it passed or failed. */
  readonly guidance?: true;
}

export const requirements: ReadonlyMap<string, Requirement> = new Map(rows.map((row) => [row.id, row]));

/** Where the vendor publishes a document, of those that are published. */
const ADDRESSES: Readonly<Record<string, string>> = {
  'RStudio Package Manager: High Availability and Load Balancing':
    'https://docs.rstudio.com/rspm/admin/high-availability.html',
  'RStudio Connect: High Availability and Load Balancing':
    'https://docs.rstudio.com/connect/admin/high-availability.html',
  'RStudio Workbench: Load Balancing Configuration':
    'https://docs.rstudio.com/ide/server-pro/load_balancing/configuration.html',
};
export const addressOf = (id: string): string | undefined => ADDRESSES[requirements.get(id)?.document ?? ''];

const PREFIXES: Readonly<Record<Product, RegExp>> = {
  workbench: /^(WB|X)-/,
  connect: /^(CONN|X)-/,
  'package-manager': /^(RSPM|PPM-AWS|X)-/,
  deployr: /^(DEPLOYR|X)-/,
};

/** Of the rows a check cites, those of the product (and a plugin's own); all when the product is not known. */
export const rowsFor = (ids: readonly string[], product: Product | undefined): string[] =>
  ids.filter((id) => product === undefined || !requirements.has(id) || PREFIXES[product].test(id));

/** must = critical, should = warning, info = info. */
export const severityOf = (level: Level): Severity =>
  level.startsWith('must') ? 'critical' : level.startsWith('should') ? 'warning' : 'info';
