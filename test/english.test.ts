/** Words that were replaced by plainer ones must not come back: in checks, requirements, help and every string of the program. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { COMMANDS } from '../src/commands/options.js';
import { loadChecks } from '../src/load/checks.js';
import { builtIn } from '../src/load/products.js';
import { count, verb } from '../src/model/words.js';
import { run } from './support/run.js';

const ROOT = join(import.meta.dirname, '..', '..');

/** What must not stand in a text, and what to write instead. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/\bmend(?:s|ing)?\b/i, 'fix'],
  [/\bspelt\b/i, 'spelled'],
  [/\bapiece\b/i, 'each'],
  [/\bbeside\b/i, 'in addition to, or next to'],
  [/(?<!\bthere )\bis no (?!longer)/i, 'is not a'],
  [/\bknows? (?:nobody|nothing|no) /i, 'lists no, has no'],
  [/\ban error of ours\b/i, 'an internal error (a bug in ha-preflight)'],
  [/\bof (?:its|their|his) own\b/i, 'its own, or separate'],
  [/\bof ours\b/i, 'ours, or leave it out'],
  [/\bin place of\b/i, 'instead of'],
  [/\bone and the same\b/i, 'the same'],
  [/\b(?:switched on|is switched off)\b/i, 'enabled, disabled'],
  [/\bsoundly\b/i, 'correctly'],
  [/\bby whose word\b/i, 'which document says so'],
  [/\b(?:directory|options) in force\b/i, 'that the product reads'],
  [/\bcalled online\b/i, 'listed as online'],
  [/\bnot well from here\b/i, 'did not answer 200'],
  [/\banother (?:key|version|content|server)\b/i, 'a different'],
  [/\bgave back\b/i, 'returned'],
  [/\ban? (?:node|check|line|cluster|finding|setting) a (?:check|node|cluster|finding|line)\b/i, 'one per'],
  [/\b(?:cannot|could not) be told\b|\bnot told\b|\bis told from\b/i, 'is not known, is not visible'],
  [/^(?:It|Those|What|They|One (?:of|is|has|that|which)) /, 'the noun as the first word'],
];

/** Every forbidden word of a text, with what to write. */
const wrongIn = (text: string): string[] =>
  INSTEAD.flatMap(([pattern, instead]) => {
    const found = pattern.exec(text)?.[0];
    return found === undefined ? [] : [`"${found.trim()}" in ${JSON.stringify(text.slice(0, 120))}: write ${instead}`];
  });

interface Literal {
  readonly line: number;
  readonly text: string;
}

/**
 * String literals of TypeScript, without comments. Parts of a template are joined by `…`; regular expressions are not
 * recognised, so a quote inside one may hide a literal of the same line, and no more.
 */
function literalsOf(source: string): Literal[] {
  const found: Literal[] = [];
  for (const [i, line] of source
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .split('\n')
    .entries()) {
    if (/^\s*(?:\/\/|import )/.test(line)) continue;
    for (const [, single, double, template] of line
      .replace(/\s\/\/ .*$/, '')
      .matchAll(/'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)/g))
      found.push({ line: i + 1, text: (single ?? double ?? template ?? '').replaceAll(/\$\{[^}]*\}/g, '…') });
  }
  // one word is a name
  return found.filter(({ text }) => / /.test(text));
}

const files = ['src', 'checks'].flatMap((folder) =>
  (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    .filter((f) => f.endsWith('.ts'))
    .map((f) => join(folder, f)),
);

/** Strings that only look like a text: shell scripts, and the subject of a verdict, which makes its fingerprint. */
const EXEMPT = /subject: |\bshell`|\$R\b|\bawk\b|regexp/;

describe('English', { concurrency: 2 }, () => {
  it('finds what it looks for', () => {
    const source = [
      "const a = 'no finding here';",
      '// Mend: a comment',
      '/* an error',
      ' of ours */',
      "fail('this is no key'); const b = `${x} knows nobody there`;",
      "const c = 'Mend: ';",
    ].join('\n');
    const wrong = literalsOf(source).flatMap(({ line, text }) => wrongIn(text).map((words) => `${line}: ${words}`));
    assert.deepEqual(wrong, [
      '5: "is no" in "this is no key": write is not a',
      '5: "knows nobody" in "… knows nobody there": write lists no, has no',
      '6: "Mend" in "Mend: ": write fix',
    ]);
  });

  it('every check: title, rationale, remediation', async () => {
    const wrong = (await loadChecks()).flatMap(({ id, title, rationale, remediation }) =>
      [title, rationale, ...remediation.split('\n')].flatMap((text) => wrongIn(text).map((words) => `${id}: ${words}`)),
    );
    assert.deepEqual(wrong, []);
  });

  it('every requirement', () => {
    const wrong = [...builtIn.requirements.values()].flatMap(({ id, text, edition = '' }) =>
      [text, edition].flatMap((t) => wrongIn(t).map((words) => `${id}: ${words}`)),
    );
    assert.deepEqual(wrong, []);
  });

  it('every --help', async () => {
    for (const command of [[], ...COMMANDS.map((name) => [name])]) {
      const { out } = await run([...command, '--help']);
      assert.ok(out.length > 100);
      assert.deepEqual(wrongIn(out.replaceAll(/\s+/g, ' ')), [], `ha-preflight ${command.join(' ')} --help`);
    }
  });

  it('every string of src/ and checks/', () => {
    const all = files.flatMap((file) => {
      const source = readFileSync(join(ROOT, file), 'utf8');
      const lines = source.split('\n');
      return literalsOf(source)
        .filter(({ line }) => !EXEMPT.test(lines[line - 1]!))
        .map(({ line, text }) => ({ place: `${file}:${line}`, text }));
    });
    assert.ok(all.length > 800, `${all.length} strings`);
    assert.deepEqual(
      all.flatMap(({ place, text }) => wrongIn(text).map((words) => `${place}: ${words}`)),
      [],
    );
  });

  it('every description of the schemas', () => {
    for (const name of ['inventory', 'report']) {
      const path = `src/schema/${name}.schema.json`;
      const wrong = readFileSync(join(ROOT, path), 'utf8')
        .split('\n')
        .flatMap((line, i) => {
          const [, text] = /"description": "(.*)"/.exec(line) ?? [];
          return wrongIn(text ?? '').map((words) => `${path}:${i + 1}: ${words}`);
        });
      assert.deepEqual(wrong, []);
    }
  });

  it('number and noun agree', () => {
    assert.deepEqual(
      [count(1, 'node'), count(0, 'node'), count(2, 'directory', 'directories')],
      ['1 node', '0 nodes', '2 directories'],
    );
    assert.deepEqual([verb(1, 'agrees', 'agree'), verb(2, 'agrees', 'agree')], ['agrees', 'agree']);
  });
});
