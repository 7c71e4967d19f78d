/** `npm run package`: the single executable and the Debian package, on a host without Node. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { COMMANDS, OPTIONS } from '../src/commands/options.js';
import { missing } from './support/missing.js';
import { ROOT } from './support/packed.js';

const BUILT = join(ROOT, 'dist', 'package');
const packages = existsSync(BUILT) ? readdirSync(BUILT).filter((f) => f.endsWith('.deb')) : [];
const root = mkdtempSync(join(tmpdir(), 'ha-preflight-host-'));
after(() => rmSync(root, { recursive: true, force: true }));
const at = (...path: string[]): string => join(root, ...path);

const ci = process.env.CI === 'true';
const skip =
  missing('busybox', 'dpkg', 'unshare') ||
  (!ci && process.getuid?.() !== 0 && 'needs root') ||
  (!ci && packages.length === 0 && 'npm run package was not run');

/** Copies a program and its libraries. */
function bring(program: string): void {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  for (const file of [program, ...(stdout.match(/\/\S+(?=\s\(0x)/g) ?? [])]) {
    mkdirSync(dirname(at(file)), { recursive: true });
    cpSync(file, at(file), { dereference: true });
  }
}

describe('the executable on a host with a C library, a shell and nothing else', { skip }, () => {
  /** A command of the host, in its own root and process table. */
  const host = (...words: string[]) =>
    spawnSync('unshare', ['--mount', '--pid', '--fork', '--mount-proc', `--root=${root}`, ...words], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { PATH: '/usr/bin:/usr/sbin:/bin', NO_COLOR: '1', LANG: 'C.UTF-8' },
    });
  const program = (...args: string[]) => host('/usr/bin/ha-preflight', ...args);
  const ok = ({ status, stdout, stderr }: ReturnType<typeof host>): string => {
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  };

  before(() => {
    const busybox = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim();
    bring(busybox);
    for (const folder of ['bin', 'usr/bin', 'proc', 'dev', 'tmp', 'etc', 'var/lib/dpkg/info', 'var/lib/dpkg/updates'])
      mkdirSync(at(folder), { recursive: true });
    for (const file of ['status', 'available']) writeFileSync(at('var/lib/dpkg', file), '');
    spawnSync('mknod', ['-m', '666', at('dev/null'), 'c', '1', '3']);
    for (const name of spawnSync(busybox, ['--list'], { encoding: 'utf8' }).stdout.trim().split('\n'))
      if (name !== 'busybox') symlinkSync(busybox, at('bin', name));
    const installed = spawnSync(
      'dpkg',
      // the libraries it depends on are brought as files
      [`--root=${root}`, '--force-depends', '--log=/dev/null', '--install', join(BUILT, packages[0] ?? '')],
      { encoding: 'utf8' },
    );
    assert.equal(installed.status, 0, installed.stderr);
    bring(at('usr/bin/ha-preflight'));
  });

  it('is installed, and there is no Node', () => {
    assert.equal(ok(host('sh', '-c', 'command -v node || echo none')), 'none\n');
    const status = spawnSync('dpkg', [`--root=${root}`, '--status', 'ha-preflight'], { encoding: 'utf8' }).stdout;
    assert.match(status, /^Status: install ok installed$/m);
    assert.match(status, /^Depends: libc6 .*libatomic1/m);
  });
  it('--version, --help, list and explain', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.equal(ok(program('--version')), `${version}\n`);
    assert.match(ok(program('--help')), /ha-preflight check \[inventory\.\.\]/);
    const { checks } = JSON.parse(ok(program('list', '--format', 'json'))) as { checks: unknown[] };
    const files = readdirSync(join(ROOT, 'dist/checks')).filter((f) => /^[^_].*\.js$/.test(f));
    assert.equal(checks.length, files.length);
    assert.match(ok(program('explain', 'RSPM-01')), /The clocks of all nodes agree/);
  });
  it('demo, and check on a tree of nodes, with every format', () => {
    const demo = program('demo', '--keep', '/demo');
    assert.match(ok(demo), /FAIL: 6 critical checks failed/);
    assert.match(demo.stderr, /all 8 planted faults were found/);
    const formats = ['json', 'junit', 'sarif', 'html', 'markdown', 'nagios', 'openmetrics', 'slack'];
    const checked = program(
      'check',
      '/demo/ha-preflight.yml',
      ...formats.flatMap((f) => ['--report', `${f}=/tmp/r.${f}`]),
    );
    assert.equal(checked.status, 1, checked.stderr);
    for (const format of formats) assert.ok(readFileSync(at(`tmp/r.${format}`)).length > 100, format);
    assert.match(ok(program('fix', '/tmp/r.json')), /chmod 0600/);
    assert.match(ok(program('validate', '/demo/ha-preflight.yml')), /valid/);
  });
  it('init writes an inventory and its schema; new-check a check that the executable loads', () => {
    ok(program('init', '/tmp/x.yml', '--nodes', 'a,b'));
    assert.match(
      readFileSync(at('tmp/x.yml'), 'utf8'),
      /^# yaml-language-server: \$schema=\.\/ha-preflight\.schema\.json\n/,
    );
    assert.ok((JSON.parse(readFileSync(at('tmp/ha-preflight.schema.json'), 'utf8')) as { $id?: string }).$id);
    assert.doesNotMatch(ok(program('init', '-', '--nodes', 'a,b')), /\$schema/);
    ok(program('new-check', 'disk-space', '--dir', '/tmp'));
    assert.match(ok(program('list', '--plugin', '/tmp/checks')), /^disk-space /m);
  });
  it('plugins, as a folder, a package and a product', () => {
    cpSync(join(ROOT, 'fixtures/plugin'), at('plugin'), { recursive: true });
    cpSync(join(ROOT, 'fixtures/plugin-product'), at('product'), { recursive: true });
    const { stdout, stderr } = program('list', '--plugin', '/plugin', '--plugin', '/product/acme-queue.js');
    assert.match(stdout, /^spool-backlog /m);
    assert.match(stdout, /acme-queue/);
    assert.equal(stderr, '');
    const broken = program('list', '--plugin', '/none');
    assert.deepEqual([broken.status, broken.stderr], [2, 'ha-preflight: plugin /none does not exist\n']);
  });
  it('a database, an object store and SSH are spoken, not missing', () => {
    writeFileSync(
      at('tmp/services.yml'),
      'version: 1\nnodes: ["127.0.0.1:9"]\nproduct: connect\nconnection: { type: ssh }\n',
    );
    const { status, stdout } = program('check', '/tmp/services.yml', '--report', 'json=s3://bucket/x.json');
    assert.equal(status, 2);
    assert.doesNotMatch(stdout, /Cannot find|ERR_/);
    const asked = program('check', '/tmp/services.yml');
    assert.match(asked.stdout, /refused the connection/);
    assert.doesNotMatch(asked.stdout + asked.stderr, /Cannot find|ERR_|built-in/);
  });
});

