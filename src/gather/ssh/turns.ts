/**
 * Logins to one server take turns. sshd refuses connections at random while ten others have not logged in yet
 * (MaxStartups 10:30:100), and all nodes behind a jump host share it. One that was refused is tried again, later each
 * time and never at once: newer servers shut out an address that insists. Source: docs/sources.md F19.
 */

import type { Opened } from '../lib/deadline.js';
import { limiter } from '../lib/limiter.js';
import { Unreachable } from '../transports/connection.js';

/** The server does not take this login now. `silent`: it only closed the connection, which may have other reasons. */
export class Busy extends Unreachable {
  readonly silent: boolean;
  constructor(message: string, silent: boolean) {
    super(message);
    this.silent = silent;
  }
}

/** Logins that are under way at the same time at one server. */
const AT_ONCE = 9;
const SILENT_TRIES = 3;
const PAUSE_MS = 1000;
/** What a login needs at least: one that has less would be in vain. */
const LOGIN_MS = 1000;

const servers = new Map<string, ReturnType<typeof limiter>>();

/** Rejects as the last attempt did; no pause is begun that `leftMs` does not leave time for. */
export async function inTurn<T>(
  server: string,
  { opened, leftMs }: { readonly opened: Opened; readonly leftMs: () => number },
  attempt: () => Promise<T>,
): Promise<T> {
  const turn = servers.get(server) ?? limiter(AT_ONCE);
  servers.set(server, turn);
  // what is given up hands its turn on, even when nothing comes of it any more
  const ended = new Promise<never>((_, reject) => {
    opened.add(() => reject(new Unreachable('the connection has been closed')));
  });
  ended.catch(() => {});
  for (let tries = 1; ; tries++) {
    try {
      return await turn(() => Promise.race([attempt(), ended]));
    } catch (error) {
      // jitter, or all who were refused would come back together
      const pause = PAUSE_MS * 2 ** Math.min(tries - 1, 3) * (0.5 + Math.random());
      const last = !(error instanceof Busy) || (error.silent && tries >= SILENT_TRIES) || pause + LOGIN_MS > leftMs();
      if (last) throw error;
      await pauseFor(pause, ended);
    }
  }
}

async function pauseFor(ms: number, ended: Promise<never>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const pause = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([pause, ended]);
  } finally {
    clearTimeout(timer);
  }
}
