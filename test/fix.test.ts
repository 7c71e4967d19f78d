/** `fix`: of a report, only what is safe becomes a command, and no text of a report becomes one by itself. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { actionOf, wordsOf } from '../src/fixes/actions.js';
import { playbook } from '../src/fixes/ansible.js';
import { shellScript } from '../src/fixes/sh.js';
import { worklist } from '../src/fixes/worklist.js';
import { toYaml, Unsafe } from '../src/load/yaml.js';
import type { Report } from '../src/model/report.js';
import type { Verdict } from '../src/model/verdict.js';
import { mergeReports } from '../src/report.js';
import { missing } from './support/missing.js';
import { BIN, run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-fix-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const FOLDERS = ['/etc/acme'];
const yaml = { write: toYaml, text: (text: string) => new Unsafe(text) };

type Node = Report['cluster']['nodes'][number];
const node = (name: string, more: Partial<Node> = {}): Node => ({
  ...{ name, host: `${name}.example.com`, reached: true, ssh: { user: 'ops', port: 2222 } },
  ...more,
});
const failed = (more: Partial<Verdict>): Verdict => ({
  ...{ id: 'key-file', title: 'Keys', status: 'fail', severity: 'critical', proof: 'measured' },
  ...{ nodes: ['a'], message: 'wrong', requirements: [], fingerprint: `${Math.random()}`, ...more },
});
const reportOf = (verdicts: Verdict[], nodes: Node[] = [node('a'), node('b')], name = 'prod'): Report => ({
  schema: 'ha-preflight/report/1',
  tool: { name: 'ha-preflight', version: '0' },
  ...{ startedAt: '2026-11-26T05:00:00.000Z', durationMs: 1 },
  cluster: { name, product: 'workbench', nodes },
  gate: { result: 'fail', failOn: 'critical', exitCode: 1 },
  summary: { pass: 0, fail: verdicts.length, skip: 0, unknown: 0, waived: 0 },
  verdicts,
  requirements: [],
});
const fixing = (command: string, nodes = ['a']): Verdict => failed({ nodes, fixes: [{ nodes, commands: [command] }] });

/** What the script would have ssh do: the words of each call. `ssh` only shows them. */
function calls(script: string): string[][] {
  const file = join(folder, 'fix.sh');
  writeFileSync(file, script);
  const ssh = `printf '%s\\0' "$@"; printf '\\1\\0'`;
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\n{ ${ssh}; } >>${folder}/calls\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'calls'), '');
  const ran = spawnSync('sh', [file], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}` },
  });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(ran.stderr, '');
  return readFileSync(join(folder, 'calls'), 'utf8')
    .split('\u0001\0')
    .slice(0, -1)
    .map((call) => call.split('\0').slice(0, -1));
}

/** Lines that are no comments. */
const active = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('which commands are active', () => {
  const SAFE = [
    'sudo chmod 0600 /etc/acme/key',
    'sudo chmod 640 /srv/k',
    'sudo chmod o-w /srv/keys',
    'sudo chown root:acme /etc/acme/key',
    "sudo sed --follow-symlinks -i.ha-preflight.bak 's|^a=1$|a=2|' /etc/acme/a.conf",
    "sudo sed --follow-symlinks -i.ha-preflight.bak '\\|^a\\.b = 1$|d' /etc/acme/a.conf",
    "sudo sed --follow-symlinks -i.ha-preflight.bak '$a\\a = 2' /etc/acme/a.conf",
    'sudo touch /etc/acme/balancer',
    'sudo systemctl enable --now chronyd',
    'sudo timedatectl set-ntp true',
  ];
  const NOT = [
    'sudo chmod 0666 /etc/acme/key',
    'sudo chmod 4700 /bin/sh',
    'sudo chmod 0600 /',
    'sudo chmod 0600 key',
    'sudo chmod 0600 /etc/acme/../shadow',
    'sudo chmod 0600 /a /b',
    'sudo chmod -R 0600 /etc',
    'sudo chmod 0600 /k; reboot',
    'sudo chmod 0600 $(id)',
    "sudo chmod 0600 '/k\nreboot'",
    'sudo chown alice /etc/shadow',
    'sudo chown -R alice /etc/acme/key',
    "sudo sed --follow-symlinks -i.ha-preflight.bak 's|^a=1$|a=2|e' /etc/acme/a.conf",
    "sudo sed --follow-symlinks -i.ha-preflight.bak 's|^a=1$|a=2|;1e reboot' /etc/acme/a.conf",
    "sudo sed --follow-symlinks -i.ha-preflight.bak '1e reboot' /etc/acme/a.conf",
    "sudo sed --follow-symlinks -i.ha-preflight.bak 's|^a=1$|a=2|' /etc/sudoers",
    "sudo sed --follow-symlinks -i.ha-preflight.bak 's|^k = /a$|k = /b|' /etc/acme/a.conf",
    'sudo sed --follow-symlinks -i.ha-preflight.bak \'$a\\k = "/b"\' /etc/acme/a.conf',
    "sudo sed --follow-symlinks -i.ha-preflight.bak '\\|^k=/a$|d' /etc/acme/a.conf",
    'sudo systemctl enable --now acme',
    'sudo touch /etc/nologin',
    'sudo usermod -aG staff alice',
    'sudo systemctl restart acme',
    'sudo chronyc makestep',
    'sudo usermod -u 1 -g 1 a',
    'sudo mount -o remount,rw /mnt',
    'chmod 0600 /k',
    '',
  ];
  for (const command of SAFE) it(`active: ${command}`, () => assert.ok(actionOf(command, FOLDERS)));
  for (const command of NOT)
    it(`not: ${JSON.stringify(command)}`, () => assert.equal(actionOf(command, FOLDERS), undefined));

  it('words are those of a shell', () =>
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[\w/'; $|\\"-]{1,8}$/), { minLength: 1, maxLength: 4 }), (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
        assert.deepEqual(wordsOf(line), words);
      }),
    ));
});

describe('the shell script', () => {
  it('reaches each node as the inventory says, worst finding first, the rest commented with its reason', () => {
    const script = shellScript(
      worklist(
        reportOf(
          [
            { ...fixing('sudo chmod o-w /srv', ['b']), severity: 'warning' },
            fixing('sudo chmod 0600 /k', ['a', 'b']),
            fixing('sudo systemctl restart acme'),
            failed({ id: 'node-count', nodes: [], remediation: 'add a node\n# to the cluster' }),
            { ...fixing('sudo chmod 0600 /waived'), waiver: { reason: 'r', until: '2027-01-01' } },
            { ...fixing('sudo chmod 0600 /unknown'), status: 'unknown' },
          ],
          [node('a', { ssh: { user: 'ops', port: 2222, jump: 'me@bastion' } }), node('b', { ssh: {} })],
        ),
        FOLDERS,
      ),
      'prod',
    );
    const undo = (path: string) => `sudo stat -c 'before: %a %U:%G %n' ${path}; `;
    assert.deepEqual(calls(script), [
      ['-J', 'me@bastion', '-p', '2222', 'ops@a.example.com', `${undo('/k')}sudo chmod 0600 /k`],
      ['b.example.com', `${undo('/k')}sudo chmod 0600 /k`],
      ['b.example.com', `${undo('/srv')}sudo chmod o-w /srv`],
    ]);
    assert.match(
      script,
      /^# not run: users of the node notice it: choose the time\n#on 'a' 'sudo systemctl restart acme'/m,
    );
    assert.match(script, /^# by hand: add a node\n# by hand: # to the cluster$/m);
    assert.match(script, /^# 3 commands will be run, and 2 findings are left to you\.$/m);
    assert.doesNotMatch(script, /waived'|unknown'/);
  });

  it('a node that is not reached by SSH, or that the report does not have, is left to people', () => {
    const { ssh: _, ...local } = node('b');
    const script = shellScript(worklist(reportOf([fixing('sudo chmod 0600 /k', ['b', 'c'])], [local]), FOLDERS), 'x');
    assert.deepEqual(calls(script), []);
    assert.match(script, /# not run: b is not reached by SSH/);
    assert.match(script, /# not run: c is not reached by SSH/);
  });

  it('what two findings need is done once; several clusters are one script', () => {
    const one = reportOf([fixing('sudo chmod 0600 /k'), fixing('sudo chmod 0600 /k')]);
    const other = reportOf([fixing('sudo chmod 0600 /k')], [node('a', { host: 'other' })], 'test');
    const script = shellScript(worklist(mergeReports([one, other]), FOLDERS), 'x');
    assert.deepEqual(
      calls(script).map((words) => words.at(-2)),
      ['ops@a.example.com', 'ops@other'],
    );
    assert.match(script, /^# note: the command for a is in 1$/m);
    assert.match(script, /^# 3\. test: key-file on a \(critical\)$/m);
  });

  describe('a line of a file, run on a node', () => {
    const etc = join(folder, 'etc');
    const bin = join(folder, 'bin');
    mkdirSync(etc);
    mkdirSync(bin);
    writeFileSync(join(bin, 'sudo'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
    const file = join(etc, 'a.conf');
    /** What the file and its copy are after the script, which may run more than once. */
    function after(before: string, script: string, times = 1) {
      writeFileSync(file, before);
      rmSync(`${file}.ha-preflight.bak`, { force: true });
      const fix = fixing(`sudo sed --follow-symlinks -i.ha-preflight.bak '${script}' ${file}`);
      const [call = []] = calls(shellScript(worklist(reportOf([fix]), [etc]), 'x'));
      const env = { PATH: `${bin}:${process.env.PATH}` };
      const codes = Array.from({ length: times }, () => spawnSync('sh', ['-c', call.at(-1)!], { env }).status);
      const copy = existsSync(`${file}.ha-preflight.bak`) && readFileSync(`${file}.ha-preflight.bak`, 'utf8');
      return [readFileSync(file, 'utf8'), copy, ...new Set(codes)];
    }
    const cases: [string, string, string, string, string | false][] = [
      ['is added once', 'b=1\n', '$a\\a.c=2', 'b=1\na.c=2\n', 'b=1\n'],
      [
        'is added where only a longer name is set',
        'aXc=1\na.cc=1\n',
        '$a\\a.c=2',
        'aXc=1\na.cc=1\na.c=2\n',
        'aXc=1\na.cc=1\n',
      ],
      ['is not added where somebody has set it since', 'a.c = 3\nb=1\n', '$a\\a.c=2', 'a.c = 3\nb=1\n', false],
      [
        'is added to the last section',
        '[X]\nk = 1\n[Y]\n',
        '$a\\k = 2',
        '[X]\nk = 1\n[Y]\nk = 2\n',
        '[X]\nk = 1\n[Y]\n',
      ],
      ['is replaced', 'a=1\n', 's|^a=1$|a=2|', 'a=2\n', 'a=1\n'],
      ['is removed', 'a=1\nb=1\n', '\\|^a=1$|d', 'b=1\n', 'a=1\nb=1\n'],
    ];
    for (const [name, before, script, now, copy] of cases)
      it(`${name}, also when the script runs twice`, () => {
        assert.deepEqual(after(before, script), [now, copy, 0]);
        assert.deepEqual(after(before, script, 2), [now, copy, 0]);
      });
    it('is not changed where no copy can be kept', () => {
      writeFileSync(join(bin, 'cp'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      assert.deepEqual(after('a=1\n', 's|^a=1$|a=2|'), ['a=1\n', false, 1]);
      rmSync(join(bin, 'cp'));
    });
  });

  it('passes shellcheck', { skip: missing('shellcheck') }, () => {
    const file = join(folder, 'checked.sh');
    writeFileSync(file, shellScript(worklist(reportOf([fixing("sudo chmod 0600 '/it'\\''s'")]), FOLDERS), 'x'));
    const { status, stdout } = spawnSync('shellcheck', ['-S', 'warning', file], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
});

const EVIL = [
  "x'; reboot; '",
  '$(reboot)',
  '`reboot`',
  'a\nreboot',
  'a\r\nreboot\n',
  '\u2028reboot',
  '-oProxyCommand=reboot',
  '{{ 1 + 1 }}',
  '"',
  '#',
  'a: b',
  '!x',
  '*',
  '\u001b[2J',
];
const evil = fc.oneof(fc.constantFrom(...EVIL), fc.string({ unit: 'grapheme', maxLength: 12 }));

describe('a report that somebody forged', () => {
  // the honest node of the report is called a
  const name = evil.filter((text) => text !== 'a');
  const forged = fc.record({ name, host: evil, user: evil, jump: evil, command: evil, path: evil, note: evil });

  it('makes no other call of ssh, and no line that is not a comment', () =>
    fc.assert(
      fc.property(forged, ({ name, host, user, jump, command, path, note }) => {
        const verdict = failed({
          ...{ id: note, message: note, nodes: [name], remediation: command },
          fixes: [{ nodes: [name], commands: [command, `sudo chmod 0600 '/${path.replaceAll("'", "'\\''")}'`], note }],
        });
        const report = reportOf(
          [verdict, failed({ id: command, nodes: [note], remediation: note }), fixing('sudo chmod 0600 /k')],
          [node(name, { host, ssh: { user, jump } }), node('a')],
          note,
        );
        const script = shellScript(worklist(report, FOLDERS), 'x');
        for (const words of calls(script)) {
          assert.match(words.at(-1)!, /^sudo stat -c 'before: %a %U:%G %n' '?\/.*'?; sudo chmod 0600 /);
          assert.ok(!words.at(-2)!.startsWith('-') && !/[\s$`]/.test(words.at(-2)!), words.at(-2));
        }
        assert.ok(calls(script).some((words) => words.at(-2) === 'ops@a.example.com'));
        assert.ok(!/[\u2028\u001b\r]/.test(script));
      }),
      { numRuns: 40 },
    ));

  it('the playbook has only our plays, and no template in them', () =>
    fc.assert(
      fc.property(forged, ({ name, host, user, command, path, note }) => {
        const verdict = failed({
          ...{ id: note, message: note, nodes: [name] },
          fixes: [{ nodes: [name], commands: [command, `sudo chmod 0600 '/${path.replaceAll("'", "'\\''")}'`], note }],
        });
        const text = playbook(
          worklist(
            reportOf([verdict, fixing('sudo chmod 0600 /k')], [node(name, { host, ssh: { user } }), node('a')]),
            FOLDERS,
          ),
          'x',
          yaml,
        );
        assert.ok(!/[\u2028\u001b\r]/.test(text));
        for (const line of active(text)) assert.ok(/^(?:---|- name: | {2,})/.test(line), line);
        // a template is one only in a text without the tag
        for (const line of active(text)) assert.ok(!line.includes('{{') || line.includes('!unsafe'), line);
      }),
      { numRuns: 60 },
    ));
});

