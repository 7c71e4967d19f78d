/** The options of each command, as data: `cli.ts` gives them to the parser, and no command gets one that it ignores. */

import {
  ACTIVE,
  ASKED,
  ASKING,
  BASELINE,
  CHECKS,
  EVIDENCE,
  formatOf,
  GATE,
  INTO_FILE,
  NODES,
  ONE_CLUSTER,
  OUTPUT,
  PLUGIN,
  QUIET,
  RENDERING,
  SAVED,
  SHARD,
  WHICH_NODES,
} from './optionGroups.js';

export const OPTIONS = {
  check: {
    ...NODES,
    ...CHECKS,
    ...ASKING,
    ...ACTIVE,
    ...GATE,
    ...BASELINE,
    ...RENDERING,
    ...EVIDENCE,
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
    ...formatOf('terminal', 'json'),
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
  bundle: {
    ...NODES,
    ...CHECKS,
    ...ASKING,
    ...ACTIVE,
    ...GATE,
    ...BASELINE,
    output: {
      alias: 'o',
      type: 'string',
      default: 'ha-preflight-bundle.tgz',
      group: OUTPUT,
      describe: 'Write the bundle to this file, with mode 0600',
    },
    ...QUIET,
  },
  relay: {
    ...ONE_CLUSTER,
    dir: {
      type: 'string',
      group: ASKED,
      describe: 'Keep scripts and answers in this folder: ask/1/NODE.sh, answer/1/NODE.out, then the same below 2',
    },
    incomplete: {
      type: 'boolean',
      group: ASKED,
      describe: 'Go on without nodes whose answer is missing or damaged; they are unknown',
    },
    ...CHECKS,
    timeout: ASKING.timeout,
    ...GATE,
    ...BASELINE,
    ...RENDERING,
    ...EVIDENCE,
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
    ...formatOf('text', 'json', 'markdown'),
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
  diff: formatOf('text', 'json'),
  merge: { ...SAVED, format: { ...SAVED.format, default: 'json' } },
  report: SAVED,
  fix: { ...formatOf('sh', 'ansible'), ...INTO_FILE },
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
