/** The programs that read our formats, run on what we write: none of them is ours. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report, Reports } from '../../src/model/report.js';
import { reporters } from '../../src/reporters/index.js';
import { ALL } from '../reporters/all.js';
import { missing } from '../support/missing.js';
import { ROOT } from '../support/packed.js';
import { run } from '../support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-consumers-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (...name: string[]): string => join(folder, ...name);

const reportsOf = (one: Report | Reports): readonly Report[] => ('reports' in one ? one.reports : [one]);

/** Clusters with an inventory, as code scanning needs it; and more of them than a file may have runs. */
const placed = (one: Report, file = 'clusters/prod.yml'): Report => ({
  ...one,
  cluster: {
    ...one.cluster,
    inventory: { file, line: 2 },
    nodes: one.cluster.nodes.map((node, i) => ({ ...node, line: 5 + i })),
  },
});
const fleet: Reports = {
  schema: 'ha-preflight/reports/1',
  gate: (ALL.broken as Report).gate,
  reports: Array.from({ length: 25 }, (_, i) => placed(ALL.broken as Report, `clusters/${i}.yml`)),
};

before(async () => {
  const demo = await run(['demo', '--keep', at('demo')]);
  assert.equal(demo.code, 0, demo.err);
  const { code, err } = await run(
    ['check', 'ha-preflight.yml', ...['sarif', 'junit', 'openmetrics'].flatMap((f) => ['--report', `${f}=demo.${f}`])],
    {},
    at('demo'),
  );
  assert.equal(code, 1, err);
  const written = { color: false, width: 80, verbosity: 0 };
  for (const [name, one] of Object.entries({ ...ALL, fleet })) {
    const all = reportsOf(one).map((r) => (r.cluster.inventory ? r : placed(r)));
    const scanned = 'reports' in one ? { ...one, reports: all } : all[0]!;
    writeFileSync(at(`${name}.sarif`), reporters.sarif!(scanned, written));
    for (const format of ['junit', 'openmetrics'])
      writeFileSync(at(`${name}.${format}`), `${reporters[format]!(one, written)}\n`);
  }
});

const ran = (program: string, args: readonly string[], options: object = {}) =>
  spawnSync(program, args, { encoding: 'utf8', timeout: 120_000, cwd: folder, ...options });

const NAMES = [...Object.keys(ALL), 'fleet'];

describe("GitHub's rules of sarif-multitool", { skip: missing('Sarif.Multitool') }, () => {
  /** `[rule, line]` of what is wrong or could be better. */
  const rules = (...files: readonly string[]): string[] => {
    const { stdout, stderr } = ran('Sarif.Multitool', ['validate', ...files, '--rule-kind', 'Sarif;Ghas']);
    assert.match(stdout, /files scanned/, stdout + stderr);
    return stdout.split('\n').filter((line) => /: (error|warning|note) [A-Z]+\d+:/.test(line));
  };
  it('find no error in any report, nor in that of the demo', () => {
    const files = [...NAMES.map((name) => at(`${name}.sarif`)), at('demo/demo.sarif')];
    // a tool without a home page cannot name one; the hostile report has no number as its version
    const accepted = /warning SARIF2005: .*(informationUri|'version' property)/;
    assert.deepEqual(
      rules(...files).filter((line) => !accepted.test(line)),
      [],
    );
  });
  it('refuse what GitHub refuses: a result without a place, or without words', () => {
    const log = JSON.parse(readFileSync(at('broken.sarif'), 'utf8')) as {
      runs: { results: { locations?: object; message: { text?: string } }[] }[];
    };
    const [first, second] = log.runs[0]!.results;
    delete first!.locations;
    delete second!.message.text;
    writeFileSync(at('bad.sarif'), JSON.stringify(log));
    const found = rules(at('bad.sarif')).join('\n');
    assert.match(found, /error GH1015: .*results\[0\]/);
    assert.match(found, /error GH1015: .*results\[1\]/);
  });
});

