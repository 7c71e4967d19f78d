/** Ids of the products that are built in: the names of their folders. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SRC } from '../place.js';

export const PRODUCTS_FOLDER = join(SRC, 'products');

export const productNames: readonly string[] = readdirSync(PRODUCTS_FOLDER, { withFileTypes: true })
  .flatMap((e) => (e.isDirectory() ? [e.name] : []))
  .sort();
