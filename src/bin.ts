#!/usr/bin/env node
/** Entry point. `--version` answers without loading anything. */

import { version } from './version.js';

if (process.argv.length === 3 && process.argv[2] === '--version') process.stdout.write(`${version}\n`);
else {
  const { main } = await import('./cli.js');
  await main(process.argv.slice(2));
}
