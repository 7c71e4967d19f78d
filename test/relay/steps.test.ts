/** `relay` step by step over the demo's cluster, with everything that goes wrong between the steps. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Tree, writeTree } from '../../src/demo/tree.js';
import type { Report } from '../../src/model/report.js';
import { EDITIONS } from '../support/clusters.js';
import { report, run, troubles } from '../support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-relay-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);
const NODES = ['pm1', 'pm2', 'pm3'];
const INVENTORY = 'demo/ha-preflight.yml';

const relay = (...args: string[]) => run(['relay', INVENTORY, '--dir', 'r', ...args], {}, folder);
/** What the other program does: each script runs on its node. */
function carry(round: 1 | 2, nodes: readonly string[] = NODES, change: (text: string) => string = (t) => t): void {
  for (const node of nodes) {
    const { stdout, stderr, status } = spawnSync('sh', [at('r', 'ask', String(round), `${node}.sh`)], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
    writeFileSync(at('r', 'answer', String(round), `${node}.out`), change(stdout));
  }
}
const answer = (round: 1 | 2, node: string): string => at('r', 'answer', String(round), `${node}.out`);
const asked = async (...args: string[]): Promise<void> => assert.equal((await relay(...args)).code, 0);
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

before(async () => assert.equal((await run(['demo', '--keep', at('demo')])).code, 0));
beforeEach(() => rmSync(at('r'), { recursive: true, force: true }));

describe('relay, step by step', () => {
  it('three runs of one command: the report of check, and nothing is left', async () => {
    const first = await relay();
    assert.deepEqual([first.code, first.err], [0, '']);
    assert.equal(
      first.out,
      'round 1 of 2: run r/ask/1/NODE.sh on each node (pm1, pm2, pm3), save its standard output as r/answer/1/NODE.out, then run this command again\n',
    );
    for (const path of ['r', 'r/ask/1', 'r/answer/1']) assert.equal(mode(at(path)), '700', path);
    for (const path of ['r/ask/1/pm1.sh', 'r/relay.json']) assert.equal(mode(at(path)), '600', path);
    carry(1);
    const second = await relay();
    assert.deepEqual([second.code, second.err], [0, '']);
    assert.match(second.out, /^round 2 of 2: run r\/ask\/2\/NODE\.sh .*\n$/);
    carry(2);
    const third = await relay('--format', 'json');
    const live = await report(at(INVENTORY));
    const relayed = JSON.parse(third.out) as Report;
    assert.equal(third.code, live.code);
    assert.deepEqual(troubles(relayed), troubles(live.report));
    assert.deepEqual(
      relayed.verdicts.map(({ id, status, nodes, fingerprint }) => [id, status, nodes, fingerprint]),
      live.report.verdicts.map(({ id, status, nodes, fingerprint }) => [id, status, nodes, fingerprint]),
    );
    assert.ok(!existsSync(at('r')));
  });

  it('a format for programs: nothing on standard output before the report', async () => {
    const { code, out, err } = await relay('--format', 'json');
    assert.deepEqual([code, out], [0, '']);
    assert.match(err, /^round 1 of 2: /);
  });

  it('evidence and report files are written by the last step only', async () => {
    const args = ['--report', 'json=out.json', '--save-evidence', 'evidence.json'];
    await asked(...args);
    carry(1);
    await asked(...args);
    assert.ok(!existsSync(at('out.json')) && !existsSync(at('evidence.json')));
    carry(2);
    assert.equal((await relay(...args)).code, 1);
    const { nonce } = { nonce: /HA_NONCE='([0-9a-f]{64})'/ };
    assert.doesNotMatch(readFileSync(at('evidence.json'), 'utf8'), nonce);
    const judged = await run(['judge', 'evidence.json', '--format', 'json'], {}, folder);
    assert.deepEqual(
      (JSON.parse(judged.out) as Report).verdicts,
      (JSON.parse(readFileSync(at('out.json'), 'utf8')) as Report).verdicts,
    );
    rmSync(at('out.json'));
  });

  it('a file of the operator in the folder stays', async () => {
    await asked();
    writeFileSync(at('r', 'notes.txt'), 'mine\n');
    carry(1);
    await asked();
    carry(2);
    assert.equal((await relay()).code, 1);
    assert.deepEqual(readdirSync(at('r')), ['notes.txt']);
  });

  it('nodes that are listed at run time are listed once, by the first step', async () => {
    const nodes = NODES.map((name) => ({
      name,
      host: `${name}.example.com`,
      connection: { type: 'local', root: `./${name}` },
    }));
    writeFileSync(at('demo', 'list.sh'), `#!/bin/sh\necho run >>runs\necho '${JSON.stringify(nodes)}'\n`, {
      mode: 0o755,
    });
    writeFileSync(at('demo', 'listed.yml'), 'version: 1\ncluster: l\nnodesFrom: { command: [./list.sh] }\n');
    const step = () => run(['relay', 'demo/listed.yml', '--dir', 'r', '--format', 'json'], {}, folder);
    assert.equal((await step()).code, 0);
    carry(1);
    assert.equal((await step()).code, 0);
    carry(2);
    const { code, out } = await step();
    assert.equal(code, 1);
    assert.deepEqual(
      (JSON.parse(out) as Report).cluster.nodes.map(({ name, reached }) => [name, reached]),
      NODES.map((name) => [name, true]),
    );
    assert.equal(readFileSync(at('demo', 'runs'), 'utf8'), 'run\n');
  });

  it('several products on a node are a report each, as check has them', async () => {
    const both = (name: string): Tree => {
      const [connect, manager] = [EDITIONS.connect.node(name), EDITIONS.packageManager.node(name)];
      const joined = ['/proc/self/mountinfo', '/etc/fstab', '/etc/passwd', '/etc/group'].flatMap((path) =>
        connect[path] && manager[path]
          ? [[path, { ...connect[path], text: `${connect[path].text}${manager[path].text}` }] as const]
          : [],
      );
      return { ...connect, ...manager, ...Object.fromEntries(joined) };
    };
    for (const name of NODES) writeTree(at('both', name), both(name));
    const nodes = NODES.map((n) => `  - { name: ${n}, connection: { root: ./${n} } }\n`).join('');
    writeFileSync(at('both', 'i.yml'), `version: 1\ncluster: trees\nconnection: { type: local }\nnodes:\n${nodes}`);
    const step = () => run(['relay', 'both/i.yml', '--dir', 'r', '--format', 'json'], {}, folder);
    assert.equal((await step()).code, 0);
    carry(1);
    assert.equal((await step()).code, 0);
    carry(2);
    const live = await run(['check', 'both/i.yml', '--format', 'json'], {}, folder);
    const { code, out } = await step();
    assert.equal(code, live.code);
    const said = (text: string) =>
      (JSON.parse(text) as { reports: Report[] }).reports.map(({ cluster, verdicts }) => [
        cluster.product,
        verdicts.map(({ id, status, nodes: on }) => `${id} ${status} ${on.join()}`),
      ]);
    assert.deepEqual(said(out), said(live.out));
  });

  it('clocks: what was read shows a wrong one; after ten minutes only the bounds of the daemons are left, and that is said', async () => {
    for (const [minutes, status, proof, message] of [
      [1, 'fail', 'measured', /the clock of pm3 is off by/],
      [10, 'pass', 'declared', /by the bounds that their own time daemons report/],
    ] as const) {
      await asked('--only', 'clock-skew');
      carry(1);
      await asked('--only', 'clock-skew');
      carry(2);
      const state = readFileSync(at('r/relay.json'), 'utf8');
      const earlier = (_: string, ms: string): string => `"writtenMs":${Number(ms) - minutes * 60_000}`;
      writeFileSync(at('r/relay.json'), state.replaceAll(/"writtenMs":([\d.]+)/g, earlier));
      const { out } = await relay('--only', 'clock-skew', '--format', 'json');
      const skew = (JSON.parse(out) as Report).verdicts.find(({ id }) => id === 'clock-skew')!;
      assert.deepEqual([skew.status, skew.proof], [status, proof], skew.message);
      assert.match(skew.message, message);
    }
  });

  it('nodes with the names of what every object has', async () => {
    const names = ['constructor', '__proto__', 'toString'];
    const nodes = names
      .map((n, i) => `  - { name: ${n}, host: n${i}, connection: { root: ../demo/pm${i + 1} } }\n`)
      .join('');
    mkdirSync(at('odd'));
    writeFileSync(at('odd', 'i.yml'), `version: 1\nconnection: { type: local }\nnodes:\n${nodes}`);
    const step = (...more: string[]) =>
      run(['relay', 'odd/i.yml', '--dir', 'r', '--format', 'json', ...more], {}, folder);
    assert.equal((await step()).code, 0);
    carry(1, names.slice(0, 2));
    assert.equal((await step('--incomplete')).code, 0);
    carry(2, names.slice(0, 2));
    const { out, err } = await step();
    assert.deepEqual(
      (JSON.parse(out) as Report).cluster.nodes.map(({ name, reached }) => [name, reached]),
      [
        ['constructor', true],
        ['__proto__', true],
        ['toString', false],
      ],
      err,
    );
  });

  it('without an inventory: --nodes', async () => {
    const args = ['relay', '--nodes', 'wb[1-2].example.com', '--dir', 'r'];
    const { code, out } = await run(args, {}, folder);
    assert.equal(code, 0);
    assert.match(out, /on each node \(wb1, wb2\)/);
    assert.deepEqual(readdirSync(at('r/ask/1')), ['wb1.sh', 'wb2.sh']);
    assert.match((await run([...args, '--sudo'], {}, folder)).err, /the inventory changed/);
  });
});

describe('relay, when something is wrong', () => {
  it('answers that are missing: exit 2 names them; --incomplete goes on, and they are unknown', async () => {
    await asked();
    const none = await relay('--incomplete');
    assert.deepEqual([none.code, none.out], [2, '']);
    assert.match(none.err, /^ha-preflight: no answer of pm1, pm2, pm3: run r\/ask\/1\/NODE\.sh there, and save/);
    carry(1, ['pm1', 'pm3']);
    const some = await relay();
    assert.equal(some.code, 2);
    assert.match(some.err, /^ha-preflight: no answer of pm2: .*\ngive --incomplete to go on without them\n$/);
    const next = await relay('--incomplete');
    assert.equal(next.code, 0);
    assert.match(next.out, /\(pm1, pm3\)/);
    assert.deepEqual(readdirSync(at('r/ask/2')), ['pm1.sh', 'pm3.sh']);
    carry(2, ['pm1', 'pm3']);
    const { out } = await relay('--format', 'json');
    const { cluster, summary } = JSON.parse(out) as Report;
    assert.deepEqual(
      cluster.nodes.map(({ name, reached, reason }) => [name, reached, reason]),
      [
        ['pm1', true, undefined],
        ['pm2', false, 'no answer was relayed'],
        ['pm3', true, undefined],
      ],
    );
    assert.ok(summary.unknown > 0);
  });

  it('a node that is lost in round 2 is unknown as well', async () => {
    await asked();
    carry(1);
    await asked();
    carry(2);
    writeFileSync(answer(2, 'pm2'), readFileSync(answer(2, 'pm2'), 'utf8').slice(0, 900));
    const refused = await relay();
    assert.equal(refused.code, 2);
    assert.match(refused.err, /the answer of pm2 was cut off after its line \d+: .*; run its script again$/m);
    const { code, out } = await relay('--incomplete', '--format', 'json');
    assert.equal(code, 1);
    assert.match((JSON.parse(out) as Report).cluster.nodes[1]!.reason!, /^the answer was cut off/);
  });

  const DAMAGED: readonly (readonly [string, (node: string) => void, RegExp])[] = [
    [
      'a line is missing',
      (n) => change(n, (t) => t.replace(/^.*\.3\.o\..*\n/m, '')),
      /pm2 was damaged: line 3 of \d+ is missing; run its script again/,
    ],
    ['empty', (n) => change(n, () => ''), /pm2 is empty: nothing was printed/],
    [
      'the words of sudo',
      (n) => change(n, () => 'sudo: a password is required\n'),
      /pm2 is not what the script prints: sudo: a password is required/,
    ],
    ['the answer of another node', (n) => cpSync(answer(1, 'pm1'), answer(1, n)), /pm2 is the answer of pm1;/],
    [
      'a folder',
      (n) => {
        rmSync(answer(1, n));
        cpSync(at('demo', 'pm1'), answer(1, n), { recursive: true });
      },
      /pm2\.out: this is a folder/,
    ],
  ];
  const change = (node: string, how: (text: string) => string): void =>
    writeFileSync(answer(1, node), how(readFileSync(answer(1, node), 'utf8')));
  for (const [what, spoil, message] of DAMAGED)
    it(`an answer: ${what}`, async () => {
      await asked();
      carry(1);
      spoil('pm2');
      const { code, out, err } = await relay();
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    });

  it('CRLF, trimmed, prefixed and joined answers are as good', async () => {
    await asked();
    carry(1, ['pm1'], (t) => t.replaceAll('\n', '\r\n').trimEnd());
    carry(1, ['pm2'], (t) =>
      t
        .split('\n')
        .map((l) => `pm2 | ${l}`)
        .join('\n'),
    );
    carry(1, ['pm3'], (t) => JSON.stringify({ stdout: t }));
    await asked();
  });

  it('the answers of round 1 as those of round 2; the answers of yesterday', async () => {
    await asked();
    carry(1);
    cpSync(at('r/answer/1'), at('old'), { recursive: true });
    await asked();
    cpSync(at('r/answer/1'), at('r/answer/2'), { recursive: true });
    assert.match((await relay()).err, /the answer of pm1 is the answer of pm1 to round 1; run/);
    rmSync(at('r'), { recursive: true });
    await asked();
    cpSync(at('old'), at('r/answer/1'), { recursive: true });
    const { code, err } = await relay();
    assert.equal(code, 2);
    assert.match(err, /the answer of pm3 is the answer of another run: the scripts were written anew since/);
  });

  it('what changed since the first step is said', async () => {
    await asked();
    assert.match(
      (await relay('--only', 'keys')).err,
      /--only and --skip changed since this relay began .*: remove r and begin again/,
    );
    const text = readFileSync(at(INVENTORY), 'utf8');
    appendFileSync(at(INVENTORY), '# a remark\n');
    const { code, err } = await relay();
    writeFileSync(at(INVENTORY), text);
    assert.equal(code, 2);
    assert.match(err, /the inventory changed since this relay began/);
    const state = readFileSync(at('r/relay.json'), 'utf8');
    writeFileSync(at('r/relay.json'), state.replace(/"version":"[^"]*"/, '"version":"0.0.1"'));
    assert.match((await relay()).err, /the relay began with ha-preflight 0\.0\.1, this is /);
    writeFileSync(at('r/relay.json'), '{}');
    assert.match((await relay()).err, /relay\.json: not written by ha-preflight relay: remove r/);
    writeFileSync(at('r/relay.json'), '{');
    assert.match((await relay()).err, /relay\.json: not JSON/);
    rmSync(at('r/relay.json'));
    assert.match((await relay()).err, /ask\/1\/pm1\.sh is from another relay: remove/);
  });

  it('misuse is found before anything is written', async () => {
    for (const [args, message] of [
      [['relay', INVENTORY], /relay needs a folder .*: --dir DIR/],
      [['relay', 'none.yml', '--dir', 'r'], /none\.yml: no such file/],
      [['relay', INVENTORY, '--dir', INVENTORY], /: not a folder/],
      [['relay', INVENTORY, '--dir', 'r', '--active'], /relay does not take --active/],
      [['relay', INVENTORY, '--dir', 'r', '--timeout', '0'], /--timeout must be a positive number/],
      [['relay', INVENTORY, '--dir', 'r', '--report', 'json=no/such/folder/r.json'], /cannot be written/],
      [['relay', INVENTORY, '--dir', 'r', '--format', 'jsn'], /unknown format jsn/],
      [['relay', INVENTORY, INVENTORY, '--dir', 'r'], /does not take the argument/],
    ] as const) {
      const { code, out, err } = await run(args, {}, folder);
      assert.deepEqual([code, out], [2, ''], args.join(' '));
      assert.match(err, message);
      assert.ok(!existsSync(at('r')), args.join(' '));
    }
  });

  it('a folder that anybody may write to, or whose parts are links, is refused', async () => {
    mkdirSync(at('open'));
    chmodSync(at('open'), 0o777);
    const open = await run(['relay', INVENTORY, '--dir', 'open'], {}, folder);
    assert.equal(open.code, 2);
    assert.match(open.err, /--dir open: everybody may write there/);
    mkdirSync(at('r'));
    symlinkSync(at('open'), at('r', 'ask'));
    assert.match((await relay()).err, /r\/ask is a link: remove it/);
    assert.deepEqual(readdirSync(at('open')), []);
  });

  it('no secret of the inventory is written into a script', async () => {
    writeFileSync(
      at('sudo.yml'),
      'version: 1\nconnection: { user: a, sudo: { password: { env: SUDO_PASSWORD } } }\nnodes: [wb1, wb2]\n',
    );
    const { code } = await run(['relay', 'sudo.yml', '--dir', 'r'], { SUDO_PASSWORD: 'hunter22' }, folder);
    assert.equal(code, 0);
    const script = readFileSync(at('r/ask/1/wb1.sh'), 'utf8');
    assert.match(script, /sudo -n/);
    assert.doesNotMatch(script + readFileSync(at('r/relay.json'), 'utf8'), /hunter22/);
  });
});
