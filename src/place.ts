/**
 * Where this package's files are, for the modules of `dist/src` and for the bundle that lies there as well. In the single
 * executable `.build/inside.mjs` stands for this module: there the files are parts of the program.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder `src` of the build. */
export const SRC = import.meta.dirname;
/** The folder of the package. */
export const PACKAGE = join(SRC, '..', '..');

/** Names of the files and folders in a folder. */
export const namesIn = (folder: string): readonly string[] => readdirSync(folder);
/** The text of a file. */
export const textOf = (file: string): string => readFileSync(file, 'utf8');
/** The module at a URL. */
export const moduleAt = (url: string): Promise<unknown> => import(url);
