/**
 * Key files, measured on the node: the bytes never leave it. One awk reads the numbers `od` prints and gives length,
 * class and known-bad matches; a keyed digest and the white space after it allow equality to be judged.
 */

import { modeOf } from '../formats/stat.js';
import { defineCollector, type Raw, raw, shell } from '../model/collector.js';
import type { Fact } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import type { KeySpec } from '../products/settings.js';
import { SET_SUDO } from '../remedy.js';

export interface KeyMeasure {
  readonly spec: KeySpec;
  /** `missing`: nothing at the path. `inline`: the value stands in the configuration or the environment (`spec.inline`). */
  readonly state: 'present' | 'missing' | 'inline';
  /** `regular file`, `directory`, … after following links. */
  readonly type?: string;
  /** Permission bits. */
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
  readonly content?: KeyContent;
  /** Why the account that runs the server cannot read it, by owners and modes of the file and the folders above it. */
  readonly unreadableFor?: string;
  /** A folder above it that everybody can write to: anybody can put another key in its place. */
  readonly openFolder?: string;
  /** Of a private key: whether the public key next to it belongs to it. */
  readonly pair?: 'yes' | 'no' | 'missing' | 'unknown';
}

export interface KeyContent {
  /** Bytes, a trailing newline included. */
  readonly length: number;
  /** Bytes without white space at the end. */
  readonly trimmed: number;
  readonly nulBytes: number;
  readonly distinct: number;
  readonly kind: 'empty' | 'hex' | 'uuid' | 'base64' | 'printable' | 'binary' | 'pem';
  /** For `uuid`: its version, 1 to 8. */
  readonly uuidVersion?: number;
  /** Which well-known key this is. */
  readonly known?: 'example' | 'placeholder';
  /** More than the 64 KiB that were read. */
  readonly oversize: boolean;
  readonly digest: string;
  /** Of the bytes without white space at the end; of a `spaceless` key, without any; hexadecimal that is decoded, in small letters. */
  readonly trimmedDigest: string;
}

/** WB 54's example key; anybody can read it there (sources T7). */
const EXAMPLE = 'a55e5dc0-d6ae-11e3-9334-000c29635f71';
/** sources F15, X-17. */
const PLACEHOLDERS = [
  'secure_cookie_key',
  'changeme',
  'change_me',
  'secret',
  'replace_me',
  'replaceme',
  'password',
  'xxxx',
  'todo',
];

const MEASURE = String.raw`
{ for (i = 1; i <= NF; i++) b[n++] = $i + 0 }
END {
  for (i = 0; i < n; i++) { if (!(b[i] in seen)) { seen[b[i]] = 1; d++ } if (b[i] == 0) z++ }
  t = n; while (t > 0 && (b[t-1] == 10 || b[t-1] == 13 || b[t-1] == 32 || b[t-1] == 9)) t--
  bin = 0; s = ""; cut = ""
  for (i = 0; i < t; i++) { if (encoding != "spaceless" || b[i] != 10 && b[i] != 13 && b[i] != 32 && b[i] != 9) cut = cut " " b[i]; if (b[i] < 32 && b[i] != 10 && b[i] != 13 && b[i] != 9 || b[i] > 126) bin = 1; else if (t <= 8192) s = s sprintf("%c", b[i]) }
  u = tolower(s); kind = "printable"; v = 0; known = "-"
  if (t == 0) kind = "empty"
  else if (bin) kind = "binary"
  else if (u ~ /^-----begin/) kind = "pem"
  else if (t == 36 && u ~ /^[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$/) { kind = "uuid"; v = substr(u, 15, 1) + 0 }
  else if (u !~ /[^0-9a-f]/) kind = "hex"
  else if (s !~ /[^A-Za-z0-9+\/=\n\r]/) kind = "base64"
  # as hexadecimal, A is a
  if (encoding == "decoded" && kind == "hex") { cut = ""; for (i = 0; i < t; i++) cut = cut " " (b[i] > 64 && b[i] < 71 ? b[i] + 32 : b[i]) }
  if (u == example) known = "example"
  k = split(words, w, " "); for (i = 1; i <= k; i++) if (u == w[i] || (t < 64 && u ~ ("^(" w[i] ")+$"))) known = "placeholder"
  for (i = t; i < n; i++) tail = tail b[i] "."
  printf "=content %d %d %d %d %s %d %s %s\n", n, t, z, d, kind, v, known, tail; fflush()
  printf "%s%s", ENVIRON["HA_NONCE"], cut | "sha256sum"; close("sha256sum")
}`;

