/** The TCP connection under an SSH connection. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { it, mock } from 'node:test';
import { openedThings } from '../../src/gather/lib/deadline.js';
import { dial } from '../../src/gather/ssh/sshDial.js';

it('sends in one go what is written at once, in its order, and before it closes', { timeout: 20_000 }, async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const opened = openedThings();
  try {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const socket = await dial('127.0.0.1', (server.address() as AddressInfo).port, opened);
    const [peer] = await accepted;
    const heard: Buffer[] = [];
    peer.on('data', (chunk: Buffer) => heard.push(chunk));
    const single = mock.method(socket, '_write');
    const several = mock.method(socket, '_writev' as '_write');
    for (const part of ['length ', 'body ', 'mac ']) socket.write(part);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([single.mock.callCount(), several.mock.callCount()], [0, 1]);
    for (const part of ['good', 'bye']) socket.write(part);
    opened.close();
    await once(peer, 'close');
    assert.equal(Buffer.concat(heard).toString(), 'length body mac goodbye');
  } finally {
    opened.close();
    server.close();
  }
});
