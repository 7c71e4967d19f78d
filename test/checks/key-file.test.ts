import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/key-file.js';
import type { KeyMeasure } from '../../src/collectors/keys.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { configured, foundOf, keyOf, settingsOf } from '../support/facts.js';

const found = foundOf('workbench');
const pmFound = foundOf('package-manager');
const versions = { program: '2023.09.1+494.pro2', outdated: [], processesSeen: false };
const key = (content = {}, over = {}, release: object = versions) => ({
  keys: keyOf(found, content, over),
  versions: release as typeof versions,
});
const pm = (content = {}, over = {}) => ({ keys: keyOf(pmFound, content, over), versions });
const connect = (text: string) => ({
  keys: keyOf(foundOf('connect', { 'rstudio-connect.gcfg': `[Server]\n${text}` }), {}, { state: 'inline' }),
  versions,
});
const mongo = (content = {}) => ({
  keys: keyOf(foundOf('deployr', { 'mongo/mongod.conf': 'replSet=r\nkeyFile=/k\n' }), content),
  versions,
});
const missing = { state: 'missing' as const };

testCheck(check, {
  skip: [
    {
      name: 'DeployR without a replica set has no key file',
      nodes: { a: { keys: new Map(), versions: { outdated: [], processesSeen: false } } },
      product: 'deployr',
      on: ['a'],
      message: /no replica set is configured/,
    },
  ],
  pass: [
    { name: '0600, 64 hexadecimal characters', nodes: { a: key(), b: key() }, on: ['a', 'b'] },
    { name: '0400 is stricter', nodes: { a: key({}, { mode: 0o400 }) } },
    { name: 'a random UUID', nodes: { a: key({ kind: 'uuid', length: 37, trimmed: 36, uuidVersion: 4 }) } },
    { name: 'exactly 32 bytes', nodes: { a: key({ length: 32, trimmed: 32 }) } },
    {
      name: '16 bytes on an old release',
      nodes: { a: key({ length: 16, trimmed: 16 }, {}, { program: '1.3.1093-1', outdated: [], processesSeen: false }) },
    },
    {
      name: "Package Manager: rskey's 512 bytes, in hexadecimal and in base64",
      nodes: {
        a: pm({ length: 1024, trimmed: 1024 }),
        b: pm({ length: 685, trimmed: 683, kind: 'base64' }),
        c: pm({ length: 684, trimmed: 684, kind: 'base64' }),
      },
      product: 'package-manager',
    },
  ],
  fail: [
    {
      name: 'a key that differs is named by shared-keys alone',
      nodes: {
        a: pm({ length: 1024, trimmed: 1024 }),
        b: pm({ length: 1025, trimmed: 1024 }, { mode: 0o640 }),
        c: pm({ length: 1025, trimmed: 1024 }),
      },
      product: 'package-manager',
      on: ['b'],
      message: /mode 0640/,
      beside: ['pass'],
    },
    {
      name: 'Connect does not start with two keys',
      nodes: { a: connect(`EncryptionKey = ${'0f'.repeat(512)}\nEncryptionKeyFile = /k\n`) },
      product: 'connect',
      on: ['a'],
      message: /are both set/,
      beside: ['skip'],
    },
    {
      name: 'readable by others',
      nodes: { a: key(), b: key({}, { mode: 0o644 }) },
      on: ['b'],
      message: /0644/,
      severity: 'critical',
    },
    {
      name: 'in a folder that everybody can write to',
      nodes: { a: key({}, { openFolder: '/srv/keys' }), b: key() },
      on: ['a'],
      message: /everybody can write to \/srv\/keys/,
      severity: 'critical',
      beside: ['pass'],
    },
    { name: 'readable by the group', nodes: { a: key({}, { mode: 0o640 }) }, on: ['a'] },
    {
      name: 'Package Manager: 32 hexadecimal characters are 16 bytes',
      nodes: { a: pm({ length: 32, trimmed: 32 }) },
      product: 'package-manager',
      on: ['a'],
      severity: 'warning',
      message: /holds 16 bytes: keys of this product have 512/,
    },
    {
      name: 'Package Manager: a line break behind the key',
      nodes: { a: pm({ length: 1025, trimmed: 1024 }) },
      product: 'package-manager',
      on: ['a'],
      severity: 'warning',
      message: /white space behind the key/,
    },
    { name: '8 bytes', nodes: { a: key({ length: 8, trimmed: 8 }) }, on: ['a'], message: /64 bits/ },
    { name: '15 bytes', nodes: { a: key({ length: 15, trimmed: 15 }) }, on: ['a'] },
    {
      name: '16 bytes on a release that enforces 32',
      nodes: { a: key({ length: 16, trimmed: 16 }) },
      on: ['a'],
      message: /refuses less than 32/,
    },
    {
      name: '16 bytes, release unknown',
      nodes: { a: key({ length: 16, trimmed: 16 }, {}, { outdated: [], processesSeen: false }) },
      on: ['a'],
      severity: 'warning',
    },
    { name: 'a NUL byte', nodes: { a: key({ nulBytes: 1, kind: 'binary' }) }, on: ['a'], message: /NUL/ },
    {
      name: "the document's example",
      nodes: { a: key({ kind: 'uuid', uuidVersion: 1, known: 'example' }) },
      on: ['a'],
      message: /example/,
    },
    { name: 'a placeholder', nodes: { a: key({ known: 'placeholder' }) }, on: ['a'] },
    { name: 'a repeated byte', nodes: { a: key({ distinct: 2 }) }, on: ['a'], message: /guessed/ },
    {
      name: 'a time-based UUID',
      nodes: { a: key({ kind: 'uuid', length: 36, trimmed: 36, uuidVersion: 1 }) },
      on: ['a'],
      severity: 'warning',
    },
    {
      name: 'only a line break',
      nodes: { a: key({ length: 1, trimmed: 0, kind: 'empty' }) },
      on: ['a'],
      message: /line break/,
    },
    { name: 'empty', nodes: { a: key({ length: 0, trimmed: 0, kind: 'empty' }) }, on: ['a'], message: /empty/ },
    {
      name: 'missing on one node',
      nodes: {
        a: key(),
        b: {
          ...key(),
          keys: new Map([['secure-cookie-key', { value: { spec: settingsOf(found).keys[0]!, ...missing } }]]),
        },
      },
      on: ['b'],
      message: /missing/,
    },
    { name: 'a directory', nodes: { a: key({}, { type: 'directory' }) }, on: ['a'] },
    { name: 'of another owner', nodes: { a: key({}, { owner: 'mallory' }) }, on: ['a'], severity: 'warning' },
    {
      name: 'Package Manager: 30 hexadecimal characters',
      nodes: { a: pm({ length: 30, trimmed: 30 }) },
      product: 'package-manager',
      on: ['a'],
    },
  ],
  unknown: [
    {
      name: 'a list of keys in YAML, which MongoDB reads since 4.2',
      nodes: {
        a: mongo({ kind: 'yaml', length: 130, trimmed: 126 }),
        b: mongo({ kind: 'base64', length: 60, trimmed: 60 }),
      },
      product: 'deployr',
      on: ['a'],
      beside: ['pass'],
      message: /written in YAML \(a list of keys, quotes or a remark\), which MongoDB reads since 4\.2/,
    },
    {
      name: 'cannot be read',
      nodes: { a: key(), b: { ...key(), keys: new Map([['secure-cookie-key', { unseen: 'permission denied' }]]) } },
      on: ['b'],
      beside: ['pass'],
    },
    { name: 'node not reached', nodes: { a: { unseen: 'refused' } }, on: ['a'] },
    {
      name: 'a folder with an access control list above the key',
      nodes: { a: pm({ length: 1024, trimmed: 1024 }, { closedFolder: '/srv', accessList: true }) },
      product: 'package-manager',
      on: ['a'],
      message: /whether rstudio-pm may enter \/srv is not known on a.*sudo -u rstudio-pm test -r /,
      beside: ['pass'],
    },
  ],
});

