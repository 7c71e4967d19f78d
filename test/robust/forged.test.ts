/**
 * Whatever a node says, wherever it can say it, stays a text: nodes as file trees and programs, through the real gatherer
 * and the command line, into every format at once.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { conclude, planOf } from '../../src/audit.js';
import type { Tree } from '../../src/demo/tree.js';
import type { Answer, Evidence } from '../../src/model/evidence.js';
import { reporters } from '../../src/reporters/index.js';
import { audit } from '../faults/audit.js';
import { EDITIONS, type ProductCluster } from '../support/clusters.js';
import { run } from '../support/run.js';
import { cost } from './rows.js';
import { unharmed } from './unharmed.js';

const LONG = process.env.HA_FUZZ === 'long';
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-forged-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** By their row. `Zq` marks what came from a node. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'escape codes, CSI, OSC 8 and 52, C1': [
    'Zq\u001b[2J\u001b[31mred\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007\u001b]52;c;ZXZpbA==\u0007\u009b1m\u0085\u0007\u0008\u007f\rZq',
  ],
  'bidirectional marks, zero width, line separators': [
    'Zq\u202egnp\u2066\u200b\u200f\u2028\u2029\ufeff\u00ad\u{e0041}Zq',
  ],
  'HTML, scripts, XML, ends of CDATA': [
    'Zq<script>alert(1)</script><img src=x onerror=alert(1)>"\'><!--]]></failure></testcase>&lt;&#60;javascript:alert(1)Zq',
  ],
  'Markdown: links, images, tables, fences, mentions': [
    'Zq](http://evil.example)![i](//e) | a | ```` </details> @admins #12 GH-7 **b** [x](javascript:1) `c` <http://e.example> www.evil.exampleZq',
  ],
  'commands of CI servers (::error::, ##[error], ##teamcity)': [
    '::error::Zq',
    '::set-output name=x::Zq',
    '##[error]Zq',
    '##vso[task.complete]Zq',
    "##teamcity[testFailed name='Zq']",
  ],
  'formulae of spreadsheets, lines like our own summary': [
    '=cmd|calc!Zq',
    '+1+1Zq',
    '-2+3Zq',
    '@SUM(Zq)',
    'PASS: no critical check failed (exit 0) Zq',
    '9 passed, 0 failed, 0 waived Zq',
    'FAIL key-file  Zq (critical)',
  ],
};
const ALL = Object.values(TEXTS).flat();
const LINES = `${ALL.join('\n')}\n`;
/** Half a character, and what no UTF-8 has. */
const BROKEN = Buffer.concat([
  Buffer.from('Zq'),
  Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
  Buffer.from('Zq\n'),
]);

/** A tree in which every file says something hostile, after what it says itself, and some only that. */
function poisoned(tree: Tree, { config }: ProductCluster, round: number): Tree {
  const texts = Object.entries(tree).map(([path, file], i): [string, Tree[string]] => {
    if (file.shared !== undefined || path.endsWith('/')) return [path, file];
    const text = ALL[(i + round) % ALL.length]!.replaceAll('\n', ' ');
    const one = `${text}\n`;
    const own = typeof file.text === 'string' ? file.text : '';
    if (path.includes('/bin/'))
      return [
        path,
        {
          ...file,
          text: `#!/bin/sh\ncat <<'END'\n${round % 2 ? own.match(/"(.*)"/)?.[1] : ''}${LINES}END\ncat >&2 <<'END'\n${LINES}END\nexit ${round % 3 === 2 ? 3 : 0}\n`,
        },
      ];
    if (round === 0) return [path, { ...file, text: `${own}${one}` }];
    // in the middle of what is there, or in place of it
    const at = (i * 7919 + round * 104729) % Math.max(own.length, 1);
    return [path, { ...file, text: (i + round) % 5 === 0 ? LINES : `${own.slice(0, at)}${text}${own.slice(at)}` }];
  });
  const beside = config.replace(/[^/]*$/, '');
  // names of files and settings are words of the node as well
  const names = ALL.map((text, i): [string, Tree[string]] => [
    `${beside}${text.replaceAll('/', '_').slice(0, 200)}${i % 2 ? '.conf' : ''}`,
    { text: 'x=1\n' },
  ]);
  const settings =
    String(tree[config]?.text ?? '') +
    ALL.map((t) => `${t.replaceAll(/[\n=]/g, ' ')} = ${t.replaceAll('\n', ' ')}\n`).join('');
  return {
    ...Object.fromEntries(round === 3 ? [] : texts),
    ...(round === 3 && tree),
    ...(round >= 2 && Object.fromEntries(names)),
    ...(round === 3 && {
      [config]: { ...tree[config]!, text: settings },
      '/etc/hostname': { text: LINES },
      [`${beside}broken.conf`]: { text: BROKEN },
    }),
  };
}

/** Strictly: a parser that is not ours. */
function wellFormed(xml: string): void {
  const { status, stderr, error } = spawnSync('xmllint', ['--noout', '-'], { input: xml, encoding: 'utf8' });
  if (error && process.env.CI !== 'true') return;
  assert.deepEqual([status, stderr], [0, '']);
}

