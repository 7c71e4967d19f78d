import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { mongo } from '../../src/collectors/mongo.js';
import { writeTree } from '../../src/demo/tree.js';
import { unknownValue } from '../../src/formats/settings.js';
import type { Request } from '../../src/model/evidence.js';
import type { Found } from '../../src/products/profile.js';
import { askTree } from '../support/answers.js';
import { foundOf } from '../support/facts.js';

const requests = (found: Found): Readonly<Record<string, Request>> =>
  typeof mongo.requests === 'function' ? mongo.requests(AT, found) : mongo.requests;
const AT = { cluster: undefined as never, node: '' };

it('what mongod.conf does not set may be an option of mongod: its name leaves the node, and no value', () => {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-mongo-'));
  try {
    writeTree(root, {
      '/proc/7/comm': { text: 'mongod\n' },
      '/proc/7/cmdline': { text: '/m/mongod\0--replSet=rs0\0-keyFile\0/k\0--sslPEMKeyPassword\0hunter2\0--keyFileX\0' },
      '/proc/8/comm': { text: 'other\n' },
      '/proc/8/cmdline': { text: 'other\0--port\0' },
    });
    const found = foundOf('deployr', { 'mongo/mongod.conf': 'port=8003\n' });
    const asked = askTree(root, requests(found)) as unknown as Record<string, { readonly stdout: string }>;
    assert.equal(asked.given!.stdout, 'replSet\nkeyFile\n');
    const { member } = mongo.parse(asked as never, AT, found);
    assert.match(unknownValue(member!, 'replSet')!, /^the value of replSet is an option of the running mongod/);
    assert.equal(unknownValue(member!, 'port'), undefined);
    const set = foundOf('deployr', { 'mongo/mongod.conf': 'replSet=rs0\nkeyFile=/k\n' });
    assert.deepEqual(requests(set), {});
  } finally {
    rmSync(root, { recursive: true });
  }
});
