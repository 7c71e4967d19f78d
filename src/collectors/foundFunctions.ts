/** What the scripts of round 1 have in common: the processes of the node, and functions. */

import { raw, SPACE, shell } from '../model/collector.js';
import { MOST_TEXT } from '../products/profile.js';
import { inMain, MOST_ENTRIES, STAT } from './listing.js';

/**
 * Before the rules of the mask, so that one awk does for all: a line that begins with `=` is ours, and `=section NAME`
 * begins anew. Of the environment only variables of the product go on. Of the unit the unit's files come first, then
 * files of variables: of these only variables of the product leave the node with their values, and those that the command
 * line is made of. Every line stays a line, and a NUL byte in it is 1; an awk that cannot do that says so (`nul`). Texts that may
 * be read without sudo it reads itself (`from`); if one of them is gone by then, all is said again, behind `=again`.
 * What is secret goes to 3, one per line, and digests come behind all: awk starts a program by one more shell. Where
 * printf is a program (mksh), whose arguments others can see, or nothing is in /dev, it does it all the same (`own`).
 */
const SECTIONS = String.raw`
nul { gsub("\\000", "\001") }
NR == 1 { if ($0 != "=\001=") exit 3; next }
from { $0 = FILENAME ":" $0 }
END {
  if (held != "" && !own) printf "%s", held > "/dev/fd/3"
  else if (held != "") { print "=digests"; n = split(held, row, "\n"); for (i = 1; i < n; i++) sum(substr(row[i], 2)) }
}
/^=section / { section = $2; plain = section == "environment" || section == "arguments"; reset(); file = ""; n0 = groovy = 0; print "=" section; next }
/^=/ { print; next }
section == "environment" && $0 !~ wanted { next }
section == "units" {
  unitAt = index(substr($0, skip), ":") + skip - 1; unitFile = substr($0, 1, unitAt); text = substr($0, unitAt + 1)
  if (unitFile ~ /([.]service|service[.]d\/[^\/]*[.]conf):$/) {
    if (text ~ /^[ 	]*Exec/ || unitMore) for (; match(text, /[$][{]?[A-Za-z_][A-Za-z0-9_]*/); text = substr(text, RSTART + RLENGTH)) { word = substr(text, RSTART, RLENGTH); gsub(/[{$]/, "", word); unitUses[word] }
    unitMore = $0 ~ /\$/
  } else {
    word = text; sub(/^[ 	]*(export[ 	]+)?/, "", word)
    if (match(word, /^[A-Za-z_][A-Za-z0-9_]*[ 	]*=/)) { word = substr(word, 1, RLENGTH); variable = word; sub(/[ 	]*=$/, "", variable); shown = variable "=" ~ wanted || variable in unitUses; $0 = unitFile (shown ? text : word) }
    else $0 = unitFile (shown ? text : "")
  }
}
`;

/** As words of the shell; what it looks for is in `n`. */
const IN_MAIN = raw(
  inMain('$n')
    .map((word) => `"${word}"`)
    .join(' '),
);
/** Lines of a main file that the shell reads itself. */
const MOST_LINES = 100;

/**
 * Once for all products. `processes`: `PID NAME` of each, one per line; `env` and `args` of a server, and `units` (its
 * files, as `grep -H` gives them), are set by functions. `candidates NAMES FOLDER` filters paths that a text could name as
 * the value of one of these variables or options, one per line: split at colons, with and without what stands behind a
 * blank, quotes taken off, `$HOME` and the like put in; a relative one is taken below the folder, if one is given. Where
 * no quote ends it, what stands behind a blank may be a secret, so with it only what is there (`there`). `arguments` gives one per line: a long option and its value
 * in one, for the mask; what stands for itself may be anything.
 */
