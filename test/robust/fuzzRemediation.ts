/** Text of a node to commands for people: each parses to the words that were meant, for the node that said them. */

import assert from 'node:assert/strict';
import { wordsOf } from '../../src/fixes/actions.js';
import { playbook } from '../../src/fixes/ansible.js';
import { shellScript } from '../../src/fixes/sh.js';
import { worklist } from '../../src/fixes/worklist.js';
import { builtIn } from '../../src/load/products.js';
import { loadYaml, toYaml, Unsafe } from '../../src/load/yaml.js';
import type { Report } from '../../src/model/report.js';
import type { Verdict } from '../../src/model/verdict.js';
import { word } from '../../src/remedy.js';
import { unparsed } from '../support/shellSyntax.js';
import { lex } from '../support/shellWords.js';
import { CLOSE, OPEN, PLAIN, prepare, registryOf, reported, type Said } from './fuzzCases.js';
import type { Problem, Target } from './fuzzTargets.js';
import { CONTROL } from './unharmed.js';

const UNQUOTED = new RegExp(`${OPEN}[^${PLAIN}]+${CLOSE}`, 'u');
const MARK = /Zqn\dZ/;
const FOLDERS = [...builtIn.profiles.values()].map(({ root }) => root);
const YAML = { write: toYaml, text: (text: string) => new Unsafe(text) };

/** What `sh -n` has yet to read, with the input it is of; and what it has read. */
const waiting = new Map<string, Buffer>();
let read = new Set<string>();
const MOST_READ = 20_000;

function later(text: string, input: Buffer): void {
  if (!read.has(text)) waiting.set(text, input);
}

/** A line that a person pastes: no text of a node is read by the shell, there or here. */
function pastable(line: string): void {
  assert.doesNotMatch(line, CONTROL);
  assert.doesNotMatch(line, /\n/);
  const { words, bare } = lex(line);
  assert.doesNotMatch(bare, UNQUOTED, line);
  for (const one of words.filter((text) => MARK.test(text) && !/^ssh|^for/.test(line)))
    assert.ok(
      word(one) !== undefined && line.includes(word(one)!),
      `${JSON.stringify(one)} is not quoted as it should be: ${line}`,
    );
  // a line for the own machine: the words for the other shell are one of its words
  if (/^(?:ssh |for h in )/.test(line))
    for (const inner of words.filter((text) => text.startsWith('sudo '))) pastable(inner);
}

/** Text of one node alone stands in nothing that is for another. */
function apart(text: string, nodes: readonly string[], { marks }: Said): void {
  for (const [node, mark] of marks)
    if (!nodes.includes(node) || nodes.length > 1)
      assert.ok(!text.includes(mark), `${node} speaks for ${nodes}: ${text}`);
}

/** A line of a remediation that is to be pasted into a shell; others are sentences, or for the mongo shell. */
const isShell = (line: string): boolean =>
  / {4}# |^(?:sudo|ssh|for h in) /.test(line) && !/^rs\.|^sudo [^#]* (?:on|of) the /.test(line);
const isCommand = (line: string, { fixes }: Verdict): boolean => line !== '' && (fixes !== undefined || isShell(line));

function remediation(verdict: Verdict, of: Said, input: Buffer): void {
  for (const { nodes, commands } of verdict.fixes ?? [])
    for (const command of commands) {
      pastable(command);
      if (nodes.length > 0) apart(command, nodes, of);
      later(command, input);
    }
  const text = verdict.remediation ?? '';
  for (const line of text.split('\n').filter((one) => isCommand(one, verdict))) {
    pastable(line);
    later(line, input);
  }
}

/** The script that `fix` writes: calls and comments, and each call is of words. */
function script(report: Report, input: Buffer): void {
  const text = shellScript(worklist(report, FOLDERS), 'x');
  later(text, input);
  const own = text.slice(text.indexOf('\n}\n\n') + 4, text.lastIndexOf('\n\nif ['));
  for (const line of own.split('\n').filter((one) => one !== '')) {
    assert.doesNotMatch(line, CONTROL);
    if (line.startsWith('#')) continue;
    const [on, , command = '', ...way] = wordsOf(line) ?? [];
    assert.ok(on === 'on' && way.length > 0, line);
    command.split('; ').forEach(pastable);
  }
}

/** The playbook: what a node says is a text that is marked as one. */
function book(report: Report): void {
  const text = playbook(worklist(report, FOLDERS), 'x', YAML);
  assert.doesNotMatch(text, CONTROL);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of lines) {
    assert.ok(/^(?:---|- name: | {2,})/.test(line), line);
    assert.ok(!line.includes('{{') || line.includes('!unsafe'), line);
  }
  const plays = loadYaml(text, 'fix.yml', { anyTag: true }).value as readonly object[];
  for (const play of plays)
    assert.deepEqual(
      Object.keys(play).filter((key) => !/^(?:name|hosts|become|connection|gather_facts|tasks)$/.test(key)),
      [],
    );
}

function run(input: Buffer): void {
  const of = reported(input);
  const { report } = of;
  for (const verdict of report.verdicts) remediation(verdict, of, input);
  script(report, input);
  book(report);
}

/** What no shell can parse. */
function settle(): Problem[] {
  const texts = [...waiting.keys()];
  const found = unparsed(texts).map(({ text, why }) => ({ input: waiting.get(text)!, what: `sh -n: ${why}\n${text}` }));
  waiting.clear();
  if (read.size > MOST_READ) read = new Set();
  for (const text of texts) if (text.length < 500) read.add(text);
  return found;
}

export const REMEDIATION: Target = {
  name: 'remediation',
  async prepare() {
    await prepare();
    // what `explain` prints is the same for every node
    for (const { remediation: text } of registryOf().checks)
      for (const line of text.split('\n').filter(isShell)) later(line, Buffer.alloc(0));
  },
  run,
  settle,
  allows: [],
  words: [
    ...[
      "'",
      '"',
      '`',
      '$(id)',
      '${IFS}',
      ';',
      '&',
      '|',
      '>',
      '<',
      '\\',
      '#',
      '*',
      '~',
      '!',
      '-rf',
      '--',
      '=',
      ' ',
      '\n',
    ],
    ...['\t', '\r', '\0', '\x1b[2J', '\u202e', '\u2028', '\xff', '{{ x }}', '%s', '::error::', '##[', "'\\''", '\x1e'],
    ...[
      '/',
      '/etc/',
      '..',
      'root',
      '0',
      '1',
      '65534',
      'off',
      'yes',
      'nfs4',
      'rw',
      'sudo ',
      '\x1e\x01\x0b\x00',
      '\x1e\x02\x6c\x03',
    ],
  ],
};
