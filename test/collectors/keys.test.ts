/** A key that the shell measures has the same answer as by awk; which of the two it is must not show between nodes. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { keyScript } from '../../src/collectors/keyScript.js';
import { writeTree } from '../../src/demo/tree.js';
import type { KeySpec } from '../../src/products/settings.js';
import { askTree } from '../support/answers.js';

const UUID = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
const HEX = '00112233445566778899aabbccddeeff'.repeat(2);
const LINES: readonly string[] = [
  ...[UUID, UUID.toUpperCase(), UUID.replace('1', 'c'), 'a55e5dc0-d6ae-11e3-9334-000c29635f71', `${UUID}0`],
  ...['11112222-3333-a444-5555-666677778888', '1-11112222333344445555-66667777-8888', '-'.repeat(36)],
  ...[HEX, HEX.toUpperCase(), HEX.repeat(2), HEX.repeat(4), 'A55E', 'f', '0', '', 'changeme', '1-2', `${HEX}\0`],
  ...[` ${HEX}`, `${HEX} `, `${HEX}\r`, `${HEX}\n${HEX}`, `${HEX}é`, `\0${UUID}`, `${HEX}\n`, "'", '"', '%d', '*'],
];

const missing = existsSync('/usr/bin/mksh') || process.env.CI === 'true' ? false : 'mksh is not installed';

it('a key of which every byte counts: the same by the shell and by awk', { skip: missing }, () => {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-keys-'));
  try {
    const texts = LINES.flatMap((line) => [line, `${line}\n`]);
    writeTree(root, Object.fromEntries(texts.map((text, i) => [`/etc/key${i}`, { text }])));
    const requests = Object.fromEntries(
      texts.map((_, i) => [`k${i}`, { first: keyScript({ encoding: 'raw' } as KeySpec, `/etc/key${i}`), script: '' }]),
    );
    const asked = (...shell: string[]): unknown => askTree(root, requests, shell);
    // there printf is a program, which is not given a key
    const byAwk = asked('mksh');
    assert.ok(/=content 36 36 0 14 uuid 1 - .*hex 0 -/.test(JSON.stringify(byAwk)));
    assert.deepEqual(asked('sh'), byAwk);
    assert.deepEqual(asked('bash', '--posix'), byAwk);
  } finally {
    rmSync(root, { recursive: true });
  }
});

it('a link in a tree is followed only inside it: what it names on this machine is not the key of the node', () => {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-keys-'));
  try {
    writeTree(root, { '/opt/k/key': { text: `${HEX}\n` }, '/etc/a/key': { text: '' }, '/etc/b/': { text: '' } });
    const links = {
      inside: '../opt/k/key',
      whole: join(root, 'opt/k/key'),
      outside: '/etc/hostname',
      lost: '/no/such/key',
      nowhere: 'no such key',
      folder: '/opt/k',
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, 'etc', name));
    const paths = { ...links, missing: '', 'folder/key': '' };
    const asked = askTree(
      root,
      Object.fromEntries(
        Object.keys(paths).map((name) => [
          name.replace('/', '-'),
          { first: keyScript({ encoding: 'raw' } as KeySpec, `/etc/${name}`), script: '' },
        ]),
      ),
      ['sh'],
    ) as unknown as Record<string, { readonly stdout: string }>;
    const said = (name: string): string => asked[name]!.stdout.split('\n').slice(0, 2).join(' ');
    assert.match(said('inside'), /^=stat /);
    assert.match(said('whole'), /^=stat /);
    assert.equal(said('outside'), '=link /etc/outside =to /etc/hostname');
    assert.equal(said('lost'), '=link /etc/lost =to /no/such/key');
    assert.equal(said('nowhere'), '=link /etc/nowhere =to no such key');
    assert.equal(said('folder-key'), '=link /etc/folder =to /opt/k');
    assert.equal(said('missing').trim(), '=missing');
  } finally {
    rmSync(root, { recursive: true });
  }
});

it('a folder with an access control list may let the account in, whatever its mode says', {
  skip: existsSync('/usr/bin/setfacl') || process.env.CI === 'true' ? false : 'setfacl is not installed',
}, () => {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-keys-'));
  try {
    const at = ['listed', 'closed', 'open'] as const;
    writeTree(root, {
      '/etc/passwd': { text: 'svc:x:4711:4711::/:/bin/sh\n' },
      '/etc/group': { text: 'svc:x:4711:\n' },
      ...Object.fromEntries(at.map((name) => [`/etc/${name}/key`, { text: HEX, mode: 0o600 }])),
    });
    chmodSync(join(root, 'etc/listed'), 0o700);
    chmodSync(join(root, 'etc/closed'), 0o710);
    execFileSync('setfacl', ['-m', 'u:4711:x', join(root, 'etc/listed')]);
    const spec = { encoding: 'raw', reader: 'svc' } as KeySpec;
    const asked = askTree(
      root,
      Object.fromEntries(at.map((name) => [name, { first: keyScript(spec, `/etc/${name}/key`), script: '' }])),
      ['sh'],
    ) as unknown as Record<string, { readonly stdout: string }>;
    assert.deepEqual(
      at.map((name) => asked[name]!.stdout.split('\n').filter((l) => l.startsWith('=acl'))),
      [[`=acl ${root}/etc/listed`], [], []],
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});

it('a key file of MongoDB in YAML is called that, whatever white space it has', () => {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-keys-'));
  try {
    const kinds = (texts: readonly string[]): (string | undefined)[] => {
      writeTree(root, Object.fromEntries(texts.map((text, i) => [`/etc/key${i}`, { text }])));
      const spec = { encoding: 'spaceless' } as KeySpec;
      const requests = texts.map((_, i) => [`k${i}`, { first: keyScript(spec, `/etc/key${i}`), script: '' }] as const);
      const asked = askTree(root, Object.fromEntries(requests)) as unknown as Record<
        string,
        { readonly stdout: string }
      >;
      return texts.map((_, i) => /=content(?: \d+){4} (\w+)/.exec(asked[`k${i}`]!.stdout)?.[1]);
    };
    const yaml = [
      `- ${HEX}\n- ${UUID}\n`,
      `[${HEX}, ${HEX}]`,
      `"${HEX}"`,
      `'${HEX}'`,
      `# key\n${HEX}\n`,
      `---\n${HEX}`,
    ];
    assert.deepEqual(
      kinds(yaml),
      yaml.map(() => 'yaml'),
    );
    assert.deepEqual(kinds([`${HEX}\n${HEX}`, 'abc/+d==\n', 'a-b']), ['hex', 'base64', 'printable']);
  } finally {
    rmSync(root, { recursive: true });
  }
});
