/** Where this package's files are, for the modules of `dist/src` and for the bundle that lies there as well. */

import { join } from 'node:path';

/** The folder `src` of the build. */
export const SRC = import.meta.dirname;
/** The folder of the package. */
export const PACKAGE = join(SRC, '..', '..');
