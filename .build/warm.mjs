/**
 * Runs the program as most people do, nodes behind ssh and node trees of each product, and keeps what V8 made of it: all
 * that such a run needs is compiled when the next one starts. What it prints is of no interest.
 */

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import ssh2 from 'ssh2';
import { OUT } from './common.mjs';
import { begun, filesIn, scriptOf } from './start.mjs';

const { writeTree } = await import(join(OUT, 'demo', 'tree.js'));
const { EDITIONS } = await import(join(OUT, '..', 'test', 'support', 'clusters.js'));

const NODES = ['n1', 'n2', 'n3'];

/** An ssh server that runs what it is asked for on this machine, for whoever has the key. */
function serve(hostKey, allowed) {
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (login) =>
      login.method === 'publickey' && allowed.getPublicSSH().equals(login.key.data) ? login.accept() : login.reject(),
    );
    client.on('session', (accept) =>
      accept().on('exec', (take, _, { command }) => {
        const channel = take();
        const child = spawn('sh', ['-c', command]);
        channel.pipe(child.stdin);
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr);
        child.stdin.on('error', () => {});
        child.on('close', (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      }),
    );
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** ssh2 writes one Ed25519 key in 200 in a form that it refuses itself. */
function keyPair() {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

/** An inventory of three nodes that are this machine, asked over ssh; and their servers. */
async function overSsh(folder) {
  const [host, own] = [keyPair(), keyPair()];
  const servers = await Promise.all(NODES.map(() => serve(host.private, ssh2.utils.parseKey(own.private))));
  const ports = servers.map((server) => server.address().port);
  writeFileSync(join(folder, 'id'), own.private, { mode: 0o600 });
  writeFileSync(join(folder, 'known_hosts'), ports.map((port) => `[127.0.0.1]:${port} ${host.public}\n`).join(''));
  const nodes = ports.map((port, i) => `  - { name: ${NODES[i]}, host: 127.0.0.1, connection: { port: ${port} } }\n`);
  const file = join(folder, 'ssh.yml');
  writeFileSync(
    file,
    `version: 1
product: workbench
connection: { user: warm, identityFile: ./id, knownHosts: ./known_hosts }
nodes:
${nodes.join('')}`,
  );
  return { file, servers };
}

/** An inventory of node trees. */
function ofTrees(folder, name, { node, inventory = '' }) {
  const at = join(folder, name);
  for (const n of NODES) writeTree(join(at, n), node(n));
  const nodes = NODES.map((n) => `  - { name: ${n}, host: ${n}, connection: { root: ./${n} } }`).join('\n');
  const file = join(at, 'ha-preflight.yml');
  mkdirSync(at, { recursive: true });
  writeFileSync(file, `version: 1\nconnection: { type: local }\n${inventory}\nnodes:\n${nodes}\n`);
  return file;
}

/** Runs what people run, one after the other. */
async function runAll(main, folder) {
  const ssh = await overSsh(folder);
  const trees = ['workbench', 'connect', 'packageManager'].map((e) => ofTrees(folder, e, EDITIONS[e]));
  const reports = ['junit', 'sarif', 'html'].flatMap((format) => ['--report', `${format}=${join(folder, format)}`]);
  for (const words of [
    ['check', ssh.file, '--format', 'json', '--timeout', '20'],
    ['check', ssh.file, '--timeout', '20'],
    ['check', ...trees, '--format', 'json', ...reports],
    ['demo'],
  ])
    await main([...words, '--quiet']);
  await main(['validate', ssh.file]);
  for (const server of ssh.servers) server.close();
}

const { file, cache } = filesIn(OUT);
// what has not run for a while is kept
setFlagsFromString('--no-flush-bytecode');
const script = scriptOf(file);
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-warm-'));
try {
  await runAll(begun(script.runInThisContext(), file).main, folder);
} finally {
  rmSync(folder, { recursive: true });
}
setFlagsFromString('--flush-bytecode');
writeFileSync(cache, script.createCachedData());
process.exit(0);
