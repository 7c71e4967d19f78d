/**
 * The shell program that tries shared storage on one node, and the conversation with it: a word in, a line out. It works
 * in a folder of its own with an unguessable name, and removes it when its input ends for whatever reason: it was told
 * so, the connection broke, this program was killed. After two minutes it ends by itself.
 */

import { shell } from '../../model/collector.js';
import { oneLine } from '../lib/oneLine.js';
import type { Shell } from '../transports/connection.js';

/** Seconds after which an agent that gets no commands cleans up. */
const LIFE = 120;

/** Locks by fcntl need a language that has them. */
const FCNTL = String.raw`if command -v perl >/dev/null 2>&1; then exec perl -e 'use Fcntl; open(F, ">>", $ARGV[0]) or exit 2; $l = pack("ssx4qqlx4", F_WRLCK, 0, 0, 0, 0); if (fcntl(F, F_SETLK, $l)) { $| = 1; print "ok $$\n"; open(STDOUT, ">", "/dev/null"); open(STDERR, ">", "/dev/null"); sleep 100 if $ARGV[1]; } else { print "busy\n" }' "$1" "$2"
elif command -v python3 >/dev/null 2>&1; then exec python3 -c 'import fcntl,os,sys,time
f = open(sys.argv[1], "a")
try:
  fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB); print("ok", os.getpid(), flush=True); n = os.open("/dev/null", 1); os.dup2(n, 1); os.dup2(n, 2)
  if sys.argv[2]: time.sleep(100)
except OSError as e: print("busy" if e.errno in (11, 13) else "error " + e.strerror)' "$1" "$2"
else echo 'error perl or python3 is needed'; fi`;

const FLOCK = `command -v flock >/dev/null 2>&1 || { echo 'error flock is needed'; exit; }
exec 9>>"$1" || exit; e=$(flock -n 9 2>&1); r=$?
if [ $r = 0 ]; then echo "ok $$"; if [ -n "$2" ]; then exec sleep 100 </dev/null >/dev/null 2>&1; fi; elif [ -z "$e" ]; then echo busy; else echo "error $e"; fi`;

/**
 * The product's own tester, in the folder of the trial instead of a home: it takes a lock of each kind, says which it
 * got, and holds them until it is interrupted.
 */
const TESTER = String.raw`[ -n "$3" ] && [ -x "$3" ] || { echo none; exit; }
# what is begun behind it may open the file later than we read it
: >"$1/said.$$" || exit
HOME=$1 "$3" >"$1/said.$$" 2>&1 </dev/null & p=$!
n=0; while [ $n -lt 30 ]; do
  c=$(grep -ciE 'acquire.*lock' "$1/said.$$" 2>/dev/null); [ "0$c" -lt 2 ] || break; n=$((n + 1)); sleep 0.1
done
echo "ok $p $(tr '\n' ';' <"$1/said.$$")"
# a shell without job control starts it deaf to INT
[ -n "$2" ] || kill -INT $p 2>/dev/null; [ -n "$2" ] || kill -TERM $p 2>/dev/null`;

