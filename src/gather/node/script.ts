/**
 * Requests to one POSIX script; `frames.ts` reads what it prints. Pure. The script is read by `sh -s` from standard input
 * (no argument limit, no quoting layer, the login shell does not matter). After every request a mark with this run's
 * unguessable boundary goes to both streams, so each is split exactly, whatever a file holds.
 */

import { type Raw, type Requests, raw, shell } from '../../model/collector.js';
import type { Request } from '../../model/evidence.js';
import { bytesOf } from '../lib/bytes.js';
import { MASK_PROGRAM } from './mask.js';

export interface ScriptOptions {
  /** Unguessable; closes frames. */
  readonly boundary: string;
  /** Keys the digests of this run; hexadecimal. */
  readonly nonce: string;
  /** Directory to look at instead of `/`; empty for the node itself. */
  readonly root: string;
  readonly sudo: 'no' | 'passwordless' | { readonly password: string };
  /** An earlier script of this run that hangs there, to be ended first; empty for none. */
  readonly hanging?: string;
}

/** A request's deadline on the node where it names none. */
export const SECONDS = 10;

/**
 * What every request can use: `$R` (prefix of every path), `S` (with the right to read), `mask` (secrets stay here), `$HA_AWK`
 * and `$HA_ALONE`, which is set where it runs under a deadline.
 * Requests of this program never write; umask and set -f are for those of plugins.
 */
const prelude = ({ sudo }: ScriptOptions): string => {
  const own = S('');
  const refused = `refused() { ${REFUSED}; }; ${S('refused')}`;
  const rights =
    sudo === 'no'
      ? own
      : sudo === 'passwordless'
        ? `if [ "$(id -u)" = 0 ]; then ${own}; elif [ -n "$HA_REFUSED" ]; then ${refused}; else ${S('sudo -n --')}; fi`
        : `if [ -n "$HA_REFUSED" ]; then ${refused}; else ${own}; fi`;
  // a shell that is asked again has the alias already, and would read it where the function's name stands
  return ['unalias S 2>/dev/null', rights, AWK, 'mask() { $HA_AWK "$@" -- "$HA_MASK"; }'].join('\n');
};

/** Where both are there gawk is often the first; it takes three times as long to start, and a tenth of all for the mask. */
const AWK = 'HA_AWK=awk; ! command -v mawk >/dev/null 2>&1 || HA_AWK=mawk';

/** A function, and an alias instead of it, which spares the subshell that a function takes in `$( )` and in a pipe. */
const S = (words: string): string => `S() { ${words} "$@"; }; alias S='${words}'`;

/** A refused sudo costs only what needs it: the command runs as it is, and where that fails the refusal comes first. */
const REFUSED = String.raw`{ HA_S=$("$@" 2>&1 >&3 3>&-); set -- $?; } 3>&1; [ $1 = 0 ] || printf '%s\n' "$HA_REFUSED" >&2; [ -z "$HA_S" ] || printf '%s\n' "$HA_S" >&2; return $1`;

/**
 * Once in a shell, never for long. A list may need a password where a command needs none (listpw), and some programs
 * called sudo cannot list: a command that `plan --sudoers` allows decides then, and words that are no refusal are not
 * taken for one. Of several lines the last is the reason, behind those about plugins it is the line before.
 */
const PROBE = `[ -n "$HA_PROBED" ] || [ "$(id -u)" = 0 ] || { HA_PROBED=1; HA_S=
if command -v timeout >/dev/null 2>&1; then HA_S='timeout -s KILL 3'; fi
HA_REFUSED=$($HA_S sudo -n -l 2>&1 >/dev/null </dev/null)
case $? in 0) HA_REFUSED=;; 124|137) HA_REFUSED='sudo did not answer within 3 s on the node';;
126) HA_REFUSED='sudo: this account may not start the program (Permission denied)';; 127) HA_REFUSED='sudo: not found';;
*) case $HA_REFUSED in *'have a tty'*|*'may not run sudo'*|*'in the sudoers'*|*'not found'*|*'new privileges'*|*'effective uid'*|*'must be owned by uid 0'*|*' plugin'*|*' sudoers sources'*) ;;
*) if $HA_S sudo -n -- stat -L -- / >/dev/null 2>&1 </dev/null; then HA_REFUSED=; fi
case $HA_REFUSED in *'password is required'*|*'authentication is required'*|*'account validation'*|*'account management'*|*'Account expired'*) ;; *) HA_REFUSED=;; esac;; esac
HA_REFUSED=$(printf '%s\\n' "$HA_REFUSED" | sed '/incident/d; / plugin/d; / sudoers sources/d' | tail -n 1);; esac; }
export HA_REFUSED`;

