/** `src/place.ts` of the single executable: the files of the package are its assets, all others are on the disk. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { getAsset, getAssetKeys } from 'node:sea';
import { constants, Script } from 'node:vm';

/** Below a file nothing can lie: no path of the disk begins like this. */
export const PACKAGE = process.execPath;
export const SRC = join(PACKAGE, 'dist', 'src');

/** The name of an asset, or undefined for what is on the disk. */
const inside = (path) => (path.startsWith(`${PACKAGE}/`) ? relative(PACKAGE, path) : undefined);

export function namesIn(folder) {
  const own = inside(folder);
  if (own === undefined) return readdirSync(folder);
  const below = getAssetKeys().filter((key) => key.startsWith(`${own}/`));
  return [...new Set(below.map((key) => key.slice(own.length + 1).split('/')[0]))];
}

export function textOf(file) {
  const own = inside(file);
  return own === undefined ? readFileSync(file, 'utf8') : getAsset(own, 'utf8');
}

// `import()` of the program itself loads modules of Node only
const load = new Script('(url) => import(url)', { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
export const moduleAt = (url) => load.runInThisContext()(url);
