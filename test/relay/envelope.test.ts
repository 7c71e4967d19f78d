/** What another program does to an answer on its way: everything that can be undone is, everything else is noticed. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readAnswer } from '../../src/relay/answer.js';
import { letterScript } from '../../src/relay/envelope.js';
import { missing } from '../support/missing.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-envelope-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const ID = '0123456789ab';
/** Bytes of every kind on both streams, without a last newline; long enough for many pieces. */
const BODY = String.raw`i=0; while [ $i -lt 400 ]; do echo "$i $((i * 7919 % 1009)) é"; i=$((i + 1)); done
printf '\000\001\377 end'; printf 'words\n\n\n' >&2; printf '  no newline ' >&2
`;
const script = (body = BODY, seconds = 20): string => letterScript({ id: ID, about: ['a test'], body, seconds });

const ran = (argv: readonly string[], input?: string, env: Record<string, string> = {}): Buffer => {
  const { status, stdout, stderr } = spawnSync(argv[0]!, argv.slice(1), {
    input: input ?? '',
    env: { ...process.env, ...env },
  });
  assert.deepEqual([status, stderr.toString()], [0, '']);
  return stdout;
};
const DIRECT = ran(['sh'], BODY.replace(/printf 'words[\s\S]*/, ''));
const ANSWER = ran(['sh', '-s'], script());
const take = (answer: Buffer | string, known: (id: string) => string | undefined = () => undefined) =>
  readAnswer(Buffer.from(answer), ID, known);
const isWhole = (answer: Buffer | string): void => {
  const read = take(answer);
  assert.ok(!('damage' in read), JSON.stringify(read));
  assert.deepEqual(read.stdout, DIRECT);
  assert.equal(read.stderr.toString(), 'words\n\n\n  no newline ');
};
const damage = (answer: Buffer | string, known?: (id: string) => string | undefined): string => {
  const read = take(answer, known);
  return 'damage' in read ? read.damage : 'whole';
};

describe('a script carried to a node', () => {
  const SHELLS = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh']];
  for (const [program = '', ...args] of SHELLS)
    it(`${[program, ...args].join(' ')}: as a file, and on standard input`, {
      skip: missing(program) && `${program} is not installed`,
    }, () => {
      const file = join(folder, `${program}${args.length}.sh`);
      writeFileSync(file, script());
      isWhole(ran([program, ...args, file]));
      isWhole(ran([program, ...args, '-s'], script()));
    });

  it('without base64, gzip or sha256sum: by openssl, by od, without a checksum', {
    skip: missing('busybox', 'openssl'),
  }, () => {
    const all = ['sh', 'od', 'tr', 'sed', 'awk', 'head', 'cat', 'date', 'timeout'];
    for (const [more, how] of [
      [['openssl'], /\.end\.\d+\.\.b64;/],
      [['openssl', 'gzip', 'sha256sum'], /\.end\.\d+\.[0-9a-f]{64}\.gzb64;/],
      [['gzip'], /\.end\.\d+\.\.gzhex;/],
      [[], /\.end\.\d+\.\.hex;/],
    ] as const) {
      const bin = join(folder, `bin-${more.join('-')}`);
      mkdirSync(bin);
      for (const program of [...all, ...more])
        symlinkSync(
          spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim(),
          join(bin, program),
        );
      // the script sets its own PATH
      const answer = ran(['sh', '-s'], script().replace(/PATH=\/usr[^;]*/, `PATH=${bin}`));
      assert.match(answer.toString(), how);
      isWhole(answer);
    }
  });

  it('a body that never ends is ended, and what it said until then is kept', { skip: missing('timeout') }, () => {
    const read = take(ran(['sh', '-s'], script('echo first; sleep 60\n', 1)));
    assert.ok(!('damage' in read), JSON.stringify(read));
    assert.equal(read.stdout.toString(), 'first\n');
  });

  it('a body that reads its input gets nothing of ours', () => {
    const read = take(ran(['sh', '-s'], script('sudo() { cat; }; cat </dev/null; echo read\n')));
    assert.equal('damage' in read || read.stdout.toString(), 'read\n');
  });
});

const TEXT = ANSWER.toString();
const LINES = TEXT.trimEnd().split('\n');

describe('what can be undone', () => {
  const CHANGES: readonly (readonly [string, string | Buffer])[] = [
    ['nothing', TEXT],
    ['a trimmed end', TEXT.trimEnd()],
    ['CRLF', TEXT.replaceAll('\n', '\r\n')],
    ['CR alone', TEXT.replaceAll('\n', '\r')],
    ['lines joined by blanks', LINES.join(' ')],
    ['lines joined by nothing', LINES.join('')],
    ['a prefix per line', LINES.map((l) => `wb1 | ${l}`).join('\n')],
    ['the prefix of Salt', `wb1:\n${LINES.map((l) => `    ${l}`).join('\n')}`],
    ['blanks at the end of lines', LINES.map((l) => `${l}  `).join('\n')],
    ['JSON', JSON.stringify({ Status: 'Success', StandardOutputContent: TEXT })],
    ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ stdout: TEXT, lines: LINES }) })],
    ['YAML, folded', `stdout: >-\n  ${LINES.join('\n\n  ')}\n`],
    ['a terminal in colour', LINES.map((l) => `\u001b[0;32m${l}\u001b[0m`).join('\r\n')],
    ['lines wrapped at 80 columns', TEXT.replaceAll(/.{80}/g, '$&\r\n')],
    ['UTF-16 with a BOM', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16, big endian', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
    ['a BOM', `\ufeff${TEXT}`],
    ['lines in another order', [...LINES].reverse().join('\n')],
    ['words before and after', `Last login: today\nSTART\n${TEXT}END\nha1. is no line of it`],
    ['each line twice', LINES.flatMap((l) => [l, l]).join('\n')],
    [
      'a run that was cut off, then a whole one',
      `${LINES.slice(0, 5).join('\n').replaceAll(/t\d+p/g, 't1p')}\n${TEXT}`,
    ],
    ['the answers of other nodes in the same file', `${TEXT.replaceAll(ID, 'ffffffffffff')}${TEXT}`],
  ];
  for (const [what, text] of CHANGES) it(what, () => isWhole(text));
});

