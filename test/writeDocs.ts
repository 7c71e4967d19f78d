/** `npm run docs`: writes the generated pages of docs/. */

import { writeFileSync } from 'node:fs';
import { docs } from './support/docs.js';

for (const { path, text } of await docs()) writeFileSync(path, text);
