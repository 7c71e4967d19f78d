/** An SSH channel as a `Shell`. */

import type { Duplex, Readable } from 'node:stream';
import type { Shell } from '../transports/connection.js';

/** What is used of ssh2's channel; structural, so that this file need not import ssh2. */
export interface Channel extends Duplex {
  readonly stderr: Readable;
  signal(name: string): void;
  close(): void;
}

/** The shell on `channel`. `lost` says why the connection ended, and is asked only once it has. */
export function shellOfChannel(channel: Channel, lost: () => string): Shell {
  let over = false;
  let settle: (result: { exit?: number; lost?: string }) => void = () => {};
  const closed = new Promise<{ exit?: number; lost?: string }>((resolve) => {
    settle = (result) => {
      over = true;
      resolve(result);
    };
  });
  const drained = new Promise<void>((resolve) => channel.stderr.once('end', resolve));
  channel.once('close', (code: number | null | undefined, signal?: string) => {
    // Nobody listens: let it run dry, or it would never end.
    if (channel.stderr.listenerCount('data') === 0) channel.stderr.resume();
    void drained.then(() => {
      // `undefined` and not a number: the connection broke before the exit code of the shell arrived.
      if (typeof code === 'number') settle({ exit: code });
      else if (code === null) settle({ exit: 137, lost: `the shell was ended by ${signal} on the node` });
      else settle({ lost: lost() });
    });
  });
  for (const stream of [channel, channel.stderr]) stream.on('error', () => {});
  return {
    closed,
    write: (text) => void (channel.writable && channel.write(text)),
    end: () => void channel.end(),
    onStdout: (listener) => void channel.on('data', listener),
    onStderr: (listener) => void channel.stderr.on('data', listener),
    kill() {
      if (over) return;
      // Closing a channel without a terminal does not end what runs behind it; sshd's own signal does.
      channel.signal('KILL');
      channel.close();
      for (const stream of [channel, channel.stderr]) {
        stream.removeAllListeners('data');
        stream.resume();
      }
      settle({ lost: 'ended by this program' });
    },
  };
}
