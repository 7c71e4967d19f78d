/** systemd itself: what its test mode says of units, and the generator that reads files of variables. */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SYSTEMD = '/lib/systemd/systemd';
const GENERATOR = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';

const QUOTED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' };
const unquote = (text: string): string => text.replace(/\\(.)/gs, (_, c: string) => QUOTED[c] ?? c);

/** A folder anybody may read; systemd refuses its test mode to root. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hp-systemd-'));
  for (const [name, text] of Object.entries({ 'run/.keep': '', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, { mode: 0o644 });
  }
  for (const path of [folder, join(folder, 'run')]) chmodSync(path, 0o777);
  return folder;
}

export interface DumpedUnit {
  readonly environment: readonly string[];
  readonly environmentFiles: readonly string[];
  readonly dropIns: readonly string[];
  readonly commands: readonly string[];
}

/** Lines of the dump by property; values as they are printed. */
function dumpedUnit(dump: string, unit: string): DumpedUnit {
  const section = dump.split(/^\s*-> Unit /m).find((part) => part.startsWith(`${unit}:`)) ?? '';
  const all = (property: string): string[] =>
    [...section.matchAll(new RegExp(`^\\s*${property}: (.*(?:\n(?!\\s*[A-Z][\\w ]*:).*)*)`, 'gm'))].map((m) => m[1]!);
  return {
    environment: all('Environment'),
    environmentFiles: all('EnvironmentFile'),
    dropIns: all('DropIn Path'),
    commands: all('Command Line').map((line) => line.trim()),
  };
}

/**
 * Loads files below one folder, `a/x.service` before `b/x.service`, and returns what systemd made of a unit; a text is
 * the reason why it cannot.
 */
export function systemdUnits(files: Readonly<Record<string, string>>): ((unit: string) => DumpedUnit) | string {
  if (!existsSync(SYSTEMD)) return `${SYSTEMD} is not installed`;
  const units = [...new Set(Object.keys(files).flatMap((name) => /^[ab]\/([^/]+\.service)$/.exec(name)?.[1] ?? []))];
  const folder = folderOf({ ...files, 'a/default.target': `[Unit]\nWants=${units.join(' ')}\n` });
  const command = [SYSTEMD, '--test', '--user', '--unit=default.target'];
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...command];
  const [program = '', ...args] = process.getuid?.() === 0 ? nobody : command;
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, 'run'),
    SYSTEMD_UNIT_PATH: `${folder}/a:${folder}/b`,
    LC_ALL: 'C.UTF-8',
  };
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000, env });
  rmSync(folder, { recursive: true, force: true });
  if (error || !stdout.includes('-> Unit default.target'))
    return `systemd does not run its test mode here: ${(error?.message ?? stderr).slice(0, 200)}`;
  return (unit) => {
    const dumped = dumpedUnit(stdout, unit);
    return { ...dumped, dropIns: dumped.dropIns.map((path) => path.slice(folder.length + 1)) };
  };
}

/** Variables of one file by the same parser as EnvironmentFile=, which expands `$` here: leave it out. */
export function systemdVariables(text: string): Record<string, string> | string {
  if (!existsSync(GENERATOR)) return `${GENERATOR} is not installed`;
  const folder = folderOf({ 'environment.d/zz.conf': text });
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder };
  const { stdout } = spawnSync(GENERATOR, { encoding: 'utf8', timeout: 10_000, env });
  rmSync(folder, { recursive: true, force: true });
  const entries = stdout.split('\n').flatMap((line): [string, string][] => {
    const [, name, quoted, plain] = /^(\w+)=(?:"(.*)"|\$'.*'|(.*))$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, unquote(quoted ?? plain ?? '')]];
  });
  return Object.fromEntries(entries.filter(([name]) => /^T_/.test(name)));
}
