/** What is fuzzed: everything that reads what a stranger wrote. */

import assert from 'node:assert/strict';
import { gcfg } from '../../src/formats/gcfg.js';
import { groovy } from '../../src/formats/groovy.js';
import { mongodConf } from '../../src/formats/mongodConf.js';
import { FrameReader } from '../../src/gather/node/frames.js';
import { evidencesIn } from '../../src/load/evidence.js';
import { validateInventoryText } from '../../src/load/inventory.js';
import { readAnswer } from '../../src/relay/answer.js';
import { JUDGE } from './fuzzJudge.js';
import { REMEDIATION } from './fuzzRemediation.js';
import { REPORTS } from './fuzzReports.js';

export interface Target {
  readonly name: string;
  /** Throws only what `allows` names. */
  readonly run: (input: Buffer) => void;
  readonly allows: readonly string[];
  readonly words: readonly string[];
  /** Before the first run. */
  readonly prepare?: () => Promise<void>;
  /** What costs too much for each run, of all runs since the last call. */
  readonly settle?: () => readonly Problem[];
}

/** What is wrong with what an input did. */
export interface Problem {
  readonly input: Buffer;
  readonly what: string;
}

export const BOUNDARY = 'b0b1b2b3b4b5b6b7';

/** Whole, and cut as the input itself says: the same frames, and never more kept than came. */
export function frames(input: Buffer): void {
  const read = (cut: (i: number) => number): FrameReader => {
    const reader = new FrameReader(BOUNDARY);
    for (let i = 0; i < input.length; ) {
      const size = Math.max(1, cut(i));
      reader.push(input.subarray(i, i + size));
      i += size;
    }
    return reader;
  };
  const [whole, bytes, odd] = [read(() => input.length), read(() => 1), read((i) => input[i]! % 23)];
  for (const other of [bytes, odd])
    assert.deepEqual([other.frames, other.ended, other.started], [whole.frames, whole.ended, whole.started]);
  const marks = input.toString('latin1').split(`\n${BOUNDARY} `).length - 1;
  assert.ok(whole.frames.length <= marks, 'a frame without a mark');
  assert.ok(whole.frames.reduce((n, f) => n + Buffer.byteLength(f.text), 0) <= 3 * input.length);
}

const decoded = (read: (text: string) => unknown) => (input: Buffer) => void read(input.toString('utf8'));
const CONFIG = [
  '[',
  ']',
  '=',
  '"',
  '\\',
  ';',
  '#',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '\0',
  '\ufeff',
  '\u2028',
  '__proto__',
  'constructor',
  `%masked:${'0123456789abcdef'.repeat(4)}%`,
];

export const TARGETS: readonly Target[] = [
  {
    name: 'inventory',
    run: decoded((text) => {
      for (const error of validateInventoryText(text, 'i.yml'))
        assert.doesNotMatch(error, /[\0-\x09\x0b-\x1f\x7f-\x9f]/);
    }),
    allows: ['UsageError'],
    words: [
      ...'nodes cluster connection name host jump sudo waivers until time maxSkew params plugins users database url env file storage s3 reference'
        .split(' ')
        .map((w) => `${w}: `),
      ...[
        '- ',
        '&a ',
        '*a',
        '<<: *a',
        '{',
        '}',
        '[',
        ']',
        ',',
        ': ',
        '? ',
        '| ',
        '>-\n',
        '!!str ',
        '!x ',
        '---\n',
        '...\n',
        '%YAML 1.2\n',
        '#',
        '"',
        "'",
        '\\x',
        '\n',
        '\n  ',
        '\t',
        '\r',
        '\0',
        '\ufeff',
        '__proto__: ',
        '~',
        '1e999',
        '0x7',
        '.nan',
        '2s',
        '::1',
        '[::1]:22',
        'a@b:1',
      ],
    ],
  },
  {
    name: 'frames',
    run: frames,
    allows: [],
    words: [
      `\n${BOUNDARY} `,
      `\n${BOUNDARY} s 1.2\n`,
      `\n${BOUNDARY} 0 0\n`,
      `\n${BOUNDARY} 1 3\n`,
      `\n${BOUNDARY} e 0\n`,
      `\n${BOUNDARY} d 0\n`,
      BOUNDARY,
      '\n',
      ' ',
      'x'.repeat(90),
      '\xff',
    ],
  },
  {
    name: 'relay',
    run: (input) => void readAnswer(input, '0123456789ab', () => 'of a'),
    allows: [],
    words: [
      'ha1.0123456789ab.t1p1.1.o.H4sIAAAAAAAAAw;',
      'ha1.0123456789ab.t1p1.2.e.;',
      'ha1.0123456789ab.t1p1.end.2..gzb64;',
      'ha1.0123456789ab.t1p1.end.99999999.00.hex;',
      'ha1.ba9876543210.t1p1.1.o.AA;',
      'ha1.',
      ';',
      '.',
      '\n',
      '\0',
      '\xff\xfe',
    ],
  },
  { name: 'gcfg', run: decoded(gcfg), allows: ['NotSeen'], words: ['[A]\n', '[A "b"]\n', 'a = b\n', ...CONFIG] },
  {
    name: 'groovy',
    run: decoded(groovy),
    allows: ['NotSeen'],
    words: ['a {\n', '}\n', 'a.b = ', "'''", '"""', '${', '//', '/*', '*/', '=~ /', '[a: 1]', 'true', '/$', ...CONFIG],
  },
  {
    name: 'mongod',
    run: decoded(mongodConf),
    allows: ['NotSeen'],
    words: ['net:\n  port: ', '  - ', ': ', 'replSet = ', '&a ', '*a', '|\n', ...CONFIG],
  },
  {
    name: 'evidence',
    run: (input) => {
      let value: unknown;
      try {
        value = JSON.parse(input.toString('utf8'));
      } catch {
        return;
      }
      evidencesIn(value, 'e.json');
    },
    allows: ['UsageError'],
    words: [
      'null',
      '{}',
      '[]',
      '1e999',
      '-0',
      '""',
      '"__proto__":',
      '"unseen":',
      '"stdout":',
      '"\\ud800"',
      'true',
      ',',
      ':',
      '[[[[',
    ],
  },
  REMEDIATION,
  REPORTS,
  JUDGE,
];
