/** The built-in products, each the default export of its folder's `index.js`. */

import { join } from 'node:path';
import { type Catalogue, catalogueOf } from '../products/index.js';
import type { Profile } from '../products/profile.js';
import { importFile } from './importFile.js';
import { PRODUCTS_FOLDER, productNames } from './productNames.js';

const profileOf = async (name: string): Promise<Profile> => {
  const module = (await importFile(join(PRODUCTS_FOLDER, name, 'index.js'))) as { default: Profile };
  return module.default;
};

/** What is there without plugins. */
export const builtIn: Catalogue = catalogueOf(await Promise.all(productNames.map(profileOf)));
