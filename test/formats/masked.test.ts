import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hideMasks, isMasked, unmaskLines } from '../../src/formats/masked.js';

const A = 'a'.repeat(64);
const B = '0'.repeat(64);

describe('what the node masks', () => {
  it('is put together again, by file and line', () => {
    const read = unmaskLines([
      ...['=file one', '+password = ', `${A}  -`, '|;', '=cut 1', '=cut 12', '=placeholder 10', '|next', 'noise'],
      ...[
        '=file two',
        '+x',
        `${B} `,
        '+y',
        `${A}\t-`,
        '|',
        '=cut 3',
        '=cut x',
        ' =cut 4',
        '=cut 5 ',
        '=placeholder 1',
        '=placeholder 2',
        '=unencoded 3',
        '=wrapped 4',
      ],
    ]);
    assert.deepEqual(read, {
      files: new Map([
        ['one', `password = %masked:${A}%;\nnext\n`],
        ['two', `x%masked:${B}%y%masked:${A}%\n`],
      ]),
      cut: new Map([
        ['one', [1, 12]],
        ['two', [3]],
      ]),
      placeholders: new Map([
        ['one', [10]],
        ['two', [1, 2]],
      ]),
      unencoded: new Map([['two', [3]]]),
      wrapped: new Map([['two', [4]]]),
    });
  });

  it('counts a file that was read twice once', () => {
    const twice = ['=file a', '|x', '=cut 1', '=placeholder 1', '=file b', '|y', '=file a', '|x', '=cut 1'];
    assert.deepEqual(unmaskLines(twice), {
      files: new Map([
        ['a', 'x\n'],
        ['b', 'y\n'],
      ]),
      cut: new Map([['a', [1]]]),
      placeholders: new Map(),
      unencoded: new Map(),
      wrapped: new Map(),
    });
  });

  it('plain input has no file', () => {
    assert.deepEqual(unmaskLines(['|a', '|b'])?.files, new Map([['', 'a\nb\n']]));
  });

  for (const digest of [[], [A], [`x${A} -`], ['|text']])
    it(`no digest in ${JSON.stringify(digest)}`, () => assert.equal(unmaskLines(['+secret', ...digest]), undefined));

  it('for people', () => {
    assert.ok(isMasked(`x%masked:${A}%`) && !isMasked(`%masked:${A.slice(1)}%`));
    assert.equal(hideMasks(`a%masked:${A}%b%masked:${B}%`), 'a(masked)b(masked)');
  });
});
