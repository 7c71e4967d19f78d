/**
 * How what is shipped starts: the program is one file, and what V8 made of it when it was built lies beside it. Another
 * release of Node, or V8 with other flags, compiles it anew.
 */

import { readFileSync } from 'node:fs';
import * as module from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

/** The program and what V8 made of it, in the folder of the build. */
export const filesIn = (folder) => ({
  file: join(folder, 'bundle.cjs'),
  cache: join(folder, `bundle-${process.version}-${process.arch}.cache`),
});

/** Around the program: a function for whoever runs it as a script, and a module for whoever requires it. */
export const AROUND = {
  before: `(typeof module === 'object' ? (f) => (module.exports = f) : (f) => f)((require, importModule, __dirname, bundleUrl) => {
'use strict';
const module = { exports: {} };`,
  after: 'return module.exports; })',
};

export const scriptOf = (file, cachedData) => new Script(readFileSync(file, 'latin1'), { filename: file, cachedData });

/** Runs it, and gives what it exports. A script from a cache cannot import anything by itself. */
export const begun = (run, file) =>
  run(module.createRequire(file), (url) => import(url), dirname(file), pathToFileURL(file).href);

/** The program, started as fast as it can be. */
export function program(folder) {
  const { file, cache } = filesIn(folder);
  let cachedData;
  try {
    cachedData = readFileSync(cache);
  } catch {
    // from 22 on Node keeps what it has compiled
    module.enableCompileCache?.();
    return begun(module.createRequire(file)(file), file);
  }
  return begun(scriptOf(file, cachedData).runInThisContext(), file);
}
