/** How a node's accounts and groups are looked up: by the fewest processes, and once for all who ask. */

import { raw, SPACE, shell } from '../model/collector.js';

/** Members of the admitted groups that are looked up: each may be a question to the directory. */
export const MOST_MEMBERS = 500;

/**
 * `ask KIND DATABASE TEXT NAME...`: an answer to each question, as `=KIND NAME` and the line of getent, if there is one
 * (NIS has the hash of a password in it, and the comment of an account may hold anything: both stay on the node);
 * all lines stay in `found`. A name that has a line in TEXT is not asked for. Of the others, where all are found, their lines
 * come in their order. Where one is not, only lines of exactly the name are taken (a directory answers in its own
 * spelling), and the others are asked for one by one. A status other than 0 and 2, which means "not found", is returned.
 */
const ASK = shell`nl='
' b=$IFS
answer() { printf '=%s %s\n' "$k" "$1"; [ -n "$a" ] || return 0
  found="$found$nl$a" i=\${a#*:*:} e=
  case $db in passwd) e=\${i#*:*:}; i=\${i%"$e"}; e=:\${e#*:};; esac
  printf '%s:x:%s%s\n' "\${a%%:*}" "$i" "$e"; }
# passwd has seven fields and group four; dash takes the square of a text's length to cut something out of it
line() { case $nl$t in *"$nl$1:"*) ;; *) return 1;; esac
  IFS=$nl; for a in $t; do case $a in "$1":*:*:*:*) [ $db = passwd ] || continue;; "$1":*) [ $db = group ] || continue;; *) continue;; esac
    IFS=$b; case $a in *:*:[0-9]*:*) return;; esac; return 1; done
  IFS=$b; return 1; }
ask() { k=$1 db=$2 t=$3 c=0; shift 3; n=$# found=; set -f
  for x; do if line "$x"; then answer "$x"; else set -- "$@" "$x"; fi; done; shift $n
  [ -z "$R" ] && [ $# -gt 0 ] || return 0
  command -v getent >/dev/null || { echo 'getent is missing: accounts could not be looked up' >&2; return 127; }
  o=$(getent "$db" "$@"); r=$?; IFS=$nl; for a in $o; do c=$((c + 1)); done
  if [ $r = 0 ] && [ $c = $# ]; then for a in $o; do answer "$1"; shift; done; IFS=$b; return 0; fi
  IFS=$b t=$o
  for x; do if line "$x"; then answer "$x"; continue; fi
    a=$(getent "$db" "$x"); r=$?; answer "$x"; [ $r = 0 ] || [ $r = 2 ] || return $r; done; }`;

/**
 * Lines of passwd and group without passwords and comments, of login.defs the one that is needed. Blanks before a line are
 * nothing to the C library.
 */
const LINES = `{ sub(/^[ \t]+/, "") } /^UID_MIN[ \t]/ { print; next } !/^[^#]*:/ { next }
{ n = split($0, f, ":"); f[2] = "x"; if (n == 7) f[5] = ""
  line = f[1]; for (i = 2; i <= n; i++) line = line ":" f[i]; print line }`;

/**
 * The lines of passwd and of group, without the passwords that some still have in their second field and the comments of accounts, and UID_MIN of login.defs, in `files` (`unread` is not 0 where they could not be read),
 * then what the name service says of `groups`, their members and `users` in `asked`, as `ask` prints it, with the members'
 * names behind `=members`; `ended` is not 0 where it could not be asked. Where a database's own file is its first source, and nothing is merged into
 * it, what is in the file is the answer: `passwd` and `group` are the files then, else empty. Source: nsswitch.conf(5).
 */
export const namesOf = (users: readonly string[], groups: readonly string[]): string => shell`${raw(ASK)}
passwd= group= initgroups= s=${SPACE}
{ while read -r d w; do case $d in passwd:) passwd="$passwd$w;";; group:) group="$group$w;";; initgroups:) initgroups=$w;; esac; done <"$R/etc/nsswitch.conf"; } 2>/dev/null
sources=$group$initgroups
# a shell goes through files of 100 000 bytes and more for longer than getent starts
own() { [ -n "$R" ] || case \${#files}:$1 in ??????*:*|*'['*|*';'?*) false;; *:files[!a-z]*) ;; *) false;; esac; }
defs="$R/etc/login.defs"; [ -r "$defs" ] || defs=
files=$($HA_AWK ${LINES} "$R/etc/passwd" "$R/etc/group" \${defs:+"$defs"} 2>/dev/null); unread=$? files=$files$nl
if own "$passwd"; then passwd=$files; else passwd=; fi
if own "$group"; then group=$files; else group=; fi
names() { ask group group "$group" ${groups} || return
  m=; IFS=$nl; for l in $found; do l=\${l#*:*:*:}; m="$m,\${l%%:*}"; done
  IFS=,; set -- $m; m=
  if [ $# -gt ${MOST_MEMBERS} ]; then IFS=$nl; set -- $(printf '%s\n' "$@" | sed '/^$/d' | sort -u | head -n ${MOST_MEMBERS}); fi
  IFS=$b; for x; do add "$x"; done; printf '=members\n%s' "$m"
  for x in ${users}; do add "$x"; done
  IFS=$nl; set -- $m; IFS=$b; ask user passwd "$passwd" "$@"; }
add() { while case $1 in [$s]*) ;; *) false;; esac; do set -- "\${1#?}"; done
  case $nl$m in *"$nl$1$nl"*) ;; *) case $1 in ''|-*) ;; *) m=$m$1$nl;; esac;; esac; }
asked=$(names 2>/dev/null); ended=$?`;
