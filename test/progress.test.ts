/** What is seen while nodes are asked: never wider or higher than the window, in place, and gone at the end. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { frame, type NodeProgress, painter, progress, type State } from '../src/commands/progress.js';
import { columns } from '../src/reporters/text.js';
import { BIN } from './support/run.js';
import { Screen } from './support/screen.js';

type Entry = [name: string, state: State, since?: number, note?: string];
const items = (entries: readonly Entry[]): NodeProgress['nodes'] =>
  new Map(entries.map(([name, state, since = 0, note = '']) => [name, { state, since, tookMs: 1234, note }]));
const seen = (nodes: readonly Entry[], more: Partial<NodeProgress> = {}): NodeProgress => ({
  total: nodes.length,
  before: 0,
  nodes: items(nodes),
  services: new Map(),
  interrupted: false,
  ...more,
});
const FOUR: Entry[] = [
  ['wb1', 'done'],
  ['wb2.example.com', 'asking', 3000],
  ['wb3', 'failed', 0, 'connection refused'],
  ['wb4', 'waiting'],
];

describe('a frame', () => {
  it('has a line for each node', () =>
    assert.deepEqual(frame(seen(FOUR), 15_500, 79, 20), [
      '[2/4] nodes asked, 1 failed, 1 being asked, 1 waiting',
      '  wb1              done 1.2 s',
      '  wb2.example.com  asking 12 s',
      '  wb3              failed: connection refused',
      '  wb4              waiting',
    ]));
  it('counts where they do not fit, with the reasons and the slow ones', () => {
    const many = Array.from({ length: 40 }, (_, i): Entry => {
      const name = `n${String(i + 1).padStart(2, '0')}`;
      return i < 5 ? [name, 'failed', 0, 'timed out'] : i < 20 ? [name, 'done'] : [name, 'asking', 1000 * (40 - i)];
    });
    assert.deepEqual(frame(seen(many), 60_000, 79, 5), [
      '[20/40] nodes asked, 5 failed, 20 being asked',
      '  n[01-05] failed: timed out',
      '  n40  asking 59 s',
      '  n39  asking 58 s',
      '  n38  asking 57 s',
    ]);
  });
  it('shows the services once they are asked', () =>
    assert.deepEqual(
      frame(
        seen([['wb1', 'done']], {
          services: items([
            ['ntp:ntp1', 'asking', 0],
            ['s3:b', 'done'],
          ]),
        }),
        4000,
        79,
        20,
      ),
      ['[1/1] nodes asked, 2 services being asked', '  ntp:ntp1  asking 4 s', '  s3:b      done 1.2 s'],
    ));
  it('is never wider or higher than the window, and says nothing of a terminal', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.string({ unit: 'binary', maxLength: 90 }),
            fc.constantFrom<State>('waiting', 'asking', 'done', 'failed'),
            fc.nat(9000),
            fc.string({ unit: 'binary' }),
          ),
          { maxLength: 30 },
        ),
        fc.integer({ min: 8, max: 120 }),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (nodes, width, rows, interrupted) => {
          const lines = frame(seen(nodes, { interrupted }), 9999, width, rows);
          assert.ok(lines.length <= rows);
          for (const line of lines) {
            assert.ok(columns(line) <= width, line);
            assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
          }
        },
      ),
    ));
});

describe('frames on a screen', () => {
  it('are drawn in place, and cleared below what stood there', () => {
    const screen = new Screen(40);
    screen.write('$ ha-preflight\n');
    const { draw, clear } = painter({ columns: 40, rows: 10, write: (text) => screen.write(text) });
    for (const lines of [
      ['a', 'bb', 'c'],
      ['a', 'b'],
      ['a', 'b', 'cccc', 'd'],
    ]) {
      draw(() => lines);
      assert.equal(screen.text(), ['$ ha-preflight', ...lines].join('\n'));
    }
    clear();
    assert.equal(screen.text(), '$ ha-preflight');
    assert.deepEqual([screen.row, screen.column], [1, 0]);
  });
  it('a frame that says nothing new is not written', () => {
    let writes = 0;
    const { draw } = painter({ columns: 40, rows: 10, write: () => writes++ });
    for (let i = 0; i < 9; i++) draw(() => ['same']);
    assert.equal(writes, 1);
  });
  it('a window made narrower: the lines it wrapped are taken away too', () => {
    const window = { columns: 20, rows: 10, write: (text: string): void => screen.write(text) };
    const screen = new Screen(10);
    screen.write('$\n');
    const { draw, clear } = painter(window);
    // the screen has 10 columns already: as a terminal does that wraps what it shows anew
    draw(() => ['123456789012345', '12345']);
    window.columns = 10;
    draw((width) => ['123456789012345'.slice(0, width), 'x']);
    assert.equal(screen.text(), '$\n123456789\nx');
    clear();
    assert.equal(screen.text(), '$');
  });
});

describe('elsewhere than on a terminal', () => {
  const told = (quiet: boolean): string => {
    let text = '';
    const stream = { isTTY: false, write: (t: string) => (text += t) } as unknown as NodeJS.WriteStream;
    const { node, service, interrupted, clear } = progress(2, quiet, stream);
    for (const name of ['a', 'b']) node(name, 'waiting');
    for (const name of ['a', 'b']) node(name, 'asking');
    node('a', 'failed', 'refused \u001b[31mby\nhost');
    node('b', 'done');
    service('ntp:x', 'failed', 'no answer');
    interrupted();
    clear();
    return text;
  };
  it('a few plain lines', () =>
    assert.equal(
      told(false),
      'a: refused \\u001b[31mby host\n[2/2] nodes asked\nntp:x: no answer\ninterrupted: ending; measured results are reported\n',
    ));
  it('nothing with --quiet', () => assert.equal(told(true), ''));
});

describe('on a real terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-progress-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const inventory = join(folder, 'slow.yml');
  const node = (name: string): string =>
    `  - { name: ${name}, host: ${name}, connection: { type: command, argv: [sh, -c, 'echo dead >&2; sleep 0.4; exit 9 # ${name}'], root: ${folder} } }\n`;
  writeFileSync(inventory, `version: 1\ncluster: slow\nnodes:\n${node('n1')}${node('n2')}`);

  /** Standard error of a run whose standard error is a terminal, with Ctrl-C typed once something is seen. */
  const onTerminal = (more = '', interrupt = false): Promise<string> =>
    new Promise((resolve, reject) => {
      const command = `stty cols 60 rows 20; "${process.execPath}" "${BIN}" check "${inventory}" ${more} >/dev/null`;
      const child = spawn('script', ['-qfec', command, '/dev/null'], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, TERM: 'xterm-256color' },
      });
      let text = '';
      child.stdout.on('data', (d) => {
        // Ctrl-C as it is typed
        if (interrupt && text === '') child.stdin.write('\x03');
        text += d;
      });
      child.on('error', reject);
      child.on('close', () => resolve(text));
    });

  it('nodes are seen, and at the end nothing is left', async () => {
    const text = await onTerminal();
    assert.match(text, /\[0\/2\] nodes asked, 2 being asked/);
    assert.match(text, /n1 +asking 0 s/);
    const screen = new Screen(60);
    screen.write(text);
    assert.equal(screen.text(), '');
  });
  it('after Ctrl-C it says so, and leaves the terminal tidy', async () => {
    const text = await onTerminal('', true);
    assert.match(text, /interrupted: ending/);
    const screen = new Screen(60);
    screen.write(text);
    assert.equal(screen.text(), '');
  });
  it('--quiet: nothing at all', async () => assert.equal(await onTerminal('--quiet'), ''));
});