const fixOf = (
  nodes: Record<string, ReturnType<typeof key> | ReturnType<typeof pm>>,
  product: 'workbench' | 'package-manager',
) =>
  judgeCase(check, { name: '', nodes, product })
    .filter((f) => f.status === 'fail' && /guessable|short/.test(f.subject ?? ''))
    .map((f) => `${f.remediation ?? ''}${(f.fixes ?? []).flatMap((x) => x.commands).join('')}`)
    .join('');

it('a weak key is copied from a node that has a good one, and made anew where none has', () => {
  const weak = key({ known: 'placeholder' });
  assert.match(fixOf({ a: key(), b: weak }, 'workbench'), /copy the key from a to b|tee/);
  assert.match(fixOf({ a: weak, b: weak }, 'workbench'), /^openssl rand -hex 32 .*entered again$/);
  const open = key({ known: 'placeholder' }, { mode: 0o644 });
  assert.match(fixOf({ a: open, b: weak }, 'workbench'), /^openssl/);
  assert.match(fixOf({ a: pm({ length: 30, trimmed: 30 }) }, 'package-manager'), /^openssl rand -hex 512 /);
});

it('a public key that is missing is made of the private one', () => {
  const launcher = configured('workbench', { 'rserver.conf': 'launcher-sessions-enabled=1\n' }).settings.keys[1]!;
  const pair = (of: 'yes' | 'missing') => {
    const { value } = keyOf(found, { kind: 'pem' }, { pair: of }).get('secure-cookie-key') as { value: KeyMeasure };
    return { keys: new Map([['launcher.pem', { value: { ...value, spec: launcher } }]]), versions };
  };
  const nodes = { a: pair('yes'), b: pair('missing') };
  const [finding] = judgeCase(check, { name: '', nodes, product: 'workbench' }).filter((f) => f.status === 'fail');
  assert.deepEqual(
    finding?.fixes?.map((f) => [f.nodes, f.commands]),
    [[['b'], ['sudo openssl pkey -in /etc/rstudio/launcher.pem -pubout -out /etc/rstudio/launcher.pub']]],
  );
});
