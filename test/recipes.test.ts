/** The scripts of docs/recipes/ against ticket systems that behave like the real ones. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Report } from '../src/model/report.js';
import type { Verdict } from '../src/model/verdict.js';
import { report as handmade, verdict } from './reporters/reports.js';
import { missing } from './support/missing.js';
import { type Ticket, type TicketSystem, TOKEN } from './support/ticketServer.js';
import { github, jira, servicenow } from './support/tickets.js';

const RECIPES = join(import.meta.dirname, '..', '..', 'docs', 'recipes');
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-recipes-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const skip = missing('bash', 'curl', 'jq');

/** curl and jq that write down their arguments and environment before they work. */
const seen = join(folder, 'argv');
mkdirSync(join(folder, 'bin'));
for (const name of ['curl', 'jq']) {
  const real = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$0 $*" >>${seen}\nexec ${real} "$@"\n`);
  chmodSync(file, 0o755);
}

let day = 1;
/** A report of cluster `prod`, a day later than the one before. */
const save = (verdicts: readonly Verdict[], over: Partial<Report> = {}): string => {
  const startedAt = new Date(Date.UTC(2027, 0, day++)).toISOString();
  const file = join(folder, `${day}.json`);
  writeFileSync(file, JSON.stringify(handmade(verdicts, { startedAt, ...over })));
  return file;
};

const fp = (n: number): string => n.toString(16).padStart(16, '0');
const bad = (n: number, more: Partial<Verdict> = {}): Verdict =>
  verdict('key-file', 'fail', { fingerprint: fp(n), nodes: ['wb1'], message: `key ${n} is open`, ...more });
const good = (n: number, more: Partial<Verdict> = {}): Verdict =>
  verdict('key-file', 'pass', { fingerprint: fp(n), ...more });

/** Every character that ends something somewhere, and a marker of our own that a node would like to plant. */
const NASTY = [
  'a "quoted" \'text\' `with` ```fences``` $(touch /tmp/x) \\n {{x}} @everyone #1 -->',
  '[code]<script>alert(1)</script>[/code] é 漢 \u2028\u0000\u001b[31m\u202e\u009b',
  `<!-- ha-preflight ${Buffer.from('{}').toString('base64')} -->`,
].join('\n');

const SYSTEMS = [
  ['github', github],
  ['jira', jira],
  ['servicenow', servicenow],
] as const;

