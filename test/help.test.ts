/** `--help` shows what a command takes, with examples; what a command does not take is refused. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { COMMANDS, OPTIONS, takenBy } from '../src/commands/options.js';
import { list } from '../src/relations.js';
import { run } from './support/run.js';

const ROOT = join(import.meta.dirname, '..', '..');
const GROUPS = ['Which nodes:', 'Which checks:', 'How nodes are asked:', 'The gate:', 'Output:', 'General:'];

/** What a command needs so that only the option can be wrong. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  judge: ['e.json'],
  explain: ['clock-skew'],
  diff: ['a.json', 'b.json'],
  merge: ['a.json'],
  report: ['a.json'],
  fix: ['a.json'],
  'new-check': ['x'],
};

describe('--help', { concurrency: 2 }, () => {
  it('without a command: all commands, no option of any', async () => {
    const { code, out } = await run(['--help']);
    assert.equal(code, 0);
    for (const name of COMMANDS) assert.match(out, new RegExp(`^ {2}ha-preflight ${name}\\b`, 'm'));
    assert.doesNotMatch(out, /--(?:nodes|only|format)\b/);
    assert.match(out, /^Exit codes: /m);
  });
  it('is kept when the program is built, and says what the program would', async () => {
    const kept = [80, 100].map((columns) => readFileSync(join(ROOT, 'dist', 'src', `help-${columns}.txt`), 'utf8'));
    for (const flag of ['--help', '-h']) assert.equal((await run([flag])).out, kept[0]);
    const widest = kept.map((text) => Math.max(...text.split('\n').map((line) => line.length)));
    assert.ok(widest[0]! <= 80 && widest[1]! > 80 && widest[1]! <= 100, String(widest));
    // none is kept of this width
    const narrow = `data:text/javascript,Object.defineProperty(process.stdout,'columns',{value:79})`;
    const { out } = await run(['--help'], { NODE_OPTIONS: `--import ${narrow}` });
    for (const text of kept) assert.deepEqual(text.split(/\s+/), out.split(/\s+/));
  });
  for (const command of COMMANDS)
    it(`${command}: its own options in groups, and examples`, async () => {
      // yargs would write in the language of the terminal
      const { code, out } = await run([command, '--help'], { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' });
      assert.equal(code, 0);
      const shown = [...out.replace(/^Examples:.*/ms, '').matchAll(/^ {2,6}(?:-\w, )?--([\w-]+)/gm)].map(
        ([, name]) => name!,
      );
      const own = Object.keys(OPTIONS[command]);
      assert.deepEqual(shown.filter((name) => !['debug', 'help', 'version'].includes(name)).sort(), [...own].sort());
      const heads = [...out.matchAll(/^[A-Z][\w ]*:$/gm)].map(([head]) => head);
      assert.deepEqual(
        heads.filter((head) => !GROUPS.includes(head) && !['Arguments:', 'Examples:'].includes(head)),
        [],
      );
      assert.match(out, new RegExp(`^Examples:\\n {2}ha-preflight ${command}\\b`, 'm'));
    });
  it('each option is described by a sentence that begins with a verb', () => {
    for (const command of COMMANDS)
      for (const [name, { describe: text }] of Object.entries(
        OPTIONS[command] as Record<string, { describe?: string }>,
      ))
        assert.match(text ?? '', /^(?:With --[\w-]+: [a-z]|[A-Z])\w+ /, `${command} --${name}`);
  });
});

describe('an option that a command would ignore', { concurrency: 2 }, () => {
  const all = [...new Set(COMMANDS.flatMap((name) => Object.keys(OPTIONS[name])))];
  for (const command of COMMANDS) {
    const foreign = all.filter((option) => !takenBy(option).includes(command));
    // one run refuses them all at once
    it(`${command} refuses ${foreign.length} of ${all.length}, each by its name`, async () => {
      const { code, out, err } = await run([
        command,
        ...(OPERANDS[command] ?? []),
        ...foreign.map((option) => `--${option}=x`),
      ]);
      assert.deepEqual([code, out], [2, '']);
      for (const option of foreign) assert.match(err, new RegExp(`${command} does not take --${option}: only `));
    });
  }
  const MISUSE: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['judge', 'e.json', '--nodes', 'a'],
      new RegExp(`^ha-preflight: judge does not take --nodes: only ${list(takenBy('nodes'))} can`),
    ],
    [['judge', 'e.json', '--no-sudo'], /judge does not take --no-sudo: only/],
    [['validate', '-q'], /validate does not take -q: only/],
    [['list', 'keys'], /list does not take the argument keys: see ha-preflight list --help/],
    [['check', '--onyl', 'keys'], /check does not take --onyl; did you mean "--only"\?/],
    [['--no-such-flag'], /check does not take --no-such-flag: see ha-preflight check --help\n$/],
    [['chekc', 'prod.yml'], /no command is called chekc; did you mean check\?/],
    [['check', '--nodes', 'a', '--only', 'key-fiel'], /the name key-fiel; did you mean "key-file"\?/],
    [['check', '--nodes', 'a', '--skip', 'tiem'], /the name tiem; did you mean "time"\?/],
    [['check', '--format', 'jsno'], /unknown format jsno; did you mean "json"\?/],
    [['check', '--report', 'jsno=x'], /unknown format jsno; did you mean "json"\?/],
    [['check', '--nodes', 'a', '--product', 'conect'], /--product conect; did you mean "connect"\?/],
    [['fix', 'r.json', '--format', 'yaml'], /--format yaml: use sh or ansible/],
    [['judge'], /judge needs more arguments: see ha-preflight judge --help/],
    [['check', '--nodes', 'a', '--shard', '1/2'], /--shard is for a run with inventories/],
    [
      ['plan', '--nodes', 'a', '--sudoers'],
      /--sudoers needs one account for all nodes: write USER@ before each of --nodes/,
    ],
    [['check', '--nodes', 'ops:hunter2@a'], /found "ops:\*\*\*\*@a", expected no password/],
    [['check', '--nodes', 'a, b', '--only', 'keys, nope'], /no check or tag has the name nope[:;]/],
    [['plan', '--nodes', 'a', '--sudoers', '--only', 'keys'], /--sudoers covers all checks/],
  ];
  for (const [args, message] of MISUSE)
    it(args.join(' '), async () => {
      const { code, out, err } = await run(args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    });
});

describe('src/commands', () => {
  it('does not import the command line', () => {
    const folder = join(ROOT, 'src', 'commands');
    for (const file of readdirSync(folder))
      assert.doesNotMatch(readFileSync(join(folder, file), 'utf8'), /['"]\.\.\/cli\.js['"]/, file);
  });
});
