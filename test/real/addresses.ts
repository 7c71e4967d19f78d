/** Which addresses and ports for tests are free on this machine. */

import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';

/**
 * The first of `count` places, from this process's own on, where this machine has none of the `addresses`: runs side by
 * side begin at different places, and a run that was killed leaves its networks until the machine starts again.
 */
export function freePlace(count: number, addresses: (place: number) => readonly string[]): number {
  const listed = execFileSync('ip', ['-o', '-4', 'addr', 'show'], { encoding: 'utf8' });
  const used = new Set([...listed.matchAll(/ inet ([\d.]+)/g)].map(([, address]) => address!));
  for (let i = 0; i < count; i++) {
    const place = (process.pid + i) % count;
    if (!addresses(place).some((address) => used.has(address))) return place;
  }
  throw new Error('every address for tests is taken: end what is left (ip -4 addr)');
}

/** A TCP port of this machine that nothing listens at. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
