import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';

import { adHocCluster, loadInventory } from '../../src/load/inventory.js';
import { resolveSecret } from '../../src/load/secrets.js';
import { type Cluster, type Connection, UsageError } from '../../src/model/inventory.js';
import { TRANSPORTS } from '../../src/model/transports.js';
import schema from '../../src/schema/inventory.schema.json' with { type: 'json' };

function load(text: string, name = 'prod.yml'): { cluster: Cluster; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-'));
  try {
    writeFileSync(join(folder, name), text);
    return { cluster: loadInventory(join(folder, name)), folder };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a shortest inventory gets every default', () => {
  const { cluster } = load('nodes: [wb1.example.com]\n');
  const { file, inventory: _, ...rest } = cluster;
  assert.match(file!, /prod\.yml$/);
  assert.deepEqual(rest, {
    name: 'prod',
    nodes: [{ name: 'wb1', host: 'wb1.example.com', connection: { type: 'auto', hostKeyCheck: 'strict' } }],
    time: { servers: [], warnSkewMs: 500, maxSkewMs: 2000 },
    database: {},
    storage: { paths: [] },
    users: [],
    loadBalancer: {},
    params: {},
    waivers: [],
    plugins: [],
  });
});

test('an account of a directory has an @ itself', () => {
  const { cluster } = load(
    'connection: { jump: "ops@example.com@bastion" }\nnodes: ["ops@example.com@wb1:2222", wb2]\n',
  );
  const [node] = cluster.nodes;
  assert.equal(node?.host, 'wb1');
  assert.deepEqual(node?.connection, {
    type: 'auto',
    hostKeyCheck: 'strict',
    user: 'ops@example.com',
    port: 2222,
    jump: 'ops@example.com@bastion',
  });
});

test('an inventory with everything', () => {
  const { cluster, folder } = load(`
version: 1
cluster: wb-prod
product: deployr
mode: load-balanced
connection:
  type: ssh
  user: ops
  port: 2200
  identityFile: ~/.ssh/id_ed25519
  passphrase: { file: pass.txt }
  knownHosts: ./known_hosts
  hostKeyCheck: accept-new
  configFile: ssh/config
  jump: me@bastion.example.com:2222
  sudo: true
nodes:
  - wb1.example.com
  - { name: wb2, host: 10.0.0.12, connection: { port: 2222, sudo: { password: { file: ../pw } } } }
  - { name: wb3, connection: { type: local, root: ./nodes/wb3 } }
  - { name: wb4, connection: { type: command, argv: [kubectl, exec, -i, pod-1, --, sh, -s] } }
  - { host: wb5.example.com, connection: { type: openssh, hostKeyCheck: off } }
reference: wb1
time: { servers: [ntp1.example.com, "10.0.0.1:1123"], warnSkew: 250ms, maxSkew: 1.5m }
database: { url: { env: PGURL }, urls: { usage: { file: ~/usage } } }
storage: { homes: /home, paths: [/shared] }
users: [alice, 'CORP\\john smith', domain users@example.com]
s3:
  endpoint: http://127.0.0.1:9000
  region: eu-central-1
  credentials: { accessKeyId: { env: KEY_ID }, secretAccessKey: { file: key } }
  forcePathStyle: true
loadBalancer: { url: https://rstudio.example.com/rstudio }
params: { nfs-mount-options: { maxDirectoryCacheSeconds: 5 } }
waivers:
  - { check: nfs-mount-options, nodes: [wb2], reason: moved in March, until: 2028-02-29, by: ops }
plugins: [./site-checks, ../more, /opt/checks, ~/checks, ha-preflight-plugin-acme, '@acme/checks']
`);
  const at = (path: string): string => resolve(folder, path);
  const common = {
    type: 'ssh',
    user: 'ops',
    port: 2200,
    identityFile: join(homedir(), '.ssh/id_ed25519'),
    passphrase: { file: at('pass.txt') },
    knownHosts: at('known_hosts'),
    hostKeyCheck: 'accept-new',
    configFile: at('ssh/config'),
    jump: 'me@bastion.example.com:2222',
    sudo: true,
  };
  const { passphrase: _, ...openssh } = common;
  assert.deepEqual(cluster.nodes, [
    { name: 'wb1', host: 'wb1.example.com', connection: common },
    {
      name: 'wb2',
      host: '10.0.0.12',
      connection: { ...common, port: 2222, sudo: { password: { file: at('../pw') } } },
    },
    { name: 'wb3', host: 'wb3', connection: { type: 'local', root: at('nodes/wb3'), sudo: true } },
    {
      name: 'wb4',
      host: 'wb4',
      connection: { type: 'command', argv: ['kubectl', 'exec', '-i', 'pod-1', '--', 'sh', '-s'], sudo: true },
    },
    { name: 'wb5', host: 'wb5.example.com', connection: { ...openssh, type: 'openssh', hostKeyCheck: 'off' } },
  ]);
  assert.deepEqual(cluster.time, {
    servers: ['ntp1.example.com', '10.0.0.1:1123'],
    warnSkewMs: 250,
    maxSkewMs: 90_000,
  });
  assert.deepEqual(cluster.database, { url: { env: 'PGURL' }, urls: { usage: { file: join(homedir(), 'usage') } } });
  assert.deepEqual(cluster.storage, { homes: '/home', paths: ['/shared'] });
  assert.deepEqual(cluster.users, ['alice', 'CORP\\john smith', 'domain users@example.com']);
  assert.deepEqual(cluster.s3?.credentials, { accessKeyId: { env: 'KEY_ID' }, secretAccessKey: { file: at('key') } });
  assert.equal(cluster.mode, 'load-balanced');
  assert.equal(cluster.reference, 'wb1');
  assert.deepEqual(cluster.plugins, [
    at('site-checks'),
    at('../more'),
    '/opt/checks',
    join(homedir(), 'checks'),
    'ha-preflight-plugin-acme',
    '@acme/checks',
  ]);
});

