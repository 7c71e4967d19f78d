/** Name and version as package.json has them. */

import { join } from 'node:path';
import { PACKAGE, textOf } from './place.js';

interface Manifest {
  readonly name: string;
  readonly version: string;
}

const manifest = JSON.parse(textOf(join(PACKAGE, 'package.json'))) as Manifest;

export const version = manifest.version;
export const tool = { name: manifest.name, version };
