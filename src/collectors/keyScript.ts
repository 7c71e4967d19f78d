/** The script that measures a key: length, class, known-bad matches and a digest. */

import { type Raw, raw, shell } from '../model/collector.js';
import type { KeySpec } from '../products/settings.js';

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

/** One awk reads the numbers that `od` prints. */
const MEASURE = String.raw`
function white(c) { return c == 32 || c > 8 && c < 14 }
function nibble(c) { return c > 96 ? c - 87 : c > 64 ? c - 55 : c - 48 }
function sextet(c) { return c > 96 ? c - 71 : c > 64 ? c - 65 : c > 47 ? c + 4 : c == 43 ? 62 : 63 }
{ for (i = 1; i <= NF; i++) b[n++] = $i + 0 }
END {
  m = n
  if (encoding == "spaceless") { m = 0; for (i = 0; i < n; i++) if (!white(b[i])) b[m++] = b[i] }
  for (i = 0; i < m; i++) { if (!(b[i] in seen)) { seen[b[i]] = 1; d++ } if (b[i] == 0) z++ }
  t = m; while (t > 0 && white(b[t-1])) t--
  bin = 0; s = ""; cut = ""
  for (i = 0; i < t; i++) { cut = cut " " b[i]; if (b[i] < 32 && !white(b[i]) || b[i] > 126) bin = 1; else if (i < 8192) s = s sprintf("%c", b[i]) }
  u = tolower(s); kind = "printable"; v = 0; known = "-"
  if (t == 0) kind = "empty"
  else if (bin) kind = "binary"
  else if (u ~ /-----begin/) kind = "pem"
  else if (t == 36 && u ~ /^[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$/) { kind = "uuid"; v = substr(u, 15, 1) + 0 }
  else if (u !~ /[^0-9a-f]/) kind = "hex"
  else if (s !~ /[^A-Za-z0-9+\/=\n\r]/) kind = "base64"
  else if (encoding == "spaceless" && s ~ /^[-"\047[#]/) kind = "yaml"
  if (encoding == "spaceless" && kind == "pem") { cut = ""; for (i = index(u, "-----begin") - 1; i < t; i++) cut = cut " " b[i] }
  # the bytes that are meant; of base64 all that is none of them comes as white space does
  if (encoding == "decoded" && t <= 8192) {
    if (kind == "hex" && t % 2 == 0) { cut = ""; for (i = 0; i < t; i += 2) cut = cut " " (nibble(b[i]) * 16 + nibble(b[i+1])) }
    if (kind == "base64" && s ~ /^[^=]+[=\n\r]*$/) {
      cut = ""
      for (i = 0; i < t; i++) {
        if (b[i] == 61 || white(b[i])) { tail = tail b[i] "."; continue }
        a = a * 64 + sextet(b[i]); h += 6
        if (h >= 8) { h -= 8; p = h == 4 ? 16 : h == 2 ? 4 : 1; x = int(a / p); cut = cut " " x; a -= x * p }
      }
    }
  }
  if (u == example) known = "example"
  k = split(words, w, " "); for (i = 1; i <= k; i++) if (u == w[i] || (t < 64 && u ~ ("^(" w[i] ")+$"))) known = "placeholder"
  for (i = t; i < m; i++) tail = tail b[i] "."
  printf "=content %d %d %d %d %s %d %s %s\n", n, t, z, d, kind, v, known, tail
  printf "%s%s", ENVIRON["HA_NONCE"], cut
}`;

/** Bytes read of a key; a real one is a thousandth of it. */
export const LIMIT = 65536;
const measured = ({ encoding }: KeySpec): Raw =>
  raw(shell`$HA_AWK -v encoding=${encoding} -v example=${EXAMPLE} -v words=${PLACEHOLDERS.join(' ')} ${MEASURE}`);

/** The ids of the account that reads the file, and the folders that its mode does not let in, but a list of access may. */
const reader = ({ reader: name }: KeySpec): Raw =>
  raw(
    name === undefined
      ? ''
      : shell`
if [ -n "$R" ]; then n=${name} awk -F: 'BEGIN { n = ENVIRON["n"] } FNR == NR && !f && ($1 == n || (n ~ /^[0-9]+$/ && $3 == n)) { f = 1; u = $1; print "=ids " $3 " " $4 } FNR != NR { m = split($4, w, ","); for (i = 1; i <= m; i++) if (w[i] == u) print "=gid " $3 }' "$R/etc/passwd" "$R/etc/group"
else i=$(id ${name} 2>/dev/null) && printf '=account %s\n' "$i"; fi
case \${st#*"$nl=up "} in *"$nl=up "???[02468ace]" "*) for d; do case $(S ls -ld -- "$d" 2>/dev/null) in d?????????+*) echo "=acl $d";; esac; done;; esac`,
  );

