/** Options that several commands take, by what they are about. */

import { productNames } from '../load/productNames.js';
import { reporters } from '../reporters/index.js';

export const WHICH_NODES = 'Which nodes:';
const WHICH_CHECKS = 'Which checks:';
const THE_GATE = 'The gate:';
export const OUTPUT = 'Output:';
export const ASKED = 'How nodes are asked:';

export const SHARD = {
  shard: {
    type: 'string',
    group: WHICH_NODES,
    describe:
      'Take every n-th file only, from the i-th on: i/n, such as 1/4; without a number as the CI job or Kubernetes says',
  },
} as const;

export const ONE_CLUSTER = {
  nodes: {
    type: 'string',
    group: WHICH_NODES,
    describe: 'Ask these nodes, without an inventory: comma-separated, as [user@]host[:port] or wb[1-3]',
  },
  product: {
    choices: productNames,
    group: WHICH_NODES,
    describe: 'With --nodes: name the product instead of detecting it',
  },
  sudo: {
    type: 'boolean',
    group: WHICH_NODES,
    describe: 'With --nodes: read with sudo -n what only root can read',
  },
} as const;

export const NODES = { ...ONE_CLUSTER, ...SHARD } as const;

/** A text that may be given several times; `none` says what its absence means. */
const repeated = <G extends string>(group: G, none: string, describe: string) =>
  ({ type: 'string', array: true, default: [] as string[], defaultDescription: none, group, describe }) as const;

export const CHECKS = {
  only: repeated(WHICH_CHECKS, 'all checks', 'Run only these checks or tags: comma-separated, or repeat the option'),
  skip: repeated(WHICH_CHECKS, 'none', 'Leave out these checks or tags: comma-separated, or repeat the option'),
} as const;

export const PLUGIN = {
  plugin: repeated(WHICH_CHECKS, 'none', 'Also load this plugin, a folder or a package: repeat the option for more'),
} as const;

export const ASKING = {
  timeout: {
    type: 'number',
    default: 30,
    group: ASKED,
    describe: 'Give each node this many seconds, everything included',
  },
  concurrency: { type: 'number', default: 32, group: ASKED, describe: 'Ask this many nodes at the same time' },
} as const;

export const ACTIVE = {
  active: {
    type: 'boolean',
    group: ASKED,
    describe: 'Allow tests that write: on shared storage and into the bucket',
  },
} as const;

export const QUIET = {
  quiet: { alias: 'q', type: 'boolean', group: OUTPUT, describe: 'Show no progress on standard error' },
} as const;

const formats = Object.keys(reporters);

export const RENDERING = {
  format: {
    type: 'string',
    default: 'terminal',
    group: OUTPUT,
    describe: `Print this format: ${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`,
  },
  report: repeated(
    OUTPUT,
    'none',
    'Also write a report file: FORMAT=FILE, such as junit=report.xml or json=s3://BUCKET/KEY.json; repeat the option for more files',
  ),
  verbose: { alias: 'v', type: 'boolean', group: OUTPUT, describe: 'Also show what passed, and all details' },
  quiet: { alias: 'q', type: 'boolean', group: OUTPUT, describe: 'Show only what is wrong, and no progress' },
} as const;

export const EVIDENCE = {
  'save-evidence': {
    type: 'string',
    group: OUTPUT,
    describe: 'Also save the answers of the nodes to this file, for judge',
  },
} as const;

/** `report` and `merge` read saved reports, and show no progress. */
export const SAVED = { ...RENDERING, quiet: { ...RENDERING.quiet, describe: 'Show only what is wrong' } } as const;

export const GATE = {
  'fail-on': {
    choices: ['critical', 'warning'],
    default: 'critical' as 'critical' | 'warning',
    group: THE_GATE,
    describe: 'Fail the gate from this severity on',
  },
  'allow-unknown': {
    type: 'boolean',
    group: THE_GATE,
    describe: 'Exit 0 although a critical check is unknown',
  },
} as const;

export const BASELINE = {
  baseline: {
    type: 'string',
    group: THE_GATE,
    describe: 'Count only what is new or worse since this older JSON report',
  },
} as const;

/** A file instead of standard output. */
export const INTO_FILE = {
  output: { alias: 'o', type: 'string', group: OUTPUT, describe: 'Write to this file instead of standard output' },
} as const;

/** The formats of a command that is not a report; without the option, the first. */
export const formatOf = <F extends string>(first: F, ...others: readonly F[]) =>
  ({
    format: {
      choices: [first, ...others] as F[],
      default: first as F,
      group: OUTPUT,
      describe: 'Print this format',
    },
  }) as const;