test('node names: first label when unique, else the host, else with the port', () => {
  const names = (nodes: string): string[] => load(`nodes: ${nodes}\n`).cluster.nodes.map(({ name }) => name);
  assert.deepEqual(names('[a.x, b.x]'), ['a', 'b']);
  assert.deepEqual(names('[a.x, a.y]'), ['a.x', 'a.y']);
  assert.deepEqual(names('[10.0.0.1, 10.0.0.2, "::1"]'), ['10.0.0.1', '10.0.0.2', '::1']);
  assert.deepEqual(names('["localhost:2201", "localhost:2202", "[::1]:22", "[::1]:23"]'), [
    'localhost:2201',
    'localhost:2202',
    '[::1]:22',
    '[::1]:23',
  ]);
  assert.deepEqual(names('[{ name: a, host: z }, a.x]'), ['a', 'a.x']);
});

test('merge keys and aliases share a connection', () => {
  const { cluster } = load(
    'connection: &c { user: ops, port: 2200 }\nnodes:\n- { name: a, connection: { <<: *c, port: 1 } }\n- { name: b, connection: *c }\n',
  );
  assert.deepEqual(
    cluster.nodes.map(({ connection }) => [connection.user, connection.port]),
    [
      ['ops', 1],
      ['ops', 2200],
    ],
  );
});

test('a JSON inventory is one too, and so is one with a BOM and CRLF', () => {
  assert.equal(load('{\n\t"nodes": ["a", "b"],\n\t"cluster": "c"\n}\n').cluster.name, 'c');
  assert.equal(load('\ufeffcluster: c\r\nnodes: [a]\r\n').cluster.name, 'c');
});

