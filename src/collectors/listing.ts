/** How the configuration directory is looked at: words of commands, for the script and for what sudo has to allow. */

import { shell } from '../model/collector.js';
import { MOST_TEXT, type Profile } from '../products/profile.js';

/** Entries of a configuration directory that are looked at, those the product reads first. */
export const MOST_ENTRIES = 2000;
/** Between colons: names of accounts can hold blanks, and none can hold a colon (passwd(5)); the path is last. */
export const STAT = '~%f:%s:%Y:%U:%G:%n';
/** Names that Kubernetes reserves in a volume: the files are links beside them. */
const RESERVED = ['-name', '..?*', '-prune', '-o'];

/** How far below the directory the named files are. */
export const depthOf = ({ texts, keyFiles, listed = [] }: Profile): number =>
  Math.max(...[...texts.map((t) => t.pattern), ...keyFiles, ...listed].map((p) => p.split('/').length));

/** Stands for the configuration directory in the words of a command. */
const ROOT = '\0';

/** The directory itself, and what is called one of these names below it. */
const named = (profile: Profile, names: readonly string[]): string[] => [
  ...['find', '-L', ROOT, '-maxdepth', String(depthOf(profile)), '(', '-path', ROOT],
  ...names.flatMap((name) => ['-o', '-path', `${ROOT}/${name}`]),
  ')',
];
/** Names with a colon or a newline cannot be separated from what `grep -H` prints after them. */
export const textFinder = (profile: Profile): string[] => [
  ...named(
    profile,
    profile.texts.map((t) => t.pattern),
  ),
  ...['-type', 'f', '!', '-name', '*[:\n]*', '-size', `-${(MOST_TEXT >> 9) + 1}`],
  ...['-exec', 'grep', '-saH', '', '{}', '+'],
];
/** How the lines of a main file that name another file are found. */
export const inMain = (options: string): string[] => ['-sahE', `^[[:space:]]*(${options})`];
/** The whole directory, where it holds nothing but configuration; and what the product reads of it. */
const treeFinders = (profile: Profile): string[][] => {
  const stat = ['-exec', 'stat', '-L', '-c', STAT, '{}', '+'];
  const texts = profile.texts.map((t) => t.pattern);
  const names = [...new Set([...texts, ...profile.keyFiles, ...(profile.listed ?? [])])];
  return [
    ...(profile.listed === undefined ? [['find', '-L', ROOT, ...RESERVED, ...stat]] : []),
    [...named(profile, names), ...stat],
  ];
};
/** In the script, where the directory is `$at`. */
export const commandLine = (words: readonly string[]): string =>
  words.map((w) => (w.startsWith(ROOT) ? `"$at"${shell`${w.slice(1)}`}` : shell`${w}`)).join(' ');

/**
 * The listing as a script. One that could be cut has before it what the product reads, so that of this nothing is missing:
 * a line has more than 30 characters.
 */
export function listingScript(profile: Profile): string {
  const [all, names] = treeFinders(profile).map((words) => `S ${commandLine(words)} 2>&1 | lines`);
  if (names === undefined) return all!;
  return `l=$(${all})
[ ${'${#l}'} -gt ${MOST_ENTRIES * 30} ] && { ${names}; }
printf '%s\\n' "$l"`;
}

/** The same commands for the default directory, without their first word: what sudo has to allow. */
export const listing = (profile: Profile): string[][] =>
  [textFinder(profile), ...treeFinders(profile)].map((words) =>
    words.slice(1).map((w) => w.replace(ROOT, profile.root)),
  );