/** Seconds of every further request where one hung: what hangs (a file system, say) mostly hangs in several. */
const HURRY = 4;
/** Exit codes of `timeout`, and of a shell whose child it killed. */
export const TIMED_OUT: ReadonlySet<number> = new Set([124, 137, 143]);

// KILL goes to the whole group at once: with TERM the shell would end before what it called, and leave what is deaf to it
const T = shell`hung=; at=; stuck=; HA_ALONE=1; export HA_ALONE
if command -v timeout >/dev/null 2>&1; then
T() { at=$1; shift; [ -z "$hung" ] || [ $at -le ${HURRY} ] || at=${HURRY}; timeout -s KILL $at "$@"; set -- $?; case $1 in ${raw([...TIMED_OUT].join('|'))}) hung=1;; esac; return $1; }
else T() { shift; "$@"; }; fi`;

/** The network file systems that do not answer in three seconds, all asked at the same time: a busy one takes a second. */
const STUCK = shell`[ -n "$R" ] || stuck=$(set -f
while read -r _ _ _ _ p _ more; do set -- \${more#*- }
case $1 in nfs*|cifs|smb*|ceph|lustre|gpfs|beegfs|afs|9p|fuse.*) ;; *) continue;; esac
{ p=$(printf %b "$p"); T 3 stat -f -- "$p" >/dev/null 2>&1; [ $? != 137 ] || printf '%s on %s (%s)\n' "$2" "$p" "$1"; } &
done </proc/self/mountinfo; wait)
printf '%s\n' "$stuck"; M d 0; [ -z "$stuck" ] || hung=1`;

function inside(script: string, first: string | undefined, index: number): string {
  const own = first === undefined ? '' : `{\n${first}\n} </dev/null`;
  const both = own === '' ? `(\n${script}\n) </dev/null` : `if ${own}; then (\n${script}\n) </dev/null; fi`;
  return `${script === '' ? own : both}; M ${index} $?`;
}

const whole = ({ base = [], first, script }: Request): string =>
  [...base, ...(first === undefined ? [] : [script === '' ? first : `{\n${first}\n} || exit 0`]), script].join('\n');

function alone(request: Request, index: number): string {
  if (request.direct) return inside(whole(request), undefined, index);
  return shell`T ${request.timeoutSeconds ?? SECONDS} sh -c "$HA_PRELUDE
"${whole(request)} </dev/null; M ${index} "$? $at"`;
}

/** What requests have in common stands before the first of them, in the shell itself. */
function together(requests: readonly Request[]): string[] {
  const before = new Set<string>();
  return requests.flatMap(({ base = [], first, script }, i) => {
    const missing = base.filter((text) => !before.has(text));
    for (const text of missing) before.add(text);
    return [...missing.map((text) => `{\n${text}\n} </dev/null`), inside(script, first, i)];
  });
}

/** By its name or its text, in the words of a plugin as well. */
const masks = (request: Request): boolean => /\bmask\b|HA_MASK/.test(whole(request));

/** Ends the process group of a script that hangs; nothing when that process is gone. `process` as its first mark says. */
export const sweepScript = (process: string): string => {
  const [pid = '', start = ''] = process.split('.');
  return shell`read -r H </proc/${pid}/stat || exit 0
set -- \${H##*) }; [ "\${20}" = ${start} ] || exit 0
kill -9 "-$3"; S kill -9 "-$3"; :`;
};

