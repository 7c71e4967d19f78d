/** `init`: a commented inventory that is valid as it is. Asks at a terminal where no flag says what to write. */

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type AnsibleHost, ansibleHosts } from '../load/ansible.js';
import { validateInventoryText } from '../load/inventory.js';
import { expandRanges, splitNodes } from '../load/ranges.js';
import { fileError, readText } from '../load/read.js';
import { MAX_FILE_BYTES } from '../load/yaml.js';
import { type Product, UsageError } from '../model/inventory.js';
import { safe } from '../reporters/text.js';
import { ask } from './initQuestions.js';
import type { Outcome } from './outcome.js';

interface InitArgs {
  readonly file: string;
  readonly nodes?: string | undefined;
  readonly product?: Product | undefined;
  readonly user?: string | undefined;
  readonly sudo?: boolean | undefined;
  readonly cluster?: string | undefined;
  readonly fromAnsible?: string | undefined;
  readonly group?: string | undefined;
}

const EXAMPLES = ['node1.example.com', 'node2.example.com', 'node3.example.com'];

/** As YAML: bare where it cannot be anything but a word, else in quotes. */
const word = (text: string): string =>
  /^[A-Za-z][\w.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);

function nodeLine({ name, host, port, user, note }: AnsibleHost, common: string | undefined): string {
  const own = [
    ...(user === undefined || user === common ? [] : [`user: ${word(user)}`]),
    ...(port === undefined || port === 22 ? [] : [`port: ${port}`]),
  ];
  const fields = [
    `name: ${word(name)}`,
    ...(host === undefined ? [] : [`host: ${word(host)}`]),
    ...(own.length === 0 ? [] : [`connection: { ${own.join(', ')} }`]),
  ];
  const remark = note === undefined ? '' : `    # ${safe(note)}`;
  return `  - ${fields.length === 1 ? word(name) : `{ ${fields.join(', ')} }`}${remark}`;
}

/** Given, or what all hosts have in common. */
function commonUser(given: string | undefined, hosts: readonly AnsibleHost[]): string | undefined {
  const users = new Set(hosts.map(({ user }) => user));
  return given ?? (users.size === 1 ? [...users][0] : undefined);
}

/** Our schema as an editor finds it from `folder`: by a path that holds for others too, where there is one. */
function schemaPath(folder: string): string {
  const INSTALLED = 'node_modules/ha-preflight/dist/src/schema/inventory.schema.json';
  for (let at = folder; at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, INSTALLED))) return `${relative(folder, at) || '.'}/${INSTALLED}`;
  const own = join(import.meta.dirname, '..', 'schema', 'inventory.schema.json');
  const path = relative(folder, own);
  return path.startsWith('..') ? own : `./${path}`;
}

function connectionLine(user: string | undefined, sudo: boolean): string {
  if (user === undefined && !sudo) return '# connection: { user: ops, sudo: true }';
  const fields = [...(user === undefined ? [] : [`user: ${word(user)}`]), ...(sudo ? ['sudo: true'] : [])];
  const remark = sudo ? '' : '    # sudo: true when that user may not read the files of the product';
  return `connection: { ${fields.join(', ')} }${remark}`;
}

function inventoryText(args: InitArgs): string {
  const { nodes, product, cluster, fromAnsible, group } = args;
  const all =
    fromAnsible === undefined
      ? []
      : ansibleHosts(readText(fromAnsible, MAX_FILE_BYTES, fromAnsible), fromAnsible, group);
  const hosts = all.filter(({ leftOut }) => !leftOut);
  const user = commonUser(args.user, hosts);
  const given = splitNodes(nodes ?? '').flatMap((name) => {
    const names = expandRanges(name);
    if ('wrong' in names) throw new UsageError(`--nodes: found ${JSON.stringify(name)}, ${names.wrong}`);
    return names;
  });
  const lines =
    hosts.length > 0
      ? hosts.map((host) => nodeLine(host, user))
      : (given.length > 0 ? given : EXAMPLES).map((name) => `  - ${word(name)}`);
  return `# yaml-language-server: $schema=${schemaPath(dirname(resolve(args.file)))}
# The cluster to audit. Only nodes are needed; product, paths, keys and accounts are read from the nodes.
version: 1

# Name of the cluster in reports and fingerprints. Default: the name of this file.
${cluster === undefined ? '# cluster: wb-prod' : `cluster: ${word(cluster)}`}

# workbench, connect, package-manager or deployr. Default: detected on the nodes.
${product === undefined ? '# product: workbench' : `product: ${product}`}

# Your agent, keys and ~/.ssh/config are used. sudo: true means sudo -n; ha-preflight plan prints the commands.
${connectionLine(user, args.sudo === true)}

${hosts.length + given.length === 0 ? '# Put your own nodes here.\n' : ''}nodes:
${lines.join('\n')}
${all
  .filter(({ leftOut }) => leftOut)
  .map(({ name, note }) => `  # left out: ${safe(`${name}: ${note}`)}\n`)
  .join('')}
# The node that is right when nodes differ and there is no majority.
# reference: NAME

# Accounts that must be the same on every node, in addition to those found on the nodes.
# users: [alice, bob]

# Time servers to compare the clocks with.
# time: { servers: [ntp1.example.com], warnSkew: 500ms, maxSkew: 2s }

# A credential to ask the database itself, only by reference: an environment variable or a file.
# database: { url: { env: PGURL } }

# Shared directories in addition to those in the configuration of the product.
# storage: { homes: /home, paths: [/shared] }

# To measure whether sessions stay on their node.
# loadBalancer: { url: https://rstudio.example.com }

# Accepted failures: who accepted them, why, and until when.
# waivers:
#   - { check: nfs-mount-options, reason: "moved in March", until: 2027-03-31, by: ops }
`;
}

/** Never overwrites, and writes only what `validate` accepts. */
export async function init(given: InitArgs): Promise<Outcome> {
  const { file, nodes, product, user, sudo, cluster, fromAnsible, group } = given;
  const said = [nodes, product, user, sudo, cluster, fromAnsible, group].some((value) => value !== undefined);
  if (file !== '-' && existsSync(file)) throw new UsageError(`${file} exists: nothing was written`);
  const talk = !said && process.stdin.isTTY === true && process.stderr.isTTY === true;
  const args = talk ? { ...given, ...(await ask(process.stdin, process.stderr)) } : given;
  if (args.nodes !== undefined && args.fromAnsible !== undefined)
    throw new UsageError('--nodes and --from-ansible: give one or the other');
  if (args.group !== undefined && args.fromAnsible === undefined)
    throw new UsageError('--group goes with --from-ansible');
  const text = inventoryText(args);
  const errors = validateInventoryText(text, args.file === '-' ? 'inventory' : args.file);
  if (errors.length > 0)
    throw new UsageError(`nothing was written, because the inventory would not be valid:\n${errors.join('\n')}`);
  if (args.file === '-') return { text };
  try {
    writeFileSync(args.file, text, { flag: 'wx' });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(
      exists ? `${args.file} exists: nothing was written` : `${args.file}: cannot be written: ${fileError(error)}`,
    );
  }
  return { text: `${args.file} was written; next: ha-preflight validate ${args.file}, then plan, then check` };
}
