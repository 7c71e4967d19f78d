/** Several products on one node: each is audited as its own report, and what has no configuration is none. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Tree, writeTree } from '../../src/demo/tree.js';
import type { Report, Reports } from '../../src/model/report.js';
import { EDITIONS } from '../support/clusters.js';
import { run, troubles } from '../support/run.js';

const NAMES = ['n1', 'n2', 'n3'];
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-side-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

/** The inventory of a cluster whose nodes have these trees. */
function clusterOf(tree: (name: string) => Tree, lines = ''): string {
  const at = join(folder, String(made++));
  for (const name of NAMES) writeTree(join(at, name), tree(name));
  const nodes = NAMES.map((n) => `  - { name: ${n}, host: ${n}.example.com, connection: { root: ./${n} } }\n`).join('');
  const file = join(at, 'inventory.yml');
  writeFileSync(file, `version: 1\ncluster: trees\nconnection: { type: local }\nnodes:\n${nodes}${lines}`);
  return file;
}

/** Lists that both products write are joined; the rest of the second wins. */
function both(name: string): Tree {
  const [connect, manager] = [EDITIONS.connect.node(name), EDITIONS.packageManager.node(name)];
  const joined = ['/proc/self/mountinfo', '/etc/fstab', '/etc/passwd', '/etc/group'].flatMap((path) => {
    const [a, b] = [connect[path], manager[path]];
    return a && b ? [[path, { ...a, text: `${a.text}${b.text}` }] as const] : [];
  });
  return { ...connect, ...manager, ...Object.fromEntries(joined) };
}

const reportsOf = (out: string): readonly Report[] => {
  const said = JSON.parse(out) as Report | Reports;
  return 'reports' in said ? said.reports : [said];
};
const fails = (r: Report): string[] => troubles(r, 'fail');

describe('several products on one node', () => {
  it('are a report each, of one name and two products', async () => {
    const file = clusterOf(both);
    const evidence = join(folder, 'both.json');
    const { out, err } = await run(['check', file, '--format', 'json', '--save-evidence', evidence]);
    const reports = reportsOf(out);
    assert.deepEqual(
      reports.map(({ cluster }) => [cluster.name, cluster.product, cluster.nodes.length]),
      [
        ['trees', 'connect', 3],
        ['trees', 'package-manager', 3],
      ],
      err,
    );
    const marks = reports.flatMap(({ verdicts }) => verdicts.map(({ fingerprint }) => fingerprint));
    assert.equal(new Set(marks).size, marks.length);
    const again = await run(['judge', evidence, '--format', 'json']);
    assert.deepEqual(
      reportsOf(again.out).map(({ verdicts }) => verdicts),
      reports.map(({ verdicts }) => verdicts),
    );
  });

  it('a fault of one is in the report of that one', async () => {
    const file = clusterOf((name) => {
      const tree = both(name);
      const path = EDITIONS.connect.config;
      const text = `${tree[path]!.text}\n[Client]\nMaxRetries = 7\n`;
      return name === 'n2' ? { ...tree, [path]: { ...tree[path]!, text } } : tree;
    });
    const { out } = await run(['check', file, '--format', 'json', '--only', 'config-identical']);
    assert.deepEqual(
      reportsOf(out).map((r) => [r.cluster.product, fails(r)]),
      [
        ['connect', ['config-identical n2']],
        ['package-manager', []],
      ],
    );
  });

  it('the report of a product is what an audit of that product alone says', async () => {
    const { out } = await run(['check', clusterOf(both), '--format', 'json']);
    for (const { cluster, verdicts } of reportsOf(out)) {
      const named = await run(['check', clusterOf(both, `product: ${cluster.product}\n`), '--format', 'json']);
      const alone = reportsOf(named.out)[0]!;
      const plain = (r: readonly Report['verdicts'][number][]) => r.map(({ id, status, nodes }) => [id, status, nodes]);
      assert.deepEqual(plain(verdicts), plain(alone.verdicts));
    }
  });

  it('plain inventory, baseline and saved report agree with it', async () => {
    const file = clusterOf(both);
    const old = join(folder, 'old.json');
    await run(['check', file, '--report', `json=${old}`]);
    const { out, err, code } = await run(['check', file, '--format', 'json', '--baseline', old]);
    for (const { gate, cluster } of reportsOf(out))
      assert.deepEqual([gate.baseline?.new, gate.baseline?.worse], [0, 0], `${cluster.product} ${err}`);
    assert.equal(code, 0);
    assert.equal(reportsOf(readFileSync(old, 'utf8')).length, 2);
  });
});

describe('a product that is left over', () => {
  const manager = (name: string, more: Tree): Tree => ({ ...EDITIONS.packageManager.node(name), ...more });
  const cases: Record<string, Tree> = {
    'a program without a configuration': { '/usr/lib/rstudio-server/bin/rserver': { text: 'x', mode: 0o755 } },
    'a program and an empty directory': {
      '/usr/lib/rstudio-server/bin/rserver': { text: 'x', mode: 0o755 },
      '/etc/rstudio/old.bak': { text: 'x\n' },
    },
    'a process of that name': {
      '/proc/4711/comm': { text: 'rserver\n' },
      '/proc/4711/cmdline': { text: 'rserver\0' },
    },
  };
  for (const [title, more] of Object.entries(cases))
    it(`${title} is none`, async () => {
      const { out } = await run(['check', clusterOf((name) => manager(name, more)), '--format', 'json']);
      const reports = reportsOf(out);
      assert.deepEqual(
        reports.map((r) => [r.cluster.product, fails(r)]),
        [['package-manager', []]],
      );
    });
});