/**
 * A script for the standard input of `sh -s`. bash would read it byte by byte, a call of the system for each, which takes
 * longer than most of what is asked (RHEL's sh is bash); so it hands it to `head`, where there is one.
 */
export function onInput(script: string): Buffer {
  const bytes = bytesOf(script);
  return Buffer.concat([Buffer.from(wholly(bytes.length)), bytes]);
}

const wholly = (bytes: number): string =>
  `[ -z "$BASH_VERSION" ] || { LC_ALL=C; eval "$(head -c ${bytes} 2>/dev/null)"; }\n`;

/**
 * The whole script; answers come back in the order of `requests`, then a mark `e`. `together`: without deadlines on the
 * node, which spares two processes a request; `alone`: each under its own.
 */
export function renderScript(requests: Requests, options: ScriptOptions, how: 'together' | 'alone'): string {
  const asked = Object.values(requests);
  const body = [
    'LC_ALL=C; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; umask 077',
    shell`R=${options.root}; HA_NONCE=${options.nonce}`,
    'export LC_ALL PATH R HA_NONCE',
    ...(asked.some(masks) ? [shell`HA_MASK=${MASK_PROGRAM}`] : []),
    shell`M() { printf '\n%s %s %s\n' ${options.boundary} "$1" "$2"; printf '\n%s %s %s\n' ${options.boundary} "$1" "$2" >&2; }`,
    ...(how === 'alone' ? [shell`HA_PRELUDE=${prelude(options)}; export HA_MASK HA_PRELUDE`, T] : []),
    // which process this is, and since when: a number alone may be another's by the time it is to be ended
    'read -r H </proc/$$/stat; set -- ${H##*) }; M s "$$.${20}"; set --',
    ...(options.sudo === 'passwordless' ? [PROBE] : []),
    prelude(options),
    ...(options.hanging ? [`(${sweepScript(options.hanging)})`] : []),
    ...(how === 'alone' ? [STUCK, ...asked.map(alone)] : together(asked)),
    'M e 0',
    '',
  ].join('\n');
  if (typeof options.sudo === 'string') return body;
  // The password goes through a pipe from a builtin: in no argv, environment or file. sudo must need it, or the
  // shell would read it as a command: hence the probe. And it must be right, or sudo would try lines of the script as
  // further passwords, until the account is locked: hence -v with nothing behind it, which fails but once. A refusal
  // costs only what needs sudo: the script runs without, and S repeats the refusal. So it does where sudo lets no shell
  // start a program (noexec).
  const quoted: Raw = raw(shell`${wholly(bytesOf(body).length)}${body}`);
  const { password } = options.sudo;
  return shell`body=${quoted}; HA_REFUSED=; said=; export HA_REFUSED
if [ "$(id -u)" = 0 ]; then printf '%s\n' "$body" | sh -s
elif { ! sudo -n true 2>/dev/null && ! said=$(printf '%s\n' ${password} | sudo -S -p '' -v 2>&1); } ||
  ! said=$(printf '%s\n' ${password} | sudo -S -p '' -- sh -c 'env true' 2>&1); then
HA_REFUSED=$(printf '%s\n' "$said" | sed '/incident/d; / plugin/d; / sudoers sources/d' | tail -n 1)
printf '%s\n' "$body" | sh -s
elif sudo -n true 2>/dev/null; then printf '%s\n' "$body" | sudo -n -- sh -s
else { printf '%s\n' ${password}; printf '%s\n' "$body"; } | sudo -S -p '' -- sh -s; fi || exit 0
`;
}

/** The requests, none with more than half of the time that is left, so that the others have their turn. */
export function withDeadlines(requests: Requests, timeoutMs: number): Requests {
  const most = Math.max(1, Math.floor(timeoutMs / 2000));
  return Object.fromEntries(
    Object.entries(requests).map(([key, r]) => [
      key,
      { ...r, timeoutSeconds: Math.min(r.timeoutSeconds ?? SECONDS, most) },
    ]),
  );
}
