import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expandSpecifiers, unitSpecifiers, unitWords } from '../../src/formats/systemdWords.js';

const MASKED = `%masked:${'0123456789abcdef'.repeat(4)}%`;

describe('unitWords', () => {
  const WORDS: readonly [text: string, words: readonly string[], error?: string][] = [
    ['', []],
    ['\\a\\b\\f\\n\\r\\t\\v\\s', ['\x07\b\f\n\r\t\v ']],
    ['\\\\ \\\' \\"', ['\\', "'", '"']],
    ['\\U0001f600 \\u20ac \\101', ['😀', '€', 'A']],
    ['\\xc3\\xa9 \\303\\251 \\xe2\\202\\xac', ['é', 'é', '€']],
    ['a\\xe9b \\xc3x\\xa9', ['a\udce9b', '\udcc3x\udca9']],
    ['\\ud800 \\uffff \\udcc3\\udca9', ['\udfff', '\udfff', '\udfff\udfff']],
    ['a \\U0000d800', ['a'], '"\\U" is not an escape'],
    ['a \\U0001fffe', ['a'], '"\\U" is not an escape'],
    ['a\vb \fc', ['a\vb', '\fc']],
    ['a \\U00110000 b', ['a'], '"\\U" is not an escape'],
    ['a \\x00', ['a'], '"\\x" is not an escape'],
    ['a \\u0000', ['a'], '"\\u" is not an escape'],
    ['a \\000', ['a'], '"\\0" is not an escape'],
    ['a \\400', ['a'], '"\\4" is not an escape'],
    ['a \\qx41', ['a'], '"\\q" is not an escape'],
    ['a \\', ['a'], '"\\" is not an escape'],
    [`"it's" 'a"b' c"d`, ["it's", 'a"b'], 'a quote is not closed'],
    [`"" ''`, ['', '']],
  ];
  for (const [text, words, error] of WORDS)
    it(JSON.stringify(text), () => {
      assert.deepEqual(unitWords(text), error === undefined ? { words } : { words, error });
    });

  it('a command line keeps an unknown escape, and refuses a backslash alone', () => {
    assert.deepEqual(unitWords('a\\qb \\; c', true), { words: ['a\\qb', '\\;', 'c'] });
    assert.deepEqual(unitWords('a \\', true), { words: ['a'], error: '"\\" is not an escape' });
  });
});

describe('expandSpecifiers', () => {
  const TEXTS: readonly [text: string, expected: ReturnType<typeof expandSpecifiers>][] = [
    ['%n %% %n', { text: 'u % u', unknown: [] }],
    [MASKED, { text: MASKED, unknown: [] }],
    [`%n${MASKED}%n`, { text: `u${MASKED}u`, unknown: [] }],
    ['%H%m', { text: '%H%m', unknown: ['%H', '%m'] }],
    ['%4 %z', { text: '%4 %z', unknown: [], invalid: '%4' }],
    ['%- %\n%', { text: '%- %\n%', unknown: [] }],
  ];
  for (const [text, expected] of TEXTS)
    it(JSON.stringify(text.replaceAll(MASKED, '…')), () => {
      assert.deepEqual(expandSpecifiers(text, { n: 'u' }), expected);
    });
});

/** `n N p P i I j J` of each unit, as measured on systemd 252. */
const NAMES: readonly [unit: string, specifiers: string][] = [
  ['a.service', 'a.service a a a   a a'],
  ['p-q.service', 'p-q.service p-q p-q p/q   q q'],
  ['p-q@a-b\\x2dc.service', 'p-q@a-b\\x2dc.service p-q@a-b\\x2dc p-q p/q a-b\\x2dc a/b-c q q'],
  ['a.b@1.service', 'a.b@1.service a.b@1 a.b a.b 1 1 a.b a.b'],
];

describe('unitSpecifiers', () => {
  for (const [unit, expected] of NAMES)
    it(unit, () => {
      const specifiers = unitSpecifiers(unit);
      assert.equal(Array.from('nNpPiIjJ', (letter) => specifiers[letter]).join(' '), expected);
    });

  it('directories and the account of the system manager, by systemd.unit(5)', () => {
    const specifiers = unitSpecifiers('a.service');
    assert.equal(
      Array.from('tSCLETVuUgGh', (letter) => specifiers[letter]).join(' '),
      '/run /var/lib /var/cache /var/log /etc /tmp /var/tmp root 0 root 0 /root',
    );
  });
});
