/** What an answer to round 1 says before its sections, in today's form and in that of earlier versions. */

import { type Unmasked, unmaskLines } from '../formats/masked.js';
import { NotSeen } from '../model/evidence.js';

export interface Head {
  /** The words behind the first line `=NAME`. */
  readonly value: (name: string) => string | undefined;
  readonly running: readonly { readonly name: string; readonly pid: number }[];
}

/** Undefined when the product is not on the node. NotSeen when programs are missing there. */
export function headOf(lines: readonly string[]): Head | undefined {
  const value = (name: string): string | undefined =>
    lines.find((l) => l.startsWith(`=${name} `))?.slice(name.length + 2);
  const running = lines.flatMap((l) => {
    const m = /^=pid (\d+) (.*)$/.exec(l);
    return m ? [{ pid: Number(m[1]), name: m[2]! }] : [];
  });
  if (!value('present') && running.length === 0) return undefined;
  const missing = lines.flatMap((l) => (l.startsWith('=missing ') ? [l.slice(9)] : []));
  if (missing.length > 0)
    throw new NotSeen(`${missing.join(', ')} missing on the node: install coreutils, findutils, grep, sed and awk`);
  return { value, running };
}

/** NotSeen where the node could not make digests. */
export function unmasked(lines: readonly string[]): Unmasked {
  const texts = unmaskLines(lines);
  if (texts) return texts;
  throw new NotSeen(
    'sha256sum is missing on the node: secrets in the configuration could not be compared; install coreutils',
  );
}
