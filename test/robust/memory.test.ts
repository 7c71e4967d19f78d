/** Nodes that answer every question with almost as much as is kept: the memory of a run does not grow with their number. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { writeTree } from '../../src/demo/tree.js';
import { budget } from '../../src/gather/lib/budget.js';
import { FrameReader } from '../../src/gather/node/frames.js';
import type { Report } from '../../src/model/report.js';
import { EDITIONS } from '../support/clusters.js';
import { inTime } from '../support/machine.js';
import { watchMemory } from '../support/residentMemory.js';
import { BIN } from '../support/run.js';

const MIB = 1 << 20;
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-memory-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the memory that nodes share', () => {
  it('everyone has a share, and what is common is for whoever comes first, until it is given back', () => {
    const { share } = budget();
    const [first, second] = [share(), share()];
    assert.ok(first.take(32 * MIB));
    assert.ok(first.take(MIB / 2));
    assert.ok(!first.take(1));
    assert.ok(second.take(MIB / 2));
    assert.ok(!second.take(1));
    first.give(1);
    assert.ok(second.take(1));
  });

  it('a reader gives back what it does not keep', () => {
    const { share } = budget();
    for (let i = 0; i < 100; i++) {
      const reader = new FrameReader('b'.repeat(32), share());
      reader.push(Buffer.from(`\n${'b'.repeat(32)} s 0\n`));
      reader.push(Buffer.alloc(2 * MIB, 120));
      reader.push(Buffer.from(`\n${'b'.repeat(32)} 0 0\n`));
      assert.deepEqual([reader.over, reader.frames[0]?.truncated, reader.frames[0]?.text.length], [false, true, 4096]);
    }
  });
});

/** Speaks our protocol: each question is answered by 900 KB on standard output. */
const FLOOD = `#!/bin/sh
b=; n=0
while IFS= read -r l; do case $l in "M() {"*) b=\${l#*"printf '"}; b=\${b#*" '"}; b=\${b%%"'"*};; "M e 0") break;; *"M "[0-9]*' $?') n=$((n + 1));; esac; done
mark() { printf '\\n%s %s %s\\n' "$b" "$1" "$2"; printf '\\n%s %s %s\\n' "$b" "$1" "$2" >&2; }
mark s 1.1; i=0; while [ $i -lt $n ]; do head -c 900000 /dev/zero | tr '\\0' x; mark $i 0; i=$((i + 1)); done; mark e 0; exec "$0" "$@"
`;

/** `check`, and the most memory it had, MiB. */
function check(file: string): Promise<{ report: Report; resident: number; seconds: number }> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, 'check', file, '--format', 'json', '--timeout', '10'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const most = watchMemory(child.pid);
    let out = '';
    child.stdout.on('data', (d) => (out += d));
    child.on('error', reject).on('close', () => {
      resolve({ report: JSON.parse(out), resident: most() / MIB, seconds: (performance.now() - started) / 1000 });
    });
  });
}

/** Hosts that flood; by hand also 200. */
const HOSTS = Number(process.env.HA_HOSTILE ?? 30);

describe(`${HOSTS} nodes that flood, and one that does not`, {
  skip: process.platform !== 'linux' && 'needs /proc',
}, () => {
  it('memory stays within 300 MiB, the run within its time, who floods is told so, and the other is measured', async () => {
    writeFileSync(join(folder, 'flood'), FLOOD, { mode: 0o755 });
    writeTree(join(folder, 'good'), EDITIONS.workbench.node('good'));
    const nodes = Array.from(
      { length: HOSTS },
      (_, i) => `  - { name: h${i}, connection: { type: command, argv: [${folder}/flood, h${i}] } }`,
    );
    const file = join(folder, 'inventory.yml');
    writeFileSync(
      file,
      `version: 1\ncluster: flooded\nnodes:\n${nodes.join('\n')}\n  - { name: good, connection: { type: local, root: ./good } }\n`,
    );
    const { report, resident, seconds } = await check(file);
    assert.ok(resident > 0 && resident < 300, `${resident} MiB`);
    assert.ok(inTime(seconds, 12 + Math.ceil(HOSTS / 32) * 24), `${seconds} s`);
    const says = report.verdicts.map((v) => v.message).join('\n');
    assert.match(says, /cut off: the node sent more than its share of the memory that all nodes of the run have/);
    const measured = report.verdicts.filter((v) => v.status !== 'unknown' && v.nodes.includes('good'));
    assert.ok(measured.some((v) => v.id === 'key-file') && measured.length > 10, `${measured.length}`);
  });
});