describe('the playbook', { concurrency: false }, () => {
  const HARD = [
    'sudo chmod 0600 \'/etc/acme/{{ lookup("pipe", "reboot") }}: #x\'',
    'sudo chown root:acme /etc/acme/key',
    'sudo sed --follow-symlinks -i.ha-preflight.bak \'s|^a=1$|a="2"|\' /etc/acme/a.conf',
    "sudo sed --follow-symlinks -i.ha-preflight.bak '\\|^a\\.b = 1$|d' /etc/acme/a.conf",
    "sudo sed --follow-symlinks -i.ha-preflight.bak '$a\\a = 2' /etc/acme/a.conf",
    'sudo systemctl enable --now chronyd',
    'sudo timedatectl set-ntp true',
    'sudo touch /etc/acme/balancer',
    'sudo systemctl restart acme',
  ];
  const items = worklist(reportOf(HARD.map((command) => fixing(command, ['a', 'b']))), FOLDERS);

  it('names the hosts, and a module for each command', () => {
    const text = playbook(items, 'prod', yaml);
    const lines = active(text).map((line) => line.trim());
    for (const wanted of [
      'ansible_host: !unsafe a.example.com',
      'ansible_port: 2222',
      'ansible.builtin.file:',
      'group: acme',
      'regexp: !unsafe ^a=1$',
      'state: absent',
      'ansible.builtin.lineinfile:',
      'ansible.builtin.systemd:',
    ])
      assert.ok(lines.includes(wanted), `${wanted}\n${text}`);
    assert.match(text, /^# not run: users of the node notice it[^\n]*\n# - name: /m);
  });

  it('a name with a meaning for Ansible, or of two machines, is no host of it', () => {
    const named = reportOf([fixing('sudo chmod 0600 /k', ['all', 'a*'])], [node('all'), node('a*')]);
    const twice = mergeReports([
      reportOf([fixing('sudo chmod 0600 /k')]),
      reportOf([fixing('sudo chmod 0600 /k')], [node('a', { host: 'other' })], 'test'),
    ]);
    for (const report of [named, twice])
      assert.doesNotMatch(active(playbook(worklist(report, FOLDERS), 'x', yaml)).join('\n'), /hosts:\n|chmod/);
  });

  it('a line that somebody has set since is not added', { skip: missing('ansible-playbook') }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-fix-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const before = { none: 'x=1\n', other: 'A=3\n', section: '[one]\na=3\n[two]\nx=1\n' };
    const add = (name: string) => `sudo sed --follow-symlinks -i.ha-preflight.bak '$a\\a = 2' ${join(folder, name)}`;
    for (const [name, text] of Object.entries(before)) writeFileSync(join(folder, name), text);
    const found = worklist(reportOf(Object.keys(before).map((name) => fixing(add(name)))), [folder]);
    const file = join(folder, 'fix.yml');
    writeFileSync(file, playbook(found, 'prod', yaml));
    const local = ['-c', 'local', '-e', 'ansible_become=false', file];
    for (const again of [false, true]) {
      const ran = spawnSync('ansible-playbook', local, {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      assert.equal(ran.status, 0, ran.stdout + ran.stderr);
      assert.match(ran.stdout, again ? /^a .*changed=0 .*skipped=3/m : /^a .*changed=2 .*skipped=1/m);
      assert.deepEqual(
        Object.keys(before).map((name) => readFileSync(join(folder, name), 'utf8')),
        [`${before.none}a = 2\n`, before.other, `${before.section}a = 2\n`],
      );
    }
  });

  it('ansible-playbook reads it', { skip: missing('ansible-playbook') }, () => {
    const file = join(folder, 'fix.yml');
    writeFileSync(file, playbook(items, 'prod', yaml));
    const { status, stdout, stderr } = spawnSync('ansible-playbook', ['--syntax-check', file], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    assert.equal(status, 0, stdout + stderr);
  });
});

describe('ha-preflight fix', { concurrency: 2 }, () => {
  const saved = join(folder, 'report.json');
  writeFileSync(saved, JSON.stringify(reportOf([fixing('sudo chmod 0600 /k')])));

  it('prints a script; -o writes it, and says that nothing was run', async () => {
    const { code, out, err } = await run(['fix', saved]);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^#!\/bin\/sh\n# Fixes for prod, checked 2026-11-26T05:00:00\.000Z\.\n/);
    const file = join(folder, 'out.sh');
    assert.match((await run(['fix', saved, '-o', file])).out, /out\.sh: written; nothing was run/);
    assert.equal(readFileSync(file, 'utf8'), out);
  });

  it('reads standard input', () => {
    const { status, stdout } = spawnSync(process.execPath, [BIN, 'fix', '-', '--format', 'ansible'], {
      input: readFileSync(saved),
      encoding: 'utf8',
    });
    assert.equal(status, 0);
    assert.match(stdout, /^---$/m);
  });

  it('a report without failures says so; a file that is not a report is exit 2', async () => {
    const clean = join(folder, 'clean.json');
    writeFileSync(clean, JSON.stringify(reportOf([])));
    assert.match((await run(['fix', clean])).out, /^# 0 commands will be run, and 0 findings are left to you\.$/m);
    writeFileSync(join(folder, 'other.json'), '{}');
    for (const [args, words] of [
      [['fix', join(folder, 'other.json')], /not a report of ha-preflight/],
      [['fix', join(folder, 'none.json')], /no such file/],
      [['fix', saved, '--format', 'json'], /json/],
      [['fix', saved, '-o', join(folder, 'no', 'x')], /cannot be written/],
      [['fix'], /fix needs more arguments/],
      [['fix', saved, '--only', 'x'], /fix does not take --only/],
    ] as const) {
      const { code, err, out } = await run(args);
      assert.deepEqual([code, out], [2, ''], args.join(' '));
      assert.match(err, words);
    }
  });
});
