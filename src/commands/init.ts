/** `init`: a commented inventory that is valid as it is. Asks at a terminal where no flag says what to write. */

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { readAnsible } from '../load/ansible.js';
import { validateInventoryText } from '../load/inventory.js';
import { expandRanges, splitNodes } from '../load/ranges.js';
import { type Product, UsageError } from '../model/inventory.js';
import { SRC, textOf } from '../place.js';
import { safe } from '../reporters/text.js';
import { commonFields, connectionLine, nodeLine, word } from './initNodes.js';
import { ask } from './initQuestions.js';
import type { Outcome } from './outcome.js';
import { reason } from './reportFile.js';

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

const OWN_SCHEMA = join(SRC, 'schema', 'inventory.schema.json');
const SCHEMA_COPY = 'ha-preflight.schema.json';

/**
 * Our schema as an editor finds it from `folder`: by a path that holds for others too, where there is one. Undefined: in
 * the single executable, of which no part is a file.
 */
function schemaPath(folder: string): string | undefined {
  const INSTALLED = 'node_modules/ha-preflight/dist/src/schema/inventory.schema.json';
  for (let at = folder; at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, INSTALLED))) return `${relative(folder, at) || '.'}/${INSTALLED}`;
  if (!existsSync(OWN_SCHEMA)) return undefined;
  const path = relative(folder, OWN_SCHEMA);
  return path.startsWith('..') ? OWN_SCHEMA : `./${path}`;
}

/**
 * Where no path holds for others, a copy of the schema next to the inventory goes with it into a repository. Undefined
 * where none is needed, or none can be written: then the path is that of this machine.
 */
function schemaCopy(file: string): string | undefined {
  const folder = dirname(resolve(file));
  const path = schemaPath(folder);
  if (file === '-' || (path !== undefined && !isAbsolute(path))) return undefined;
  try {
    writeFileSync(join(folder, SCHEMA_COPY), textOf(OWN_SCHEMA), { flag: 'wx' });
    return SCHEMA_COPY;
  } catch (error) {
    // one that is there is that of the inventories next to it
    return (error as NodeJS.ErrnoException).code === 'EEXIST' ? SCHEMA_COPY : undefined;
  }
}

function inventoryText(args: InitArgs, schema = schemaPath(dirname(resolve(args.file)))): string {
  const { nodes, product, cluster, fromAnsible, group } = args;
  const { hosts: all, remarks } =
    fromAnsible === undefined ? { hosts: [], remarks: [] } : readAnsible(fromAnsible, group);
  const folder = dirname(resolve(args.file));
  const hosts = all.filter(({ leftOut }) => !leftOut);
  const common = commonFields(args, hosts);
  const given = splitNodes(nodes ?? '').flatMap((name) => {
    const names = expandRanges(name);
    if ('wrong' in names) throw new UsageError(`--nodes: found ${JSON.stringify(name)}, ${names.wrong}`);
    return names;
  });
  const lines =
    hosts.length > 0
      ? hosts.map((host) => nodeLine(host, common, folder))
      : (given.length > 0 ? given : EXAMPLES).map((name) => `  - ${word(name)}`);
  const lost = [
    ...(fromAnsible === undefined
      ? []
      : ['ansible.cfg is not read: add its remote_user, private_key_file and ssh_args here']),
    ...remarks,
  ];
  return `${schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`}# The cluster to audit. Only nodes are needed; product, paths, keys and accounts are read from the nodes.
version: 1

# Name of the cluster in reports and fingerprints. Default: the name of this file.
${cluster === undefined ? '# cluster: wb-prod' : `cluster: ${word(cluster)}`}

# workbench, connect, package-manager or deployr. Default: detected on the nodes.
${product === undefined ? '# product: workbench' : `product: ${product}`}

# Your agent, keys and ~/.ssh/config are used. sudo: true means sudo -n; ha-preflight plan prints the commands.
${lost.map((line) => `# ${safe(line)}\n`).join('')}${connectionLine(common, folder)}

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
  const copy = schemaCopy(args.file);
  try {
    const whole = copy === undefined ? text : inventoryText(args, `./${copy}`);
    writeFileSync(args.file, whole, { flag: 'wx' });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(
      exists ? `${args.file} exists: nothing was written` : `${args.file}: cannot be written: ${reason(error)}`,
    );
  }
  const also = copy === undefined ? '' : `, and ${copy} for editors next to it`;
  return { text: `${args.file} was written${also}; next: ha-preflight validate ${args.file}, then plan, then check` };
}
