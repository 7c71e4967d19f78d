import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lineAndColumn, lineStarts } from '../../src/load/problem.js';
import { loadYaml, MAX_FILE_BYTES, parseYaml, pointerTo, segmentsOf } from '../../src/load/yaml.js';
import { UsageError } from '../../src/model/inventory.js';
import { cpuOf } from '../support/cpu.js';

const place = (text: string, pointer: string, at: 'key' | 'value' = 'value'): string => {
  const yaml = loadYaml(text, 'x');
  const { line, column } = lineAndColumn(lineStarts(yaml.text), yaml.offset(pointer, at));
  return `${line}:${column}`;
};

test('positions of keys and values', () => {
  const text = 'a: 1\nb:\n  - x\n  - "y"\n  - { c: d }\n"e/f": |\n  text\ng:\n';
  assert.equal(place(text, ''), '1:1');
  assert.equal(place(text, '/a'), '1:4');
  assert.equal(place(text, '/a', 'key'), '1:1');
  assert.equal(place(text, '/b/1'), '4:5');
  assert.equal(place(text, '/b/1', 'key'), '4:5');
  assert.equal(place(text, '/b/2/c'), '5:10');
  assert.equal(place(text, '/e~1f', 'key'), '6:1');
  assert.equal(place(text, '/e~1f'), '6:1', 'a block has no place of its own');
  assert.equal(place(text, '/g'), '8:1', 'nothing stands at its key');
  assert.equal(place(text, '/b/2/none'), '5:5', 'the nearest parent answers');
});

test('positions through aliases and merge keys', () => {
  const text = 'base: &b { x: 1, y: 2 }\none: *b\ntwo:\n  <<: *b\n  y: 3\nthree: { <<: [{ z: 1 }, *b] }\n';
  assert.equal(place(text, '/one'), '2:6');
  assert.equal(place(text, '/one/y'), '1:21');
  assert.equal(place(text, '/two/x'), '1:15');
  assert.equal(place(text, '/two/y'), '5:6', 'own keys win');
  assert.equal(place(text, '/three/y'), '1:21');
  assert.equal(place(text, '/three/z'), '6:20');
  assert.deepEqual((loadYaml(text, 'x').value as Record<string, unknown>).two, { x: 1, y: 3 });
});

test('a BOM and any line ending leave positions as an editor shows them', () => {
  assert.equal(place('\ufeffa: 1\r\nb: 2\rc: 3\n', '/a'), '1:4');
  assert.equal(place('\ufeffa: 1\r\nb: 2\rc: 3\n', '/c'), '3:4');
});

test('values follow YAML 1.2', () => {
  assert.deepEqual(loadYaml('{a: yes, b: 2027-03-31, c: 0o14, d: ~, e: 1_000, f: "<<"}', 'x').value, {
    a: 'yes',
    b: '2027-03-31',
    c: 12,
    d: null,
    e: '1_000',
    f: '<<',
  });
});

test('a key called __proto__ is only a key', () => {
  const value = loadYaml('{__proto__: {polluted: 1}}', 'x').value as object;
  assert.ok(Object.hasOwn(value, '__proto__'));
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

const bombs: Readonly<Record<string, string>> = {
  lists: `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]\n`).join('')}`,
  mappings: `a0: &a0 {k: x}\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} {k: *a${i}, l: *a${i}}\n`).join('')}`,
  merges: `a0: &a0 {k: x}\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}\n`).join('')}`,
  'a chain': `a0: &a0 [x]\n${Array.from({ length: 500 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]\n`).join('')}`,
};
for (const [name, text] of Object.entries(bombs)) {
  test(`an alias bomb of ${name} is refused at once`, () => {
    const ms = cpuOf(() =>
      assert.throws(
        () => loadYaml(text, 'bomb.yml'),
        (error: unknown) =>
          error instanceof UsageError && /^bomb\.yml:\d+:\d+: found .*(more than|deeper)/.test(error.message),
      ),
    );
    // unfolded it would take longer than anybody waits
    assert.ok(ms < 10_000, `${ms} ms`);
  });
}

test('a file above the limit is refused', () => {
  const result = parseYaml(`a: ${'x'.repeat(MAX_FILE_BYTES)}`);
  assert.ok('problems' in result);
  assert.match(result.problems[0]!.message, /larger than 5000000 bytes/);
});

test('control characters of the file reach no message', () => {
  assert.throws(
    () => loadYaml('"\\e[31m": 1\n"\\e[31m": \u202e2\n', 'x\u001b.yml'),
    (error: unknown) => error instanceof UsageError && !/[\u001b\u202e]/.test(error.message),
  );
});

test('JSON pointers', () => {
  assert.deepEqual(segmentsOf(pointerTo('/a', 'b/~c')), ['a', 'b/~c']);
  assert.deepEqual(segmentsOf(''), []);
});
