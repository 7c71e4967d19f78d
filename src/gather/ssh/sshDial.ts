/** The TCP connection under an SSH connection. */

import { connect, type Socket } from 'node:net';
import type { Opened } from '../lib/deadline.js';
import { Unreachable } from '../transports/connection.js';
import { whyNotConnected } from './sshErrors.js';

/** `host:port` for messages. */
export function address(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Connects, and rejects with `Unreachable`. Without `noDelay` Nagle's algorithm and the peer's delayed acknowledgement
 * add 40 ms to every small exchange, and to one direction only: it would falsify the clock measurement.
 */
export function dial(host: string, port: number, opened: Opened): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // The default of 250 ms for each of a name's addresses gives up on nodes behind a slow line.
    const socket = connect({ host, port, noDelay: true, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 2000 });
    socket.once('error', (error) => reject(new Unreachable(whyNotConnected(address(host, port), error))));
    socket.once('connect', () => resolve(inOneGo(socket)));
    try {
      opened.add(() => {
        // What has been written (SSH's goodbye) goes out first, but a dead peer gets no more than a second for it.
        socket.destroySoon();
        setTimeout(() => socket.destroy(), 1000).unref();
        if (socket.connecting) socket.destroy();
      });
    } catch (error) {
      reject(error);
    }
  });
}

/**
 * What is written at once leaves at once. ssh2 writes each packet in three parts, and without Nagle's algorithm each of
 * them would be a system call here, a packet on the network and a wake-up of sshd.
 */
function inOneGo(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (...args: unknown[]): boolean => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return write(...args);
  };
  return socket;
}

/** The first bytes that come in, without taking them from their reader. Listen before the stream flows. */
export function overhear(stream: NodeJS.ReadableStream, hear: (text: string) => void): void {
  const MOST = 1024;
  let text = '';
  const listener = (chunk: Buffer): void => {
    text += chunk.toString('latin1', 0, MOST);
    hear(text);
    if (text.length >= MOST || text.includes('SSH-')) stream.removeListener('data', listener);
  };
  stream.on('data', listener);
}
