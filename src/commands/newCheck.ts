/** `new-check`: a check and its test that pass at once. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../cli.js';
import { UsageError } from '../model/inventory.js';

/** The templates are the compiled and tested `_template` files, so they cannot rot. */
const SOURCE = join(import.meta.dirname, '..', '..', '..');

/** Writes `checks/ID.ts` and `test/checks/ID.test.ts` below `dir`; refuses to overwrite. */
export async function newCheck(id: string, dir: string): Promise<Outcome> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    throw new UsageError(`${id}: an id is a noun in kebab-case, such as clock-skew`);
  const files: [string, string][] = [
    [join(dir, 'checks', `${id}.ts`), readFileSync(join(SOURCE, 'checks', '_template.ts'), 'utf8')],
    [
      join(dir, 'test', 'checks', `${id}.test.ts`),
      readFileSync(join(SOURCE, 'test', 'checks', '_template.test.ts'), 'utf8'),
    ],
  ];
  const taken = files.find(([path]) => existsSync(path));
  if (taken) throw new UsageError(`${taken[0]} exists: nothing was written`);
  for (const [path, text] of files) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text.replaceAll('_template', id).replaceAll('template-check', id));
  }
  return { text: `${files.map(([path]) => path).join('\n')}\nFill in the check from top to bottom, then: npm test` };
}
