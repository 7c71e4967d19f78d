/** Text of a node is never code: what a person pastes parses to the words that were meant, on the node that said them. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bareCluster } from '../src/model/inventory.js';
import { atNode, command, onNodes, withoutSudoWarnings, word } from '../src/remedy.js';
import { safe } from '../src/reporters/text.js';

/** What a shell makes of a command line, with `sudo` and `ssh` that only show the words they get. */
function wordsOf(line: string): string[] {
  const script = `sudo() { printf '%s\\0' "$@"; }\nssh() { while [ "\${1#-}" != "$1" ]; do shift 2; done; eval "$2"; }\n${line}\n`;
  const ran = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  assert.equal(ran.stderr, '', line);
  return ran.stdout.split('\0').slice(0, -1);
}

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom(...`'"\`$(){};|&<>*?!~#\\ \n\t-/a=%[]^`), maxLength: 20 }),
  fc.constantFrom(
    '/etc/k;touch${IFS}/tmp/x;',
    '/etc/rstudio$(id)',
    "/etc/it's here",
    '-rf',
    '',
    '/a\nrm -rf /',
    '/a\u001b[2Jb',
    '/a\u202eb',
    '::error::x',
    '##[error]x',
    '~root',
    '=ls',
    '/a/%s\\n',
  ),
);

const cluster = {
  ...bareCluster(['a', 'b']),
  nodes: ['a', 'b'].map((name) => ({
    name,
    host: `${name}.example.com`,
    connection: { type: 'ssh' as const, user: 'ops', port: 2222 },
  })),
};

describe('commands to paste', () => {
  it('one word stays one word, in the shell here and in that of the node', () =>
    fc.assert(
      fc.property(nasty, (text) => {
        const line = command`sudo chmod 0600 ${text}`;
        if (line === undefined) return;
        assert.deepEqual(wordsOf(line), ['chmod', '0600', text]);
        assert.deepEqual(wordsOf(atNode(cluster, 'a', line)), ['chmod', '0600', text]);
        assert.ok(!/[\r\n]/.test(line) && safe(line) === line, 'a reporter shows it as it is');
      }),
      { numRuns: 150 },
    ));

  it('what no command can hold is described in words, as a comment', () => {
    for (const text of ['', '-rf', 'a\nb', 'a\u001b[0m', 'a\u202eb', 'a\u0000', '::error::x', 'x'.repeat(500)])
      assert.equal(word(text), undefined, JSON.stringify(text));
    assert.match(atNode(cluster, 'a', command`sudo cat ${'a\nb'}`), /^# on a: .*by hand$/);
  });

  it('nothing of one node stands in the command for another', () =>
    fc.assert(
      fc.property(nasty, nasty, (a, b) => {
        const paths: Readonly<Record<string, string>> = { a: `/of-a/${a}`, b: `/of-b/${b}` };
        const lines = onNodes(cluster, ['a', 'b'], (node) => command`sudo cat ${paths[node]!}`).split('\n');
        assert.equal(lines.length, 2);
        for (const [i, node] of ['a', 'b'].entries()) {
          const line = lines[i]!;
          assert.ok(line.startsWith('#') || line.startsWith(`ssh -p 2222 ops@${node}.example.com '`), line);
          if (!line.startsWith('#')) assert.deepEqual(wordsOf(line), ['cat', paths[node]]);
        }
      }),
      { numRuns: 60 },
    ));
});

describe('what sudo warns of', () => {
  const WARNED = `sudo: unable to resolve host wb1: Name or service not known
sudo: unable to send audit message: Operation not permitted
sudo: setrlimit(RLIMIT_CORE): Operation not permitted
sudo: /etc/sudoers.d/zx is world writable
sudo: /etc/sudo.conf is owned by uid 1000, should be 0
/etc/sudoers.d/zz:1:9: syntax error
foo bar baz
        ^~~
/etc/sudoers.d/zy:1:18: unknown defaults entry "nonsense"
`;
  it('is left out, and the words of the command stay', () => {
    assert.equal(
      withoutSudoWarnings(`${WARNED}~81a4:7:1:root:root:/etc/rstudio/a\n`),
      '~81a4:7:1:root:root:/etc/rstudio/a\n',
    );
  });
  for (const refusal of [
    'sudo: a password is required\n',
    'sudo: /etc/sudoers is world writable\n',
    'sudo: unable to open /etc/sudoers: Permission denied\n',
    "find: '/etc/rstudio/x': Permission denied\n",
  ])
    it(`keeps ${refusal.trim()}`, () => assert.equal(withoutSudoWarnings(WARNED + refusal), refusal));
});
