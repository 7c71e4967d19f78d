/** The composite action: its shell steps are taken out of the YAML and run as GitHub would. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { load } from 'js-yaml';
import type { Report } from '../src/model/report.js';
import { hostile } from './reporters/hostile.js';
import { missing } from './support/missing.js';
import { at, bash, ROOT, type Step, scripts, text } from './support/pipeline.js';

const skip = missing('bash', 'jq');

const clock = (file: string): string =>
  (JSON.parse(readFileSync(file, 'utf8')) as Report).verdicts.find(({ id }) => id === 'clock-skew')!.message;

/** Lines the runner would obey: `::name ...::` at the beginning, or `##[name]` anywhere, unless they are switched off. */
function obeyed(out: string): string[] {
  const commands: string[] = [];
  let off: string | undefined;
  for (const line of out.split('\n')) {
    const [, name, data] = /^\s*::([\w-]+)(?: .*?)?::(.*)$/.exec(line) ?? [];
    if (off !== undefined) {
      if (name === off) off = undefined;
    } else if (name === 'stop-commands') off = data!;
    else if (name !== undefined || /##\[[\w-]+.*\]/.test(line)) commands.push(line);
  }
  assert.equal(off, undefined, 'commands are on again at the end');
  return commands;
}

const read = (s: string): string => s.replaceAll('%0A', '\n').replaceAll('%25', '%');

describe('.github/actions/ha-preflight', { skip }, () => {
  const action = load(text('.github/actions/ha-preflight/action.yml')) as {
    inputs: Record<string, { description: string; default: string }>;
    runs: { using: string; steps: Step[] };
  };
  const audit = action.runs.steps.find(({ name }) => name === 'Audit')!;

  /** Runs every step of the action with these inputs. */
  const use = (inputs: Record<string, string> = {}) => {
    const files = ['output', 'summary'].map((name) => at(name)) as [string, string];
    for (const file of files) writeFileSync(file, '');
    rmSync(at('demo', 'ha-preflight-reports'), { recursive: true, force: true });
    const value = (name: string): string => inputs[name] ?? action.inputs[name]!.default;
    let ran = { status: 0 as number | null, stdout: '', stderr: '' };
    for (const { run: script, env = {} } of action.runs.steps) {
      if (ran.status !== 0) break;
      ran = bash(script!, {
        GITHUB_ACTION_PATH: join(ROOT, '.github/actions/ha-preflight'),
        GITHUB_OUTPUT: files[0],
        GITHUB_STEP_SUMMARY: files[1],
        ...Object.fromEntries(
          Object.entries(env).map(([k, v]) => [k, v.replace(/\$\{\{ inputs\.([\w-]+) \}\}/, (_, n) => value(n))]),
        ),
      });
    }
    const [output, summary] = files.map((file) => readFileSync(file, 'utf8')) as [string, string];
    return { ...ran, output, summary, commands: obeyed(ran.stdout) };
  };

  it('no input is written into a script', () => {
    assert.equal(action.runs.using, 'composite');
    for (const path of ['.github/actions/ha-preflight/action.yml', 'docs/ci/github.yml'])
      for (const script of scripts(load(text(path)))) assert.doesNotMatch(script, /\$\{\{/, `${path}: ${script}`);
    for (const { run: script } of action.runs.steps) assert.notEqual(script, undefined);
    for (const { description } of Object.values(action.inputs)) assert.ok(description.length > 10);
  });
  it('1: reports, step summary, outputs, annotations at the line of the node', () => {
    const { status, output, summary, commands, stderr } = use();
    assert.equal(status, 1, stderr);
    assert.match(output, /^exit-code=1\nsarif=ha-preflight-reports\/report\.sarif\n$/);
    assert.match(summary, /clock-skew/);
    for (const file of ['report.json', 'junit.xml', 'report.sarif', 'report.html', 'summary.md'])
      assert.ok(existsSync(at('demo/ha-preflight-reports', file)), file);
    const line = readFileSync(at('demo/ha-preflight.yml'), 'utf8')
      .split('\n')
      .findIndex((l) => l.includes('name: pm3'));
    assert.ok(
      commands.includes(
        `::error file=ha-preflight.yml,line=${line + 1},title=demo%3A clock-skew::fail: ${clock(at('demo/ha-preflight-reports/report.json'))}`,
      ),
      commands.join('\n'),
    );
    assert.deepEqual(commands.map((c) => /^::(\w+)/.exec(c)![1]).sort(), [
      ...Array(6).fill('error'),
      'warning',
      'warning',
    ]);
  });
  it('0 with a baseline, also of several inventories; 2 writes no report', () => {
    copyFileSync(at('demo/ha-preflight-reports/report.json'), at('demo', 'old.json'));
    const { status, commands } = use({ baseline: 'old.json', 'fail-on': 'warning' });
    assert.equal(status, 0);
    assert.equal(commands.length, 8);
    const { gate } = JSON.parse(readFileSync(at('demo/ha-preflight-reports/report.json'), 'utf8')) as Report;
    assert.deepEqual([gate.failOn, gate.result], ['warning', 'pass']);
    writeFileSync(at('demo', 'gone.yml'), "version: 1\ncluster: gone\nnodes: ['127.0.0.1:9']\n");
    const gone = use({ inventory: 'gone.yml' });
    assert.deepEqual([gone.status, /^::warning file=gone\.yml,line=3,/.test(gone.commands[0] ?? '')], [3, true]);
    // nothing measured is not green, whatever is allowed
    assert.equal(use({ inventory: 'gone.yml', 'allow-unknown': 'true' }).status, 3);
    const two = use({ inventory: '\n  \nha-preflight.yml\nha-preflight.yml\n', 'allow-unknown': 'true' });
    assert.deepEqual([two.status, two.commands.length], [1, 16]);
    const bad = use({ inventory: 'bad.yml' });
    assert.deepEqual([bad.status, bad.output, bad.summary], [2, 'exit-code=2\n', '']);
    assert.match(bad.stderr, /^bad\.yml:2:1: /m);
  });
  it('an input is only data', () => {
    for (const evil of ['"; touch pwned; "$(touch pwned)`touch pwned`\'', '--save-evidence=pwned']) {
      for (const input of ['inventory', 'fail-on', 'baseline']) use({ [input]: evil });
      assert.ok(!existsSync(at('demo/pwned')), evil);
    }
  });
  it('text of nodes is no command to the runner: not in the log, not in an annotation', () => {
    const evil = 'x%0A\n::add-mask::a\r\n  ::set-output name=a::b ##[add-path]/tmp ::stop-commands::t';
    const report = JSON.parse(JSON.stringify(hostile).replaceAll('\\ud800', '')) as {
      verdicts: { message: string; status: string }[];
    };
    report.verdicts.push({ ...report.verdicts[0]!, message: evil, status: 'fail' });
    writeFileSync(at('evil.json'), JSON.stringify(report));
    const jq = spawnSync(
      'jq',
      ['-r', '-f', join(ROOT, '.github/actions/ha-preflight/annotations.jq'), at('evil.json')],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(jq.stderr, '');
    const lines = jq.stdout.trimEnd().split('\n');
    assert.ok(lines.every((line) => /^::(error|warning) (file=[^,:]*,line=\d+,)?title=[^,:]*::/.test(line)));
    assert.equal(read(lines.at(-1)!.replace(/^::.*?::/, '')), `fail: ${evil.replace('\r', '')}`);
    assert.doesNotMatch(lines.join(''), /[\p{Cc}\p{Cf}]/u);
    // a program that prints the worst in place of ours
    const step = audit.run!.replace(
      /^node .*$/m,
      'printf "::add-mask::a\\n  ::set-env name=A::b\\n##[add-path]/x\\n::\\n" || code=$?',
    );
    assert.notEqual(step, audit.run);
    const { stdout } = bash(step, {
      INVENTORY: 'x',
      FAIL_ON: 'critical',
      ALLOW_UNKNOWN: '',
      BASELINE: '',
      REPORTS: at('none'),
      GITHUB_ACTION_PATH: ROOT,
      GITHUB_OUTPUT: at('output'),
      GITHUB_STEP_SUMMARY: at('summary'),
    });
    assert.deepEqual(obeyed(stdout), []);
    assert.match(stdout, /add-mask/);
  });
});