/** Both public keys as openssl writes them; a file that is just that needs no openssl. */
const pair = ({ publicPath }: KeySpec): Raw =>
  raw(
    publicPath === undefined
      ? ''
      : shell`
p="$R"${publicPath}
if ! S test -e "$p"; then echo '=pair missing'; elif ! command -v openssl >/dev/null 2>&1; then echo '=pair unknown'
else
  if [ -r "$k" ]; then a=$(openssl pkey -pubout <"$k" 2>/dev/null); else a=$(S cat -- "$k" | openssl pkey -pubout 2>/dev/null); fi
  # the nonce is not for the arguments of a program
  [ -z "$a" ] || { printf '=public '; printf '%s\n' "$a" | $HA_AWK ${'BEGIN { printf "%s", ENVIRON["HA_NONCE"] } { print }'} | sha256sum; }
  b=; [ ! -f "$p" ] || [ ! -r "$p" ] || while IFS= read -r l; do b="$b$l
"; done <"$p"
  [ "$b" = "$a
" ] && b=$a || b=$(S cat -- "$p" | openssl pkey -pubin -pubout 2>/dev/null)
if [ -z "$a" ] || [ -z "$b" ]; then echo '=pair unknown'; elif [ "$a" = "$b" ]; then echo '=pair yes'; else echo '=pair no'; fi; fi`,
  );

/** Bytes of a key that the shell measures itself; it takes the square of them. */
const SHORT = 140;

/**
 * The same of one line of hexadecimal digits, or of a UUID, which most keys are, with no program but sha256sum. The others
 * are left to awk: a NUL byte does not come with what the shell reads, so the length shows it. Where printf is a program
 * (mksh) its arguments could be seen by others.
 */
const QUICK = raw(shell`quick() {
n=\${st%%"$nl"*}; n=\${n##*:}; PATH=/dev/null printf '' 2>/dev/null && [ "$n" -le ${SHORT} ] && [ -r "$k" ] || return
if IFS= read -r l; then w=10. d=1 t=$((n - 1)); else w= d=0 t=$n; fi <"$k"
[ \${#l} = $t ] || return
v=0; case $l in ''|*[!0-9A-Fa-f-]*|[Aa]55[Ee]*|*-*-*-*-*-*) return 1;;
????????-????-????-????-????????????) c=uuid; v=\${l#??????????????}; v=\${v%"\${v#?}"}; case $v in [!0-9]) v=0;; esac;;
*-*) return 1;; *) c=hex;; esac
for x in 0 1 2 3 4 5 6 7 8 9 a b c d e f A B C D E F -; do case $l in *$x*) d=$((d + 1));; esac; done
set --; while [ -n "$l" ]; do x=\${l#?}; set -- "$@" "'\${l%"$x"}"; l=$x; done
printf '=content %d %d 0 %d %s %d - %s\n' $n $t $d $c $v $w
{ printf %s "$HA_NONCE"; printf ' %d' "$@"; } | sha256sum; }`);

/**
 * One `stat` for the key and the folders up to the root: who can write to one of them can put another key in place. The
 * bytes go from awk straight to sha256sum, behind a line that the shell takes off.
 */
export const keyScript = (spec: KeySpec, path: string): string => shell`key() { k="$R"${path}; nl='
'
# a link in a tree may lead to a file of this machine, or to what was not copied
[ -z "$R" ] || { d=$k; while [ -n "$d" ] && [ "$d" != "$R" ]; do
  if [ -L "$d" ]; then t=$(readlink -- "$d"); case $t in "$R"/*) t=;; /*) ;; *) [ ! -e "$d" ] || t=;; esac
    [ -z "$t" ] || { printf '=link %s\n=to %s\n' "\${d#"$R"}" "$t"; return; }; fi
  d=\${d%/*}; done; }
set -- "$k"; d=$k; while d=\${d%/*}; [ -n "$d" ] && [ "$d" != "$R" ]; do set -- "$@" "$d"; done
st=$(S stat -L -c "=stat %f:%U:%G:%s$nl=up %f %u %g %n" -- "$@" 2>/dev/null)
case $nl$st in *"$nl=up "*" $k"|*"$nl=up "*" $k$nl"*) ;; *)
  why=$(S stat -L -- "$k" 2>&1)
  case $why in *'No such file'*|*'Not a directory'*) echo =missing;; *) echo "=trouble $(printf '%s' "$why" | tail -n 1)";; esac
  return;;
esac
printf '%s\n' "$st"
[ -n "$R" ] && sed -n 's/^[[:blank:]]*\([^:]*\):[^:]*:\([0-9]*\):.*/\1:x:\2:/p' "$R/etc/passwd" 2>/dev/null
echo "=tree $R"${reader(spec)}${pair(spec)}
${spec.encoding === 'raw' ? QUICK : raw('quick() { false; }')}
case $st in '=stat 8'*) quick || S od -An -v -tu1 -N ${LIMIT} -- "$k" | ${measured(spec)} | { IFS= read -r l && printf '%s\n' "$l" && exec sha256sum; };; esac; }
key`;