describe('what cannot is noticed', () => {
  const without = (...numbers: number[]): string => LINES.filter((_, i) => !numbers.includes(i + 1)).join('\n');
  const n = LINES.length - 1;
  const CASES: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['a line is missing', without(3), new RegExp(`^was damaged: line 3 of ${n} is missing$`)],
    ['several are', without(3, 4, 5, 9), new RegExp(`^was damaged: lines 3 to 5, 9 of ${n} are missing$`)],
    ['the end is missing', LINES.slice(0, 10).join('\n'), /^was cut off after its line 10: let the program/],
    [
      'it is cut in the middle of a line',
      TEXT.slice(0, TEXT.indexOf('.o.', 900) + 20),
      /^was cut off after its line \d+/,
    ],
    [
      'a line is cut short',
      TEXT.replace(/(\.2\.o\.[\w-]{20})[\w-]+/, '$1'),
      /^was damaged: its text does not match its checksum$/,
    ],
    ['a letter changed', TEXT.replace(/(\.2\.o\.)./, '$1_'), /checksum|whole/],
    ['all in capitals', TEXT.toUpperCase(), /is not what the script prints/],
    ['only the first bytes', TEXT.slice(0, 30), /^was damaged: none of its lines is whole$/],
    ['nothing', '', /^is empty: nothing was printed, or the script did not run$/],
    ['blanks', ' \r\n\n', /^is empty/],
    [
      'the words of something else',
      '\u001b[31msudo: a password is required\n',
      /^is not what the script prints: .*sudo: a password is required$/,
    ],
    ['the script itself', script(), /^is not what|^was damaged/],
  ];
  for (const [what, text, expected] of CASES) it(what, () => assert.match(damage(text), expected));

  it('the answer of another node, of another round, of yesterday', () => {
    const other = TEXT.replaceAll(ID, 'ffffffffffff');
    assert.equal(
      damage(other, () => 'of wb1'),
      'is the answer of wb1',
    );
    assert.match(damage(other), /^is the answer of another run/);
  });

  it('two runs that are mixed are told apart', () => {
    const second = LINES.map((l) => l.replace(/t\d+p\d+/, 't2p2'));
    const mixed = LINES.map((l, i) => (i % 2 ? l : second[i]!)).join('\n');
    assert.match(damage(mixed), /missing|cut off/);
  });

  it('a node that claims lines without end', () => {
    assert.match(damage(TEXT.replace(/\.end\.\d+/, '.end.99999999')), /of its 99999999 lines only \d+ are there/);
    assert.match(damage(TEXT.replace(/\.end\.\d+/, '.end.999999999')), /^was cut off/);
    const many = Array.from({ length: 300_000 }, (_, i) => `ha1.${ID}.t1p1.${i}.o.A;`).join('');
    assert.match(damage(many), /^was cut off after its line 299999/);
  });

  it('a bomb is not unpacked', () => {
    const zeros = ran([
      'sh',
      '-c',
      `head -c 200000000 /dev/zero | gzip -c | base64 | tr '+/' '-_' | tr -d '=' | awk '{ printf "ha1.${ID}.t1p1.%d.o.%s;\\n", NR, $0 } END { printf "ha1.${ID}.t1p1.end.%d..gzb64;\\n", NR }'`,
    ]);
    assert.match(damage(zeros), /cannot be unpacked/);
  });
});
