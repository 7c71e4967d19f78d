/** The text that came back from a node, to the two streams of its round; or what is wrong with it. Pure. */

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { STREAM_LIMIT } from './envelope.js';

export interface Streams {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Why an answer cannot be used; goes on after "the answer of NODE ". */
export interface Damage {
  readonly damage: string;
}

/** One run of the script, of which a file may hold several. */
interface Run {
  readonly lines: Map<number, string>;
  /** Numbers that came twice, with different text. */
  readonly twice: Set<number>;
  end?: { readonly count: number; readonly sum: string; readonly how: string };
}

const PIECE =
  /ha1\.([0-9a-f]{12})\.(t\d+p\d+)\.(?:(\d{1,8})\.([oe]\.[\w-]*)|end\.(\d{1,8})\.([0-9a-f]*)\.([a-z0-9]+));/g;

/** More gaps than these are counted only. */
const MOST_LOST = 10_000;

/** `3`, `3 to 9`, or the first few of many gaps. */
function gaps(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const n of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else ranges.push([n, n]);
  }
  const words = ranges.slice(0, 3).map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  return `${words.join(', ')}${ranges.length > 3 ? ', ...' : ''}`;
}

/** Pieces of all runs of one question, in the order in which the runs began. */
function runsOf(text: string, id: string): { readonly runs: Run[]; readonly others: Set<string> } {
  const runs = new Map<string, Run>();
  const others = new Set<string>();
  for (const [, of, run, number, piece, count, sum, how] of text.matchAll(PIECE)) {
    if (of !== id) {
      others.add(of!);
      continue;
    }
    const known: Run = runs.get(run!) ?? { lines: new Map(), twice: new Set() };
    runs.set(run!, known);
    if (count !== undefined) known.end = { count: Number(count), sum: sum!, how: how! };
    else {
      const n = Number(number);
      const before = known.lines.get(n);
      if (before !== undefined && before !== piece) known.twice.add(n);
      known.lines.set(n, piece!);
    }
  }
  return { runs: [...runs.values()], others };
}

function whole({ lines, twice, end }: Run): readonly string[] | Damage {
  if (end === undefined) {
    const last = [...lines.keys()].reduce((a, b) => Math.max(a, b), 0);
    return { damage: `was cut off after its line ${last}: let the program that ran the script keep all of its output` };
  }
  // a node may claim any number of lines
  if (end.count > 2 * lines.size + MOST_LOST)
    return { damage: `was damaged: of its ${end.count} lines only ${lines.size} are there` };
  const numbers = Array.from({ length: end.count }, (_, i) => i + 1);
  const lost = numbers.filter((n) => !lines.has(n));
  if (lost.length > 0) {
    const [line, are] = lost.length === 1 ? ['line', 'is'] : ['lines', 'are'];
    return { damage: `was damaged: ${line} ${gaps(lost)} of ${end.count} ${are} missing` };
  }
  if (twice.size > 0) return { damage: `was damaged: line ${gaps([...twice])} is there twice, and not the same` };
  return numbers.map((n) => lines.get(n)!);
}

function unpack(pieces: readonly string[], kind: string, how: string): Buffer {
  const text = pieces
    .filter((p) => p.startsWith(`${kind}.`))
    .map((p) => p.slice(2))
    .join('');
  const bytes = Buffer.from(text, how.endsWith('hex') ? 'hex' : 'base64url');
  if (!how.startsWith('gz')) return bytes;
  return gunzipSync(bytes, { maxOutputLength: STREAM_LIMIT });
}

function streamsOf(run: Run): Streams | Damage {
  const pieces = whole(run);
  if ('damage' in pieces) return pieces;
  const { sum, how } = run.end!;
  if (
    sum !== '' &&
    createHash('sha256')
      .update(`${pieces.join('\n')}\n`)
      .digest('hex') !== sum
  )
    return { damage: 'was damaged: its text does not match its checksum' };
  try {
    return { stdout: unpack(pieces, 'o', how), stderr: unpack(pieces, 'e', how) };
  } catch {
    return { damage: 'was damaged: what was packed in it cannot be unpacked' };
  }
}

/** The last of them that is complete, or what is wrong with the last; undefined without any. */
function lastWhole(runs: readonly Run[]): Streams | Damage | undefined {
  const read = runs.map(streamsOf);
  return read.findLast((one) => !('damage' in one)) ?? read.at(-1);
}

/** Text in UTF-16 (a redirection of PowerShell) has the same letters with zeros between; JSON may escape a slash. */
const letters = (bytes: Buffer): string => bytes.toString('latin1').replaceAll('\0', '');

/** The first line of what is no answer: the words of the program that ran the script, perhaps. */
const firstLine = (text: string): string =>
  text
    .replaceAll(/[^\x20-\x7e\n]+/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '') ?? '';

/**
 * The streams of the last complete run of question `id` in these bytes. `known` says whose question another id is, as
 * "of wb1" or "of round 1".
 */
export function readAnswer(bytes: Buffer, id: string, known: (id: string) => string | undefined): Streams | Damage {
  const text = letters(bytes);
  const { runs, others } = runsOf(text, id);
  const last = lastWhole(runs);
  if (last && !('damage' in last)) return last;
  // a terminal wraps lines, in the middle of a piece
  const unwrapped = lastWhole(runsOf(text.replaceAll(/\s+/g, ''), id).runs);
  if (unwrapped && !('damage' in unwrapped)) return unwrapped;
  if (last) return last;
  const [other] = others;
  if (other !== undefined)
    return { damage: `is the answer ${known(other) ?? 'of another run: the scripts were written anew since'}` };
  if (text.includes('ha1.')) return { damage: 'was damaged: none of its lines is whole' };
  const first = firstLine(text);
  return {
    damage:
      first === ''
        ? 'is empty: nothing was printed, or the script did not run'
        : `is not what the script prints: ${first.slice(0, 200)}`,
  };
}
