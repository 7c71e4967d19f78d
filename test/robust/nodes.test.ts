/** Every fault of a node on a real host, in a cluster with two clean ones: what is said of it, and what it costs. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { type Hosts, startHosts, whyNoHosts } from '../real/hosts.js';
import { CLUSTERS } from '../support/clusters.js';
import { inTime } from '../support/machine.js';
import { run } from '../support/run.js';
import { NODE_CASES } from './nodeCases.js';
import { cost } from './rows.js';

const skip = process.env.CI === 'true' ? false : (whyNoHosts() ?? false);

/** What must not be left on a node: our shells, and what they called. */
const LEFT = `sleep 0.2; for p in /proc/[0-9]*; do c=$(tr '\\0' ' ' <$p/cmdline 2>/dev/null); case $c in 'sh -s '*|'sleep 7777 '*|find*|awk*|grep*|'/bin/sh /usr/'*) echo "$c";; esac; done >/left`;

/** What is measured of any Linux host. */
const HOST = ['clock-skew', 'clock-source', 'node-address', 'node-count', 'platform'];

describe('a node that is broken, slow or hostile', { skip, concurrency: 2 }, () => {
  let hosts: Hosts;
  let folder: string;
  /** Everything that is judged on a clean node. */
  let checks: string[];
  before(() => {
    hosts = startHosts(['h1', 'h2', 'h3', ...NODE_CASES.map((_, i) => `f${i}`)], CLUSTERS[0]!.node);
    folder = mkdtempSync(join(tmpdir(), 'ha-preflight-robust-'));
  });
  after(() => {
    hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function check(at: number, connection: string | undefined, timeout: number) {
    const bad = hosts.list[at]!;
    const file = join(folder, `${bad.name}.yml`);
    const own = connection === undefined ? '' : `, connection: { ${connection} }`;
    writeFileSync(
      file,
      `version: 1\ncluster: real\nconnection: { user: root, identityFile: ${hosts.identity}, knownHosts: ${hosts.knownHosts} }\nnodes:\n  - { name: h1, host: ${hosts.list[0]!.address} }\n  - { name: h2, host: ${hosts.list[1]!.address} }\n  - { name: bad, host: ${bad.address}${own} }\n`,
    );
    const started = performance.now();
    const ran = await run(['check', file, '--format', 'json', '--timeout', String(timeout)]);
    const seconds = (performance.now() - started) / 1000;
    return { ...ran, seconds, report: JSON.parse(ran.out) as Report };
  }
  const of = (report: Report, status: string): string[] =>
    [...new Set(report.verdicts.filter((v) => v.status === status && v.nodes.includes('bad')).map((v) => v.id))].sort();

  it('is clean before', async () => {
    const { code, report } = await check(2, undefined, 20);
    assert.equal(code, 0);
    assert.deepEqual([...of(report, 'fail'), ...of(report, 'unknown')], []);
    checks = of(report, 'pass');
    assert.ok(checks.length > 20);
  });

  NODE_CASES.forEach(({ fault, plant, unknown, fails = [], says, connection, timeout, within, clock, leaves }, i) => {
    it(fault, async () => {
      const host = hosts.list[3 + i]!;
      if (clock) hosts.clock(host, 1);
      host.exec(plant);
      const { code, out, err, seconds, report } = await check(3 + i, connection, timeout);

      const [failed, unseen] = [of(report, 'fail'), of(report, 'unknown')];
      assert.deepEqual(failed, [...fails].sort());
      if (unknown === 'unreached') assert.deepEqual(of(report, 'pass'), []);
      // without its configuration only what any Linux host has is measured
      else if (unknown === 'no product')
        assert.deepEqual(
          of(report, 'pass').filter((id) => !HOST.includes(id)),
          [],
        );
      else assert.deepEqual(unseen, [...(unknown === 'measured' ? [] : unknown)].sort());
      if (typeof unknown === 'string' && unknown !== 'measured')
        assert.deepEqual(
          checks.filter((id) => !unseen.includes(id) && !HOST.includes(id)),
          [],
        );
      for (const v of report.verdicts.filter((x) => x.status === 'unknown' && says)) assert.match(v.message, says!);
      assert.equal(report.cluster.nodes.find((n) => n.name === 'bad')!.reached, unknown !== 'unreached');

      // the others are judged all the same
      const others = report.verdicts.filter(
        (v) => v.status !== 'pass' && v.status !== 'skip' && v.nodes.some((n) => n !== 'bad'),
      );
      assert.deepEqual(
        others.map((v) => `${v.id} ${v.nodes}`),
        [],
      );
      assert.ok(inTime(seconds, within), `took ${seconds.toFixed(1)} s, and at most ${within} s were given`);
      assert.ok([0, 1, 3].includes(code!));
      assert.doesNotMatch(out + err, /[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]/);
      assert.ok(!(out + err).includes('planted'), 'a secret was said');
      if (!leaves && unknown !== 'unreached') {
        host.exec(LEFT);
        assert.equal(readFileSync(join(host.root, 'left'), 'utf8'), '');
      }
      cost(fault, seconds);
    });
  });
});
