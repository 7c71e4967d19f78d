/** `validate` says everything at once: what the schema refuses, and names that no check has, each with its place. */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-validate-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const MISTAKEN = `version: 1
conection: { user: ops }
nodes: [wb1, "wb[3-1]"]
params: { clock-skw: { x: 1 }, nfs-mount-options: { maxDirectoryCacheSecond: 3 } }
waivers:
  - { check: key-fil, reason: "moved", until: 2027-01-01 }
`;

describe('validate', () => {
  it('names all mistakes of all stages, with line, column and the line itself', async () => {
    const file = join(folder, 'prod.yml');
    writeFileSync(file, MISTAKEN);
    const { code, err } = await run(['validate', file]);
    assert.equal(code, 2);
    assert.deepEqual(
      [...err.matchAll(/^\S+prod\.yml:(\d+:\d+): (.*)$/gm)].map(([, at, words]) => `${at} ${words}`),
      [
        '2:1 found the unknown key "conection"; did you mean "connection"?',
        '3:14 found "wb[3-1]", expected the smaller number of the range first: wb[1-3]',
        '4:11 params names check clock-skw, which does not exist; did you mean "clock-skew"?',
        '4:53 params.nfs-mount-options has no maxDirectoryCacheSecond, only maxDirectoryCacheSeconds',
        '6:14 a waiver names check key-fil, which does not exist; did you mean "key-file"?',
      ],
    );
    assert.match(err, /^ {2}6 \| {3}- \{ check: key-fil.*\n {4}\| {14}\^$/m);
  });

  it('refuses a threshold below nothing, and an item of a list that would be without effect', async () => {
    const file = join(folder, 'params.yml');
    writeFileSync(
      file,
      `version: 1
nodes: [wb1, wb2]
params:
  nfs-mount-options: { maxDirectoryCacheSeconds: -5 }
  free-space: { minFreePercent: .inf }
  storage-visibility: { maxSeconds: 0 }
  config-identical:
    perNode: ["rserver.conf:www-address", rserver.conf, "/etc/rstudio/rserver.conf:www-port", "rserver.conf:", 7, "environment:A"]
  package-service: { hosts: ["https://a.example.com", "a.example.com:443", "2001:db8::1", a.example.com] }
`,
    );
    const { code, err } = await run(['validate', file]);
    assert.equal(code, 2);
    const form =
      'expected FILE:KEY, the file as seen from the configuration directory, such as rserver.conf:www-address';
    const host = 'expected the name of a host, such as rspm-sync.rstudio.com';
    assert.deepEqual(
      [...err.matchAll(/^\S+params\.yml:(\d+:\d+): params\.(.*)$/gm)].map(([, at, words]) => `${at} ${words}`),
      [
        '4:24 nfs-mount-options.maxDirectoryCacheSeconds is -5, expected a number from 0',
        '5:17 free-space.minFreePercent is Infinity, expected a number from 0',
        `8:43 config-identical.perNode: found "rserver.conf", ${form}`,
        `8:57 config-identical.perNode: found "/etc/rstudio/rserver.conf:www-port", ${form}`,
        `8:95 config-identical.perNode: found "rserver.conf:", ${form}`,
        `8:112 config-identical.perNode: found the number 7, ${form}`,
        `9:30 package-service.hosts: found "https://a.example.com", ${host}`,
        `9:55 package-service.hosts: found "a.example.com:443", ${host}`,
      ],
    );
  });

  it('a check without parameters is one mistake, and no internal error', async () => {
    const file = join(folder, 'nothing.yml');
    writeFileSync(file, 'version: 1\nnodes: [wb1]\nparams:\n  free-space:\ntime: { warnSkew: 0s, maxSkew: 0.0s }\n');
    const { code, err } = await run(['validate', file]);
    assert.equal(code, 2);
    assert.deepEqual(
      [...err.matchAll(/^\S+nothing\.yml:(\d+:\d+): (.*)$/gm)].map(([, at, words]) => `${at} ${words}`),
      [
        '4:3 found nothing, expected a mapping (key: value)',
        '5:19 found 0s, expected more than 0: no two readings are equal',
        '5:32 found 0.0s, expected more than 0: no two readings are equal',
      ],
    );
  });

  it('names every plugin that cannot be loaded, in its place; two that bring the same, at the list', async () => {
    const file = join(folder, 'plugged.yml');
    writeFileSync(file, "version: 1\nnodes: [wb1]\nplugins: [./none, '/', ./neither]\n");
    const placed = (err: string) =>
      [...err.matchAll(/^\S+plugged\.yml:(\d+:\d+): (.*)$/gm)].map(([, at, words]) => `${at} ${words}`);
    assert.deepEqual(placed((await run(['validate', file])).err), [
      `3:11 plugin ${folder}/none does not exist`,
      '3:19 plugin / has no checks: a check is a file ID.js in that folder',
      `3:24 plugin ${folder}/neither does not exist`,
    ]);
    writeFileSync(file, 'version: 1\nnodes: [wb1]\nplugins: [./a, ./b]\n');
    for (const name of ['a', 'b'])
      cpSync(
        join(import.meta.dirname, '../../fixtures/plugin/spool-backlog.js'),
        join(folder, name, 'spool-backlog.js'),
      );
    assert.match(
      placed((await run(['validate', file])).err).join('\n'),
      /^3:1 check spool-backlog comes from \S+ and from \S+: rename one$/,
    );
  });

  it('without an inventory, says how to begin', async () => {
    for (const args of [[], ['check'], ['plan'], ['validate'], ['gather'], ['settings'], ['bundle']]) {
      const { code, err } = await run(args, {}, folder);
      assert.equal(code, 2);
      assert.match(err, /^ha-preflight: ha-preflight\.yml: no such file, .*\n {2}ha-preflight init /);
      assert.match(err, /^ {2}ha-preflight check --nodes .*\n {2}ha-preflight demo /m);
    }
  });
});