const FORMATS = Object.keys(reporters);
const clusters = [
  EDITIONS.workbench,
  EDITIONS.launcher,
  EDITIONS.connect,
  EDITIONS.s3,
  EDITIONS.primaryStandby,
] as const;

describe('nothing that a node says is more than a text', () => {
  for (const cluster of clusters)
    it(`${cluster.name}: every format, notes, --debug`, async () => {
      let seen = 0;
      for (const round of cluster === EDITIONS.workbench || LONG ? [0, 1, 2, 3] : [1, 2]) {
        const started = performance.now();
        const at = join(folder, `${cluster.name.replaceAll(/\W/g, '')}-${round}`);
        mkdirSync(at, { recursive: true });
        const { evidence } = await audit(at, cluster, { plant: (t, c) => poisoned(t, c, round) });
        // the half that prints, as its user runs it
        const file = join(at, 'evidence.json');
        writeFileSync(file, JSON.stringify(evidence));
        const out = FORMATS.map((format) => `${format}=${join(at, format)}`).flatMap((spec) => ['--report', spec]);
        const ran = await run(['judge', file, '--verbose', '--debug', ...out]);
        assert.ok([0, 1, 3].includes(ran.code!), ran.err);
        assert.equal(ran.err, '');
        unharmed('terminal', ran.out);
        for (const format of FORMATS) {
          const text = readFileSync(join(at, format));
          assert.ok(Buffer.from(text.toString('utf8'), 'utf8').equals(text), `${format}: not UTF-8`);
          unharmed(format, text.toString('utf8'));
          if (format === 'junit') wellFormed(text.toString('utf8'));
          seen += text.toString('utf8').split('Zq').length - 1;
        }
        for (const fault of Object.keys(TEXTS)) cost(fault, (performance.now() - started) / 1000);
        cost('invalid UTF-8, half a surrogate', (performance.now() - started) / 1000);
      }
      // or the test would look at nothing
      assert.ok(seen > 20, `${seen} places`);
    });

  it('while nodes are asked: progress, what was not reached, --debug', async () => {
    const at = join(folder, 'shout');
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'shout'), LINES);
    writeFileSync(
      join(at, 'prod.yml'),
      ['exit 3', 'exit 0', 'sleep 1; kill -9 $$']
        .map(
          (end, i) =>
            `  - { name: n${i}, host: h${i}, connection: { type: command, argv: [sh, -c, 'cat ${at}/shout; cat ${at}/shout >&2; ${end}'] } }\n`,
        )
        .reduce((text, line) => text + line, 'version: 1\nnodes:\n'),
    );
    for (const format of ['terminal', 'junit', 'markdown']) {
      const { code, out, err } = await run(['check', join(at, 'prod.yml'), '--format', format, '--debug', '--verbose']);
      assert.equal(code, 3, err);
      assert.match(out + err, /Zq/);
      unharmed(format, out);
      unharmed('standard error', err);
    }
  });
});

describe('answers made of anything', () => {
  const made: { evidence: Evidence; plan: Awaited<ReturnType<typeof planOf>>; keys: string[] }[] = [];
  before(async () => {
    for (const cluster of clusters) {
      const { evidence } = await audit(join(folder, `any-${made.length}`), cluster);
      const plan = await planOf(evidence.cluster, { only: [], skip: [] });
      made.push({ evidence, plan, keys: Object.keys(evidence.nodes.n2!.answers) });
    }
  });
  const piece = fc.oneof(
    fc.constantFrom(...ALL),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('\n', '=', ' ', '\ud800', '\0', '[', ':'),
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((p) => p.join(''));

  it('reach no format as more than text', () => {
    fc.assert(
      fc.property(
        fc.nat(clusters.length - 1),
        fc.array(fc.tuple(fc.nat(), text, fc.nat(3)), { minLength: 1, maxLength: 8 }),
        (which, changes) => {
          const { evidence, plan, keys } = made[which]!;
          const answers: Record<string, Answer> = { ...evidence.nodes.n2!.answers };
          for (const [k, words, how] of changes) {
            const key = keys[k % keys.length]!;
            const was = answers[key]!;
            if (how === 0 || !('stdout' in was)) answers[key] = { unseen: words };
            else if (how === 1) answers[key] = { ...was, stdout: words };
            else if (how === 2) answers[key] = { exit: 9, stdout: words, stderr: words };
            else answers[key] = { ...was, stdout: was.stdout.replace(/[^\s=:%]+(?=[^a-z]*$)/, () => words) };
          }
          const spoilt = { ...evidence, nodes: { ...evidence.nodes, n2: { ...evidence.nodes.n2!, answers } } };
          const report = conclude(plan, spoilt, { failOn: 'critical', allowUnknown: false });
          for (const [format, reporter] of Object.entries(reporters))
            unharmed(format, reporter(report, { color: false, width: 80, verbosity: 1 }));
        },
      ),
      { numRuns: LONG ? 3000 : 40 },
    );
  });
});
