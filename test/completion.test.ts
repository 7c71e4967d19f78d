/** What a shell is told when a word is half typed. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { missing } from './support/missing.js';
import { BIN, run } from './support/run.js';

const folder = tmpdir();

describe('completion', () => {
  it('completion: a script for the shell at hand, and what it asks for', async () => {
    for (const [shell, first] of [
      ['/bin/bash', /^###-begin-ha-preflight-completions/],
      ['/bin/zsh', /^#compdef ha-preflight/],
    ] as const) {
      const { code, out, err } = await run(['completion'], { SHELL: shell }, folder);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, first);
      assert.match(out, /ha-preflight completion >> ~/);
    }
    const asked = await run(['--get-yargs-completions', 'ha-preflight', ''], { SHELL: '/bin/bash' }, folder);
    assert.equal(asked.code, 0);
    assert.match(asked.out, /^check\n[\s\S]*\ndiff\n/);
    assert.doesNotMatch(asked.out, /^--$/m);
  });
  it('completion in fish: commands, flags, ids; files where nothing else follows', {
    skip: missing('fish'),
  }, async () => {
    const { code, out } = await run(['completion'], { SHELL: '/usr/bin/fish' }, folder);
    assert.equal(code, 0);
    assert.match(out, /ha-preflight completion > ~\/\.config\/fish/);
    const lines = [
      'expl',
      'check --base',
      'explain clock-',
      'check --only key-file,clock-sk',
      'check --report s',
      'fix --format ',
    ].map((line) => `complete -C 'ha-preflight ${line}' | string replace -r '\\t.*' '' | string join ' '`);
    const home = mkdtempSync(join(folder, 'ha-preflight-fish-'));
    writeFileSync(join(home, 'prod.yml'), '');
    const script = `function ha-preflight; "${process.execPath}" "${BIN}" $argv; end
${out}
${lines.join('\n')}
cd "${home}"
complete -C 'ha-preflight check pro' | string replace -r '\\t.*' '' | string join ' '`;
    const ran = spawnSync('fish', ['--no-config', '-c', script], {
      encoding: 'utf8',
      env: { ...process.env, SHELL: '/usr/bin/fish', HOME: home, XDG_CONFIG_HOME: home },
    });
    rmSync(home, { recursive: true, force: true });
    assert.equal(ran.stderr, '');
    assert.deepEqual(ran.stdout.trimEnd().split('\n'), [
      'explain',
      '--baseline',
      'clock-skew clock-source',
      'key-file,clock-skew',
      'sarif= slack=',
      'ansible sh',
      'prod.yml',
    ]);
  });
  it('completion in bash: commands, flags, ids, lists, formats; never a complaint', () => {
    const script = `ha-preflight() { "${process.execPath}" "${BIN}" "$@"; }
eval "$(ha-preflight completion)"
complete_it() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _ha-preflight_yargs_completions; echo "\${COMPREPLY[*]}"; }
complete_it ha-preflight expl
complete_it ha-preflight check --base
complete_it ha-preflight explain clock-
complete_it ha-preflight explain RSPM-0
complete_it ha-preflight check --only key-file,clock-sk
complete_it ha-preflight check --skip = clock-so
complete_it ha-preflight report r.json --format ''
complete_it ha-preflight list --format ''
complete_it ha-preflight check --report s
complete_it ha-preflight --nodes a --product c
complete_it ha-preflight check --only zzz`;
    const ran = spawnSync('bash', ['--norc', '-c', script], {
      encoding: 'utf8',
      env: { ...process.env, SHELL: '/bin/bash' },
    });
    assert.equal(ran.stderr, '');
    assert.deepEqual(ran.stdout.trimEnd().split('\n'), [
      'explain',
      '--baseline',
      'clock-skew clock-source',
      'RSPM-01 RSPM-02 RSPM-03 RSPM-04 RSPM-05 RSPM-06 RSPM-07 RSPM-08 RSPM-09',
      'key-file,clock-skew',
      'clock-source',
      'terminal json junit sarif html markdown nagios openmetrics slack',
      'text json markdown',
      'sarif= slack=',
      'connect',
      // nothing of that name
    ]);
  });
});
