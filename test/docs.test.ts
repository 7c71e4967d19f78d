/** The generated pages are those of this program, links lead somewhere, and every source that is cited is listed. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { builtIn } from '../src/load/products.js';
import { docs } from './support/docs.js';

const { requirements } = builtIn;
const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const below = (folder: string, ending: string): string[] =>
  (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    .filter((f) => f.endsWith(ending))
    .map((f) => join(folder, f));

const pages = await docs();

describe('docs/', () => {
  for (const { path, text } of pages)
    it(`${basename(path)} is up to date`, () => {
      let there = '';
      try {
        there = readFileSync(path, 'utf8');
      } catch {
        // missing is out of date
      }
      assert.ok(there === text, `${basename(path)} is out of date: npm run docs`);
    });

  it('the README is one screen', () => assert.ok(read('README.md').split('\n').length <= 100));

  it('every link leads to a file and a heading that exist', () => {
    const pages = ['README.md', 'checks/README.md', 'bench/README.md', ...below('docs', '.md')];
    const slug = (heading: string): string =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-');
    const wrong = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(([link, file, anchor]) => {
        const target = file === '' ? page : join(dirname(page), file!);
        if (!existsSync(join(ROOT, target))) return [`${page}: ${link}`];
        if (anchor === undefined) return [];
        const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, h]) => slug(h!));
        return headings.includes(anchor) ? [] : [`${page}: ${link}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  it('every source a comment cites is a heading of docs/sources.md, every row exists', () => {
    const headings = new Set([...read('docs/sources.md').matchAll(/^#+ ([TF]?\d+(?:\.\d+)?) /gm)].map(([, h]) => h!));
    const cited = ['src', 'checks', 'test', 'bench'].flatMap((folder) =>
      below(folder, '.ts').flatMap((file) =>
        [...read(file).matchAll(/\bsources(?:\.md)? ((?:(?:[TFX]-?)?\d+(?:\.\d+)?(?:, |; | and )?)+)/g)].flatMap(
          ([, list]) => list!.match(/(?:X-|[TF])?\d+(?:\.\d+)?/g)!.map((id): [string, string] => [file, id]),
        ),
      ),
    );
    assert.ok(cited.length > 30, `${cited.length} citations`);
    const wrong = cited.filter(([, id]) => !(id.startsWith('X-') ? requirements.has(id) : headings.has(id)));
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      [...headings].filter((id) => !cited.some(([, c]) => c === id)),
      [],
    );
  });
});
