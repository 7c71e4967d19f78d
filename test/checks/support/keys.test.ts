import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { absence, strength, weakness } from '../../../checks/support/keys.js';
import type { KeyContent, KeyMeasure } from '../../../src/collectors/keys.js';
import { foundOf, keyOf } from '../../support/facts.js';

type Spec = Partial<KeyMeasure['spec']>;
const [{ value: sound }] = [...keyOf(foundOf('workbench')).values()] as unknown as [{ value: KeyMeasure }];
const measure = (content: Partial<KeyContent>, spec: Spec = {}): KeyMeasure => {
  const { maxCharacters: _, enforcedBytes: __, alphabet: ___, ...plain } = sound.spec;
  return {
    ...sound,
    spec: {
      ...plain,
      kind: 'secret' as KeyMeasure['spec']['kind'],
      encoding: 'raw' as KeyMeasure['spec']['encoding'],
      minBytes: 32,
      ...spec,
    },
    content: { ...sound.content!, ...content },
  };
};
const decoded = { encoding: 'decoded' } as Spec;
const spaceless = { encoding: 'spaceless' } as Spec;

describe('strength of a key', () => {
  const ROWS: readonly [content: Partial<KeyContent>, spec: Spec, bytes: number][] = [
    [{ length: 65, trimmed: 64, kind: 'hex' }, {}, 65],
    [{ length: 65, trimmed: 64, kind: 'hex' }, decoded, 32],
    [{ length: 45, trimmed: 44, kind: 'base64' }, decoded, 33],
    [{ length: 44, trimmed: 43, kind: 'base64' }, decoded, 32],
    [{ length: 41, trimmed: 40, kind: 'printable' }, decoded, 40],
    [{ length: 66, trimmed: 64, kind: 'base64' }, spaceless, 64],
  ];
  for (const [content, spec, bytes] of ROWS)
    it(`${content.kind} ${content.trimmed} is ${bytes}`, () => {
      const m = measure(content, spec);
      assert.equal(strength(m, m.content!), bytes);
    });
});

describe('weakness of a key', () => {
  const base64 = { alphabet: 'base64' } as Spec;
  const enforced = { minBytes: 32, enforcedBytes: 48 };
  const size = (bytes: number, kind: KeyContent['kind'] = 'hex') => ({ length: bytes, trimmed: bytes, kind });
  const ROWS: readonly [
    name: string,
    content: Partial<KeyContent>,
    spec: Spec,
    release: string | undefined,
    why: RegExp | undefined,
  ][] = [
    ['sound', {}, {}, undefined, undefined],
    ['empty', { length: 0, trimmed: 0, kind: 'empty' }, {}, undefined, /^is empty$/],
    ['a line break', { length: 1, trimmed: 0, kind: 'empty' }, {}, undefined, /only a line break/],
    ['two line breaks', { length: 2, trimmed: 0, kind: 'empty' }, {}, undefined, /^is empty$/],
    ['no PEM', {}, { kind: 'pem' }, undefined, /not a PEM key/],
    ['PEM, however short', { ...size(9, 'pem'), distinct: 3 }, { kind: 'pem' }, undefined, undefined],
    ['PEM where a secret is wanted', size(64, 'pem'), {}, undefined, undefined],
    ['example', { known: 'example' }, {}, undefined, /example key of the vendor/],
    ['placeholder', { known: 'placeholder' }, {}, undefined, /placeholder/],
    ['hex is base64, too', {}, base64, undefined, undefined],
    ['base64', size(64, 'base64'), base64, undefined, undefined],
    ['not base64', size(64, 'printable'), base64, undefined, /not base64/],
    ['a list of keys in YAML', size(4000, 'yaml'), base64, undefined, undefined],
    ['any alphabet', size(64, 'printable'), {}, undefined, undefined],
    [
      'as long as it may be, with line breaks',
      { ...size(100), length: 102 },
      { maxCharacters: 100 },
      undefined,
      undefined,
    ],
    ['too long', size(101), { maxCharacters: 100 }, undefined, /is 101 characters long: .* more than 100$/],
    [
      'too short without its blanks',
      { length: 40, trimmed: 31, kind: 'hex' },
      spaceless,
      undefined,
      /^is 31 bytes long/,
    ],
    ['31 bytes', size(31), {}, undefined, /^is 31 bytes long \(248 bits\); at least 32 bytes \(256 bits\)/],
    ['32 bytes', size(32), {}, undefined, undefined],
    [
      '31 bytes, encoded',
      { ...size(62), length: 63 },
      decoded,
      undefined,
      /^holds 62 hex characters, which decode to 31 bytes \(248/,
    ],
    ['a NUL', { nulBytes: 1 }, {}, undefined, /NUL byte/],
    ['a NUL, decoded', { nulBytes: 1 }, decoded, undefined, undefined],
    ['7 bytes', { distinct: 7 }, {}, undefined, /only 7 different bytes/],
    ['8 bytes', { distinct: 8 }, {}, undefined, undefined],
    ['enforced', size(47), enforced, '1.4', /is 47 bytes long: enough for the document \(32\).* less than 48$/],
    ['enforced, later', size(47), enforced, '2023.09', /refuses less than 48/],
    ['long enough', size(48), enforced, '1.4', undefined],
    ['not enforced yet', size(47), enforced, '1.3', undefined],
    ['release not known', size(47), enforced, undefined, undefined],
  ];
  for (const [name, content, spec, release, why] of ROWS)
    it(name, () => {
      const said = weakness(measure(content, spec), release);
      if (why === undefined) assert.equal(said, undefined);
      else assert.match(said ?? '', why);
    });
  it('nothing was read', () => {
    const { content: _, ...unread } = sound;
    assert.equal(weakness(unread, undefined), undefined);
  });
});

describe('a key that no node has', () => {
  const since = (presence: string) => ({ release: '2023.09', presence });
  const ROWS: readonly [presence: string, since: object | undefined, release: string | undefined, means: string][] = [
    ['required', undefined, undefined, 'required'],
    ['unverified', undefined, '1', 'unknown'],
    ['optional', undefined, '1', 'elsewhere'],
    ['required', since('optional'), undefined, 'unknown'],
    ['required', since('optional'), '2023.06', 'required'],
    ['required', since('optional'), '2023.09', 'elsewhere'],
    ['optional', since('required'), '2024.01', 'required'],
    ['optional', since('unverified'), '2024.01', 'unknown'],
  ];
  for (const [presence, later, release, means] of ROWS)
    it(`${presence}, ${JSON.stringify(later)}, ${release}: ${means}`, () => {
      const { since: _, ...spec } = sound.spec;
      const given = { ...spec, presence, ...(later && { since: later }) } as unknown as KeyMeasure['spec'];
      assert.equal(absence(given, release), means);
    });
});
