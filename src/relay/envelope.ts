/**
 * A round's script as another program carries it to a node, and what comes back. Pure. That program may trim, re-encode,
 * indent, prefix or join the lines of the answer, or merge its two streams into one. So the script packs what the round's
 * own script prints into text of letters, digits, `-`, `_` and `.` only, in numbered pieces with a checksum: a piece is
 * found wherever it stands, and what was lost on the way is known by its number.
 */

import { shell } from '../model/collector.js';

/** Bytes kept of each stream on the node. */
export const STREAM_LIMIT = 32 << 20;

export interface Letter {
  /** Names this question: twelve hexadecimal digits. No answer to another one is taken for it. */
  readonly id: string;
  /** What a reader of the script should know, one line each. */
  readonly about: readonly string[];
  /** The round's script, as a connection would send it to `sh -s`. */
  readonly body: string;
  /** Seconds after which it is ended on the node. */
  readonly seconds: number;
}

/**
 * The script to run with `sh` on the node; its standard output is the answer. Both streams of the body are packed
 * without a temporary file: standard error is gathered in a variable while standard output is packed.
 */
export const letterScript = ({ id, about, body, seconds }: Letter): string =>
  `#!/bin/sh\n${about.map((line) => `# ${line.replaceAll(/[\r\n]+/g, ' ')}\n`).join('')}${shell`umask 077
LC_ALL=C; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
has() { command -v "$1" >/dev/null 2>&1; }
if has base64; then how=b64; text() { base64; }
elif has openssl; then how=b64; text() { openssl base64; }
else how=hex; text() { od -An -v -tx1 | tr -d ' '; }; fi
if has gzip; then how=gz$how; small() { gzip -c; }; else small() { cat; }; fi
pack() { head -c ${STREAM_LIMIT} | small | text | tr '+/' '-_' | tr -d '=\r' | sed "s/^/$1./"; }
limit() { if has timeout; then timeout -s KILL ${seconds} "$@"; else "$@"; fi; }
body=${body}
all=$(exec 3>&1
err=$({ printf '%s\n' "$body" | limit sh -s 2>&4 3>&- 4>&- | pack o >&3; } 4>&1 </dev/null | pack e)
printf '%s\n' "$err")
sum=; if has sha256sum; then sum=$(printf '%s\n' "$all" | sha256sum); fi
run=t$(date +%s)p$$
printf '%s\n' "$all" | awk -v head=${`ha1.${id}.`}"$run." -v tail="\${sum%% *}.$how" '{ printf "%s%d.%s;\n", head, NR, $0 } END { printf "%send.%d.%s;\n", head, NR, tail }'
exit 0
`}`;
