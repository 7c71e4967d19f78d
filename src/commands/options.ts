/** The options of each command, as data: `cli.ts` gives them to the parser, and no command gets one that it ignores. */

import { productNames } from '../load/productNames.js';
import { reporters } from '../reporters/index.js';

const WHICH_NODES = 'Which nodes:';
const WHICH_CHECKS = 'Which checks:';
const THE_GATE = 'The gate:';
const OUTPUT = 'Output:';
const ASKED = 'How nodes are asked:';

const SHARD = {
  shard: {
    type: 'string',
    group: WHICH_NODES,
    describe: 'Take every n-th file only, from the i-th on: i/n, such as 1/4',
  },
} as const;

const NODES = {
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
  ...SHARD,
} as const;

const CHECKS = {
  only: {
    type: 'string',
    array: true,
    default: [] as string[],
    defaultDescription: 'all checks',
    group: WHICH_CHECKS,
    describe: 'Run only these checks or tags: comma-separated, or repeat the option',
  },
  skip: {
    type: 'string',
    array: true,
    default: [] as string[],
    defaultDescription: 'none',
    group: WHICH_CHECKS,
    describe: 'Leave out these checks or tags: comma-separated, or repeat the option',
  },
} as const;

const PLUGIN = {
  plugin: {
    type: 'string',
    array: true,
    default: [] as string[],
    defaultDescription: 'none',
    group: WHICH_CHECKS,
    describe: 'Also load this plugin, a folder or a package: repeat the option for more',
  },
} as const;

const ASKING = {
  timeout: {
    type: 'number',
    default: 30,
    group: ASKED,
    describe: 'Give each node this many seconds, everything included',
  },
  concurrency: { type: 'number', default: 32, group: ASKED, describe: 'Ask this many nodes at the same time' },
} as const;

const QUIET = {
  quiet: { alias: 'q', type: 'boolean', group: OUTPUT, describe: 'Show no progress on standard error' },
} as const;

const formats = Object.keys(reporters);

const RENDERING = {
  format: {
    type: 'string',
    default: 'terminal',
    group: OUTPUT,
    describe: `Print this format: ${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`,
  },
  report: {
    type: 'string',
    array: true,
    default: [] as string[],
    defaultDescription: 'none',
    group: OUTPUT,
    describe: 'Also write a report file: FORMAT=FILE, such as junit=report.xml; repeat the option for more files',
  },
  verbose: { alias: 'v', type: 'boolean', group: OUTPUT, describe: 'Also show what passed, and all details' },
  quiet: { alias: 'q', type: 'boolean', group: OUTPUT, describe: 'Show only what is wrong, and no progress' },
} as const;

/** `report` and `merge` read saved reports: there is no progress to hide. */
const SAVED = { ...RENDERING, quiet: { ...RENDERING.quiet, describe: 'Show only what is wrong' } } as const;

const GATE = {
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

const BASELINE = {
  baseline: {
    type: 'string',
    group: THE_GATE,
    describe: 'Count only what is new or worse since this older JSON report',
  },
} as const;

const textOr = <F extends string>(...others: readonly F[]) =>
  ({
    format: {
      choices: ['text', ...others] as ('text' | F)[],
      default: 'text' as 'text' | F,
      group: OUTPUT,
      describe: 'Print this format',
    },
  }) as const;

export const OPTIONS = {
  check: {
    ...NODES,
    ...CHECKS,
    ...ASKING,
    active: {
      type: 'boolean',
      group: ASKED,
      describe: 'Allow tests that write: on shared storage and into the bucket',
    },
    ...GATE,
    ...BASELINE,
    ...RENDERING,
    'save-evidence': {
      type: 'string',
      group: OUTPUT,
      describe: 'Also save the answers of the nodes to this file, for judge',
    },
  },
  plan: {
    ...NODES,
    ...CHECKS,
    sudoers: {
      type: 'boolean',
      group: OUTPUT,
      describe: 'Print a sudoers file instead, with the least that sudo must allow on a node',
    },
  },
  settings: {
    ...NODES,
    match: {
      type: 'string',
      group: OUTPUT,
      describe: 'Show only settings whose name contains this text; * stands for any characters',
    },
    format: {
      choices: ['terminal', 'json'] as ('terminal' | 'json')[],
      default: 'terminal' as 'terminal' | 'json',
      group: OUTPUT,
      describe: 'Print this format',
    },
    ...ASKING,
    ...QUIET,
  },
  gather: {
    ...NODES,
    ...CHECKS,
    ...ASKING,
    output: {
      alias: 'o',
      type: 'string',
      default: 'evidence.json',
      group: OUTPUT,
      describe: 'Save the evidence to this file, with mode 0600',
    },
    ...QUIET,
  },
  judge: {
    ...SHARD,
    ...CHECKS,
    ...PLUGIN,
    ...GATE,
    ...BASELINE,
    ...SAVED,
  },
  list: {
    ...PLUGIN,
    requirements: {
      type: 'boolean',
      group: OUTPUT,
      describe: "List the vendors' requirements and the checks of each",
    },
    ...textOr('json', 'markdown'),
  },
  explain: PLUGIN,
  validate: {},
  init: {
    nodes: { ...NODES.nodes, describe: 'List these nodes: comma-separated, as [user@]host[:port] or wb[1-3]' },
    product: { ...NODES.product, describe: 'Name the product; without it, each audit detects it' },
    user: { type: 'string', group: WHICH_NODES, describe: 'Log in on the nodes as this user' },
    sudo: { ...NODES.sudo, describe: 'Read with sudo -n what only root can read' },
    cluster: { type: 'string', group: WHICH_NODES, describe: 'Give the cluster this name' },
    'from-ansible': {
      type: 'string',
      group: WHICH_NODES,
      describe: 'Take the nodes from an Ansible inventory: INI, YAML, or the JSON of ansible-inventory --list',
    },
    group: {
      type: 'string',
      group: WHICH_NODES,
      describe: 'With --from-ansible: take only the hosts of this group',
    },
  },
  diff: textOr('json'),
  merge: { ...SAVED, format: { ...SAVED.format, default: 'json' } },
  report: SAVED,
  demo: {
    ...GATE,
    ...RENDERING,
    keep: { type: 'string', group: OUTPUT, describe: 'Leave the cluster in this new folder' },
  },
  'new-check': {
    dir: {
      type: 'string',
      default: '.',
      group: OUTPUT,
      describe: 'Write into this folder: that of the plugin, or this repository',
    },
  },
  completion: {},
} as const;

export type CommandName = keyof typeof OPTIONS;
export const COMMANDS = Object.keys(OPTIONS) as CommandName[];

/** The command of a command line; without a name it is `check`. */
export const commandOf = (argv: readonly string[]): CommandName =>
  COMMANDS.find((name) => argv.find((word) => COMMANDS.includes(word as CommandName)) === name) ?? 'check';

/** Every command that takes an option, by its name without dashes. */
export const takenBy = (option: string): CommandName[] =>
  COMMANDS.filter((name) =>
    Object.entries(OPTIONS[name] as Record<string, { alias?: string }>).some(
      ([known, { alias }]) => known === option || alias === option,
    ),
  );
