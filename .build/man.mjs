/** The manual page, from what `--help` shows: the same commands, options, examples and exit codes. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { OUT } from './common.mjs';

const { COMMANDS, OPTIONS } = await import(join(OUT, 'commands', 'options.js'));
const { COMMAND_CODES, EXAMPLES, EXIT_CODES, USAGE } = await import(join(OUT, 'commands', 'helpTexts.js'));

/** Text as roff takes it: no backslash, and no line that begins with a request. */
const plain = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=['.])/gm, '\\&');

/** The first lines of a command's help: how it is written, and what it is for. */
function heading(command) {
  const help = execFileSync(process.execPath, [join(OUT, 'bin.js'), command, '--help'], { encoding: 'utf8' });
  const [usage, , ...rest] = help.split('\n');
  return [usage, rest.slice(0, rest.indexOf('')).join(' ')];
}

function option([name, { alias, type, describe, choices, default: usual, defaultDescription }]) {
  const value = type === 'boolean' ? '' : ` ${(choices ?? []).join('|') || name.replaceAll('-', '_').toUpperCase()}`;
  const otherwise = defaultDescription ?? (usual === undefined ? undefined : String(usual));
  return [
    '.TP',
    `.B ${plain([...(alias ? [`-${alias}`] : []), `--${name}${value}`].join(', '))}`,
    plain(`${describe}${otherwise ? ` (default: ${otherwise})` : ''}.`),
  ];
}

function command(name) {
  const [usage, purpose] = heading(name);
  const codes = COMMAND_CODES[name];
  return [
    `.SS "${plain(usage)}"`,
    plain(`${purpose}.`),
    ...Object.entries(OPTIONS[name]).flatMap(option),
    ...EXAMPLES[name].flatMap(([words, what]) => [
      '.PP',
      plain(`${what}:`),
      '.RS',
      plain(`ha-preflight ${words}`),
      '.RE',
    ]),
    ...(codes === undefined || codes === EXIT_CODES ? [] : ['.PP', plain(codes)]),
  ];
}

const [usage, purpose] = USAGE.split('\n\n');

/** In roff. */
export const manual = (version) =>
  `${[
    `.TH HA\\-PREFLIGHT 1 "" "ha\\-preflight ${version}"`,
    '.SH NAME',
    'ha\\-preflight \\- audit whether a cluster is highly available',
    '.SH SYNOPSIS',
    plain(usage),
    '.SH DESCRIPTION',
    plain(purpose),
    '.SH COMMANDS',
    ...COMMANDS.flatMap(command),
    '.SH EXIT STATUS',
    plain(EXIT_CODES),
    '.SH FILES',
    '.TP',
    '.B ha\\-preflight.yml',
    'The inventory, where a command names none.',
    '.SH SEE ALSO',
    '.BR ssh (1),',
    '.BR ssh_config (5)',
  ].join('\n')}\n`;
