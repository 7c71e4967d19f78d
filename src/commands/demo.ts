/** `demo`: a cluster with planted faults, made in a folder of this machine and audited end to end. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { audit, planOf } from '../audit.js';
import { PLANTED, writeDemoCluster, writeInventory } from '../demo/cluster.js';
import { fakeS3 } from '../demo/fakeS3.js';
import { loadInventory } from '../load/inventory.js';
import { UsageError } from '../model/inventory.js';
import type { Report } from '../model/report.js';
import { gathering } from './gathering.js';
import type { Outcome } from './outcome.js';
import { deliver, type OutputArgs, outputs } from './output.js';

interface DemoArgs extends OutputArgs {
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: boolean | undefined;
  readonly keep?: string | undefined;
}

/** Faults that were planted but not found, or found but not planted. */
function differences(report: Report): string[] {
  const found = report.verdicts.filter((v) => v.status === 'fail').map((v) => `${v.id} ${v.nodes.join(' ')}`);
  const planted = PLANTED.map((p) => `${p.check} ${p.node}`);
  const blind = report.verdicts
    .filter((v) => v.status === 'unknown')
    .map((v) => `unknown: ${v.id} ${v.nodes.join(' ')} (${v.message})`);
  return [
    ...planted.filter((p) => !found.includes(p)).map((p) => `planted, not found: ${p}`),
    ...found.filter((f) => !planted.includes(f)).map((f) => `found, not planted: ${f}`),
    ...blind,
  ];
}

/** Exit 0 when exactly what was planted was found. */
export async function demo(args: DemoArgs): Promise<Outcome> {
  if (args.keep !== undefined && existsSync(args.keep) && readdirSync(args.keep).length > 0)
    throw new UsageError(`${args.keep} is not empty: --keep needs a new folder`);
  const targets = await outputs(args);
  const folder = args.keep === undefined ? mkdtempSync(join(tmpdir(), 'ha-preflight-demo-')) : resolve(args.keep);
  mkdirSync(folder, { recursive: true });
  const store = await fakeS3('demo-packages');
  const run = gathering({ timeout: 30, concurrency: 8, quiet: args.quiet }, 3);
  try {
    // a report must not name a folder of this machine
    const { inventory: _, ...cluster } = loadInventory(writeDemoCluster(folder, store.endpoint));
    const [audited] = await audit(await planOf(cluster, { only: [], skip: [] }), {
      ...run,
      failOn: args.failOn,
      allowUnknown: args.allowUnknown === true,
    });
    run.end();
    const { report } = audited!;
    if (args.keep !== undefined) writeInventory(folder);
    const wrong = differences(report);
    const { text = '', note, exitCode } = await deliver(report, args, targets);
    const words = [
      wrong.length === 0
        ? `demo: all ${PLANTED.length} planted faults were found, each on its node, and no others`
        : `demo: ${wrong.join('\ndemo: ')}`,
      ...(args.keep === undefined
        ? []
        : [
            `demo: the cluster is in ${folder}: fix something and run ha-preflight check ${join(folder, 'ha-preflight.yml')}`,
          ]),
    ];
    return {
      text,
      note: [...(note === undefined ? [] : [note]), ...words].join('\n'),
      exitCode: exitCode ?? (run.interrupted() ? 130 : wrong.length === 0 ? 0 : 1),
    };
  } finally {
    run.end();
    store.stop();
    if (args.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
