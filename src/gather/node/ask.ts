/** One round: a script to a shell, its answers back, whatever happens in between. */

import { randomBytes } from 'node:crypto';
import type { Requests } from '../../model/collector.js';
import type { Answer } from '../../model/evidence.js';
import type { Node, SecretSource } from '../../model/inventory.js';
import type { Share } from '../lib/budget.js';
import { type NodeConnection, type Shell, Unreachable } from '../transports/connection.js';
import { answersFrom, FrameReader, NODE_LIMIT } from './frames.js';
import { onInput, renderScript, type ScriptOptions, sweepScript, withDeadlines } from './script.js';

/** Asks over one connection, in one shell as long as it lasts. */
export interface Asker {
  /**
   * Asks all requests. Never rejects for what they do: what has no answer by `timeoutMs`, or when the node is cut off
   * for sending too much, is unseen with the reason. `signal` ends it at once, keeping what has arrived. Rejects with
   * `Unreachable` when no shell can be had, or it does not read the script.
   */
  ask(requests: Requests, timeoutMs: number, signal?: AbortSignal): Promise<Record<string, Answer>>;
  /** The shell, for the caller alone: the next question gets another. Milliseconds it may take to come. */
  shell(timeoutMs: number): Promise<Shell>;
}

/** How scripts run on this node. `secret` gives sudo's password, where it has one. */
export const scriptOptions = (
  { connection: { root = '', sudo } }: Node,
  nonce: string,
  secret: (source: SecretSource) => string,
): Omit<ScriptOptions, 'boundary'> => ({
  nonce,
  root,
  sudo: sudo === true ? 'passwordless' : sudo ? { password: secret(sudo.password) } : 'no',
});

/** What is asked together usually takes a tenth of a second; then its shell is ended. */
const TOGETHER_MS = 5000;
/** Where something hung before it may well hang again: the rest of what is asked alone needs the time. */
const AGAIN_MS = 2000;
/** Shells one question may use up; each but the first is for what the one before did not come to. */
const SHELLS = 4;
/** What hangs on the node when nothing more is asked is ended within this, or left. */
const SWEEP_MS = 700;

export function askerOf(connection: NodeConnection, options: Omit<ScriptOptions, 'boundary'>, share?: Share): Asker {
  let kept: Shell | undefined;
  let patience = TOGETHER_MS;
  const shell = async (timeoutMs: number): Promise<Shell> => {
    const own = kept ?? (await connection.shell(timeoutMs));
    kept = undefined;
    return own;
  };
  /** On a channel of its own, for there is no next question. */
  const sweep = async (process: string): Promise<void> => {
    let own: Shell | undefined;
    const late = setTimeout(() => own?.kill(), SWEEP_MS);
    try {
      own = await connection.shell(SWEEP_MS);
      const end = { sweep: { script: sweepScript(process) } };
      // not by closing its input: a channel that is half closed takes no signal any more
      own.write(
        onInput(`${renderScript(end, { ...options, boundary: randomBytes(16).toString('hex') }, 'together')}exit\n`),
      );
      await own.closed;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    } finally {
      clearTimeout(late);
    }
  };
  return {
    shell,
    async ask(requests, timeoutMs, signal) {
      const over = performance.now() + timeoutMs;
      const left = (): number => Math.max(1, over - performance.now());
      const answers: Record<string, Answer> = {};
      let pending = requests;
      // closing a channel does not end what hangs behind it: that is the first thing the next shell does
      let hanging = '';
      for (let go = 0; go < SHELLS; go++) {
        let own: Shell;
        try {
          own = await shell(left());
        } catch (error) {
          if (error instanceof Unreachable && go > 0) break;
          throw error;
        }
        const how = go === 0 ? 'together' : 'alone';
        const round = await askOnce(own, pending, { ...options, hanging }, how, left(), patience, share, signal);
        if (round.end === 'broken') patience = AGAIN_MS;
        if (go === 0 && round.nothing !== undefined) throw new Unreachable(round.nothing);
        Object.assign(answers, round.answers);
        if (round.end === 'whole') kept = own;
        else own.kill();
        hanging = round.end === 'whole' ? '' : round.process;
        // in order, so the first without an answer is the one to blame: it comes last, or not again
        const [culprit, ...others] = Object.keys(pending).filter((key) => 'unseen' in round.answers[key]!);
        const next = [...others, ...(go === 0 && round.end === 'broken' ? [culprit] : [])];
        if (round.end === 'whole' || round.end === 'over' || culprit === undefined || next.length === 0) break;
        pending = Object.fromEntries(next.map((key) => [key, requests[key!]!]));
      }
      if (hanging !== '') await sweep(hanging);
      return answers;
    },
  };
}

