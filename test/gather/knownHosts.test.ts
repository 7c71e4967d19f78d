import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  fingerprint,
  hostKeyName,
  judgeHostKey,
  keyType,
  matchesPatterns,
  parseKnownHosts,
  preferKnown,
} from '../../src/gather/ssh/knownHosts.js';
import { inTime } from '../support/machine.js';

/** A key in wire format: its type, then `body` in place of key material. */
function key(type: string, body: string): Buffer {
  const parts = [type, body].map((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  });
  return Buffer.concat(parts);
}

const A = key('ssh-ed25519', 'a');
const B = key('ssh-ed25519', 'b');
const RSA = key('ssh-rsa', 'r');
const line = (hosts: string, blob: Buffer): string => `${hosts} ${keyType(blob)} ${blob.toString('base64')}`;
const salt = Buffer.from('0123456789abcdefghij');
const hashed = (name: string): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;

const cases: [what: string, lines: string[], name: string, offered: Buffer, expected: string][] = [
  ['plain', [line('wb1', A)], 'wb1', A, 'ok f:1'],
  ['case does not matter', [line('WB1', A)], 'wb1', A, 'ok f:1'],
  ['one of a list', [line('wb2,wb1,10.0.0.1', A)], '10.0.0.1', A, 'ok f:1'],
  ['hashed', ['', '# c', line(hashed('wb1'), A)], 'wb1', A, 'ok f:3'],
  ['hashed with port', [line(hashed('[wb1]:2222'), A)], '[wb1]:2222', A, 'ok f:1'],
  ['hashed, another host', [line(hashed('wb1'), A)], 'wb2', A, 'unknown'],
  ['port', [line('[wb1]:2222', A)], '[wb1]:2222', A, 'ok f:1'],
  ['another port', [line('[wb1]:2223', A)], '[wb1]:2222', A, 'unknown'],
  ['the key of the bare host holds on any port', [line('wb1', A)], '[wb1]:2222', A, 'ok f:1'],
  ['but a differing one proves nothing', [line('wb1', B)], '[wb1]:2222', A, 'unknown'],
  ['and not against what the port says', [line('wb1', A), line('[wb1]:2222', B)], '[wb1]:2222', A, 'mismatch f:2'],
  ['wildcards', [line('*.example.com', A)], 'wb1.example.com', A, 'ok f:1'],
  ['question mark', [line('wb?', A)], 'wb12', A, 'unknown'],
  ['negation', [line('*.example.com,!wb1.example.com', A)], 'wb1.example.com', A, 'unknown'],
  ['negation alone matches nobody', [line('!wb2', A)], 'wb1', A, 'unknown'],
  ['changed', [line('wb9', A), line('wb1', B)], 'wb1', A, 'mismatch f:2'],
  ['several keys of one type', [line('wb1', B), line('wb1', A)], 'wb1', A, 'ok f:2'],
  ['only another type', [line('wb1', RSA)], 'wb1', A, 'other-type f:1'],
  ['revoked, wherever it stands', [line('wb1', A), line('@revoked *', A)], 'wb1', A, 'revoked f:2'],
  ['revoked for the bare host', [line('@revoked wb1', A)], '[wb1]:2222', A, 'revoked f:1'],
  ['another key is revoked', [line('wb1', A), line('@revoked *', B)], 'wb1', A, 'ok f:1'],
  ['a revoked key is not a known one', [line('@revoked wb1', B)], 'wb1', A, 'unknown'],
  ['only an authority', [line('@cert-authority *', B)], 'wb1', A, 'ca-only f:1'],
  ["an authority's own key is no host key", [line('@cert-authority *', A)], 'wb1', A, 'ca-only f:1'],
  ['authority and key', [line('@cert-authority *', B), line('wb1', A)], 'wb1', A, 'ok f:2'],
  ['nothing', [], 'wb1', A, 'unknown'],
];

describe('judgeHostKey', () => {
  for (const [what, lines, name, offered, expected] of cases) {
    test(what, () => {
      const outcome = judgeHostKey([parseKnownHosts(lines.join('\n'), 'f')], name, offered);
      const where = 'entry' in outcome ? ` ${outcome.entry.file}:${outcome.entry.line}` : '';
      assert.equal(`${outcome.status}${where}`, expected);
    });
  }

  test('over several files', () => {
    const files = [parseKnownHosts(line('wb1', B), 'user'), parseKnownHosts(line('wb1', A), 'global')];
    assert.equal(judgeHostKey(files, 'wb1', A).status, 'ok');
    assert.equal(judgeHostKey(files.slice(0, 1), 'wb1', A).status, 'mismatch');
  });
});

test('bad lines are kept by number and are nobody', () => {
  const text = [
    'wb1',
    'wb1 ssh-ed25519',
    'wb1 ssh-ed25519 ###',
    `wb1 ssh-rsa ${A.toString('base64')}`,
    line('@unheard wb1', A),
    line('|2|abc|def', A),
    line('|1|abc', A),
    `${line('wb1', A)} a comment`,
  ];
  const file = parseKnownHosts(text.join('\r\n'), 'f');
  assert.deepEqual(file.badLines, [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(file.hosts.length, 1);
});

test('hostKeyName', () => {
  assert.equal(hostKeyName('WB1', 22), 'wb1');
  assert.equal(hostKeyName('wb1', 2222), '[wb1]:2222');
  assert.equal(hostKeyName('wb1', 2222, 'Alias'), 'alias');
});

test('algorithms of known keys are offered first', () => {
  const all = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'];
  const prefer = (...lines: string[]) => preferKnown(all, [parseKnownHosts(lines.join('\n'), 'f')], 'wb1');
  assert.deepEqual(prefer(), all);
  assert.deepEqual(prefer(line('wb1', RSA)), ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519', 'ecdsa-sha2-nistp256']);
  assert.deepEqual(prefer(line('@revoked wb1', RSA), line('wb2', RSA)), all);
});

test('a pattern made to take for ever does not', () => {
  const started = performance.now();
  assert.equal(matchesPatterns([`${'*a'.repeat(40)}b`], 'a'.repeat(250)), false);
  assert.ok(inTime(performance.now() - started, 500));
});

test('fingerprint as ssh-keygen prints it', (t) => {
  try {
    const printed = execFileSync('ssh-keygen', ['-lf', '-'], {
      encoding: 'utf8',
      input: `ssh-ed25519 ${key('ssh-ed25519', 'x'.repeat(32)).toString('base64')}\n`,
      stdio: 'pipe',
    });
    assert.equal(printed.split(' ')[1], fingerprint(key('ssh-ed25519', 'x'.repeat(32))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    t.skip('ssh-keygen is not installed');
  }
});

test('a key in wire format that is cut short has no type', () => {
  assert.equal(keyType(Buffer.alloc(0)), '');
  assert.equal(keyType(Buffer.from([255, 255, 255, 255, 65])), 'A');
});