/** Bytes read of a key; a real one is a thousandth of it. */
const LIMIT = 65536;
const measured = ({ encoding }: KeySpec): Raw =>
  raw(shell`awk -v encoding=${encoding} -v example=${EXAMPLE} -v words=${PLACEHOLDERS.join(' ')} ${MEASURE}`);

/** Owners and modes of the folders up to the root: who can write to one of them can put another key in place. */
const FOLDERS = raw(`set --; d=$k; while d=\${d%/*}; [ -n "$d" ] && [ "$d" != "$R" ]; do set -- "$@" "$d"; done
[ $# -eq 0 ] || S stat -L -c '=up %f %u %g %n' -- "$@"
`);

/** Owner and mode of the file, and the ids of the account that reads it. */
const reader = ({ reader: name }: KeySpec): Raw =>
  raw(
    name === undefined
      ? ''
      : shell`S stat -L -c '=file %f %u %g' -- "$k"
if [ -n "$R" ]; then n=${name} awk -F: 'BEGIN { n = ENVIRON["n"] } FNR == NR && $1 == n && !f { f = 1; print "=ids " $3 " " $4 } FNR != NR { m = split($4, w, ","); for (i = 1; i <= m; i++) if (w[i] == n) print "=gid " $3 }' "$R/etc/passwd" "$R/etc/group"
else echo "=ids $(id -u ${name} 2>/dev/null) $(id -G ${name} 2>/dev/null)"; fi`,
  );

const pair = ({ publicPath }: KeySpec): Raw =>
  raw(
    publicPath === undefined
      ? ''
      : shell`
if ! S test -e "$R"${publicPath}; then echo '=pair missing'; elif ! command -v openssl >/dev/null 2>&1; then echo '=pair unknown'
else a=$(S cat -- "$k" | openssl pkey -pubout 2>/dev/null); b=$(S cat -- "$R"${publicPath} | openssl pkey -pubin -pubout 2>/dev/null)
if [ -z "$a" ] || [ -z "$b" ]; then echo '=pair unknown'; elif [ "$a" = "$b" ]; then echo '=pair yes'; else echo '=pair no'; fi; fi`,
  );

const script = (spec: KeySpec, path: string): string => shell`k="$R"${path}
st=$(S stat -L -c '=stat %f:%U:%G' -- "$k" 2>/dev/null) || {
  why=$(S stat -L -- "$k" 2>&1)
  case $why in *'No such file'*|*'Not a directory'*) echo =missing;; *) echo "=trouble $(printf '%s' "$why" | tail -n 1)";; esac
  exit 0
}
printf '%s\n' "$st"
[ -n "$R" ] && { S stat -L -c '=owner %u' -- "$k"; grep -s '^[^:]*:[^:]*:[0-9]*:' "$R/etc/passwd"; }
echo "=tree $R"
${FOLDERS}${reader(spec)}${pair(spec)}
case $st in '=stat 8'*) S od -An -v -tu1 -N ${LIMIT} -- "$k" | ${measured(spec)};; esac`;

function parseContent(line: string, digests: readonly string[]): KeyContent | undefined {
  const m = /^=content (\d+) (\d+) (\d+) (\d+) (\w+) (\d+) (\S+) ([\d.]*)$/.exec(line);
  const [trimmedDigest] = digests;
  if (!m || trimmedDigest === undefined) return undefined;
  const version = Number(m[6]);
  return {
    length: Number(m[1]),
    trimmed: Number(m[2]),
    nulBytes: Number(m[3]),
    distinct: Number(m[4]),
    kind: m[5] as KeyContent['kind'],
    ...(m[5] === 'uuid' && { uuidVersion: version }),
    ...(m[7] !== '-' && { known: m[7] as 'example' | 'placeholder' }),
    oversize: Number(m[1]) >= LIMIT,
    // white space at the end is no secret, and comes as it is
    digest: `${trimmedDigest} ${m[8]}`,
    trimmedDigest,
  };
}

/** The owner by the passwd of a node tree; undefined on a node itself. */
function treeOwner(lines: readonly string[]): string | undefined {
  const uid = lines.find((l) => l.startsWith('=owner '))?.slice(7);
  return uid === undefined ? undefined : (lines.find((l) => l.split(':')[2] === uid)?.split(':')[0] ?? uid);
}

interface Owned {
  readonly mode: number;
  readonly uid: string;
  readonly gid: string;
}

const owned = (line: string): (Owned & { readonly path: string }) | undefined => {
  const m = /^=(?:up|file) ([0-9a-f]+) (\d+) (\d+) ?(.*)$/.exec(line);
  return m ? { mode: modeOf(m[1]!).bits, uid: m[2]!, gid: m[3]!, path: m[4]! } : undefined;
};

