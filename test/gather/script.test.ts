/** Requests to a script and back, through every shell that is here. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { answersFrom, FrameReader } from '../../src/gather/node/frames.js';
import { onInput, renderScript } from '../../src/gather/node/script.js';
import { type Requests, sh } from '../../src/model/collector.js';
import type { Answer, Response } from '../../src/model/evidence.js';
import { inTime } from '../support/machine.js';

const BOUNDARY = 'b0b1b2b3b4b5b6b7';
const OPTIONS = { boundary: BOUNDARY, nonce: 'ab', root: '', sudo: 'no' as const };
const SHELLS: readonly (readonly string[])[] = [['dash'], ['bash'], ['busybox', 'sh']];
const MODES = ['together', 'alone'] as const;
const reason = 'no answer';

/** Runs the script, cutting its output into pieces of `size` bytes. */
function ask(
  shell: readonly string[],
  requests: Requests,
  how: (typeof MODES)[number],
  size = 1 << 16,
): Promise<Record<string, Answer>> {
  const [out, err] = [new FrameReader(BOUNDARY), new FrameReader(BOUNDARY)];
  const feed = (reader: FrameReader) => (chunk: Buffer) => {
    for (let i = 0; i < chunk.length; i += size) reader.push(chunk.subarray(i, i + size));
  };
  return new Promise((resolve) => {
    const child = spawn(shell[0]!, [...shell.slice(1), '-s']);
    child.stdout.on('data', feed(out));
    child.stderr.on('data', feed(err));
    child.on('close', () => resolve(answersFrom(requests, out, err, reason)));
    child.stdin.end(onInput(renderScript(requests, OPTIONS, how)));
  });
}

const request = (script: string) => ({ script });