const OVER =
  'cut off: the node sent more than its share of the memory that all nodes of the run have; look at it alone (--nodes)';

const NO_SHELL = 'no POSIX shell on the node';
/** What PAM says where it starts no command before the password is new. */
const EXPIRED = /password (?:change required|has expired)/i;
const RENEW =
  'the password of the account has expired: renew it, or for an account that has only keys: chage -M -1 USER on the node';
const MERGED =
  'the node sends errors and answers as one stream, as a start file of the shell with "exec 2>&1" or a terminal does: let a shell without a terminal keep the two apart';

interface Round {
  readonly answers: Record<string, Answer>;
  /**
   * `whole`: the script ran to its end, and the shell can be asked again. `broken`: it hung or ended; `flooded`: it did
   * not end to send. `over`: there is no point in asking again.
   */
  readonly end: 'whole' | 'broken' | 'flooded' | 'over';
  /** Why the node cannot be asked at all: mostly not even the first mark came. */
  readonly nothing?: string;
  /** The script's process on the node, as `PID.START`. */
  readonly process: string;
}

function askOnce(
  shell: Shell,
  requests: Requests,
  options: Omit<ScriptOptions, 'boundary'>,
  how: 'together' | 'alone',
  timeoutMs: number,
  patience: number,
  share: Share | undefined,
  signal?: AbortSignal,
): Promise<Round> {
  const boundary = randomBytes(16).toString('hex');
  const out = new FrameReader(boundary, share);
  const err = new FrameReader(boundary, share);
  const together = how === 'together';
  const asked = withDeadlines(requests, timeoutMs);
  return new Promise((resolve) => {
    let bytes = 0;
    let done = false;
    const finish = (end: Round['end'], reason: string): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
      resolve({
        answers: answersFrom(asked, out, err, reason),
        end,
        process: out.process,
        ...(!out.started && end !== 'whole' && { nothing: `${EXPIRED.test(reason) ? RENEW : NO_SHELL}: ${reason}` }),
        ...((out.merged || err.merged) && { nothing: reason }),
      });
    };
    const interrupted = (): void => finish('over', 'interrupted');
    const late = (): void =>
      finish(
        together && out.started ? 'broken' : 'over',
        `no answer in the ${Math.max(1, Math.round(timeoutMs / 1000))} s that remained of --timeout`,
      );
    let timer = setTimeout(late, timeoutMs);
    signal?.addEventListener('abort', interrupted);
    if (signal?.aborted) return interrupted();
    const take = (reader: FrameReader) => (chunk: Buffer) => {
      if (done) return;
      bytes += chunk.length;
      const early = !out.started;
      reader.push(chunk);
      if (together && early && out.started) {
        // a login may take its time; what follows does not
        clearTimeout(timer);
        timer = setTimeout(late, Math.min(patience, timeoutMs / 3));
      }
      if (reader.merged) finish('over', MERGED);
      else if (reader.over) finish('over', OVER);
      else if (bytes > NODE_LIMIT) finish('flooded', `cut off: the node sent more than ${NODE_LIMIT >> 20} MiB`);
      else if (out.ended && err.ended) finish('whole', 'no answer');
    };
    shell.onStdout(take(out));
    shell.onStderr(take(err));
    void shell.closed.then(({ lost, exit }) => {
      const words = (err.rest() || out.rest()).trim().split('\n').at(-1)?.slice(0, 300);
      const end = exit === undefined || !out.started ? 'over' : 'broken';
      // a shell without input ends at once, and well
      const deaf = exit === 0 && !out.started && !words;
      const ended = deaf
        ? 'the shell ended at once and read nothing: is its standard input passed on? kubectl exec and docker exec need -i'
        : `the shell on the node ended early (exit ${exit ?? 'unknown'})${words ? `: ${words}` : ''}`;
      finish(end, lost ?? ended);
    });
    shell.write(onInput(renderScript(asked, { ...options, boundary }, how)));
  });
}
