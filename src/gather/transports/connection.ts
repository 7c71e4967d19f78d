/**
 * What every way of reaching a node has in common: it gives shells. The gatherer speaks POSIX shell over their
 * standard input and knows nothing else about SSH, containers or this machine.
 */

import type { Duplex } from 'node:stream';
import type { Node } from '../../model/inventory.js';

/** A running `sh -s`. Bytes are handed on as they come; nothing is buffered here. */
export interface Shell {
  write(text: string | Buffer): void;
  /** Closes the shell's standard input. */
  end(): void;
  onStdout(listener: (chunk: Buffer) => void): void;
  onStderr(listener: (chunk: Buffer) => void): void;
  /**
   * Settles once, when the shell is gone and both streams are drained. `exit` is undefined when the connection was
   * lost before the shell ended; `lost` then says how, in a sentence, as it does when a signal ended it.
   */
  readonly closed: Promise<{ readonly exit?: number; readonly lost?: string }>;
  /** Ends the shell at once and stops reading. Safe to call twice. */
  kill(): void;
}

/** One connection to one node. */
export interface NodeConnection {
  /** Starts another `sh -s` over the same connection, within `timeoutMs` where given; rejects with `Unreachable`. */
  shell(timeoutMs?: number): Promise<Shell>;
  /** A TCP stream from the node, where the transport has one of its own. Rejects with `Unreachable`. */
  forward?(host: string, port: number): Promise<Duplex>;
  /** What the run had to accept to get here (an unchecked host key), to be reported. */
  readonly notes: readonly string[];
  /** Ends everything at once; never throws. */
  close(): void;
}

export interface ConnectOptions {
  /** Milliseconds from now until the connection must be usable. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Resolves an inventory secret (`{env}`, `{file}`); throws when it is not there. */
  readonly secret: (source: { env: string } | { file: string }) => string;
}

export type Connect = (node: Node, options: ConnectOptions) => Promise<NodeConnection>;

/** What the ssh program of the system may do where ssh2 did not get in. */
export interface OtherWay {
  /** What ssh2 lacks, as the end of a note. */
  readonly because: string;
  /** Only where that program is configured for Kerberos. */
  readonly kerberos?: true;
}

/** The node was not reached. The message is one sentence with the remedy, without secrets and control characters. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  /** Where there may be one. */
  readonly otherWay: OtherWay | undefined;
  /** What was noticed on the way; it may be why. */
  notes: readonly string[] = [];
  constructor(message: string, otherWay?: OtherWay) {
    super(message);
    this.otherWay = otherWay;
  }
}