const LOOP =
  String.raw`end() { trap - EXIT HUP INT TERM; kill $w 2>/dev/null; [ -z "$pids" ] || kill -9 $pids 2>/dev/null; case $d in */.ha-preflight-????????????????*) rm -rf -- "$d";; esac; exit 0; }
trap end EXIT HUP INT TERM
# nobody listens any more: that must not be the end before the cleaning up
trap '' PIPE
# a TERM that comes before the trap is lost: who waits looks every second whether there is anybody left
( trap - EXIT HUP INT; trap 'kill $s; exit' TERM; n=0; while [ $n -lt "$LIFE" ] && kill -0 $$; do sleep 1 & s=$!; wait $s; n=$((n + 1)); done
[ $n -lt "$LIFE" ] || kill -TERM $$ ) </dev/null >/dev/null 2>&1 & w=$!
lock() { case $1 in
  flock) sh -c "$FLOCK" x "$d/flock" "$2" ;;
  fcntl) sh -c "$FCNTL" x "$d/fcntl" "$2" ;;
  tester) sh -c "$TESTER" x "$d" '' "$PROGRAM" ;;
  link) : >"$d/own.$$" && if e=$(ln "$d/own.$$" "$d/link" 2>&1); then echo 'ok 0'; else case $e in *xists*) echo busy ;; *) echo "error $e" ;; esac; fi ;;
esac 2>&1; }
echo agent-ready
while read -r v a b; do
  o=
  case $v in
    mk) o=$(mkdir -m 755 -- "$d" 2>&1) && o=ok ;;
    put) o=$( { printf '%s\n' "$b" >"$d/$a"; } 2>&1) && o=ok ;;
    get) o=$(head -c 200 -- "$d/$a" 2>&1) ;;
    see) if [ -e "$d/$a" ]; then o=yes; else o=no; fi ;;
    own) o=$(stat -c %u:%g -- "$d/$a" 2>&1) ;;
    chown) o=$( { : >"$d/$a" && chown "$(id -u):$(id -g)" "$d/$a"; } 2>&1) && o=ok ;;
    clock) o=$(c=$(date +%s.%N); { : >"$d/clock.$$" && m=$(stat -c %.9Y "$d/clock.$$"); } 2>/dev/null && echo "$c $m $(date +%s.%N)"; rm -f "$d/clock.$$") ;;
    hold) # not through the function: a shell that waits for the holder would keep the answer open
      case $a in flock) o=$(sh -c "$FLOCK" x "$d/flock" hold 2>&1 &) ;; fcntl) o=$(sh -c "$FCNTL" x "$d/fcntl" hold 2>&1 &) ;; tester) o=$(sh -c "$TESTER" x "$d" hold "$PROGRAM" 2>&1) ;; *) o=$(lock "$a" '') ;; esac
      case $o in 'ok '[1-9]*) held=\${o#ok }; held=\${held%% *}; pids="$pids $held" ;; esac ;;
    try) o=$(lock "$a" ''); case $a$o in linkok*) rm -f "$d/link" ;; esac ;;
    drop) case $a in link) rm -f "$d/link" ;; tester) kill -INT "$held" 2>/dev/null; kill -TERM "$held" 2>/dev/null ;; *) kill "$held" 2>/dev/null ;; esac; o=ok ;;
    kill) kill -9 "$held" 2>/dev/null; o=ok ;;
    rm) # on NFS a file that is still open keeps its folder for as long
      n=0; while rm -rf -- "$d" 2>/dev/null; [ -e "$d" ] && [ $n -lt 25 ]; do n=$((n + 1)); sleep 0.2; done
      if [ -e "$d" ]; then o=left; else o=gone; fi ;;
  esac
  printf '=%s %s\n' "$v" "$(printf %s "$o" | tr '\n' ' ' | cut -c1-300)"
done`.replaceAll('\\${', '${');

const scriptOf = (folder: string, name: string, program: string): string =>
  [
    shell`d=${folder}/${name}; pids=; w=; held=; LIFE=${LIFE}; LC_ALL=C; export LC_ALL`,
    shell`FLOCK=${FLOCK}; FCNTL=${FCNTL}; TESTER=${TESTER}; PROGRAM=${program}`,
    LOOP,
    '',
  ].join('\n');

/** What an agent answers, or why it could not. */
export interface Agent {
  /** The text after the word; rejects when the agent is gone or silent. */
  ask(verb: string, a?: string, b?: string): Promise<string>;
  /** Ends its input, and waits until it has cleaned up. */
  end(): Promise<void>;
}

/** By node. */
export type Agents = ReadonlyMap<string, Agent>;

const PATIENCE_MS = 8000;

/** Starts an agent below `folder` (on the node). `sudo`: with root's rights. `program`: the product's lock tester, if any. */
export async function startAgent(
  own: Shell,
  folder: string,
  name: string,
  sudo: boolean,
  program = '',
): Promise<Agent> {
  const waiting: ((line: string | undefined) => void)[] = [];
  let rest = '';
  let gone: string | undefined;
  own.onStdout((chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop()!.slice(-4096);
    for (const line of lines) if (line.startsWith('=') || line === 'agent-ready') waiting.shift()?.(line);
  });
  let said = '';
  own.onStderr((chunk) => {
    said = (said + chunk.toString('utf8')).slice(-400);
  });
  const closed = own.closed.then(({ lost }) => {
    gone = lost ?? (said.trim().split('\n').at(-1) || 'the shell ended');
    for (const answer of waiting.splice(0)) answer(undefined);
  });
  const next = (): Promise<string> =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(new Error(oneLine(gone)));
      const timer = setTimeout(() => reject(new Error('the storage does not answer')), PATIENCE_MS);
      waiting.push((line) => {
        clearTimeout(timer);
        if (line === undefined) reject(new Error(oneLine(gone ?? 'the shell ended')));
        else resolve(line);
      });
    });
  const ready = next();
  const script = scriptOf(folder, name, program);
  own.write(
    sudo
      ? shell`if [ "$(id -u)" = 0 ]; then exec sh -c ${script}; else exec sudo -n -- sh -c ${script}; fi
`
      : shell`exec sh -c ${script}
`,
  );
  await ready;
  return {
    async ask(verb, a = '', b = '') {
      const answer = next();
      own.write(`${verb} ${a} ${b}\n`);
      const line = await answer;
      return oneLine(line.slice(line.indexOf(' ') + 1)).trim();
    },
    async end() {
      own.end();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        closed,
        new Promise((resolve) => {
          timer = setTimeout(resolve, 3000);
        }),
      ]);
      clearTimeout(timer);
    },
  };
}
