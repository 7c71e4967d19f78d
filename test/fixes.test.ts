/** Fixes as data: what a check says of the commands is what a person pastes, and `explain` begins with a command. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadChecks } from '../src/load/checks.js';
import { bareCluster } from '../src/model/inventory.js';
import type { Verdict } from '../src/model/verdict.js';
import { fixOn, pasted } from '../src/remedy.js';
import { audit } from './faults/audit.js';
import { CLUSTERS } from './support/clusters.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-fixes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const cluster = {
  ...bareCluster(['a', 'b', 'c', 'd']),
  nodes: ['a', 'b', 'c', 'd'].map((name) => ({
    name,
    host: `${name}.example.com`,
    connection: { type: 'ssh' as const, ...(name === 'd' ? { port: 2222 } : { user: 'ops' }) },
  })),
};

describe('fixes of several nodes', () => {
  it('nodes with the same command are one fix, and one line to paste', () => {
    const fixes = fixOn(['a', 'b', 'c'], (node) => `sudo chmod 0600 ${node === 'c' ? '/c' : '/k'}`);
    assert.deepEqual(fixes, [
      { nodes: ['a', 'b'], commands: ['sudo chmod 0600 /k'] },
      { nodes: ['c'], commands: ['sudo chmod 0600 /c'] },
    ]);
    assert.equal(
      pasted(cluster, fixes),
      `for h in ops@a.example.com ops@b.example.com; do ssh "$h" 'sudo chmod 0600 /k'; done    # a, b\nssh ops@c.example.com 'sudo chmod 0600 /c'    # c`,
    );
  });

  it('a different port has a separate line; a jump host is gone through', () => {
    const [line, other] = pasted(cluster, fixOn(['a', 'b', 'd'], 'id', 'as root')).split('\n');
    assert.match(line!, /^for h in ops@a\S+ ops@b\S+; do ssh "\$h" 'id'; done/);
    assert.match(other!, /^ssh -p 2222 d\.example\.com 'id' {4}# d$/);
    const [node] = cluster.nodes;
    const behind = { ...cluster, nodes: [{ ...node!, connection: { ...node!.connection, jump: 'ops@bastion' } }] };
    assert.match(pasted(behind, fixOn(['a'], 'id')), /^ssh -J ops@bastion ops@a\S+ 'id'/);
  });

  it('no line is longer than a terminal takes, and no node is left out', () => {
    const names = Array.from({ length: 150 }, (_, i) => `wb${i + 1}.${'long-name.'.repeat(i % 7)}example.com`);
    const nodes = names.map((name) => ({ name, host: name, connection: { type: 'ssh' as const } }));
    const lines = pasted({ ...bareCluster([]), nodes }, fixOn(names, 'id')).split('\n');
    assert.ok(lines.every((line) => line.length < 1500));
    assert.deepEqual(
      lines.flatMap((line) => /^for h in (.*?); do/.exec(line)![1]!.split(' ')),
      names,
    );
  });

  it('what no command can hold is a fix without commands, with the reason', () => {
    assert.deepEqual(
      fixOn(['a', 'b'], () => undefined).map(({ nodes, commands }) => [nodes, commands]),
      [[['a', 'b'], []]],
    );
    assert.match(
      pasted(
        cluster,
        fixOn(['a'], () => undefined),
      ),
      /^# a: .*by hand$/,
    );
  });
});

const workbench = CLUSTERS.find(({ product }) => product === 'workbench')!;
const editing =
  (change: (text: string) => string): NonNullable<Parameters<typeof audit>[2]>['plant'] =>
  (tree, { config }) => ({ ...tree, [config]: { ...tree[config]!, text: change(String(tree[config]!.text)) } });

/** Of each fault, the commands that the report names. */
async function fixesOf(name: string, plant: NonNullable<Parameters<typeof audit>[2]>['plant'], id: string) {
  const { report } = await audit(join(folder, name), workbench, { plant });
  return report.verdicts
    .filter((v) => v.id === id && v.status === 'fail')
    .flatMap((v): Verdict['fixes'] & object => v.fixes ?? []);
}

describe('fixes of checks', () => {
  it('a key that others can read', async () => {
    const fixes = await fixesOf(
      'mode',
      (tree, { key }) => ({ ...tree, [key]: { ...tree[key]!, mode: 0o644 } }),
      'key-file',
    );
    assert.deepEqual(fixes, [{ nodes: ['n2'], commands: [`sudo chmod 0600 ${workbench.key}`] }]);
  });

  it('a setting that is different, missing or too many gets the line of the other nodes', async () => {
    const first = /^\w[^\n]*=[^\n]*$/m.exec(String(workbench.node('n1')[workbench.config]!.text))![0];
    const [key] = first.split('=');
    const sed = 'sudo sed --follow-symlinks -i.ha-preflight.bak';
    const commands = async (name: string, change: (text: string) => string) =>
      (await fixesOf(name, editing(change), 'config-identical')).flatMap((fix) => fix.commands);
    assert.deepEqual(await commands('other', (text) => text.replace(first, `${key}=7`)), [
      `${sed} 's|^${key}=7$|${first}|' ${workbench.config}`,
    ]);
    assert.deepEqual(await commands('missing', (text) => text.replace(`${first}\n`, '')), [
      `${sed} '$a\\${first}' ${workbench.config}`,
    ]);
    assert.deepEqual(await commands('more', (text) => `${text}auth-minimum-user-id=500\n`), [
      `${sed} '\\|^auth-minimum-user-id=500$|d' ${workbench.config}`,
    ]);
  });
});

describe('fixes of accounts and files that are missing', () => {
  it('the switch of load balancing is created', async () => {
    const { '/etc/rstudio/load-balancer': _, ...rest } = workbench.node('n2');
    assert.deepEqual(await fixesOf('switch', () => rest, 'load-balancing'), [
      { nodes: ['n2'], commands: ['sudo touch /etc/rstudio/load-balancer'], note: 'then restart the product' },
    ]);
  });
});

/** Nothing can be typed on a node: a person buys, moves or confirms something. */
const NO_COMMAND = [...['grid-nodes', 'instance-placement', 'node-count', 's3-beta']];

describe('explain', () => {
  it('begins with a command wherever there is one', async () => {
    const prose = (await loadChecks()).filter(({ remediation }) => !/ {4}# /.test(remediation)).map(({ id }) => id);
    assert.deepEqual(prose.sort(), NO_COMMAND);
  });
});
