/** The examples for pipelines: their shell steps are taken out of the YAML and run as the service would. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { load } from 'js-yaml';
import type { Report } from '../src/model/report.js';
import { hostile } from './reporters/hostile.js';
import { missing } from './support/missing.js';
import { BIN, run } from './support/run.js';

const ROOT = join(import.meta.dirname, '..', '..');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const skip = missing('bash', 'jq');
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-ci-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (...name: string[]): string => join(folder, ...name);

/** npm that has installed already, and npx that finds our program. */
before(async () => {
  mkdirSync(at('bin'));
  const programs: [string, string][] = [
    ['npm', `case "$*" in *" ci"*|ci*) exit 0 ;; esac\necho "npm $*" >&2; exit 9`],
    ['npx', `[ "$1" = ha-preflight ] || exit 9\nshift\nexec "${process.execPath}" "${BIN}" "$@"`],
    ['ha-preflight', `exec "${process.execPath}" "${BIN}" "$@"`],
  ];
  for (const [name, script] of programs) {
    writeFileSync(at('bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(at('bin', name), 0o755);
  }
  assert.equal((await run(['demo', '--keep', at('demo')])).code, 0);
  writeFileSync(at('demo', 'bad.yml'), 'version: 1\nclutser: x\nnodes: [a]\n');
});

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}

const bash = (script: string, env: Record<string, string>) =>
  // as GitHub starts `shell: bash`
  spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: at('demo'),
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', PATH: `${at('bin')}:${process.env.PATH}`, ...env },
  });

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
    assert.equal(use({ inventory: 'gone.yml', 'allow-unknown': 'true' }).status, 0);
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

/** Every `run:` of a workflow or action, wherever it stands. */
function scripts(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'run' && typeof inner === 'string' ? [inner] : scripts(inner),
  );
}

const clock = (file: string): string =>
  (JSON.parse(readFileSync(file, 'utf8')) as Report).verdicts.find(({ id }) => id === 'clock-skew')!.message;

describe('docs/ci', { skip }, () => {
  it('github.yml: the SSH step makes private files; the action it uses is ours, with inputs it has', () => {
    const { jobs } = load(text('docs/ci/github.yml')) as {
      jobs: { audit: { steps: (Step & { uses?: string; with?: object })[] } };
    };
    const { steps } = jobs.audit;
    writeFileSync(at('demo/known_hosts'), 'h ssh-ed25519 AAAA\n');
    const { status, stderr } = bash(steps.find(({ run: script }) => script)!.run!, {
      HOME: at('home'),
      AUDIT_KEY: 'a key',
    });
    assert.equal(status, 0, stderr);
    const modes = spawnSync('stat', ['-c', '%a', at('home/.ssh'), at('home/.ssh/id_ed25519')], { encoding: 'utf8' });
    assert.equal(modes.stdout, '700\n600\n');
    const ours = steps.find(({ uses }) => uses?.startsWith('OWNER/'))!;
    const path = /^OWNER\/ha-preflight\/(.*)@v\d/.exec(ours.uses!)![1]!;
    const { inputs } = load(text(`${path}/action.yml`)) as { inputs: object };
    assert.deepEqual(
      Object.keys(ours.with!).filter((k) => !Object.hasOwn(inputs, k)),
      [],
    );
  });
  it('gitlab-ci.yml: its script, with the exit code the job allows', () => {
    const job = (
      load(text('docs/ci/gitlab-ci.yml')) as Record<
        string,
        {
          variables: Record<string, string>;
          before_script: string[];
          script: string[];
          artifacts: { paths: string[]; reports: { junit: string } };
        }
      >
    )['high-availability']!;
    writeFileSync(at('key'), 'a key');
    const { status, stderr } = bash([...job.before_script, ...job.script].join('\n'), {
      ...job.variables,
      HOME: at('home2'),
      AUDIT_KEY: at('key'),
    });
    assert.equal(status, 1, stderr);
    for (const file of [...job.artifacts.paths, job.artifacts.reports.junit])
      assert.ok(existsSync(at('demo', file)), file);
  });
  it('Jenkinsfile: its steps of shell', () => {
    for (const file of ['junit.xml', 'report.json', 'report.html']) rmSync(at('demo', file), { force: true });
    const jenkins = text('docs/ci/Jenkinsfile');
    const steps = [...jenkins.matchAll(/sh '([^']+)'|'''([\s\S]*?)'''/g)].map((m) => m[1] ?? m[2]!);
    assert.equal(steps.length, 2);
    const { status } = bash(steps.join('\n'), { INVENTORY: /INVENTORY = '(.*)'/.exec(jenkins)![1]! });
    assert.equal(status, 1);
    for (const file of ['junit.xml', 'report.json', 'report.html']) assert.ok(existsSync(at('demo', file)), file);
  });
  it('.pre-commit-hooks.yaml: the entry is our program; it takes file names and refuses a bad one', () => {
    const [hook] = load(text('.pre-commit-hooks.yaml')) as { entry: string; files: string }[];
    const ran = (file: string) => bash(`${hook!.entry} ${file}`, {}).status;
    assert.deepEqual([ran('ha-preflight.yml'), ran('ha-preflight.yml bad.yml')], [0, 2]);
    const files = new RegExp(hook!.files);
    assert.deepEqual(
      ['ha-preflight.yml', 'a/ha-preflight.yaml', 'inventories/prod.yml', 'x.yml', 'inventories.yml'].map((f) =>
        files.test(f),
      ),
      [true, true, true, false, false],
    );
    assert.equal(
      (JSON.parse(text('package.json')) as { bin: object }).bin &&
        hook!.entry.split(' ')[0]! in JSON.parse(text('package.json')).bin,
      true,
    );
  });
  it('Containerfile: what it copies and starts exists; files that must not get in do not', () => {
    const lines = text('docs/ci/Containerfile').split('\n');
    const {
      name,
      bin,
      scripts: own,
    } = JSON.parse(text('package.json')) as {
      name: string;
      bin: Record<string, string>;
      scripts: Record<string, string>;
    };
    assert.deepEqual(JSON.parse(lines.find((l) => l.startsWith('ENTRYPOINT'))!.slice(11)), Object.keys(bin));
    assert.ok(own.prepare?.includes('build') && lines.some((l) => l.includes(`/tmp/${name}-*.tgz`)));
    assert.ok(lines.indexOf('USER node') > 0);
  });
});