describe('xunit-viewer', { skip: missing('xunit-viewer') }, () => {
  for (const name of NAMES)
    it(`shows every case of ${name}`, () => {
      // it ends before a pipe is read to the end
      const log = openSync(at('view.txt'), 'w');
      const args = ['-r', at(`${name}.junit`), '-c', '-n', '-C', 'false', '-o', at('view.html')];
      const { status, stderr } = ran('xunit-viewer', args, { stdio: ['ignore', log, 'pipe'] });
      closeSync(log);
      assert.equal(status, 0, stderr);
      const stdout = readFileSync(at('view.txt'), 'utf8');
      const shown = [...stdout.matchAll(/(\d+) (passed|failure|error|skipped)/g)].map(([, n]) => Number(n));
      const [, tests] = /^<testsuites [^>]*tests="(\d+)"/m.exec(readFileSync(at(`${name}.junit`), 'utf8'))!;
      assert.equal(
        shown.reduce((a, b) => a + b, 0),
        Number(tests),
        stdout.slice(-300),
      );
    });
});

// the package of the distribution belongs to the Python of the distribution
const PYTHON = '/usr/bin/python3';
const junitparser = ran(PYTHON, ['-c', 'import junitparser']).status === 0 || process.env.CI === 'true';

describe('junitparser', { skip: !junitparser && 'python3-junitparser is not installed' }, () => {
  const PARSE = `import json, sys
from junitparser import JUnitXml
def read(file):
    x = JUnitXml.fromfile(file)
    kinds = lambda c: sorted(type(r).__name__ for r in c.result)
    return [[s.name, s.tests, s.failures, s.errors, s.skipped, [[c.classname, c.name, kinds(c)] for c in s]] for s in x]
print(json.dumps([read(f) for f in sys.argv[1:]]))`;
  it('counts as we do, and finds no name twice', () => {
    const files = [...NAMES.map((name) => at(`${name}.junit`)), at('demo/demo.junit')];
    const { stdout, stderr } = ran(PYTHON, ['-c', PARSE, ...files]);
    assert.equal(stderr, '');
    type Suite = [string, number, number, number, number, [string, string, string[]][]];
    const all = JSON.parse(stdout) as Suite[][];
    assert.equal(all.length, files.length);
    for (const suites of all) {
      const names = suites.flatMap(([, , , , , cases]) => cases.map(([group, name]) => `${group} ${name}`));
      assert.equal(new Set(names).size, names.length);
      for (const [name, tests, failures, errors, skipped, cases] of suites) {
        const of = (kind: string): number => cases.filter(([, , kinds]) => kinds.join() === kind).length;
        assert.deepEqual(
          [tests, failures, errors, skipped],
          [cases.length, of('Failure'), of('Error'), of('Skipped')],
          name,
        );
      }
    }
    assert.equal(all.at(-1)![0]![2], 8, 'the demo has eight faults');
  });
});

describe('promtool', { skip: missing('promtool') }, () => {
  const check = (input: string) => ran('promtool', ['check', 'metrics'], { input });
  for (const name of NAMES)
    it(`${name} has no metric that Prometheus would not take, or that its linter names`, () => {
      const { status, stdout, stderr } = check(readFileSync(at(`${name}.openmetrics`), 'utf8'));
      assert.deepEqual([status, stdout, stderr], [0, '', '']);
    });
  it('refuses a metric twice', () => {
    assert.notEqual(check('# TYPE a gauge\na 1\na 1\n').status, 0);
  });
});

const unversioned = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT }).status !== 0 && 'this is not a clone';

describe('pre-commit', { skip: missing('pre-commit', 'git', 'npm') || unversioned }, () => {
  it('installs the hook from a clone, as docs/ci.md says; it refuses a bad inventory and passes a good one', () => {
    const env = {
      ...process.env,
      PRE_COMMIT_HOME: at('home'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    };
    const git = (...args: string[]) => ran('git', args, { cwd: at('demo'), env });
    const rev = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
    writeFileSync(
      at('demo/.pre-commit-config.yaml'),
      `repos:\n  - repo: ${ROOT}\n    rev: ${rev}\n    hooks: [{ id: ha-preflight-validate }]\n`,
    );
    git('init', '-q');
    git('add', '-A');
    const hook = () => ran('pre-commit', ['run', '--all-files'], { cwd: at('demo'), env, timeout: 300_000 });
    const good = hook();
    assert.equal(good.status, 0, good.stdout + good.stderr);
    assert.match(good.stdout, /validate ha-preflight inventories\.+Passed/);
    writeFileSync(at('demo/ha-preflight.yml'), 'version: 1\nclutser: x\nnodes: [a]\n');
    git('add', '-A');
    const bad = hook();
    assert.equal(bad.status, 1);
    assert.match(bad.stdout, /ha-preflight\.yml:2:1: found the unknown key "clutser"; did you mean "cluster"\?/);
  });
});