test('files that cannot be read are named', () => {
  const message = (path: string): string => {
    try {
      loadInventory(path);
    } catch (error) {
      assert.ok(error instanceof UsageError);
      return error.message;
    }
    return 'nothing thrown';
  };
  assert.match(message('/nowhere/ha-preflight.yml'), /^\/nowhere\/ha-preflight.yml: no such file/);
  assert.match(message(tmpdir()), /this is a folder/);
  assert.match(message('/dev/zero'), /larger than 5000000 bytes/);
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-'));
  writeFileSync(join(folder, 'a.yml'), Buffer.from([0xff, 0xfe, 0x61, 0]));
  assert.match(message(join(folder, 'a.yml')), /not text in UTF-8/);
  rmSync(folder, { recursive: true });
});

test('a cluster of a command line, with sudo', () => {
  const { nodes } = adHocCluster(['wb1', 'ops@wb2'], { sudo: true });
  assert.deepEqual(
    nodes.map(({ connection }) => connection.sudo),
    [true, true],
  );
});

test('a cluster of a command line', () => {
  const cluster = adHocCluster(['wb1.example.com', 'ops@wb2.example.com:2222'], { product: 'workbench' });
  assert.equal(cluster.file, undefined);
  assert.equal(cluster.product, 'workbench');
  assert.deepEqual(cluster.nodes, [
    { name: 'wb1', host: 'wb1.example.com', connection: { type: 'auto', hostKeyCheck: 'strict' } },
    {
      name: 'wb2',
      host: 'wb2.example.com',
      connection: { type: 'auto', hostKeyCheck: 'strict', user: 'ops', port: 2222 },
    },
  ]);
  for (const nodes of [[], ['a', 'a'], ['-oProxyCommand=x'], ['a:99999'], ['a b'], [''], ['@a'], ['a:']]) {
    assert.throws(
      () => adHocCluster(nodes),
      (error: unknown) => error instanceof UsageError && error.message.startsWith('--nodes: '),
      nodes.join(),
    );
  }
});

test('secrets come from the environment or a file, without one newline at the end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-'));
  const file = join(folder, 's');
  writeFileSync(file, 'hunter2\n\n');
  assert.equal(resolveSecret({ file }), 'hunter2\n');
  writeFileSync(file, 'hunter2\r\n');
  assert.equal(resolveSecret({ file }), 'hunter2');
  assert.equal(resolveSecret({ env: 'S' }, { S: 'x' }), 'x');
  writeFileSync(file, '\n');
  const named = (text: string) => (error: unknown) => error instanceof UsageError && error.message.includes(text);
  assert.throws(() => resolveSecret({ file }), named(file));
  assert.throws(() => resolveSecret({ file: join(folder, 'none') }), named('no such file'));
  assert.throws(() => resolveSecret({ env: 'S' }, {}), named('environment variable S'));
  rmSync(folder, { recursive: true });
});

test('the schema is valid under strict ajv, and every property says what it is and its default', () => {
  new Ajv2020({ strict: true }).compile(schema);
  const visit = (part: unknown, path: string): void => {
    if (typeof part !== 'object' || part === null) return;
    const { properties, type, additionalProperties } = part as Record<string, unknown>;
    if (type === 'object' && !path.endsWith('params/additionalProperties'))
      assert.notEqual(additionalProperties, undefined, path);
    for (const [name, property] of Object.entries((properties ?? {}) as Record<string, { description?: string }>)) {
      assert.match(property.description ?? '', /default/i, `${path}/${name}`);
    }
    for (const [name, child] of Object.entries(part)) visit(child, `${path}/${name}`);
  };
  visit(schema, '');
});

test('an IPv6 address with a port is shown in brackets', () => {
  const connection = { type: 'ssh', hostKeyCheck: 'strict', port: 22 } as Connection;
  assert.equal(TRANSPORTS.ssh.describe(connection, '::1'), 'ssh [::1]:22');
  assert.equal(TRANSPORTS.ssh.describe(connection, 'a'), 'ssh a:22');
});
