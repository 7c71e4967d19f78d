/** The generated pages are those of this program. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { docs } from './support/docs.js';

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
      assert.ok(there === text, `docs/${basename(path)} is out of date: npm run docs`);
    });
});
