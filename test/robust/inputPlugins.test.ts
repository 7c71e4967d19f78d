/** Plugins as they should not be: refused at load with a reason, or unknown for their own check and nothing else. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { planOf } from '../../src/audit.js';
import { loadInventory } from '../../src/load/inventory.js';
import type { Evidence } from '../../src/model/evidence.js';
import { UsageError } from '../../src/model/inventory.js';
import type { Report } from '../../src/model/report.js';
import { audit } from '../faults/audit.js';
import { CLUSTERS } from '../support/clusters.js';
import { inTime } from '../support/machine.js';
import { type Ran, run } from '../support/run.js';
import { cost } from './rows.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-fence-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const REST = `title: 't', severity: 'info', requirements: [], rationale: 'r', products: ['workbench'], remediation: 'm'`;
const check = (id: string, judge: string, needs = ''): string =>
  `export default { id: '${id}', ${REST}, needs: { ${needs} }, judge: ${judge} };\n`;
const collector = (id: string, parse: string, requests = '{}'): string =>
  `c: { id: '${id}', requests: ${requests}, parse: ${parse} }`;
const PASS = `(nodes) => ({ status: 'pass', message: 'ok', nodes: nodes.map((n) => n.node) })`;
const FOREVER = '() => { for (;;) try { for (;;); } catch {} }';

/** A folder of these files; what follows a name of several parts is in a folder below. */
function plugin(files: Readonly<Record<string, string>>): string {
  const at = mkdtempSync(join(folder, 'p-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(at, name), text);
  return at;
}

describe('a plugin that does not load', { concurrency: 3 }, () => {
  const nested = join(folder, 'pipe');
  /** Through the command line, or, for what is refused with a sentence, in this process, which is quicker. */
  const load = async (plugins: string, code: number | null): Promise<Ran & { seconds: number }> => {
    const file = join(mkdtempSync(join(folder, 'i-')), 'prod.yml');
    // nobody must ever be asked
    writeFileSync(file, `nodes: [192.0.2.1, 192.0.2.2]\nplugins: ${plugins}\n`);
    const started = performance.now();
    const refusal = async (): Promise<Ran> => {
      try {
        await planOf(loadInventory(file), { only: [], skip: [] });
      } catch (error) {
        if (error instanceof UsageError) return { code: 2, out: '', err: error.message };
        throw error;
      }
      return { code: 0, out: 'loaded', err: '' };
    };
    const ran = await (code === 2 ? refusal() : run(['check', file, '--only', 'key-file', '--timeout', '3']));
    return { ...ran, seconds: (performance.now() - started) / 1000 };
  };
  const CASES: readonly (readonly [fault: string, plugins: () => string, says: RegExp, code?: number | null])[] = [
    [
      'throws at load, or is no JavaScript',
      () => `['${plugin({ 'x.js': 'throw null' })}']`,
      /x\.js could not be loaded: null/,
    ],
    [
      'throws at load, or is no JavaScript',
      () => `['${plugin({ 'x.js': 'let a;\nlet a;\n' })}']`,
      /x\.js could not be loaded: Identifier 'a' .*(; node --check FILE shows the line| \(x\.js line 2\))$/,
    ],
    [
      'throws at load, or is no JavaScript',
      () => `['${plugin({ 'x.js': '// x\nnothing();\n' })}']`,
      /x\.js could not be loaded: nothing is not defined \(x\.js line 2\)$/,
    ],
    [
      'throws at load, or is no JavaScript',
      () => `['${plugin({ 'x.js': "import { x } from 'ha-preflight/collectors/nothing';\n" })}']`,
      /x\.js could not be loaded: the package has no ha-preflight\/collectors\/nothing; what it exports is in/,
    ],
    [
      'throws at load, or is no JavaScript',
      () => `['${plugin({ 'x.ts': '' })}']`,
      /has no checks: .*; what is there is TypeScript: build it/,
    ],
    [
      'is for a product that there is not',
      () => `['${plugin({ 'x.js': check('x', PASS).replace('workbench', 'workbnch') })}']`,
      /check x is for the product workbnch, which does not exist; did you mean "workbench"/,
    ],
    ...[
      'export default 7',
      'export default null',
      'export default [null]',
      'export default []',
      'export default {}',
      `export default { id: Symbol('x') }`,
      check('x', '7'),
      `export default { get id() { throw 1 } }`,
      check('x', PASS, 'c: { id: 7, parse() {} }'),
      check('x', PASS, `c: { id: 'c', requests: { a: 1 }, parse() {} }`),
    ].map(
      (text) => ['exports junk, nothing, or no check', () => `['${plugin({ 'x.js': text })}']`, /x\.js: /] as const,
    ),
    ['exports junk, nothing, or no check', () => `['${plugin({ 'README.md': '' })}']`, /has no checks/],
    [
      'an id twice, or one of ours; a collector of one name twice',
      () => `['${plugin({ 'key-file.js': check('key-file', PASS) })}']`,
      /key-file comes from ha-preflight and from/,
    ],
    [
      'an id twice, or one of ours; a collector of one name twice',
      () => `['${plugin({ 'x.js': check('x', PASS) })}', '${plugin({ 'x.js': check('x', PASS) })}']`,
      /check x comes from .* and from .*: rename one/,
    ],
    [
      'an id twice, or one of ours; a collector of one name twice',
      () =>
        `['${plugin({ 'a.js': check('a', PASS, collector('c', '() => 1')), 'b.js': check('b', PASS, collector('c', '() => 1')) })}']`,
      /two collectors have the id c, of the checks a and b: rename/,
    ],
    [
      // whichever checks are selected: under --only the other would not be there
      'an id twice, or one of ours; a collector of one name twice',
      () => `['${plugin({ 'x.js': check('x', PASS, collector('found', '() => 1')) })}']`,
      /two collectors have the id found, of the checks [a-z-]+ and x: rename/,
    ],
    [
      'is named twice, is a FIFO, is not there',
      () => {
        const p = plugin({ 'x.js': check('x', PASS) });
        return `['${p}', '${p}']`;
      },
      /is listed twice/,
    ],
    [
      'is named twice, is a FIFO, is not there',
      () => {
        spawnSync('mkfifo', [nested]);
        return `['${nested}']`;
      },
      /neither a file nor a folder/,
    ],
    ['is named twice, is a FIFO, is not there', () => `['${folder}/none']`, /none does not exist/],
    [
      'waits for ever at its top level',
      () => `['${plugin({ 'x.js': 'await new Promise(() => {});' })}']`,
      /did not load within 10 s/,
    ],
    [
      'loops for ever at its top level',
      () => `['${plugin({ 'x.js': 'for (;;);' })}']`,
      /did not load within 10 s/,
      null,
    ],
    [
      'calls process.exit, or throws when nobody listens',
      () => `['${plugin({ 'x.js': 'process.exit(0);' })}']`,
      /the process ended too early/,
      4,
    ],
    [
      'calls process.exit, or throws when nobody listens',
      () =>
        `['${plugin({ 'x.js': `Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 300)); ${check('x', PASS)}` })}']`,
      /internal error: lost/,
      4,
    ],
  ];
  CASES.forEach(([fault, plugins, says, code = 2], i) => {
    it(`${fault} (${i})`, async () => {
      const ran = await load(plugins(), code);
      assert.deepEqual([ran.code, ran.out], [code, ''], ran.err);
      assert.match(ran.err, says);
      assert.doesNotMatch(ran.err, /\n\s+at |nodes asked/);
      cost(fault, ran.seconds);
    });
  });
});

