/** Work that must end in time, and leave nothing open when it does not. */

import { type ConnectOptions, Unreachable } from '../transports/connection.js';

/** What has been opened so far, to be closed last first. */
export interface Opened {
  /** Has `close` called at the end; at once, with `Unreachable`, when that is already past. */
  add(close: () => void): void;
  /** Closes everything; safe to call twice. Never throws. */
  close(): void;
}

/** An empty list of opened things. */
export function openedThings(): Opened {
  const closers: (() => void)[] = [];
  let over = false;
  const closeAll = (): void => {
    over = true;
    for (let close = closers.pop(); close; close = closers.pop()) {
      try {
        close();
      } catch {
        // It was gone already.
      }
    }
  };
  return {
    close: closeAll,
    add(close) {
      closers.push(close);
      if (!over) return;
      closeAll();
      throw new Unreachable('the connection has been closed');
    },
  };
}

/**
 * `work`, but no longer than `timeoutMs` and not past the signal. When it fails, is late (`whyLate()` is the sentence)
 * or is aborted, what it has opened is closed, and what it opens thereafter as well.
 */
export async function inTime<T>(
  work: Promise<T>,
  options: Pick<ConnectOptions, 'timeoutMs' | 'signal'>,
  opened: Opened,
  whyLate: () => string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let interrupt = (): void => {};
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unreachable(whyLate())), options.timeoutMs);
    interrupt = () => reject(new Unreachable('interrupted'));
    if (options.signal?.aborted) interrupt();
    options.signal?.addEventListener('abort', interrupt);
  });
  try {
    return await Promise.race([work, limit]);
  } catch (error) {
    opened.close();
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', interrupt);
    // The loser of the race may still reject, with nobody left to hear it.
    work.catch(() => {});
    limit.catch(() => {});
  }
}
