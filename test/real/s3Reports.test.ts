/** Reports that are carried between machines by an object store: a real server process (moto, see s3.test.ts), the real program. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { loadAll } from 'js-yaml';
import { writeTree } from '../../src/demo/tree.js';
import type { Report, Reports } from '../../src/model/report.js';
import { CLUSTERS } from '../support/clusters.js';
import { BIN, run } from '../support/run.js';

const skip = spawnSync('moto_server', ['--help']).status === 0 ? false : 'moto_server is not installed';

describe('reports in an object store', { skip, concurrency: false }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-s3-'));
  const files = ['one', 'two', 'three'].map((name) => join(folder, `${name}.yml`));
  let server: ChildProcess;
  let client: S3Client;
  const env: Record<string, string> = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' };

  before(async () => {
    const [cluster] = CLUSTERS;
    for (const node of ['a', 'b']) writeTree(join(folder, node), cluster!.node(node, ['a', 'b']));
    for (const file of files)
      writeFileSync(
        file,
        `version: 1\ncluster: ${file.replace(/^.*\/|\.yml$/g, '')}\nconnection: { type: local }\nnodes:\n  - { name: a, connection: { root: ./a } }\n  - { name: b, connection: { root: ./b } }\n`,
      );
    const port = await new Promise<number>((resolve) => {
      const free = createServer().listen(0, '127.0.0.1', () => {
        const { port } = free.address() as { port: number };
        free.close(() => resolve(port));
      });
    });
    server = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore' });
    env.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
    for (let i = 0; ; i++) {
      const up = await fetch(env.AWS_ENDPOINT_URL).then(
        () => true,
        () => false,
      );
      if (up) break;
      assert.ok(i < 300, 'the server did not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    client = new S3Client({
      region: 'us-east-1',
      endpoint: env.AWS_ENDPOINT_URL,
      forcePathStyle: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    await client.send(new CreateBucketCommand({ Bucket: 'fleet' }));
  });
  after(() => {
    client.destroy();
    server.kill();
    rmSync(folder, { recursive: true });
  });

  it('of three shards, merged, are what one run reports', async () => {
    for (const index of [0, 1, 2]) {
      const numbers = { JOB_COMPLETION_INDEX: String(index), JOB_COMPLETION_TOTAL: '3' };
      const key = `s3://fleet/night/${index}.json`;
      const ran = await run(['check', ...files, '--report', `json=${key}`, '--quiet', '--shard'], {
        ...env,
        ...numbers,
      });
      assert.ok(ran.code === 0 || ran.code === 3, ran.err);
    }
    const merged = await run(['merge', 's3://fleet/night/', '--format', 'json'], env);
    const whole = await run(['check', ...files, '--format', 'json']);
    const said = (text: string): string[] =>
      (JSON.parse(text) as Reports).reports.flatMap(({ cluster, verdicts }: Report) =>
        verdicts.map((v) => `${cluster.name} ${v.id} ${v.status} ${v.fingerprint}`),
      );
    assert.deepEqual(said(merged.out).sort(), said(whole.out).sort());
    assert.equal(merged.code, whole.code);
  });

  it('docs/ci/kubernetes-job.yml: what its pods run', async () => {
    const text = readFileSync(join(import.meta.dirname, '../../../docs/ci/kubernetes-job.yml'), 'utf8');
    interface Job {
      readonly spec: {
        readonly completions?: number;
        readonly template: {
          readonly spec: {
            readonly containers: readonly {
              env: { name: string; value: string }[];
              command: string[];
              args: string[];
            }[];
          };
        };
      };
    }
    const [audit, merge] = loadAll(text) as Job[];
    const pod = (job: Job, more: Record<string, string> = {}) => {
      const { env: given, command, args } = job.spec.template.spec.containers[0]!;
      const own = Object.fromEntries(given.map(({ name, value }) => [name, value]));
      // the program by its name, and the volume of the inventories
      const script = args[0]!.replaceAll('/clusters/', `${folder}/`);
      const bin = join(folder, 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, 'ha-preflight'), `#!/bin/sh\nexec ${process.execPath} ${BIN} "$@"\n`, { mode: 0o755 });
      return spawnSync(command[0]!, [...command.slice(1), script], {
        encoding: 'utf8',
        env: { ...env, ...own, ...more, PATH: `${bin}:${process.env.PATH}` },
      });
    };
    for (const { spec } of [audit!, merge!])
      assert.equal(
        spec.template.spec.containers[0]!.env.find((e) => e.name === 'JOB_COMPLETION_TOTAL')?.value,
        String(audit!.spec.completions),
      );
    await client.send(new CreateBucketCommand({ Bucket: 'audits' }));
    // of an earlier run with one pod more
    await run(['check', files[0]!, '--quiet', '--report', 'json=s3://audits/nightly/3.json'], env);
    const total = { JOB_COMPLETION_TOTAL: String(files.length) };
    for (const index of files.keys()) {
      const { status, stderr } = pod(audit!, { ...total, JOB_COMPLETION_INDEX: String(index) });
      assert.equal(status, 0, stderr);
    }
    // a pod more than there are inventories has nothing to do, and says so
    assert.equal(pod(audit!, { ...total, JOB_COMPLETION_TOTAL: '4', JOB_COMPLETION_INDEX: '3' }).status, 2);
    const merged = pod(merge!, total);
    assert.ok(merged.status === 0 || merged.status === 3, merged.stderr);
    for (const name of ['one', 'two', 'three']) assert.match(merged.stdout, new RegExp(`^${name}$`, 'm'));
    const { out } = await run(['merge', 's3://audits/nightly-merged/', '--format', 'json'], env);
    assert.equal((JSON.parse(out) as Reports).reports.length, files.length);
    await client.send(new HeadObjectCommand({ Bucket: 'audits', Key: 'nightly-merged/report.html' }));
  });

  const ERRORS: readonly [name: string, args: string[], message: RegExp][] = [
    [
      'a bucket that is not there',
      ['check', files[0]!, '--report', 'json=s3://nowhere/x.json'],
      /s3:\/\/nowhere cannot be written: 404/,
    ],
    [
      'no key',
      ['check', files[0]!, '--report', 'json=s3://fleet/'],
      /expected a key, such as s3:\/\/fleet\/report\.json/,
    ],
    ['no bucket', ['merge', 's3://'], /expected s3:\/\/BUCKET\/KEY/],
    ['nothing below the prefix', ['merge', 's3://fleet/day/'], /nothing below it is called \*\.json/],
    ['what is no report', ['merge', 's3://fleet/other/'], /s3:\/\/fleet\/other\/x\.json: not a report/],
  ];
  for (const [name, args, message] of ERRORS)
    it(`${name}: exit 2`, async () => {
      await client.send(new PutObjectCommand({ Bucket: 'fleet', Key: 'other/x.json', Body: '{}' }));
      const ran = await run(args, env);
      assert.equal(ran.code, 2, ran.err);
      assert.match(ran.err, message);
    });
});
