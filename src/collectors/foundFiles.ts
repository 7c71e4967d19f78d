/** Which of the files that were read is in force, by the rules of the product. Pure. */

import { NotSeen } from '../model/evidence.js';
import type { Installed, TreeEntry } from '../products/installed.js';
import type { Profile } from '../products/profile.js';
import { environmentDoubt, formatOf, NOT_FOLLOWED } from '../products/profile.js';
import { withGrant } from '../remedy.js';
import type { Answered } from './foundAnswer.js';
import { isAbsence, type Listed } from './foundListing.js';

/** A program or a process of the product, and no directory in which it could be configured. */
export class NoConfiguration extends NotSeen {}

type Service = Omit<Installed, 'root' | 'rootBecause' | 'tree' | 'texts' | 'cut'>;

/** An option that names a file can stand in a file that an option names: that far, and no further. */
const STEPS = 3;

/** Values by absolute path, as values by the names below the configuration directory. */
const byName = <T>(tree: readonly TreeEntry[], byPath: ReadonlyMap<string, T>): Map<string, T> =>
  new Map(
    tree.flatMap((e): [string, T][] => {
      const value = byPath.get(e.at ?? '');
      return value === undefined ? [] : [[e.path, value]];
    }),
  );

/** Of what leads out of a tree of files it is known that it is there. NotSeen for a folder of files that the product reads. */
function strayed({ texts }: Profile, { path, astray }: Listed): TreeEntry[] {
  return [...astray].map(([name, link]) => {
    const at = name === '' ? path : `${path}/${name}`;
    if (texts.some(({ pattern }) => name === '' || pattern.startsWith(`${name}/`)))
      throw new NotSeen(`${at} is a link to ${link}, ${NOT_FOLLOWED}`);
    return { path: name, at, type: 'file', mode: 0, owner: '?', group: '?', size: 1, modified: 0, link };
  });
}

/** NotSeen where a directory that is searched could not be looked at. */
export function filesInForce(profile: Profile, answer: Answered, service: Service): Installed {
  const search = profile.directories?.(service.environment, answer.places);
  if (search && service.environmentTrouble)
    throw new NotSeen(environmentDoubt(service.environmentTrouble, service.refused));
  if (search && search.missing.length > 0)
    throw new NotSeen(
      `${search.origin} names a directory below ${search.missing.map((name) => `$${name.toUpperCase()}`).join(', ')}, which the server's environment does not set`,
    );
  const directories = search && search.directories.length > 0 ? search.directories : [answer.root];
  const listed = directories.flatMap((path) => answer.directories.find((d) => d.path === path) ?? []);
  const denied = listed.find((d) => !d.seen && d.trouble !== undefined && !isAbsence(d.trouble));
  const has = (d: Listed): boolean => d.entries.some((e) => e.path === profile.required[0]);
  if (denied && !listed.slice(0, listed.indexOf(denied)).some(has))
    throw new NotSeen(withGrant(`${denied.path} could not be read: ${denied.trouble}`));
  const first = new Map<string, TreeEntry>();
  for (const directory of listed)
    for (const e of [...strayed(profile, directory), ...directory.entries])
      if (!first.has(e.path)) first.set(e.path, e);
  if (!listed.some((d) => d.seen) && answer.moved.size === 0)
    throw new NoConfiguration(
      withGrant(
        `${directories[0]}${search && search.origin !== 'default' ? ` (from ${search.origin})` : ''} could not be read: ${listed[0]?.trouble ?? 'the directory does not exist'}`,
      ),
    );
  const tree = [...first.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const dangling = [...new Set(listed.flatMap((d) => d.dangling))].filter((path) => !first.has(path)).sort();
  const main = tree.find((e) => e.path === profile.required[0]);
  const root =
    directories.find((d) => main?.at === `${d}/${main?.path}`) ??
    (search?.noFallback ? directories[0]! : directories.at(-1)!);
  const because = root === profile.root ? 'default' : (search?.origin ?? 'default');
  const troubles = listed.flatMap((d) => ((d.seen || d === denied) && d.trouble !== undefined ? [d.trouble] : []));
  let installed: Installed = {
    ...service,
    root,
    rootBecause: because,
    ...(directories.length > 1 && { directories }),
    tree,
    ...(dangling.length > 0 && { dangling }),
    ...(troubles.length > 0 && { treeTrouble: troubles[0]! }),
    texts: byName(tree, answer.texts),
    cut: byName(tree, answer.cut),
    unencoded: byName(tree, answer.unencoded),
    wrapped: byName(tree, answer.wrapped),
    placeholders: new Map([...byName(tree, answer.placeholders), ...variablesOf(answer), ...service.placeholders]),
  };
  for (let step = 0; profile.moved && step < STEPS; step++) {
    const places = profile.moved(installed);
    if ([...places].every(([name, path]) => installed.moved?.get(name) === path)) break;
    for (const [name, path] of places) {
      const lost = formatOf(profile.texts, name) && notFound(name, path, answer);
      if (lost) throw new NotSeen(lost);
    }
    installed = moveTo(installed, places, answer);
  }
  return installed;
}

/** Why a file that an option names was not looked at; undefined where it was. */
function notFound(name: string, path: string, { strayed, named, directories }: Answered): string | undefined {
  if (!path.startsWith('/'))
    return `${name} is read from ${path}, as seen from the working directory of the server, which is not known: write the whole path`;
  if (named.has(path) || directories.some((d) => path.startsWith(`${d.path}/`))) return strayed.get(path);
  return `${name} is read from ${path}, which was not looked at, because a variable is part of its name: write the whole path, or start the service`;
}

/** Of the environment: the name '' stands for no file. */
const variablesOf = ({ placeholders }: Answered): [string, readonly number[]][] =>
  placeholders.has('') ? [['', placeholders.get('')!]] : [];

function moveTo(installed: Installed, places: ReadonlyMap<string, string>, answer: Answered): Installed {
  const everywhere = answer.directories.flatMap((d) => d.entries);
  const entries = [...places].flatMap(([name, path]): TreeEntry[] => {
    const entry = answer.moved.get(path) ?? everywhere.find((e) => e.at === path);
    return entry ? [{ ...entry, path: name, at: path }] : [];
  });
  const tree = [...installed.tree.filter((e) => !places.has(e.path)), ...entries].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  return {
    ...installed,
    tree,
    moved: places,
    texts: byName(tree, answer.texts),
    cut: byName(tree, answer.cut),
    unencoded: byName(tree, answer.unencoded),
    wrapped: byName(tree, answer.wrapped),
    // those of variables stay
    placeholders: new Map([
      ...[...installed.placeholders].filter(([name]) => name === '' || name.startsWith('/')),
      ...byName(tree, answer.placeholders),
    ]),
  };
}
