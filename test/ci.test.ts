/** The examples for pipelines: their shell steps are taken out of the files and run as the service would. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { load } from 'js-yaml';
import { missing } from './support/missing.js';
import { at, bash, type Step, text } from './support/pipeline.js';
import { BIN } from './support/run.js';

const skip = missing('bash');

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
    assert.ok(lines.indexOf('USER node') > lines.indexOf('RUN chmod 0755 /home/node'));
    const ignored = text('.dockerignore').split('\n');
    for (const one of ['.git', '**/node_modules', 'dist', '**/.ssh', '**/id_*']) assert.ok(ignored.includes(one), one);
  });
  it('as in the container, an account that is only a number runs the program and writes its report', {
    skip: process.getuid?.() !== 0 && 'needs root',
  }, () => {
    spawnSync('mkdir', ['-m', '0777', at('work')]);
    spawnSync('chmod', ['0755', at('.')]);
    const { status, stdout, stderr } = spawnSync(
      'setpriv',
      [
        '--reuid=34567',
        '--regid=34567',
        '--clear-groups',
        process.execPath,
        BIN,
        'demo',
        '--report',
        'html=report.html',
      ],
      { cwd: at('work'), encoding: 'utf8', env: { ...process.env, HOME: undefined } },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.equal(statSync(at('work/report.html')).uid, 34567);
  });
});
