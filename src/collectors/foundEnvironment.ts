/** The variables and arguments of the server: of the running process, else as its unit will start it. Pure. */

import { environmentFile } from '../formats/environmentFile.js';
import { tidyPath } from '../formats/paths.js';
import { dropInOrder, UNIT_DIRECTORIES } from '../formats/systemdDropIns.js';
import { environmentOf, type MatchedFiles } from '../formats/systemdEnvironment.js';
import { expandCommand, type SystemdUnit, systemdUnit } from '../formats/systemdUnit.js';
import type { Installed } from '../products/installed.js';
import type { Profile } from '../products/profile.js';
import type { Answered } from './foundAnswer.js';

type Service = Pick<
  Installed,
  | 'environment'
  | 'origins'
  | 'environmentFrom'
  | 'environmentTrouble'
  | 'arguments'
  | 'argumentsFrom'
  | 'placeholders'
  | 'account'
>;

/** Lines of the unit and its files, by path, that set one of these variables to a placeholder. */
function placeholdersOf(origins: readonly string[], { unitPlaceholders }: Answered): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const origin of origins) {
    const [, path = '', line] = /^(.+) line (\d+)$/.exec(origin) ?? [];
    if (unitPlaceholders.get(path)?.includes(Number(line))) found.set(path, [...(found.get(path) ?? []), Number(line)]);
  }
  return found;
}

/** A glob of EnvironmentFile= as an expression over whole paths. */
function globbed(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return new RegExp(`^${pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  }
}

/** Closes the quote that a masked value at the end of a line took along. */
const closed = (line: string): string => {
  const open = ['"', "'"].find((quote) => line.split(quote).length % 2 === 0);
  return /%masked:[0-9a-f]{64}%\s*$/.test(line) && open !== undefined ? line + open : line;
};

/** The text of a unit file for its parser: percent signs around a masked value are not specifiers. */
const spared = (text: string): string =>
  text
    .split('\n')
    .map(closed)
    .join('\n')
    .replace(/%(masked:[0-9a-f]{64})%/g, '%%$1%%');

/** The unit in force: the main file of the first directory that has one, and its drop-ins. */
function unitOf(
  profile: Profile,
  { units, places }: Answered,
): { unit: SystemdUnit; main: boolean; swallowed: string[] } {
  const name = `${profile.unit}.service`;
  const byPath = new Map(units.map((u) => [u.path, { ...u, text: spared(u.text) }]));
  const main = UNIT_DIRECTORIES.flatMap((d) => byPath.get(`${d}/${name}`) ?? [])[0];
  const dropIns = dropInOrder([...byPath.keys()], name).map((path) => byPath.get(path)!);
  const { hostname } = places;
  const specifiers = hostname === undefined ? {} : { H: hostname, l: hostname.replace(/\..*$/, '') };
  // without its main file in sight it is not known to be masked
  return {
    unit: systemdUnit(name, [main ?? { path: '', text: '\n' }, ...dropIns], specifiers),
    main: main !== undefined,
    swallowed: [...(main ? [main] : []), ...dropIns].flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, i) => (/^%%masked:[0-9a-f]{64}%%$/.test(line) ? [`${path}:${i + 1}`] : [])),
    ),
  };
}

/** Files that distributions give a unit; they count where the unit names them, or its main file is not in sight. */
const conventional = ({ unit }: Profile): string[] => [`/etc/default/${unit}`, `/etc/sysconfig/${unit}`];

/** Programs that set variables and arguments, and then start another. */
const STARTS_ANYTHING = /(^|\/)(env|(ba|da|k|mk|z)?sh|[^/]+\.sh)$/;

export function environmentFrom(profile: Profile, answer: Answered): Service {
  const wanted = new RegExp(`^(${profile.variables})`);
  const process = answer.environment?.flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1).trimStart()]] : [];
  });
  const { unit, main, swallowed } = unitOf(profile, answer);
  const matched = new Map(
    unit.environmentFiles.map(({ pattern }): [string, MatchedFiles] => {
      const fits = globbed(pattern);
      const unread = answer.unread.filter((path) => fits.test(tidyPath(path)));
      const files = answer.units.filter(({ path }) => fits.test(tidyPath(path)) && !unread.includes(path));
      return [pattern, { files, unread }];
    }),
  );
  const planned = environmentOf(unit, matched);
  const values = new Map(planned.values);
  if (!main)
    for (const { path, text } of answer.units.filter((u) => conventional(profile).includes(u.path)))
      for (const { name, value, line } of environmentFile(text.replace(/^export /gm, '')))
        if (!values.has(name)) values.set(name, { value, origin: `${path}:${line}` });
  const all = process
    ? process.map(([name, value]) => ({ name, value, origin: 'the running process' }))
    : [...values].map(([name, { value, origin }]) => ({ name, value, origin: origin.replace(/:(\d+)$/, ' line $1') }));
  const set = all.filter(({ name }) => wanted.test(`${name}=`));
  const unread = [...answer.unread.filter((path) => planned.unread.includes(path)), ...unreadUnits(profile, answer)];
  const [command] = unit.commands;
  const trouble = [
    ...(command && STARTS_ANYTHING.test(command.program)
      ? [`${command.program} (${command.origin}) starts the server, and may set variables and arguments`]
      : []),
    ...swallowed.map((origin) => `${origin} goes on from a line with a secret, and what it sets was masked with it`),
    ...(unit.refused === undefined ? [] : [unit.refused]),
    ...unread.map((path) => answer.strayed.get(path) ?? `${path} could not be read`),
    ...unit.environmentFiles.flatMap(({ pattern, unknown, origin }) =>
      unknown.length > 0 ? [`${pattern} is not known: ${unknown.join(', ')} in ${origin} depends on the machine`] : [],
    ),
    ...planned.missing.map((path) => `${path} does not exist, and the unit asks for it`),
    ...[...planned.unknown].flatMap(([name, why]) => (wanted.test(`${name}=`) ? [`${name} is ${why}`] : [])),
  ];
  const planArguments =
    command && expandCommand(command.argv.slice(1), new Map([...values].map(([n, v]) => [n, v.value])));
  const account = answer.account ?? unit.user;
  const given = answer.arguments?.slice(1) ?? planArguments;
  return {
    environment: new Map(set.map(({ name, value }) => [name, value])),
    origins: new Map(set.map(({ name, origin }) => [name, origin])),
    environmentFrom: process ? 'process' : 'files',
    placeholders: placeholdersOf([...new Set(set.map(({ origin }) => origin))], answer),
    ...(account !== undefined && { account }),
    ...(!process && trouble.length > 0 && { environmentTrouble: trouble }),
    ...(given && { arguments: given, argumentsFrom: answer.arguments ? 'the running process' : command!.origin }),
  };
}

/** Unit files and drop-ins that are there and could not be read: what they set is not known. */
const unreadUnits = ({ unit }: Profile, { unread }: Answered): string[] =>
  unread.filter((path) => path.endsWith(`/${unit}.service`) || /\.service\.d\/[^/]+\.conf$/.test(path));
