import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type HostConfig, loadSshConfig, self } from '../../src/gather/ssh/sshConfig.js';

let home: string;
before(() => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
});
after(() => rmSync(home, { recursive: true }));

function put(name: string, lines: readonly string[]): string {
  const path = join(home, '.ssh', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

function resolve(lines: readonly string[], host: string, given: { user?: string; port?: number } = {}): HostConfig {
  return loadSshConfig([put('config', lines)], { home, user: 'me' })(host, given);
}

const cases: [what: string, lines: string[], host: string, expected: Partial<HostConfig>][] = [
  ['nothing', [], 'wb1', { hostName: 'wb1', identityFiles: [], identitiesOnly: false, notes: [] }],
  ['before any block', ['User ops', 'port=2222'], 'wb1', { user: 'ops', port: 2222 }],
  ['first value wins', ['Host wb1', 'User one', 'Host *', 'User two'], 'wb1', { user: 'one' }],
  ['another host', ['Host wb1', 'User one', 'Host *', 'User two'], 'wb2', { user: 'two' }],
  ['wildcards and lists', ['Host db? wb*', 'User one'], 'wb17', { user: 'one' }],
  ['negation', ['Host * !wb1', 'User one', 'Host *', 'User two'], 'wb1', { user: 'two' }],
  ['%h in HostName', ['Host wb1', 'HostName %h.example.com'], 'wb1', { hostName: 'wb1.example.com' }],
  ['quotes and comments', ['# User no', 'User "o p s" # who'], 'wb1', { user: 'o p s' }],
  ['ProxyJump', ['ProxyJump a@gate:2200,inner'], 'wb1', { proxyJump: 'a@gate:2200,inner' }],
  ['no jump', ['Host wb1', 'ProxyJump none', 'Host *', 'ProxyJump gate'], 'wb1', {}],
  [
    'ProxyCommand is kept whole',
    ['ProxyCommand nc -X "a b" %h %p # x'],
    'wb1',
    { proxyCommand: 'nc -X "a b" %h %p # x' },
  ],
  ['a jump before a command', ['ProxyJump gate', 'ProxyCommand nc %h'], 'wb1', { proxyJump: 'gate' }],
  ['a command before a jump', ['ProxyCommand nc %h', 'ProxyJump gate'], 'wb1', { proxyCommand: 'nc %h' }],
  ['known hosts', ['UserKnownHostsFile /a /b'], 'wb1', { userKnownHostsFiles: ['/a', '/b'] }],
  ['no known hosts', ['UserKnownHostsFile none'], 'wb1', { userKnownHostsFiles: [] }],
  ['alias', ['HostKeyAlias farm'], 'wb1', { hostKeyAlias: 'farm' }],
  ['Match all', ['Match all', 'User one'], 'wb1', { user: 'one' }],
  ['Match host sees HostName', ['HostName x.org', 'Match host x.org', 'User one'], 'wb1', { user: 'one' }],
  ['Match originalhost', ['HostName x.org', 'Match originalhost wb*', 'User one'], 'wb1', { user: 'one' }],
  ['Match negated', ['Match !host wb1', 'User one', 'Match all', 'User two'], 'wb1', { user: 'two' }],
  ['Match user', ['User ops', 'Match user ops', 'Port 2222'], 'wb1', { port: 2222 }],
  ['Match user is me by default', ['Match user me host wb1', 'Port 2222'], 'wb1', { port: 2222 }],
  ['Match of two, one fails', ['Match host wb1 user root', 'Port 2222'], 'wb1', { notes: [] }],
  ['Match exec without anything of ours', ['Match exec "true"', 'Compression yes'], 'wb1', { notes: [] }],
  ['Match exec that cannot matter', ['Match host wb9 exec "true"', 'User no'], 'wb1', { notes: [] }],
];

describe('loadSshConfig', () => {
  for (const [what, lines, host, expected] of cases) {
    test(what, () => {
      const found = resolve(lines, host);
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(found[name as keyof HostConfig], value, name);
      if (Object.keys(expected).length === 0) assert.equal(found.proxyJump, undefined);
    });
  }

  test('identity files add up and are expanded', () => {
    const found = resolve(
      ['Host wb*', 'User ops', 'IdentityFile ~/.ssh/%n_%r', 'Host *', 'IdentityFile %d/k%%%p'],
      'wb1',
    );
    assert.deepEqual(found.identityFiles, [join(home, '.ssh/wb1_ops'), `${home}/k%22`]);
    assert.deepEqual(resolve(['IdentityFile %r-%u-%h'], 'wb1', { user: 'root' }).identityFiles, ['root-me-wb1']);
  });

  test("the inventory's user takes part in Match", () => {
    const lines = ['User ops', 'Match user root', 'Port 2222'];
    assert.equal(resolve(lines, 'wb1', { user: 'root' }).port, 2222);
    assert.equal(resolve(lines, 'wb1').port, undefined);
  });

  test('Match exec is passed over, with a note by file and line, and runs nothing', () => {
    const proof = join(home, 'proof');
    const found = resolve(['User ops', `Match exec "touch ${proof}"`, 'Port 2222'], 'wb1');
    assert.equal(found.port, undefined);
    assert.match(found.notes.join(), /config:2 "Match exec .*type: openssh/);
    assert.throws(() => execFileSync('ls', [proof], { stdio: 'ignore' }));
  });

  test('Include: globs, order, conditions, and a block does not leak', () => {
    put('conf.d/10-a', ['Host wb1', 'User a']);
    put('conf.d/20-b', ['User b', 'Port 2222']);
    put('conf.d/.hidden', ['HostKeyAlias no']);
    const found = resolve(['Include conf.d/*', 'HostKeyAlias yes'], 'wb1');
    assert.deepEqual([found.user, found.port, found.hostKeyAlias], ['a', 2222, 'yes']);
    assert.equal(resolve(['Include ~/.ssh/conf.d/*'], 'wb2').user, 'b');
    assert.equal(resolve(['Host wb9', 'Include conf.d/*', 'Host *', 'User c'], 'wb1').user, 'c');
    assert.equal(resolve(['Include no/such/*', 'User c'], 'wb1').user, 'c');
  });

  test('a file that includes itself ends', () => {
    assert.equal(resolve(['Include config', 'User c'], 'wb1').user, 'c');
  });

  test('the first of several files wins; a missing one is empty', () => {
    const [one, two] = [put('one', ['User one']), put('two', ['User two', 'Port 2222'])];
    const found = loadSshConfig([join(home, 'none'), one, two], { home, user: 'me' })('wb1');
    assert.deepEqual([found.user, found.port], ['one', 2222]);
  });

  test('agrees with ssh -G', (t) => {
    const path = put('config', [
      'Host gate',
      '  HostName gate.example.com',
      '  Port 2200',
      'Match originalhost wb* user root',
      '  Port 2022',
      'Host wb? !wb9',
      '  HostName %h.example.com',
      '  User ops',
      '  ProxyJump gate',
      'Host *',
      '  User = nobody',
      '  HostKeyAlias "farm"',
    ]);
    for (const host of ['gate', 'wb1', 'wb9', 'wb10', 'root@wb1', 'other']) {
      const [name = '', user] = host.split('@').reverse();
      let printed: string;
      try {
        printed = execFileSync('ssh', ['-G', '-F', path, host], { encoding: 'utf8', stdio: 'pipe' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        return t.skip('ssh is not installed');
      }
      const says = (keyword: string) => new RegExp(`^${keyword} (.*)$`, 'm').exec(printed)?.[1];
      const found = loadSshConfig([path], { home, user: self().user })(name, user === undefined ? {} : { user });
      assert.equal(found.hostName, says('hostname'));
      assert.equal(user ?? found.user, says('user'));
      assert.equal(found.port ?? 22, Number(says('port')));
      assert.equal(found.proxyJump, says('proxyjump'));
      assert.equal(found.hostKeyAlias, says('hostkeyalias'));
    }
  });
});
