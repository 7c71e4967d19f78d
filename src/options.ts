/** Options that several commands share, as data: `cli.ts` gives them to the parser. */

import { productNames } from './load/productNames.js';

/** Which inventories or nodes, and which checks. */
export const SELECTION = {
  nodes: { type: 'string', describe: 'ad hoc, without inventory: nodes, comma-separated, as [user@]host[:port]' },
  product: { choices: productNames, describe: 'with --nodes; detected when left out' },
  sudo: { type: 'boolean', describe: 'with --nodes: read with sudo -n what only root can' },
  only: {
    type: 'string',
    array: true,
    default: [] as string[],
    describe: 'only these checks or tags, comma-separated',
  },
  skip: { type: 'string', array: true, default: [] as string[], describe: 'not these checks or tags' },
  shard: { type: 'string', describe: 'i/n: only every n-th inventory, from the i-th' },
} as const;

export const ASKING = {
  timeout: { type: 'number', default: 30, describe: 'seconds a node may take, everything included' },
  concurrency: { type: 'number', default: 32, describe: 'nodes asked at once' },
} as const;

export const RENDERING = {
  format: {
    type: 'string',
    default: 'terminal',
    describe: 'what standard output gets: terminal, json, junit, sarif, html, markdown',
  },
  report: { type: 'string', array: true, default: [] as string[], describe: 'FORMAT=FILE, any number' },
  verbose: { alias: 'v', type: 'boolean', default: false, describe: 'also what passed, and all details' },
  quiet: { alias: 'q', type: 'boolean', default: false, describe: 'only what is wrong; no progress' },
} as const;

/** What fails the gate. */
export const GATE = {
  'fail-on': {
    choices: ['critical', 'warning'],
    default: 'critical' as 'critical' | 'warning',
    describe: 'least severity that fails the gate',
  },
  'allow-unknown': { type: 'boolean', default: false, describe: 'exit 0 although a critical check is unknown' },
} as const;

export const SINCE = {
  baseline: { type: 'string', describe: 'an older JSON report: the gate counts only what is new or worse' },
} as const;