describe('a plugin whose check does not work', () => {
  let evidence: Evidence;
  const clean = new Map<string, string>();
  before(async () => {
    ({ evidence } = await audit(join(folder, 'trees'), CLUSTERS[0]!, { of: 3 }));
    const { report } = await judge({});
    for (const v of report.verdicts) clean.set(v.fingerprint, JSON.stringify(v));
    assert.ok(clean.size > 25);
  });

  async function judge(files: Readonly<Record<string, string>>): Promise<Ran & { report: Report; seconds: number }> {
    const plugins = Object.keys(files).length > 0 ? [plugin(files)] : [];
    const file = join(mkdtempSync(join(folder, 'e-')), 'evidence.json');
    writeFileSync(file, JSON.stringify({ ...evidence, cluster: { ...evidence.cluster, plugins } }));
    const started = performance.now();
    const ran = await run(['judge', file, '--format', 'json', ...plugins.flatMap((name) => ['--plugin', name])]);
    const seconds = (performance.now() - started) / 1000;
    assert.ok(ran.out !== '', ran.err);
    return { ...ran, seconds, report: JSON.parse(ran.out) as Report };
  }
  /** Ours say what they say without the plugin. */
  const others = (report: Report, ids: readonly string[]): void =>
    assert.deepEqual(
      report.verdicts.filter((v) => !ids.includes(v.id)).map((v) => JSON.stringify(v)),
      [...clean.values()],
    );

  const say = (text: string): string => `() => (${text})`;
  const BAD: readonly (readonly [fault: string, id: string, text: string, says: RegExp])[] = [
    ...(
      [
        ['() => { throw new Error("boom") }', /the check itself failed .*: boom/],
        ['() => { throw null }', /the check itself failed .*: null/],
        ['async () => { throw new Error("later") }', /returned a promise/],
        [say('7'), /is not a finding/],
        [say('[{}]'), /is not a finding: status/],
        [say(`{ status: 'pass', message: 'm', nodes: [1] }`), /nodes is wrong/],
        [say(`{ status: 'pass', message: 'm', nodes: ['n1'], severity: 'fatal' }`), /severity is wrong/],
        [say(`{ status: 'pass', message: 'm', nodes: ['n1'], details: 'x' }`), /details is wrong/],
        [say(`{ status: 'pass', message: 'm', get nodes() { throw new Error('trap') } }`), /trap/],
        [say('undefined'), /is not a finding/],
      ] as const
    ).map(
      ([text, says], i) =>
        ['its judge throws, gives back junk or a promise', `junk-${i}`, check(`junk-${i}`, text), says] as const,
    ),
    ['its judge gives back no finding', 'silent', check('silent', '() => []'), /the check said nothing of any node/],
    [
      'its judge passes a node that was not seen',
      'stranger',
      check('stranger', say(`{ status: 'pass', message: 'm', nodes: ['n9'] }`)),
      /about n9, not a node of this cluster/,
    ],
    [
      'its judge passes a node that was not seen',
      'nobody',
      check('nobody', say(`{ status: 'pass', message: 'm' }`)),
      /nothing was compared/,
    ],
    [
      'it changes the facts, the cluster or what it got',
      'facts',
      `import { host } from 'ha-preflight/collectors/host';\n${check('facts', '(nodes) => { for (const n of nodes) for (const k of Object.keys(n.host)) n.host[k] = "x"; return []; }', 'host')}`,
      /read only|Cannot assign/,
    ],
    [
      'it changes the facts, the cluster or what it got',
      'cluster',
      check('cluster', '(_, { cluster }) => { cluster.nodes.pop(); return []; }'),
      /Cannot delete|read only|not extensible/,
    ],
    [
      'it changes the facts, the cluster or what it got',
      'args',
      check('args', '(nodes) => { nodes.length = 0; return []; }'),
      /read only|Cannot assign/,
    ],
    [
      'its collector throws, gives back a promise, makes no script',
      'thrower',
      check('thrower', PASS, collector('c-1', '() => { throw 7 }')),
      /c-1 could not be read .*: 7/,
    ],
    [
      'its collector throws, gives back a promise, makes no script',
      'async',
      check('async', PASS, collector('c-2', 'async () => { throw 7 }')),
      /returned a promise/,
    ],
    [
      'its collector throws, gives back a promise, makes no script',
      'asker',
      check('asker', PASS, collector('c-3', '() => 1', '() => { throw new Error("no question") }')),
      /no question/,
    ],
    [
      'its collector throws, gives back a promise, makes no script',
      'scripts',
      check('scripts', PASS, collector('c-4', '() => 1', '() => ({ a: {} })')),
      /the request a has no script/,
    ],
  ];
  it('all of them at once: each is unknown with its reason, and ours are as before', async () => {
    const { report, code, seconds } = await judge(Object.fromEntries(BAD.map(([, id, text]) => [`${id}.js`, text])));
    assert.equal(code, 0);
    for (const [fault, id, , says] of BAD) {
      const own = report.verdicts.filter((v) => v.id === id);
      assert.ok(own.length > 0, id);
      for (const v of own) {
        assert.equal(v.status, 'unknown', `${id}: ${v.message}`);
        assert.match(v.message, says);
      }
      cost(fault, seconds);
    }
    others(
      report,
      BAD.map(([, id]) => id),
    );
  });

  it('never ends: 10 s, once', { timeout: 60_000 }, async () => {
    const [one, two] = await Promise.all([
      judge({ 'loop.js': check('loop', FOREVER) }),
      judge({ 'slow.js': check('slow', PASS, collector('c', FOREVER)) }),
    ]);
    for (const [id, says, { report, seconds }] of [
      ['loop', /judge did not end within 10 s/, one],
      ['slow', /parse of c did not end within 10 s/, two],
    ] as const) {
      for (const v of report.verdicts.filter((x) => x.id === id)) {
        assert.equal(v.status, 'unknown');
        assert.match(v.message, says);
      }
      others(report, [id]);
      assert.ok(inTime(seconds, 18), `${seconds} s`);
      cost(id === 'loop' ? 'its judge never ends' : 'its collector never ends', seconds);
    }
  });

  it('says too much, or on the wrong stream, and leaves a timer open', async () => {
    const { report, out, err, code, seconds } = await judge({
      'flood.js': `setInterval(() => {}, 1000);\nconsole.log('loaded');\n${check('flood', `(nodes) => { console.log('judged'); console.table([{ a: 1 }]); return { status: 'fail', message: 'x'.repeat(5e7), nodes: nodes.map((n) => n.node), details: Array(1e6).fill('line') }; }`)}`,
    });
    const [flood] = report.verdicts.filter((v) => v.id === 'flood');
    assert.equal(flood!.message.length, 10_002);
    assert.equal(flood!.details!.length, 1000);
    assert.ok(out.startsWith('{') && out.length < 1e6);
    assert.match(err, /^loaded\njudged\n/);
    assert.equal(code, 0);
    assert.ok(inTime(seconds, 20), `${seconds} s`);
    for (const fault of [
      'its judge gives back a text of 50 MB, a million lines',
      'writes with console.log',
      'leaves a timer or socket open',
    ])
      cost(fault, seconds);
  });

  it('ends the process: never with the code it chose', async () => {
    for (const words of [
      'process.exit(0)',
      'setTimeout(() => { throw new Error("late") }); for (const t = Date.now(); Date.now() < t + 50;);',
    ]) {
      const at = plugin({ 'x.js': check('x', `() => { ${words}; return []; }`) });
      const file = join(folder, 'exit.json');
      writeFileSync(file, JSON.stringify({ ...evidence, cluster: { ...evidence.cluster, plugins: [at] } }));
      const { code, err } = await run(['judge', file, '--format', 'json', '--plugin', at]);
      assert.equal(code, 4, err);
      assert.match(err, /internal error: (the process ended too early|late)/);
    }
  });

  it('lies in node_modules and is not named', async () => {
    const at = join(folder, 'site');
    mkdirSync(join(at, 'node_modules', 'ha-preflight-plugin-trap'), { recursive: true });
    mkdirSync(join(at, 'checks'));
    const trap = `process.stderr.write('trapped');\n${check('trap', PASS)}`;
    writeFileSync(join(at, 'checks', 'trap.js'), trap);
    writeFileSync(join(at, 'node_modules', 'ha-preflight-plugin-trap', 'index.js'), trap);
    writeFileSync(
      join(at, 'node_modules', 'ha-preflight-plugin-trap', 'package.json'),
      '{"type":"module","exports":"./index.js","name":"ha-preflight-plugin-trap"}',
    );
    const plan = async (more: string): Promise<Ran> => {
      writeFileSync(join(at, 'ha-preflight.yml'), `nodes: [a]\n${more}`);
      return run(['plan'], {}, at);
    };
    const started = performance.now();
    assert.doesNotMatch((await plan('')).err, /trapped/);
    cost('lies in node_modules and is not named', (performance.now() - started) / 1000);
    assert.match((await plan('plugins: [ha-preflight-plugin-trap]\n')).err, /trapped/);
  });
});
