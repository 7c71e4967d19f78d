/** The classes of storage of Package Manager, where each goes, and the directories of those on files (docs/sources.md 4.3). */

import { placeDoubt } from '../gcfgSettings.js';
import type { EffectiveSettings, SharedPath } from '../settings.js';

export const FILE = 'rstudio-pm.gcfg';
/** Where `Server.DataDir` is not set. */
export const DATA_DIR = '/var/lib/rstudio-pm';

/** Those of the document; one that a release does not have is simply not configured. */
export const STORAGE_CLASSES = ['cache', 'metrics', 'packages', 'cran', 'pypi', 'bioconductor', 'persistent'];

/** Where a class without its own setting goes: to the default, else to files. By `storage.CLASS`. */
export const destinationOf = (get: (key: string) => string | undefined, key: string): string =>
  get(key) ?? get('storage.default') ?? 'file';

/** Where each class goes: its own setting, else the default, else files. A class of another release counts where it is named. */
export function destinations(inForce: EffectiveSettings): Map<string, string> {
  const named = [...inForce.keys()].flatMap((key) => {
    const [, setting, section] = /^(?:storage\.(.+)|(?:s3|file)storage "(.+)"\..+)$/.exec(key) ?? [];
    return setting ?? section?.toLowerCase() ?? [];
  });
  const get = (key: string): string | undefined => inForce.get(key)?.value.toLowerCase();
  const classes = [...new Set([...STORAGE_CLASSES, ...named])].filter((name) => name !== 'default');
  return new Map(classes.map((name) => [name, destinationOf(get, `storage.${name}`)]));
}

/** Directories of the classes that go to files; where none does, and not all go to S3, perhaps that of all. */
function filePaths(inForce: EffectiveSettings): SharedPath[] {
  const files = [...destinations(inForce)].flatMap(([name, to]) => (to === 'file' ? [name] : []));
  const locations = files.flatMap((name) => {
    const at = [...inForce].find(([key]) => key.toLowerCase() === `filestorage "${name}".location`)?.[1];
    return at ? [{ setting: `FileStorage "${name}".Location`, path: at.value, ...placeDoubt(at) }] : [];
  });
  const dataDir = inForce.get('server.datadir')?.value ?? DATA_DIR;
  const own = { setting: 'Server.DataDir', path: dataDir, ...placeDoubt(inForce.get('server.datadir')) };
  const odd = [...destinations(inForce)].filter(([, to]) => !['file', 's3'].includes(to));
  const words = [...new Set(odd.map(([, to]) => `"${to}"`))].join(' and ');
  const open = `is not known: [Storage] names ${words}, and the document has only file and s3`;
  const elsewhere = { ...own, setting: `[Storage] ${odd.map(([name]) => name).join(', ')}` };
  if (files.length > 0)
    return [
      own,
      ...locations,
      ...(odd.length > 0 ? [{ ...elsewhere, doubt: `where ${elsewhere.setting} goes ${open}` }] : []),
    ];
  return odd.length > 0 ? [{ ...own, doubt: `whether Server.DataDir is used ${open}` }] : [];
}

/** The settings without variables that are perhaps not read. */
const confirmed = (inForce: EffectiveSettings): EffectiveSettings =>
  new Map(
    [...inForce].flatMap(([key, e]) => {
      const certain = e.beside && e.doubt !== undefined ? e.overrides : e;
      return certain ? [[key, certain] as const] : [];
    }),
  );

/** The directories that all nodes have to share; what is used only with, or only without, such a variable is open. */
export function sharedPaths(inForce: EffectiveSettings, because: string): SharedPath[] {
  const [read, unread] = [filePaths(inForce), filePaths(confirmed(inForce))];
  const among = (paths: readonly SharedPath[], p: SharedPath): boolean =>
    paths.some((o) => o.setting === p.setting && o.path === p.path);
  const open = (p: SharedPath): SharedPath => ({
    ...p,
    doubt: p.doubt ?? `whether ${p.setting} is used is not known: ${because}; set [Storage] in ${FILE} to be sure`,
  });
  return [...read.map((p) => (among(unread, p) ? p : open(p))), ...unread.filter((p) => !among(read, p)).map(open)];
}
