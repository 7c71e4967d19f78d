/** An option without its value, or a switch with one, is never taken for a default. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CommandName } from '../src/commands/options.js';
import { refuseValueless } from '../src/commands/usage.js';
import { UsageError } from '../src/model/inventory.js';
import { run } from './support/run.js';

const WRONG: readonly (readonly [words: string, message: RegExp])[] = [
  ['check --fail-on', /^--fail-on needs a value: see ha-preflight check --help$/],
  ['check --fail-on -q', /^--fail-on needs a value/],
  ['check --fail-on= a.yml', /^--fail-on needs a value/],
  ['check --failOn', /^--fail-on needs a value/],
  ['check --timeout --quiet', /^--timeout needs a value/],
  ['check --only', /^--only needs a value/],
  ['check --only --skip clock-skew', /^--only needs a value/],
  ['check --only ,', /^--only needs a value/],
  ['check --skip=', /^--skip needs a value/],
  ['check --nodes ,', /^--nodes needs a value/],
  ['check --report', /^--report needs a value/],
  ['check --save-evidence=', /^--save-evidence needs a value/],
  ['check --baseline', /^--baseline needs a value/],
  ['check --format -- a.yml', /^--format needs a value/],
  ['gather -o', /^--output needs a value/],
  ['gather -qo', /^--output needs a value/],
  ['judge e.json --plugin', /^--plugin needs a value/],
  ['check -', /^-: check does not read standard input, expected a file$/],
  ['judge - e.json', /^-: judge does not read/],
  ['validate a.yml -', /^-: validate does not read/],
  ['check --active=no', /^--active=no: --active is given without a value$/],
  ['check --allow-unknown=yes', /^--allow-unknown=yes: /],
];
for (const [words, message] of WRONG)
  test(`refused: ${words}`, () => {
    const argv = words.split(' ');
    assert.throws(
      () => refuseValueless(argv, argv[0] as CommandName),
      (error: Error) => error instanceof UsageError && message.test(error.message),
    );
  });

test('an empty word of a pipeline is no value', () => {
  assert.throws(() => refuseValueless(['check', '--only', ''], 'check'), /--only needs a value/);
  assert.throws(() => refuseValueless(['check', '', '-q'], 'check'), /an argument is empty/);
});

for (const words of [
  'check --fail-on warning -q a.yml',
  'check --only keys --timeout 5 --shard',
  'check --shard -q',
  'check --active --no-active --allow-unknown=false',
  'check -qv',
  'check --report json=-',
  'gather -o -',
  'gather -qo e.json',
  'fix -',
  'init - --nodes a',
  'check -- --only',
  'check --onyl',
])
  test(`taken: ${words}`, () => refuseValueless(words.split(' '), words.split(' ')[0] as CommandName));

test('the command line refuses it before anything is read; help is shown all the same', async () => {
  const { code, out, err } = await run(['check', 'nothing.yml', '--fail-on']);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /^ha-preflight: --fail-on needs a value/);
  assert.equal((await run(['check', '--only', '--help'])).code, 0);
  for (const [words, message] of [
    ['Check', /no command is called Check; did you mean check\?/],
    ['audit', /no command is called audit: see ha-preflight --help\naudit: no such file/],
    ['help check', /no command is called help: write ha-preflight check --help$/m],
    ['help nothing', /no command is called help: write ha-preflight --help$/m],
    ['version', /no command is called version: write ha-preflight --version$/m],
    ['check audit', /^ha-preflight: audit: no such file$/m],
    ['demo --report json=a.json,html=b.html', /--report json=a\.json,html=b\.html: expected one FORMAT=FILE; repeat/],
    ['demo --report json=-', /- is not a file: write \/dev\/stdout/],
  ] as const)
    assert.match((await run(words.split(' '))).err, message);
});