/** What keeps an account from the file; undefined when nothing does, or its ids are not known. */
function barrier(spec: KeySpec, lines: readonly string[]): string | undefined {
  const ids = /^=ids (\d+)((?: \d+)*)$/.exec(lines.find((l) => l.startsWith('=ids ')) ?? '');
  if (!ids || ids[1] === '0') return undefined;
  const groups = [...ids[2]!.split(' '), ...lines.flatMap((l) => /^=gid (\d+)$/.exec(l)?.[1] ?? [])];
  const may = (o: Owned, bit: number): boolean =>
    (o.mode & (o.uid === ids[1] ? bit << 6 : groups.includes(o.gid) ? bit << 3 : bit)) !== 0;
  const shut = foldersOf(lines).find((o) => !may(o, 1));
  if (shut) return `${spec.reader} may not enter ${shut.path}`;
  const itself = owned(lines.find((l) => l.startsWith('=file ')) ?? '');
  return itself && !may(itself, 4) ? `${spec.reader}, which runs the server, cannot read the key` : undefined;
}

/** The folders above the key, nearest first; of a node tree as on the node. */
function foldersOf(lines: readonly string[]): (Owned & { readonly path: string })[] {
  const tree = lines.find((l) => l.startsWith('=tree '))?.slice(6) ?? '';
  return lines
    .flatMap((l) => (l.startsWith('=up ') ? (owned(l) ?? []) : []))
    .map((o) => (tree !== '' && o.path.startsWith(`${tree}/`) ? { ...o, path: o.path.slice(tree.length) } : o));
}

/** Written by everybody, and without the sticky bit that protects the files of others. */
const OPEN = 0o002;
const STICKY = 0o1000;

function parseKey(spec: KeySpec, stdout: string, stderr: string): Fact<KeyMeasure> {
  const lines = stdout.split('\n');
  const grant = `${SET_SUDO}, or grant the audit account read access`;
  if (lines.includes('=missing')) return { value: { spec, state: 'missing' } };
  // between colons, which no name of an account holds; blanks in evidence of earlier releases
  const stat = /^=stat ([0-9a-f]+)(?::([^:\n]*):(.*)| (\S+) (\S+))$/m.exec(stdout);
  if (!stat)
    return {
      unseen: `${spec.path}: ${lines.find((l) => l.startsWith('=trouble '))?.slice(9) ?? (stderr.trim() || 'no answer')}; ${grant}`,
    };
  const { type, bits } = modeOf(stat[1]!);
  const content = parseContent(
    lines.find((l) => l.startsWith('=content ')) ?? '',
    lines.flatMap((l) => /^([0-9a-f]{64})\s+-$/.exec(l)?.[1] ?? []),
  );
  const regular = type === 'regular file';
  const unreadableFor = barrier(spec, lines);
  const open = foldersOf(lines).find(({ mode }) => (mode & OPEN) !== 0 && (mode & STICKY) === 0)?.path;
  const pair = /^=pair (\w+)$/m.exec(stdout)?.[1] as KeyMeasure['pair'];
  if (regular && (!content || (content.length === 0 && stderr.trim() !== '')))
    return {
      unseen: `${spec.path} could not be read: ${stderr.trim().split('\n')[0] || 'sha256sum, od or awk is missing'}; ${grant}`,
    };
  return {
    value: {
      spec,
      state: 'present',
      type,
      mode: bits,
      // of a node tree the names are the tree's, not this machine's
      owner: treeOwner(lines) ?? stat[2] ?? stat[4]!,
      group: stat[3] ?? stat[5]!,
      ...(content && regular && { content }),
      ...(unreadableFor !== undefined && { unreadableFor }),
      ...(open !== undefined && { openFolder: open }),
      ...(pair && { pair }),
    },
  };
}

/** Every key the node's configuration names, by the key's name. */
export const keys = defineCollector<ReadonlyMap<string, Fact<KeyMeasure>>, Found>({
  id: 'keys',
  requests: (_, found) =>
    Object.fromEntries(
      settingsOf(found)
        .keys.filter((k) => k.path?.startsWith('/'))
        .map((k) => [k.name.replaceAll(' ', '-'), { script: script(k, k.path!) }]),
    ),
  parse: (answers, _, found) =>
    new Map(
      settingsOf(found).keys.map((spec): [string, Fact<KeyMeasure>] => {
        if (spec.inline !== undefined) return [spec.name, { value: { spec, state: 'inline' } }];
        const answer = answers[spec.name.replaceAll(' ', '-')];
        if (!answer)
          return [spec.name, { unseen: `${spec.path ?? spec.name} is not a path on the node (${spec.because})` }];
        return [spec.name, parseKey(spec, answer.stdout, answer.stderr)];
      }),
    ),
});
