/** `new-check`: a check and its test that pass at once. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadChecks } from '../load/checks.js';
import { UsageError } from '../model/inventory.js';
import { PACKAGE, textOf } from '../place.js';
import type { Outcome } from './outcome.js';

/** The templates are the `_template` files, tested as every check is, so they cannot rot. */
/** As the compiler leaves it, with our indentation. */
const javascript = (path: string): string =>
  textOf(join(PACKAGE, 'dist', path)).replace(/^ +/gm, (spaces) => ' '.repeat(spaces.length / 2));

/** Writes `checks/ID` and `test/checks/ID.test` below `dir`, TypeScript where a tsconfig.json is; refuses to overwrite. */
export async function newCheck(id: string, dir: string): Promise<Outcome> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    throw new UsageError(`${id}: an id must be a noun in kebab-case, such as clock-skew`);
  const compiled = existsSync(join(dir, 'tsconfig.json'));
  const files = ['checks/_template', 'test/checks/_template.test'].map((name): [string, string] => [
    join(dir, `${name.replace('_template', id)}.${compiled ? 'ts' : 'js'}`),
    compiled ? textOf(join(PACKAGE, `${name}.ts`)) : javascript(`${name}.js`),
  ]);
  const taken = files.find(([path]) => existsSync(path));
  if (taken) throw new UsageError(`${taken[0]} exists: nothing was written`);
  // a plugin with the id of a check that is there is refused when it is loaded
  if ((await loadChecks()).some((check) => check.id === id))
    throw new UsageError(`${id} is a check of ha-preflight: choose a different id; nothing was written`);
  for (const [path, text] of files) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text.replaceAll('_template', id).replaceAll('template-check', id));
  }
  const next = compiled
    ? `npm run build, then node --test dist/test/checks/${id}.test.js`
    : 'node --test; to use it, write plugins: [./checks] in an inventory';
  return { text: `${files.map(([path]) => path).join('\n')}\nBoth pass as they are: ${next}` };
}