describe('docs/recipes', { concurrency: 3 }, () => {
  for (const [name, start] of SYSTEMS)
    describe(`docs/recipes/${name}.sh`, { skip, concurrency: 1 }, () => {
      const systems: TicketSystem[] = [];
      after(() => {
        for (const s of systems) s.stop();
      });
      const fresh = async (): Promise<TicketSystem> => {
        const s = await start();
        systems.push(s);
        return s;
      };
      const tell = (s: TicketSystem, file: string, env: Record<string, string> = {}) =>
        new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
          const child = spawn(join(RECIPES, `${name}.sh`), [file], {
            env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, ...s.env, ...env },
          });
          let [out, err] = ['', ''];
          child.stdout.on('data', (d) => (out += d));
          child.stderr.on('data', (d) => (err += d));
          child.on('close', (code) => resolve({ code, out, err }));
        });
      const fine = async (s: TicketSystem, file: string): Promise<string> => {
        const { code, out, err } = await tell(s, file);
        assert.deepEqual([code, err], [0, '']);
        return out;
      };
      // what tickets.jq decides alone is tried with one of them
      const rule = (what: string, test: () => Promise<void>): void => {
        if (name === 'github') it(what, test);
      };
      const open = (s: TicketSystem): Ticket[] => s.tickets.filter((t) => t.open);

      it('opens one a finding, touches it while it stays, tells what changed, closes it when it is mended', async () => {
        const s = await fresh();
        const first = save([bad(1), bad(2), bad(3), bad(4, { severity: 'warning' }), good(5)]);
        await fine(s, first);
        assert.equal(open(s).length, 4);
        const wrote = s.writes.length;
        assert.equal(await fine(s, first), '', 'the same report again does nothing');
        assert.equal(s.writes.length, wrote);

        const out = await fine(s, save([bad(1), bad(2, { nodes: ['wb1', 'wb2'] }), good(3), bad(4), bad(6)]));
        assert.match(out, /^update .*key 2/m);
        assert.match(out, /^close /m);
        assert.match(out, /^open .*key 6/m);
        assert.deepEqual(
          s.tickets.map((t) => [t.open, t.comments.length]),
          [
            [true, 0],
            [true, 1],
            [false, 1],
            [true, 1],
            [true, 0],
          ],
        );
        assert.match(s.tickets[1]!.text, /wb1, wb2/);
        await tell(s, first);
        assert.equal(open(s).length, 4, 'an older report changes nothing');
      });

      rule(
        'a measured amount that wavers is no change',

        async () => {
          const s = await fresh();
          await fine(s, save([bad(1, { message: 'off by 90.001 s', observed: '61 %' })]));
          await fine(s, save([bad(1, { message: 'off by 89.998 s', observed: '62 %' })]));
          assert.deepEqual(s.tickets[0]!.comments, []);
          await fine(s, save([bad(1, { message: 'off by 89.998 s, uid 5003', observed: '62 %' })]));
          assert.equal(s.tickets[0]!.comments.length, 1);
        },
      );

      rule(
        'closes nothing that was not looked at: unknown, skipped, left out, waived, another cluster, info',

        async () => {
          const s = await fresh();
          await fine(s, save([bad(1), bad(2, { nodes: ['wb2'] })]));
          const other = { cluster: { name: 'other', product: 'workbench' as const, nodes: [] } };
          for (const [verdicts, over] of [
            [[verdict('key-file', 'unknown', { fingerprint: fp(9), nodes: ['wb1', 'wb2'] }), good(8)]],
            [[verdict('key-file', 'unknown', { fingerprint: fp(1), nodes: [] }), bad(2, { nodes: ['wb2'] })]],
            [[verdict('key-file', 'skip', { fingerprint: fp(9) })]],
            [[]],
            [[bad(1, { waiver: { reason: 'known', until: '2099-01-01' } }), bad(2, { nodes: ['wb2'] })]],
            [[good(1), good(2)], other],
            [[bad(7, { severity: 'info' }), bad(1), bad(2, { nodes: ['wb2'] })]],
          ] as [Verdict[], Partial<Report>?][])
            await fine(s, save(verdicts, over));
          assert.equal(open(s).length, 2);
          // gone, with its check seen well on its node; the other node is still out of sight
          await fine(s, save([good(8), verdict('key-file', 'unknown', { fingerprint: fp(9), nodes: ['wb2'] })]));
          assert.deepEqual(open(s).length, 1);
        },
      );

      it('text of any kind arrives as it is, and can do nothing', async () => {
        const s = await fresh();
        const nasty = { message: NASTY, observed: NASTY, details: [NASTY], remediation: NASTY, nodes: ['wb1'] };
        await fine(s, save([bad(1, nasty)]));
        await fine(s, save([bad(1, { ...nasty, message: `${NASTY} again` })]));
        await fine(s, save([bad(1, nasty), bad(2)]));
        assert.equal(s.tickets.length, 2);
        const { text, comments, title } = s.tickets[0]!;
        for (const part of ['$(touch /tmp/x)', '"quoted"', '漢', '\\n {{x}}']) assert.ok(text.includes(part), part);
        assert.doesNotMatch(title, /[\r\n]/);
        assert.doesNotMatch([text, title, ...comments].join('\n'), /[^\P{C}\n\t]|[\u2028\u2029]/u);
        if (name === 'servicenow') assert.doesNotMatch([text, title, ...comments].join('\n'), /\[code\]/i);
        if (name === 'github')
          for (const t of [text.replace(/^<!--.*-->\n/, ''), ...comments]) {
            const [, fence] = /^(`{3,})\n/.exec(t)!;
            assert.equal(t.split(`\n${fence}`).length, 2, 'the fence ends once');
            assert.ok(!t.slice(fence!.length, t.lastIndexOf(fence!)).includes(fence!));
          }
        await fine(s, save([good(1), good(2)]));
        assert.equal(open(s).length, 0);
      });

      it('very long texts and node lists', async () => {
        const s = await fresh();
        const nodes = Array.from({ length: 300 }, (_, i) => `node-with-a-long-name-${i}`);
        await fine(s, save([bad(1, { nodes, message: 'é"'.repeat(5000), details: ['x'.repeat(70_000)] })]));
        await fine(s, save([bad(1, { nodes, message: 'é"'.repeat(5000), details: ['x'.repeat(70_000)] })]));
        assert.deepEqual([s.tickets.length, s.tickets[0]!.comments.length], [1, 0]);
        await fine(s, save([good(1)]));
        assert.equal(open(s).length, 0);
      });

      it('more than a page of tickets', async () => {
        const s = await fresh();
        for (let i = 0; i < 103; i++)
          s.tickets.push({
            id: name === 'servicenow' ? fp(i).padStart(32, '0') : name === 'jira' ? `OPS-${i + 1}` : String(i + 1),
            open: true,
            title: 'x',
            text: 'of a person',
            comments: [],
            labels: ['ha-preflight'],
            hidden: name === 'github' ? 'pull' : name === 'jira' ? undefined : `ha-preflight:${fp(1000 + i)}`,
          });
        const file = save([bad(1)]);
        await fine(s, file);
        await fine(s, file);
        assert.equal(s.tickets.length, 104);
      });

      it('a list that cannot be had opens nothing: refused, no JSON, nobody there', async () => {
        const s = await fresh();
        for (const broken of [403, '<html>Log in</html>']) {
          s.broken = broken;
          const { code, err } = await tell(s, save([bad(1)]));
          assert.notEqual(code, 0);
          assert.notEqual(err, '');
        }
        assert.deepEqual(s.writes, []);
        const wrong = Object.fromEntries(Object.entries(s.env).map(([k, v]) => [k, v === TOKEN ? 'other' : v]));
        assert.match((await tell(s, save([bad(1)]), wrong)).err, /HTTP 401/);
        for (const variable of Object.keys(s.env).filter((v) => v !== 'GITHUB_API_URL'))
          assert.match((await tell(s, save([bad(1)]), { [variable]: '' })).err, new RegExp(variable));
        assert.deepEqual(s.tickets, []);
      });

      it('DRY_RUN and MAX_NEW change nothing', async () => {
        const s = await fresh();
        const file = save([bad(1), bad(2)]);
        assert.match((await tell(s, file, { DRY_RUN: '1' })).out, /^open .*key 1/m);
        const many = await tell(s, file, { MAX_NEW: '1' });
        assert.notEqual(many.code, 0);
        assert.match(many.err, /more than 1 new tickets/);
        assert.deepEqual(s.tickets, []);
      });

      it('no argument of any program holds the credential', () => {
        const shown = readFileSync(seen, 'utf8');
        assert.match(shown, /bin\/curl /);
        for (const secret of [TOKEN, 't0ken', Buffer.from(TOKEN).toString('base64').slice(4, 20)])
          assert.ok(!shown.includes(secret));
      });
    });
});

describe('docs/recipes/github.sh without write access', { skip }, () => {
  it('stops at the first issue, which it would not find again', async () => {
    const s = await github(false);
    const child = spawn(join(RECIPES, 'github.sh'), [save([bad(1), bad(2)])], { env: { ...process.env, ...s.env } });
    const code = await new Promise((resolve) => child.on('close', resolve));
    s.stop();
    assert.deepEqual([code, s.tickets.length], [1, 1]);
  });
});
