/** Name and version as package.json has them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE } from './place.js';

interface Manifest {
  readonly name: string;
  readonly version: string;
}

const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as Manifest;

export const version = manifest.version;
export const tool = { name: manifest.name, version };
