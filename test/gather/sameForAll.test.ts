/** Where ssh_config says the same of every host; beside the ssh program itself, which is asked about two. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { askSsh } from '../../src/gather/ssh/askSsh.js';
import { ordinary, sameForAll } from '../../src/gather/ssh/sameForAll.js';

const SAME: readonly string[] = [
  '',
  'Host *\n  SendEnv LANG LC_*\n  GSSAPIAuthentication yes\n',
  'User jdoe\nHost = "*"\n\tPort=2222\n',
  'Match final all\n  Ciphers aes256-ctr\n',
  // what systemd installs, whose patterns fit no name of a node
  'Host unix/* vsock/*\n  ProxyCommand /usr/lib/ssh-proxy %h %p\n  HostName 127.0.0.1\nHost .host machine/.host\n  User root\nHost *\n  User jdoe\n',
  '# Host wb1\n  # HostName %h.example.com\nUser jdoe\n',
  'ProxyCommand nc 10%% 22\n',
];
const DIFFERENT: readonly string[] = [
  'Host wb1\n  User jdoe\n',
  'Host * !wb1\n  User jdoe\n',
  'host=wb*\n  User jdoe\n',
  'Match host wb1\n  User jdoe\n',
  'Match all exec "test %h = wb1"\n  User jdoe\n',
  'HostName 127.0.0.1\n',
  'Host *\n  HostName %h.example.com\n',
  'ProxyCommand nc %h %p\n',
  'UserKnownHostsFile ~/.ssh/%n\n',
  'CanonicalizeHostname yes\n',
  'Host unix/*\n  User root\nMatch all\n  HostName %h.example.com\n',
];

describe('ssh_config of all hosts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'config');
  const noSsh = spawnSync('ssh', ['-V']).error ? 'no ssh program here' : false;
  const printed = (host: string): string =>
    execFileSync('ssh', ['-G', '-F', file, host], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

  it('is told from that of some', () => {
    for (const text of SAME) assert.equal(sameForAll([text]), true, text);
    for (const text of DIFFERENT) assert.equal(sameForAll([text]), false, text);
    assert.equal(sameForAll([SAME[1]!, DIFFERENT[0]!]), false);
  });

  it('is what ssh prints of each', { skip: noSsh }, () => {
    for (const text of SAME) {
      writeFileSync(file, text);
      assert.equal(printed('wb1').replaceAll('wb1', 'db-2.example.com'), printed('db-2.example.com'), text);
      assert.equal(printed('wb1').replaceAll('wb1', '10.20.0.3'), printed('10.20.0.3'), text);
    }
  });

  it('is asked for once, unless it distinguishes hosts', { skip: noSsh }, async () => {
    const asked = async (name: string, text: string): Promise<(string | undefined)[]> => {
      const configFile = join(folder, name);
      writeFileSync(configFile, text);
      const first = await askSsh({ host: 'wb1', configFile }, 5000);
      // what is asked again is read again
      writeFileSync(configFile, 'User other\n');
      const second = await askSsh({ host: 'wb2', configFile }, 5000);
      return [first?.config.hostName, first?.config.user, second?.config.hostName, second?.config.user];
    };
    assert.deepEqual(await asked('same', 'User jdoe\n'), ['wb1', 'jdoe', 'wb2', 'jdoe']);
    assert.deepEqual(await asked('different', 'Host wb1\n  User jdoe\n'), ['wb1', 'jdoe', 'wb2', 'other']);
  });

  it('is asked for once by nodes that begin together', { skip: noSsh }, async () => {
    const [log, bin, configFile, path] = [
      join(folder, 'log'),
      join(folder, 'bin'),
      join(folder, 'c'),
      process.env.PATH,
    ];
    mkdirSync(bin);
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\necho >>'${log}'\nPATH='${path}' exec ssh "$@"\n`, { mode: 0o755 });
    writeFileSync(configFile, 'User jdoe\n');
    process.env.PATH = `${bin}:${path}`;
    try {
      const hosts = ['wb1', 'wb2', 'wb3', 'wb4'];
      const answers = await Promise.all(hosts.map((host) => askSsh({ host, configFile }, 60_000)));
      assert.deepEqual(
        answers.map((answer) => [answer?.config.hostName, answer?.config.user]),
        hosts.map((host) => [host, 'jdoe']),
      );
      assert.equal(readFileSync(log, 'utf8'), '\n');
    } finally {
      process.env.PATH = path;
    }
  });

  it('is not supposed of a name that ssh may change', () => {
    for (const host of ['wb1', 'a.example.com', '10.0.0.1', '2ndhost']) assert.ok(ordinary(host), host);
    for (const host of ['WB1', '::1', '010.0.0.1', '127.1', 'a_b', '.host', 'unix/x', 'a b', '-a', 'wb1.'])
      assert.ok(!ordinary(host), host);
  });
});
