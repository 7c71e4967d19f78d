/** How a node's name service is asked for many names by one process. */

import { raw, shell } from '../model/collector.js';

/**
 * `ask KIND DATABASE NAME...`: an answer to each question, as `=KIND NAME` and the line of getent, if there is one; all
 * lines stay in `found`. From the name that is the `more`th on the kind is `member`. Where all names are found, their lines come
 * in their order. Where one is not, only lines of exactly the name are taken (a directory answers in its own spelling),
 * and the others are asked for one by one. A status other than 0 and 2, which means "not found", is returned.
 */
export const ASK = raw(shell`nl='
'
alone() { printf '=%s %s\n' "$1" "$3"; a=$(getent "$2" "$3"); r=$?; [ -z "$a" ] || printf '%s\n' "$a"; found="$found$nl$a"; [ $r = 0 ] || [ $r = 2 ] || return $r; }
ask() { k=$1 db=$2 i=0 c=0; shift 2; found=; [ $# -gt 0 ] || return 0
  o=$(getent "$db" "$@"); r=$?; b=$IFS; IFS=$nl; set -f; for a in $o; do c=$((c + 1)); done
  if [ $r = 0 ] && [ $c = $# ]; then found=$o
    for a in $o; do i=$((i + 1)); [ $i != "$more" ] || k=member; printf '=%s %s\n%s\n' "$k" "$1" "$a"; shift; done; IFS=$b; return 0; fi
  IFS=$b
  for n; do i=$((i + 1)); [ $i != "$more" ] || k=member
    case $nl$o in *"$nl$n:"*) a=$nl$o; a=$n:\${a#*"$nl$n:"}; a=\${a%%"$nl"*}; found="$found$nl$a"; printf '=%s %s\n%s\n' "$k" "$n" "$a";; *) alone "$k" "$db" "$n" || return;; esac; done; }
more=`);