export const FOUND = shell`nl='
' s=${SPACE} b=$IFS processes=
for d in "$R"/proc/[0-9]*; do read -r c <"$d/comm" && processes="$processes\${d##*/} $c$nl"; done 2>/dev/null
# hidepid shows an account its own processes alone
hidden=; [ -n "$R" ] || { read -r c </proc/1/comm; } 2>/dev/null || hidden=1
candidates() { awk -v names="$1" -v from="$2" -v h="$home" -v u="$user" -v n="$host" '
function put(v, open,   a, i, k) { k = split(v, a, ":"); for (i = 1; i <= k; i++) { v = a[i]
  gsub(/[$]([{]HOME[}]|HOME)/, h, v); gsub(/[$]([{]USER[}]|USER)/, u, v); gsub(/[$]([{]HOSTNAME[}]|HOSTNAME)/, n, v); sub(/^~\//, h "/", v)
  if (from != "" && v ~ /^[^\/]/) v = from "/" v
  if (v ~ /^\// && !seen[v]++) print (open && v ~ /[ \t]/ ? "?" : "") v } }
{ l = $0; while (match(l, "(" names ")[\"\047]?[ \t]*[= ][ \t]*")) { q = RSTART > 1 ? substr(l, RSTART - 1, 1) : ""; l = substr(l, RSTART + RLENGTH)
  if (q !~ /["\047]/) q = substr(l, 1, 1); v = l
  if (q ~ /["\047]/) { if (substr(v, 1, 1) == q) v = substr(v, 2); if (i = index(v, q)) v = substr(v, 1, i - 1); put(v) }
  else { sub(/[ \t\r]+$/, "", v); put(v, 1); sub(/[ \t#].*/, "", v); put(v) } } }' | there; }
there() { while IFS= read -r f; do case $f in '?'*) f=\${f#?}; [ -e "$R$f" ] || S test -r "$R$f" || continue;; esac; printf '%s\n' "$f"; done; } 2>/dev/null
arguments() { IFS= read -r a; case $a in =*) a=-;; esac; printf '%s\n' "$a"; held=; while IFS= read -r a; do
case $held:$a in *:--*|:*|*:-*) [ -z "$held" ] || printf '%s\n' "$held"; held=; case $a in --*=*) printf '%s\n' "$a";; --*) held=$a;; *) echo -;; esac;;
*) printf '%s=%s\n' "$held" "$a"; held=;; esac; done; [ -z "$held" ] || printf '%s\n' "$held"; }
# whether one of the names stands in a text, behind $3; an expression that is more than names is taken to
mentions() {
  case $2 in *[!A-Za-z0-9_\|-]*) return 0;; esac
  IFS='|'; for w in $2; do case $1 in *"$3$w"*) IFS=$b; return 0;; esac; done; IFS=$b; return 1
}
of() { v=; IFS=$nl; set -f; for l in $env; do case $l in "$1="*) v=\${l#*=}; break;; esac; done; set +f; IFS=$b; }
lines() { i=0; l=; while [ $i -le ${MOST_ENTRIES} ] && IFS= read -r x; do l=$l$x$nl; i=$((i + 1)); done; printf %s "$l"; }
# what lies in a folder we may not enter can be there
absent() { [ ! -d "$1" ] && case $(stat -- "$1" 2>&1) in *'No such file'*|*'Not a directory'*) true;; *) false;; esac; }
running() {
  pid=; IFS=$nl; set -f
  for l in $processes; do case $1 in *"|\${l#* }|"*) said="$said$nl=pid $l"; case $1 in "|\${l#* }|"*) pid=\${l%% *};; esac;; esac; done
  set +f; IFS=$b
}
environment() {
  env=; args=; home=/root; user=root; host=
  if [ -n "$pid" ]; then
    # the short one first: dash takes the square of its length to cut it off
    t=$(printf '\0=environment\0' | S cat -- "$R/proc/$pid/cmdline" - "$R/proc/$pid/environ" 2>/dev/null | tr '\n\0' '\001\n')
    args=\${t%%"$nl=environment"*}; env=\${t#"$args$nl=environment"}; env=\${env#"$nl"}
    while case $args in *"$nl") ;; *) false;; esac; do args=\${args%"$nl"}; done
    case $nl$env in *"$nl="*) env=$(printf '%s\n' "$env" | sed '/^=/d');; esac
  fi
  account=
  if [ -n "$pid" ]; then
    t=; { while read -r v t l; do case $v in Uid:) break;; esac; t=; done <"$R/proc/$pid/status"; } 2>/dev/null
    [ -z "$t" ] || { while IFS=: read -r v l i a; do case $i in "$t") account=$v; break;; esac; done <"$R/etc/passwd"; } 2>/dev/null
    # a directory may have it
    [ -n "$R$account" ] || [ -z "$t" ] || { v=$(getent passwd "$t" 2>/dev/null) && account=\${v%%:*}; }
  fi
  [ -z "$env" ] || { of HOME; home=$v; of USER; user=$v; }
  if [ -n "$R" ]; then host=$(sed -n '/^[[:space:]]*\(#\|$\)/!{s/[[:space:]]//g;p;q;}' "$R/etc/hostname" 2>/dev/null); else read -r host </proc/sys/kernel/hostname; fi
  printf '%s\n=format 2\n=prefix %s\n=root %s\n=account %s\n=hidden %s\n=home %s\n=user %s\n=host %s\n' "$said" "$R" "$root" "$account" "$hidden" "$home" "$user" "$host"
}
# the arguments are the files of the unit that are there or may be
units() {
  [ $# -gt 0 ] || return 0
  lined "$@"; k=$#; t=$(planned); IFS=$nl; set -f; had=$nl"$*"$nl c=
  for l in $t; do
    l=\${l#"$R"}; l=\${l#*:}; l=\${l#"\${l%%[!$s]*}"}
    # comments between the lines of a value count for nothing
    case $l in [#\;]*) continue;; esac
    l=$c$l c=
    case $l in EnvironmentFile*\\) c="\${l%?} "; continue;; EnvironmentFile*) ;; *) continue;; esac
    l=\${l#EnvironmentFile}; l=\${l#"\${l%%[!$s]*}"}; case $l in =*) ;; *) continue;; esac
    l=\${l#=}; l=\${l#"\${l%%[!$s]*}"}; l=\${l%"\${l##*[!$s]}"}
    set +f; for f in "$R"\${l#-}; do
      case $had in *"$nl$f$nl"*) ;; *) exists "$f" && had=$had$f$nl && set -- "$@" "$f";; esac; done; set -f
  done
  set +f; IFS=$b
  for f; do files="$files$nl=unit $f"
    if ledAway "$f"; then files="$files$nl=unread $f$nl=link \${link#"$R"}$nl=to $to"
    else [ -r "$f" ] || S test -r "$f" || files="$files$nl=unread $f"; fi; done
  [ $# = $k ] || { shift $k; u=$u$nl; lined "$@"; }
}
exists() { [ -e "$1" ] || astray "$1"; }
# a unit that is masked is a link to /dev/null everywhere
ledAway() { astray "$1" && [ "$to" != /dev/null ]; }
# the lines of the unit, with what its name and the host put in
planned() {
  h=$host; case $h in *[!A-Za-z0-9.-]*) h=%H;; esac
  case $u in *%*) printf '%s\n' "$u" | sed "$specifiers;s|%H|$h|g;s|%l|\${h%%.*}|g;s/%_/%/g";; *) printf '%s\n' "$u";; esac
}
# to u what grep -H prints of all lines; small files are read here
lined() {
  e=$#
  for f; do
    ! ledAway "$f" || continue
    a= i=0
    [ ! -f "$f" ] || [ ! -r "$f" ] || while [ $i -lt ${MOST_LINES} ] && { IFS= read -r l || [ -n "$l" ]; }; do a=$a$f:$l$nl i=$((i + 1)); done <"$f"
    if [ $i = 0 ] || [ $i = ${MOST_LINES} ]; then set -- "$@" "$f"; else u=$u$a; fi
  done
  shift $e; [ $# = 0 ] || { u=$u$(S grep -saH '' "$@"); } 2>/dev/null
  u=\${u%"$nl"}
}
# lines of the main files that name another file, to m; the arguments are the names, then the files
naming() {
  n=$1; shift; m=; k=$#
  for f; do
    if [ -f "$f" ] && [ -r "$f" ]; then
      i=0; while [ $i -lt ${MOST_LINES} ] && { IFS= read -r l || [ -n "$l" ]; }; do ! mentions "$l" "$n" || m=$m$l$nl; i=$((i + 1)); done <"$f"
      [ $i -lt ${MOST_LINES} ] || set -- "$@" "$f"
    elif [ ! -e "$f" ] && ! [ -x "\${f%/*}" ] || [ -f "$f" ]; then set -- "$@" "$f"; fi
  done
  shift $k; [ $# = 0 ] || { m=$m$(S grep ${IN_MAIN} -- "$@"); } 2>/dev/null
}
settings() { candidates "^[ \t]*($n)" "$from"; }
# files that an option of the command line, of the unit or of the main file names
moved() {
  [ -n "$m" ] || mentions "$args$u" "$n" -- || return 0
  moved=$(! mentions "$args$u" "$n" -- || { printf '%s\n' "$args" | tr '\n' ' '; echo; planned; } | candidates "--($n)" "$from"
    [ -z "$m" ] || printf '%s\n' "$m" | settings)
  [ -z "$moved" ] || moved=$( { printf '%s\n' "$moved"; printf '%s\n' "$moved" | while IFS= read -r f; do S cat -- "$R$f" 2>/dev/null | settings; done; } | awk '!seen[$0]++')
}
# whether a link on the way to a file of a tree leads to a path of this machine: the link, and where to
astray() {
  [ -n "$R" ] || return
  link=$1
  while [ -n "$link" ] && [ "$link" != "$R" ]; do
    y=$link z=0
    while [ -L "$y" ] && [ $z -lt 9 ]; do z=$((z + 1)) to=$(readlink -- "$y"); case $to in "$R"/*) y=$to;; /*) return 0;; *) y=\${y%/*}/$to;; esac; done
    link=\${link%/*}
  done
  return 1
}
strayed() { links="$links=link \${link#"$R"}$nl=to $to$nl"; }
# all that is in a folder, to t, one path per line; where that may not be seen, or is much, it is left to find
walk() {
  [ -r "$1" ] && [ -x "$1" ] || return
  for f in "$1"/* "$1"/.[!.]*; do
    case $f in *"$nl"*|"$at"/*/*/*/*/*/*/*/*) return 1;; "$1/*"|"$1/.[!.]*") [ -e "$f" ] || [ -L "$f" ] || continue;; esac
    ! astray "$f" || { strayed; continue; }
    t=$t$nl$f i=$((i + 1)); [ $i -lt ${MOST_ENTRIES} ] || return
    [ ! -d "$f" ] || walk "$f" || return
  done
}
# what is in $at, to l, and to links what leads out of a tree; found and isText are the product's
listing() {
  t=$at i=0 links=
  if [ -z "$few" ] && walk "$at"; then IFS=$nl; set -f; set -- $t; set +f; IFS=$b; l=$(stat -L -c ${STAT} -- "$@" 2>&1)
  else
    t= links=; l=$(found)
    [ -z "$R" ] || { IFS=$nl; set -f; set -- $(find -H "$at" -type l 2>/dev/null); set +f; IFS=$b; for f; do ! astray "$f" || strayed; done; }
  fi
}
# the texts among these, to plain, if they may be read without sudo
plain() {
  [ -n "$t" ] || return
  t=; IFS=$nl; set -f
  for x in $l; do case $x in '~8'*) ;; *) continue;; esac
    x=\${x#*:}; f=\${x#*:*:*:*:}; isText "\${f#"$at/"}" && [ \${x%%:*} -le ${MOST_TEXT} ] || continue
    t=$t$nl$f; [ -r "$f" ] || { t=$nl; break; }
  done
  set +f; IFS=$b; [ "$t" != "$nl" ] && plain=$plain$t
}
# what is to be masked; texts is the product's
said() {
  exec 2>/dev/null
  printf '=\0=\n'; echo '=section environment'; [ -z "$env" ] || printf '=process\n%s\n' "$env"
  echo '=section arguments'; [ -z "$args" ] || printf '%s\n' "$args" | arguments
  printf '=section units%s\n' "$files"; [ -z "$u" ] || printf '%s\n' "$u"
  echo '=section texts'; IFS=$nl; set -f; set -- $hidden; set +f; IFS=$b; for at; do texts; done
  # a section each: a file that is named, and is in a directory as well, is not twice as long
  [ -z "$moved" ] || { echo '=section texts'; printf '%s\n' "$moved" | while IFS= read -r f; do astray "$R$f" || S grep -saH '' -- "$R$f"; done; echo '=section texts'; }
}
# texts, masked, and the listing of the directories
report() {
  tree= plain= hidden=
  for d; do at="$R$d" l=; tree="$tree=dir $d$nl"
    ! astray "$at" || { links=; strayed; tree=$tree$links; continue; }
    [ "$d" = "$root" ] || ! absent "$at" || continue
    listing
    # the words of a sudo that refuses come with its listing
    plain || { [ -z "$t" ] || l=$(found); absent "$at" || hidden=$hidden$nl$at; }
    tree=$tree$l$nl$links
  done
  p=${SECTIONS}$HA_MASK k=$((\${#R} + 1)) own=
  PATH=/dev/null printf '' 2>/dev/null && [ -e /dev/fd/0 ] || own=1
  IFS=$nl; set -f; set -- $plain; set +f; IFS=$b
  { v=$(said | $HA_AWK -v skip=$k -v wanted="^($variables)" -v late=1 -v own="$own" -v nul=1 -- "$p" - from=1 "$@" 2>/dev/null 3>&1 >&4) || { echo =again
    v=$( { said; [ $# = 0 ] || grep -saH '' -- "$@"; } | tr '\000' '\001' | $HA_AWK -v skip=$k -v wanted="^($variables)" -v late=1 -v own="$own" -- "$p" 3>&1 >&4); }; } 4>&1
  [ -z "$v" ] || echo =digests
  IFS=$nl; set -f; for v in $v; do printf %s "$HA_NONCE\${v#+}" | sha256sum; done; set +f; IFS=$b
  printf '=tree\n%s' "$tree"
  echo =moved
  [ -z "$moved" ] || printf '%s\n' "$moved" | while IFS= read -r f; do echo "=named $f"; if astray "$R$f"; then printf '=link %s\n=to %s\n' "\${link#"$R"}" "$to"; else S stat -L -c ${STAT} -- "$R$f"; fi; done 2>&1
  echo =end
}`;
