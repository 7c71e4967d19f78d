/** The two streams of a script's run, split at its marks into answers. Pure. */

import type { Requests } from '../../model/collector.js';
import type { Answer, Response } from '../../model/evidence.js';
import type { Share } from '../lib/budget.js';
import { bytesOf, textOf } from '../lib/bytes.js';
import { SECONDS, TIMED_OUT } from './script.js';

/** Bytes kept of one request's stream. */
const KEEP = 1 << 20;
/** Bytes kept of an answer that is longer, and of what comes before the first mark. */
const BEGINNING = 4096;
/** Bytes a node may send in one round, both streams together; after that it is cut off. */
export const NODE_LIMIT = 32 << 20;

/** Bytes a mark has behind its boundary, at most. */
const MARK_REST = 64;

interface Frame {
  readonly exit: number;
  /** Seconds it was given on the node. */
  readonly given: string;
  readonly text: string;
  readonly truncated: boolean;
}

/** Splits one stream as it comes. Memory is bounded by `KEEP` for each request, and by the node's share, whatever is sent. */
export class FrameReader {
  /** By index; the noise before the first mark is dropped. */
  readonly frames: Frame[] = [];
  /** The script has come to its end. */
  ended = false;
  /** The shell reads our script. */
  started = false;
  /** Both streams arrive as one, as through a terminal: words of errors stand among the answers. */
  merged = false;
  /** Which process reads it: `PID.START`; empty when it is not known. */
  process = '';
  /** More came than the node's share allows. */
  over = false;
  /** File systems that did not answer: `SOURCE on FOLDER (TYPE)`. */
  stuck: readonly string[] = [];
  readonly #mark: Buffer;
  readonly #share: Share | undefined;
  #kept: Buffer[] = [];
  #size = 0;
  #truncated = false;
  #tail: Buffer = Buffer.alloc(0);

  constructor(boundary: string, share?: Share) {
    this.#share = share;
    this.#mark = Buffer.from(`\n${boundary} `);
  }

  push(chunk: Buffer): void {
    let data = this.#tail.length > 0 ? Buffer.concat([this.#tail, chunk]) : chunk;
    for (;;) {
      const at = data.indexOf(this.#mark);
      const eol = at < 0 ? -1 : data.indexOf(10, at + this.#mark.length);
      if (at >= 0 && (eol < 0 ? data.length : eol) - at > this.#mark.length + MARK_REST) {
        // too long for a mark, however it was cut on its way
        this.#keep(data.subarray(0, at + 1));
        data = data.subarray(at + 1);
        continue;
      }
      if (at < 0 || eol < 0) {
        // keep what could be the beginning of a mark
        const hold = at >= 0 ? at : Math.max(0, data.length - this.#mark.length + 1);
        this.#keep(data.subarray(0, hold));
        this.#tail = Buffer.from(data.subarray(hold));
        return;
      }
      this.#keep(data.subarray(0, at));
      this.#close(data.subarray(at + this.#mark.length, eol).toString('latin1'));
      data = data.subarray(eol + 1);
    }
  }

  /** What came after the last mark: the words of a shell that gave up. */
  rest(): string {
    return textOf(Buffer.concat([...this.#kept, this.#tail]));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0 || this.#truncated) return;
    const whole = this.#size + bytes.length <= (this.started ? KEEP : BEGINNING);
    const part = Buffer.from(whole ? bytes : bytes.subarray(0, Math.max(0, BEGINNING - this.#size)));
    if (part.length > 0) {
      if (this.#share?.take(part.length) === false) this.over = true;
      else {
        this.#kept.push(part);
        this.#size += part.length;
      }
    }
    if (whole && !this.over) return;
    this.#truncated = true;
    const beginning = Buffer.concat(this.#kept).subarray(0, BEGINNING);
    this.#share?.give(this.#size - beginning.length);
    this.#size = beginning.length;
    // a copy: the rest of what it is part of is to be freed
    this.#kept = [Buffer.from(beginning)];
  }

  #close(mark: string): void {
    const [index, exit, given = ''] = mark.split(' ');
    if (index === 's') {
      this.merged = this.started;
      this.started = true;
      this.process = /^\d+\.\d+$/.test(exit ?? '') ? exit! : '';
    } else if (index === 'e') this.ended = this.started;
    else if (index === 'd') this.stuck = textOf(Buffer.concat(this.#kept)).split('\n').filter(Boolean);
    // a mark out of turn is not ours; with an unguessable boundary only a forged answer contains one
    else if (this.started && Number(index) === this.frames.length) {
      this.#size = 0;
      this.frames.push({
        exit: Number(exit),
        given,
        text: textOf(Buffer.concat(this.#kept)),
        truncated: this.#truncated,
      });
    }
    this.#kept = [];
    // what became no frame is held no longer
    this.#share?.give(this.#size);
    this.#size = 0;
    this.#truncated = false;
  }
}

/** The answers of one round; a request without both frames is unseen for `reason`. */
export function answersFrom(
  requests: Requests,
  out: FrameReader,
  err: FrameReader,
  reason: string,
): Record<string, Answer> {
  const named = out.stuck.slice(0, 3).map((s) => s.slice(0, 200));
  const stuck = named.length > 0 ? `; not answering: ${named.join(', ')}` : '';
  const entries = Object.entries(requests).map(([key, request], i): [string, Answer] => {
    const [o, e] = [out.frames[i], err.frames[i]];
    if (!o || !e) return [key, { unseen: `${reason}${stuck}` }];
    if (!request.direct && TIMED_OUT.has(o.exit))
      return [
        key,
        { unseen: `did not answer within ${o.given || (request.timeoutSeconds ?? SECONDS)} s on the node${stuck}` },
      ];
    const truncated = o.truncated || e.truncated;
    // what is not whole is not read: a beginning will do, for who looks into the evidence, and nothing else is kept
    const kept = (text: string): string => (truncated ? textOf(bytesOf(text.slice(0, BEGINNING))) : text);
    const response: Response = {
      exit: o.exit,
      stdout: kept(o.text),
      stderr: kept(e.text),
      ...(truncated && { truncated }),
    };
    return [key, response];
  });
  return Object.fromEntries(entries);
}
