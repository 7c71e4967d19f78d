/** Files of ssh_config with which ssh gets in, and by which way `type: auto` does: the table of auto.test.ts and of docs/robustness.md. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { makeKey, type Sshd } from './sshd.js';

/** The text of a file, of the lines that everybody needs to get in; what it names lies at `at(NAME)`. */
type Config = (own: string, about: { readonly sshd: Sshd; readonly at: (name: string) => string }) => string;

const CASES: readonly [name: string, config: Config, way: RegExp | 'ssh2'][] = [
  ['what both can do', (own) => own, 'ssh2'],
  [
    'Match exec',
    (own) =>
      `Match originalhost wb1 exec true\n  HostKeyAlias there\n${own}Host *\n  NoHostAuthenticationForLocalhost no\n`,
    'ssh2',
  ],
  ['Match final', (own) => `${own}Match final host 127.0.0.1\n  Compression yes\n`, 'ssh2'],
  [
    'an Include with a pattern, inside a block',
    (own, { at }) => {
      mkdirSync(at('conf.d'), { recursive: true });
      writeFileSync(at('conf.d/a.conf'), own);
      return `Host wb*\nInclude ${at('conf.d')}/[a-c].conf\n`;
    },
    'ssh2',
  ],
  [
    'quotes and variables',
    (own, { sshd }) =>
      own.replace(
        /IdentityFile (.*)/,
        (_, file) => `IdentityFile "\${HA_TEST_FOLDER}/${file.slice(sshd.dir.length + 1)}"`,
      ),
    'ssh2',
  ],
  [
    'tokens',
    (own, { sshd, at }) => {
      execFileSync('cp', [sshd.identity, at(`key-${sshd.user}-127.0.0.1`)]);
      return own.replace(/IdentityFile .*/, `IdentityFile ${at('key-%r-%h')}`);
    },
    'ssh2',
  ],
  [
    'GlobalKnownHostsFile',
    (own) => own.replace(/UserKnownHostsFile (.*)/, 'UserKnownHostsFile none\n  GlobalKnownHostsFile $1'),
    'ssh2',
  ],
  [
    'several UserKnownHostsFile, with tokens',
    (own, { sshd, at }) => {
      execFileSync('cp', [sshd.knownHosts, at('known-127.0.0.1')]);
      return own.replace(/UserKnownHostsFile .*/, `UserKnownHostsFile ${at('no-such')} "${at('known-%h')}"`);
    },
    'ssh2',
  ],
  ['a Host pattern in capitals, which does not match', (own) => `Host WB1\n  User no-such-account\n${own}`, 'ssh2'],
  ['Match with a list and a negation', (own) => `Match originalhost wb*,!wb1\n  User no-such-account\n${own}`, 'ssh2'],
  [
    'CanonicalizeHostname, where no domain has the name',
    (own) => `CanonicalizeHostname yes\nCanonicalDomains example.invalid\nCanonicalizeFallbackLocal yes\n${own}`,
    'ssh2',
  ],
  ['ProxyJump none before a ProxyJump', (own) => `Host wb1\n  ProxyJump none\n${own}Host *\n  ProxyJump wb3\n`, 'ssh2'],
  ['ProxyJump', (own) => `${own}Host wb1\n  ProxyJump wb2\n`, 'ssh2'],
  [
    'ProxyCommand',
    (own, { at }) => {
      writeFileSync(at('other'), own);
      return `Host wb1\n  ProxyCommand ssh -F ${at('other')} -W %h:%p wb2\n${own}`;
    },
    /a ProxyCommand/,
  ],
  [
    'KnownHostsCommand',
    (own, { sshd }) =>
      `Host wb1\n  KnownHostsCommand /bin/cat ${sshd.knownHosts}\n${own.replace(/UserKnownHostsFile.*/, 'UserKnownHostsFile none')}`,
    /a KnownHostsCommand/,
  ],
  ['BindAddress', (own) => `Host wb1\n  BindAddress 127.0.0.1\n${own}`, /a BindAddress/],
  ['AddressFamily', (own) => `Host wb1\n  AddressFamily inet\n${own}`, /an AddressFamily/],
  [
    'a certificate beside a key that nobody knows',
    (own, { sshd, at }) => {
      const key = makeKey(at('certified'));
      execFileSync('ssh-keygen', ['-q', '-s', at('ca'), '-I', 'test', '-n', sshd.user, `${key}.pub`]);
      return own.replace(/IdentityFile .*/, `IdentityFile ${key}`);
    },
    /the certificate .*certified-cert\.pub/,
  ],
];

export const LOGINS = CASES.map(([name, config, way]) => ({ name, config, way }));

/** Its name in docs/robustness.md. */
export const faultOf = (name: string): string => `ssh_config: ${name}`;

export const LOGIN_ROWS = LOGINS.map(({ name, way }) => ({
  group: 'A login, beside ssh with the same files',
  fault: faultOf(name),
  verdict: `ssh gets in; so does this program, as the same account, ${way === 'ssh2' ? 'by itself' : 'by ssh, and a note says why'}`,
}));
