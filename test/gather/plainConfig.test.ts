import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { answerOf } from '../../src/gather/ssh/askSsh.js';
import { plainConfig } from '../../src/gather/ssh/plainConfig.js';
import { self } from '../../src/gather/ssh/sshConfig.js';

const HOST = { host: 'node1.example.com' };
const me = self();
const missing =
  process.env.CI === 'true' || plainConfig(HOST, me) !== undefined
    ? false
    : 'needs an ssh program, and ssh_config as Debian installs it';

describe('an ssh_config that says nothing of importance', { skip: missing }, () => {
  const home = mkdtempSync(join(tmpdir(), 'ha-preflight-plain-'));
  const file = join(home, '.ssh/config');
  const path = process.env.PATH!;
  const plain = (more = {}): string | undefined => plainConfig({ ...HOST, ...more }, { home, user: 'me' });
  before(() => mkdirSync(join(home, '.ssh')));
  beforeEach(() => rmSync(file, { force: true, recursive: true }));
  after(() => rmSync(home, { recursive: true }));

  for (const asked of [HOST, { host: '192.0.2.7', user: 'audit', port: 2222 }])
    it(`is what ssh -G makes of ${asked.host}`, () => {
      const { user = me.user, port = 22 } = asked as { user?: string; port?: number };
      const args = ['-G', '-l', user, '-p', String(port), '--', asked.host];
      const printed = execFileSync('ssh', args, { encoding: 'utf8' });
      assert.deepEqual(answerOf(plainConfig(asked, me)!, asked, me), answerOf(printed, asked, me));
    });

  for (const text of [
    '# nothing\n',
    'Host *\n  SendEnv LANG LC_*\n',
    'hashknownhosts=yes\n',
    'Include ~/.ssh/none/*\n',
  ])
    it(`with ${JSON.stringify(text)}`, () => {
      writeFileSync(file, text);
      assert.match(plain()!, /\nuser me\nhostname node1.example.com\nport 22\n/);
    });

  for (const text of [
    'Host node1*\n  SendEnv LANG\n',
    'Host * !node1*\n',
    'Match all\n',
    'Port 2222\n',
    'IdentityFile ~/.ssh/id_ed25519\n',
    'ProxyCommand none\n',
    'Include ~/.ssh/more\n',
    'unknown yes\n',
  ])
    it(`is left to the program with ${JSON.stringify(text)}`, () => {
      writeFileSync(join(home, '.ssh/more'), 'User other\n');
      writeFileSync(file, text);
      assert.equal(plain(), undefined);
    });

  it('is left to the program where another program, or another file, is meant', () => {
    assert.equal(plain({ configFile: '/dev/null' }), undefined);
    writeFileSync(join(home, 'ssh'), '');
    try {
      process.env.PATH = `${home}${delimiter}${path}`;
      assert.equal(plain(), undefined);
      process.env.PATH = '/nowhere';
      assert.equal(plain(), undefined);
    } finally {
      process.env.PATH = path;
    }
    assert.ok(existsSync('/etc/ssh/ssh_config') && plain());
  });
});