describe('what else the Debian package has', { skip }, () => {
  it('a manual page with every command and option, without a warning', { skip: missing('man') }, () => {
    const page = gunzipSync(readFileSync(at('usr/share/man/man1/ha-preflight.1.gz')));
    writeFileSync(at('page.1'), page);
    const { stdout, stderr } = spawnSync('man', ['--warnings=w', '-l', at('page.1')], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '200', MAN_KEEP_FORMATTING: '' },
    });
    assert.equal(stderr, '');
    for (const command of COMMANDS) assert.match(stdout, new RegExp(`^ +ha-preflight ${command}\\b`, 'm'));
    for (const option of Object.values(OPTIONS).flatMap(Object.keys))
      assert.match(stdout, new RegExp(`--${option}\\b`), option);
  });
  /** What a shell offers after the words, with the program of the package. */
  const SHELLS: readonly (readonly [shell: string, args: readonly string[]])[] = [
    [
      'bash',
      [
        '--norc',
        '-c',
        '. "$0/usr/share/bash-completion/completions/ha-preflight"; COMP_WORDS=(ha-preflight explain clock-); COMP_CWORD=2; COMPREPLY=(); _ha-preflight_yargs_completions; echo "${COMPREPLY[*]}"',
      ],
    ],
    [
      'fish',
      [
        '--no-config',
        '-c',
        'source $argv[1]/usr/share/fish/vendor_completions.d/ha-preflight.fish; string join " " (complete -C "ha-preflight explain clock-" | string replace -r "\\t.*" "")',
      ],
    ],
    [
      'zsh',
      [
        '-f',
        '-c',
        'fpath=("$0/usr/share/zsh/vendor-completions" $fpath); autoload -Uz compinit; compinit -u -D; print ${_comps[ha-preflight]}; compadd() { :; }; _describe() { print -r -- ${(P)2}; }; words=(ha-preflight explain clock-); CURRENT=3; _ha-preflight',
      ],
    ],
  ];
  for (const [shell, args] of SHELLS)
    it(`completion in ${shell}`, { skip: missing(shell) }, () => {
      const { stdout, stderr } = spawnSync(shell, [...args, root], {
        encoding: 'utf8',
        env: {
          ...process.env,
          SHELL: `/bin/${shell}`,
          PATH: `${at('usr/bin')}:${process.env.PATH}`,
          HOME: root,
          XDG_CONFIG_HOME: root,
        },
      });
      assert.match(stdout, /^(_ha-preflight\n)?.*clock-skew.* .*clock-source/m, stderr);
    });
  it('our licence, that of Node and of every package in it', () => {
    const text = readFileSync(at('usr/share/doc/ha-preflight/copyright'), 'utf8');
    for (const words of [/Apache License/, /Node\.js is licensed for use/, /^@aws-sdk\/client-s3 /m, /^yargs /m])
      assert.match(text, words);
  });
});
