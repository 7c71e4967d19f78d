import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openedFrom, opening } from '../../src/collectors/opening.js';

const run = (script: string, PATH = process.env.PATH): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, PATH } });
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('close', () => resolve(text));
  });

describe('opening connections', () => {
  it('says of each target what came of it', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const refused = (closed.address() as { port: number }).port;
    await new Promise((resolve) => closed.close(resolve));
    const text = await run(
      opening(
        [
          { word: 'a', address: '127.0.0.1', port },
          { word: 'b', address: '127.0.0.1', port: refused },
          { word: 'c', address: 'no-such-host.invalid', port },
          { word: '=d:1', address: "'; echo '", port },
        ],
        `echo "=listed:$(echo 127.0.0.1):${port} 127.0.0.1 ${port} * 127.0.0.1 ${port}"`,
      ),
    );
    server.close();
    assert.deepEqual(Object.fromEntries(openedFrom(text)), {
      a: 'open',
      b: 'refused',
      c: 'nameless',
      '=d:1': 'nameless',
      [`=listed:127.0.0.1:${port}`]: 'open',
      '*': 'open',
    });
  });

  it('what does not answer is silent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-opening-'));
    // a stand-in for bash before a firewall that drops packets
    writeFileSync(join(folder, 'bash'), '#!/bin/sh\nexec sleep 20\n', { mode: 0o755 });
    const text = await run(opening([{ word: 'a', address: '192.0.2.1', port: 9 }]), `${folder}:${process.env.PATH}`);
    rmSync(folder, { recursive: true });
    assert.deepEqual(Object.fromEntries(openedFrom(text)), { a: 'silent' });
  });

  it('a bash that cannot open connections tried nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-opening-'));
    // a stand-in for one that was built without /dev/tcp
    const says = 'bash: line 1: /dev/tcp/192.0.2.1/9: No such file or directory';
    writeFileSync(join(folder, 'bash'), `#!/bin/sh\necho '${says}' >&2\n`, { mode: 0o755 });
    const text = await run(opening([{ word: 'a', address: '192.0.2.1', port: 9 }]), `${folder}:${process.env.PATH}`);
    rmSync(folder, { recursive: true });
    assert.deepEqual(Object.fromEntries(openedFrom(text)), {});
  });

  it('other lines are not answers', () =>
    assert.deepEqual([...openedFrom('welcome\nb refused\n\nc odd\n')], [['b', 'refused']]));
});
