/**
 * `plan --sudoers`: the least that sudo has to allow on a node. Pure. A path that the node's own configuration moves
 * elsewhere is not in it: then sudo refuses, and the check that wanted it is unknown with sudo's words.
 */

import { inMain, listing } from '../collectors/listing.js';
import { type Cluster, type Product, UsageError } from '../model/inventory.js';
import { type Found, settingsOf } from '../products/profile.js';

/**
 * As a regular expression of sudoers: everything but letters, digits, `/`, `_`, `-` and blanks is any one character. That
 * spares the escaping of two grammars, and lets no further word in.
 */
const text = (words: string): string => words.replaceAll(/[^A-Za-z0-9/_ -]/g, '.');

/** A name below the folders; none of its parts begins with a dot, so no `..` leads out. */
const below = (folders: readonly string[]): string =>
  `(${[...new Set(folders)].map(text).join('|')})(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+`;
/** A path without blanks. */
const PATH = '/[^ ]*';
const folderOf = (path: string): string => path.replace(/\/[^/]*$/, '');
const line = (program: string, args: string, folder = '/usr/bin'): string => `${folder}/${program} ^${args}$`;

/** The names that are looked for below the folder are one pattern: sudo takes an expression of 1024 characters at most. */
const find = (words: readonly string[], root: string): string =>
  line('find', text(words.join(' ')).replace(/( -o -path [^ ]+)+/, `( -o -path ${text(root)}/[^ ]+)+`));

/**
 * A name as sudoers reads it: one in capitals would be an alias, `CORP\ops` the account CORPops, and a comma or a first
 * `%` would give the rights to others.
 */
const account = (name: string): string =>
  (/^[A-Z][A-Z0-9_]*$/.test(name) ? '\\' : '') + name.replaceAll(/[\\,:=!()"%+#]/g, '\\$&');

/** What is read with sudo of one product. */
function allowed(found: Found): string[] {
  const { profile, root } = found;
  const { keys, certificate } = settingsOf(found);
  const folders = [root, ...keys.flatMap((k) => (k.path ? [folderOf(k.path)] : []))];
  const files = below(folders);
  const units = `/etc/(default/${profile.unit}|sysconfig/${profile.unit}|systemd/system/${profile.unit}.service(.d/[A-Za-z0-9_-][A-Za-z0-9._-]*)?${(profile.environmentFiles ?? []).map((f) => `|${f.replace('/etc/', '')}`).join('')})`;
  return [
    ...listing(profile).map((words) => find(words, profile.root)),
    line('grep', `-saH ( ${units})+`),
    ...(profile.movingOptions === undefined
      ? []
      : [line('grep', `${text(inMain(profile.movingOptions).join(' '))} --( ${files})+`)]),
    line('cat', `-- ${files}`),
    line('od', `-An -v -tu1 -N [0-9]+ -- ${files}`),
    line('test', `-[efr] (${files}|${units})`),
    ...(certificate === undefined ? [] : [line('cat', `-- ${text(certificate)}`)]),
    ...(profile.sudoCommands ?? []),
  ];
}

/** What is looked at of any product: names, owners, sizes, where a process comes from. */
const ANY = [
  line('stat', '-[Lf] .*'),
  line('stat', `-L -- ${PATH}`),
  line('ls', `-1aiU? -- ${PATH}`),
  line('readlink', '/proc/[0-9]+/exe( /proc/[0-9]+/exe)*'),
  line('readlink', `-f -- ${PATH}`),
  line('cat', '-- /proc/[0-9]+/environ - /proc/[0-9]+/cmdline'),
  line('chronyc', '-n -c (tracking|sources|-m tracking sources)'),
  line('ntpctl', '-s status', '/usr/sbin'),
  line('pmc', '-u -b 0 GET TIME_STATUS_NP', '/usr/sbin'),
  line('find', `-L ${PATH} -maxdepth 1 -type f . -name [^ ]+( -o -name [^ ]+)* . -exec stat -L -c .%s %Y %n .. .`),
];

/**
 * A file for /etc/sudoers.d. `installations`: the products that may be there, with their defaults. UsageError where the
 * nodes are asked as several accounts, or it is not said which.
 */
export function sudoersOf(cluster: Cluster, installations: readonly Found[], products: readonly Product[]): string {
  const users = [...new Set(cluster.nodes.map((n) => n.connection.user))];
  const [user] = users;
  if (users.length !== 1 || user === undefined)
    throw new UsageError(
      `${cluster.file ?? cluster.name}: --sudoers needs one account for all nodes: ${cluster.file === undefined ? 'write USER@ before each of --nodes' : 'set connection.user in the inventory'}`,
    );
  const commands = [...new Set([...ANY, ...installations.flatMap(allowed)])];
  return [
    `# /etc/sudoers.d/ha-preflight of every node of ${cluster.name} (${products.join(', ')}): visudo -cf FILE, owner root, mode 0440`,
    '# These commands read and never write. Needs sudo 1.9.10 or later, for regular expressions; an older sudo refuses the file.',
    '# A path that your configuration moves elsewhere is missing here: the report then says unknown and names the path.',
    `Defaults:${account(user)} !requiretty, !noexec, !lecture, command_timeout=30`,
    `Cmnd_Alias HA_PREFLIGHT = ${commands.join(', \\\n  ')}`,
    `${account(user)} ALL=(root) NOPASSWD: HA_PREFLIGHT`,
  ].join('\n');
}