for (const shell of SHELLS) {
  const missing = spawnSync(shell[0]!, ['true']).error ? `${shell[0]} is not installed` : false;
  for (const how of MODES)
    describe(`${shell.join(' ')}, ${how}`, { skip: process.env.CI === 'true' ? false : missing }, () => {
      it('gives each request its own output, errors and exit code', async () => {
        const answers = (await ask(
          shell,
          {
            plain: request('echo hello'),
            bare: request('printf none'),
            three: request('echo oops >&2; exit 3'),
            reads: request('cat; echo read'),
            missing: request('no-such-command-here'),
            utf8: request("printf 'grün ±\\n'"),
            forged: request(`printf '\\n%s 1 0\\n' b0b1b2b3b4b5b6b8; echo after`),
            last: request('echo end'),
          },
          how,
        )) as Record<string, Response>;
        assert.deepEqual([answers.plain!.stdout, answers.plain!.exit], ['hello\n', 0]);
        assert.equal(answers.bare!.stdout, 'none');
        assert.deepEqual([answers.three!.exit, answers.three!.stderr], [3, 'oops\n']);
        assert.equal(answers.reads!.stdout, 'read\n');
        assert.equal(answers.missing!.exit, 127);
        assert.equal(answers.utf8!.stdout, 'grün ±\n');
        assert.match(answers.forged!.stdout, /b8 1 0\nafter\n$/);
        assert.equal(answers.last!.stdout, 'end\n');
      });

      it('asks the same shell again', () => {
        const script = onInput(renderScript({ who: request('x=$(S echo me); S echo "$x"') }, OPTIONS, how));
        const { stdout, stderr } = spawnSync(shell[0]!, [...shell.slice(1), '-s'], {
          input: Buffer.concat([script, script]),
        });
        assert.equal(stdout.toString().match(/^me$/gm)?.length, 2, stderr.toString());
      });

      it('keeps the beginning of a flood and says so', async () => {
        const answers = (await ask(
          shell,
          { flood: request("head -c 3000000 /dev/zero | tr '\\0' x"), after: request('echo ok') },
          how,
        )) as Record<string, Response>;
        assert.deepEqual([answers.flood!.stdout.length, answers.flood!.truncated], [4096, true]);
        assert.equal(answers.after!.stdout, 'ok\n');
      });

      it('runs what requests have in common before them, and nothing of it is in an answer but what it sets', async () => {
        const base = ['n=$((n + 1)); greet() { echo "hello $1 $n"; }'];
        const answers = (await ask(
          shell,
          {
            first: { base, script: 'greet one; n=9' },
            other: { base: ['cat; other=2'], script: 'echo $((other))' },
            second: { base: [...base, 'third=3'], script: 'greet two; echo $third' },
          },
          how,
        )) as Record<string, Response>;
        assert.deepEqual(
          Object.values(answers).map((a) => a.stdout),
          ['hello one 1\n', '2\n', 'hello two 1\n3\n'],
        );
      });

      it('what the shell answers itself comes first, and where it fails the script is left out', async () => {
        const answers = (await ask(
          shell,
          {
            both: { base: ['n=1'], first: 'echo "$n"; n=2', script: 'echo "$n"; cat; exit 3' },
            left: { first: 'echo no; false', script: 'echo yes' },
            own: { first: 'cat; echo own; (exit 4)', script: '' },
            last: { script: 'echo last' },
          },
          how,
        )) as Record<string, Response>;
        assert.deepEqual(
          Object.values(answers).map((a) => [a.stdout, a.exit]),
          [
            ['1\n2\n', 3],
            ['no\n', 0],
            ['own\n', 4],
            ['last\n', 0],
          ],
        );
      });

      it('quotes whatever is interpolated', async () => {
        const hostile = ['a b', "it's", '$(touch /tmp/x)', '`id`', '-n', 'line\nbreak', '"', '*', '\\', ''];
        const answers = (await ask(
          shell,
          { echo: sh`for a in ${hostile}; do printf '%s|' "$a"; done` },
          how,
        )) as Record<string, Response>;
        assert.equal(answers.echo!.stdout, `${hostile.join('|')}|`);
      });
    });

  describe(`${shell.join(' ')}, alone`, { skip: process.env.CI === 'true' ? false : missing }, () => {
    it('a request that never ends, one the shell cannot read, one that ends the shell: only they are lost', async () => {
      const answers = await ask(
        shell,
        {
          before: request('echo 1'),
          sleeper: { script: 'sleep 30', timeoutSeconds: 1 },
          broken: request('if then fi ((('),
          suicide: request('kill -9 $$'),
          after: request('echo 2'),
        },
        'alone',
      );
      assert.equal((answers.before as Response).stdout, '1\n');
      assert.match((answers.sleeper as { unseen: string }).unseen, /within 1 s/);
      assert.notEqual((answers.broken as Response).exit, 0);
      assert.ok(!('stdout' in answers.suicide!) || answers.suicide.exit !== 0);
      assert.equal((answers.after as Response).stdout, '2\n');
    });

    it('where one hung the others get four seconds, and what was given is said', async () => {
      const started = performance.now();
      const answers = await ask(
        shell,
        {
          hangs: { script: 'sleep 30', timeoutSeconds: 1 },
          hangsToo: { script: 'sleep 30', timeoutSeconds: 10 },
          slow: { script: 'sleep 0.5; echo ok', timeoutSeconds: 10 },
        },
        'alone',
      );
      assert.deepEqual(answers.hangsToo, { unseen: 'did not answer within 4 s on the node' });
      assert.equal((answers.slow as Response).stdout, 'ok\n');
      assert.ok(inTime(performance.now() - started, 9500));
    });
  });
}

describe('splitting frames', () => {
  it('does not depend on how the stream is cut', async () => {
    const requests: Requests = {
      a: request('echo 1; printf "\\n\\nb0b1"'),
      b: request('printf "x\\n\\n"'),
      c: request('echo 3'),
    };
    const whole = await ask(['sh'], requests, 'alone');
    for (const size of [1, 2, 3, 7, 19]) assert.deepEqual(await ask(['sh'], requests, 'alone', size), whole);
    assert.equal((whole.a as Response).stdout, '1\n\n\nb0b1');
  });

  it('a stream without marks is no answer, and is not kept for ever', () => {
    const reader = new FrameReader(BOUNDARY);
    for (let i = 0; i < 64; i++) reader.push(Buffer.alloc(1 << 20, 120));
    assert.deepEqual(answersFrom({ a: request('') }, reader, reader, reason), { a: { unseen: reason } });
    assert.ok(reader.rest().length <= (1 << 20) + 64);
  });

  it('a mark out of turn closes nothing', () => {
    const reader = new FrameReader(BOUNDARY);
    reader.push(
      Buffer.from(`noise\n${BOUNDARY} 0 0\n\n${BOUNDARY} s 0\nreal\n${BOUNDARY} 5 0\nstill\n${BOUNDARY} 0 0\n`),
    );
    assert.equal(reader.frames.length, 1);
  });
});
