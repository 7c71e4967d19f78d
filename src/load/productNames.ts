/** Ids of the products that are built in: the names of their folders. */

import { join } from 'node:path';
import { namesIn, SRC } from '../place.js';

export const PRODUCTS_FOLDER = join(SRC, 'products');

export const productNames: readonly string[] = namesIn(PRODUCTS_FOLDER)
  .filter((name) => !name.includes('.'))
  .sort();
