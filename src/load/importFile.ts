/** Loads a module by its path; one of our own may be in the bundle already. */

import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { moduleAt, SRC } from '../place.js';
import { bundled } from './bundled.js';

export const importFile = async (file: string): Promise<unknown> =>
  bundled[relative(join(SRC, '..'), file)] ?? (await moduleAt(pathToFileURL(file).href));
