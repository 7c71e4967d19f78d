/** How a node looks at the paths of `storage`: the scripts, apart from what is made of their answers. */

import { raw, shell } from '../model/collector.js';
import type { Asking, Request } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import { namesFor } from './accounts.js';
import { MOUNT_TABLE } from './mountUnits.js';

/** Entries that are looked at: enough to distinguish two directories, few enough for a large one. */
const ENTRIES = 64;
/** Folders that hold homes. */
const PARENTS = 3;
/** Homes among which some are picked. */
const MOST_HOMES = 200;

/**
 * `look` looks at the directory `$p` (the root prefix included). That it is there is asked first: it makes an automounter
 * mount, so that the mount table, read last, shows the truth. Then the entries, and only then the attributes that are
 * compared: a network file system remembers attributes for up to a minute, and a listing, or `--cached=never`, makes it
 * ask its server. Times are UTC, since two nodes can be in two zones. Of what is missing the nearest folder above it is
 * looked at. The attributes of further paths, if any are given, come along in `$o`.
 */
const LOOK = shell`TZ=UTC0; export TZ; form='=stat %d|%i|%u|%g|%z|%y|%n'; fresh=--cached=never; nl='
' b=$IFS seen= spaces=
first() { i=0; a=; while [ $i -lt ${ENTRIES} ] && IFS= read -r x; do a=$a$x$nl; i=$((i + 1)); done; printf %s "$a"; }
of() { e=$nl$o$nl; case $e in *"|$1/.$nl"*) e=\${e%%"|$1/.$nl"*}; e=\${e##*"$nl"};; *) e=; false;; esac; }
entries() { l=$(S ls -1aiU -- "$p/" 2>/dev/null | first); [ -n "$l" ] || l=$(S ls -1ai -- "$p/" | first); }
attributes() { o=$(S stat -L $fresh -c "$form" -- "$@" 2>&1); case $nl$o in *"$nl=stat "*) return;; esac
  o=$(S stat -L -c "$form" -- "$@" 2>&1); case $nl$o in *"$nl=stat "*) fresh=;; esac; }
# a link of a node tree may lead out of it, to a folder that trees share: up to there its links are the node's
within() { t=$(cd -P -- "$R/" && pwd); case $r in "$t"|"$t"/*) return;; esac
  r=$t x=\${p#"$R"}
  while [ -n "$x" ]; do
    x=\${x#/} c=\${x%%/*}; case $x in */*) x=/\${x#*/};; *) x=;; esac
    if cd -P -- "$r/$c" 2>/dev/null; then case $PWD in "$t"|"$t"/*) r=$PWD; continue;; esac; fi
    r=$r/$c$x x=
  done; }
look() {
  eval 'l=$l_'"$q"; o=$seen
  if [ -z "$l" ] || ! of "$p"; then
    if ! [ -e "$p/." ] && ! o=$(S stat -L -c "$form" -- "$p/." 2>&1); then
      case $o in *'No such file'*|*'Not a directory'*) echo =missing;; *) printf '=trouble %s\n' "$o"; return;; esac
      until [ -e "$p/." ] || S stat -L -c "$form" -- "$p/." >/dev/null 2>&1 || [ "$p" = "$R" ]; do p=\${p%/*}; done
    fi
    entries; attributes "$p/." "$@"; of "$p"
  fi
  if cd -P -- "$p/" 2>/dev/null && [ -n "$PWD" ]; then r=$PWD; [ -z "$R" ] || within; e="$e$nl=at $r"; cd /
  elif r=$(S readlink -f -- "$p"); then e="$e$nl=at $r"; fi
  printf '%s\n' "$e"
  case $spaces in *"|$p/.$nl"*) r=\${spaces%%"|$p/.$nl"*}; printf '%s\n' "\${r##*"$nl"}";;
  *) if [ -n "$R" ]; then cat "$R/.fake-space" 2>/dev/null; else S stat -f -c '=space %b %a %c %d' -- "$p/." 2>/dev/null; fi;; esac
  printf '%s\n' "$l"
}`;

/**
 * All directories at once, where no request is under a deadline: first the entries of each, then the attributes of all, and
 * of the homes that are picked, by one program. `q` names what `look` finds of a directory.
 */
export const ahead = (
  paths: readonly string[],
): string => shell`ahead() { [ ! -e "$p/." ] || { entries; eval "l_$1="'$l'; dirs=$dirs$nl$p/.; }; }
[ -n "$HA_ALONE" ] || { dirs= mine= j=h
${raw(paths.map((path, i) => shell`p="$R"${path}; ahead ${i}`).join('\n'))}
IFS=$nl; set -f
for p in $homes; do case $p in /*) p=$R$p; ahead $j; j=h$j;; *) mine="$mine$nl$R\${p# }/.";; esac; done
set -- $dirs; [ -n "$R" ] || [ $# = 0 ] || spaces=$nl$(S stat -f -c '=space %b %a %c %d|%n' -- "$@" 2>/dev/null)$nl
set -- "$@" $mine; [ $# = 0 ] || attributes "$@"; seen=$o; set +f; set --; IFS=$b; }`;

/** One path; `index`: by which `ahead` knows it, `base`: what comes before. */
export const pathRequest = (path: string, index: number, base: readonly string[]): Request => ({
  base: [LOOK, ...base],
  first: shell`q=${index} p="$R"${path}; look`,
  script: '',
  timeoutSeconds: 5,
  optional: true,
});

/**
 * From the lines of passwd in `asked`: the folders above the homes, most homes first, and behind each the first two homes
 * in it by the alphabet, each behind a blank. Of as many homes the folder that comes last in the alphabet is first. So every
 * node picks the same ones, in whatever order it lists the members of a group.
 */
const picked = (
  others: readonly string[],
): string => shell`later() { if [ -n "$ZSH_VERSION" ]; then eval '[[ $1 > $2 ]]'; else [ "$1" \> "$2" ]; fi; }
rows= above= homes= k= i=0; IFS=$nl; set -f
for l in $asked; do
  case $l in =user\ *) k=\${l#=user }; for n in ${others}; do [ "$k" != "$n" ] || k=; done;; =*) k=;;
  *) [ -z "$k" ] || { i=$((i + 1)) h=\${l#*:*:*:*:*:}; h=\${h%%:*}
    while case $h in */) ;; *) false;; esac; do h=\${h%/}; done
    case $h in /*/*) case $nl$rows in *"$nl$h$nl"*) ;; *) rows=$rows$h$nl;; esac;; esac; }; k=;; esac; done
[ $i -le ${MOST_HOMES} ] || rows=$(printf '%s\n' $rows | sort | head -n ${MOST_HOMES})$nl
for h in $rows; do d=\${h%/*} c=0; case $nl$above in *"$nl$d$nl"*) continue;; esac
  for x in $rows; do [ "\${x%/*}" != "$d" ] || c=$((c + 1)); done; above=$above$c$nl$d$nl; done
i=0; while [ $i -lt ${PARENTS} ]; do i=$((i + 1)) k=0 d=
  for x in $above; do case $x in /*) ;; *) c=$x; continue;; esac; case $nl$homes in *"$nl$x$nl"*) continue;; esac
    if [ $c -gt $k ] || { [ $c = $k ] && later "$x" "$d"; }; then k=$c d=$x; fi; done
  [ -n "$d" ] || break; homes=$homes$d$nl h= k=
  for x in $rows; do [ "\${x%/*}" = "$d" ] || continue
    if [ -z "$h" ] || later "$h" "$x"; then k=$h h=$x; elif [ -z "$k" ] || later "$k" "$x"; then k=$x; fi; done
  for x in "$h" "$k"; do [ -z "$x" ] || homes="$homes $x$nl"; done; done
IFS=$b; set +f`;

/**
 * Home directories of the inventory's users, and of members of the groups the product admits: the folders that hold
 * them, and a few homes, since an automounter or a mount for each user shows nothing in the folder above. Of a home on the
 * device of the folder above it, and no mount, the attributes are enough. `paths`: what is looked at together with them.
 */
export function homesRequest(asking: Asking, found: Found, paths: readonly string[]): Request | undefined {
  const { groups, serviceAccounts } = settingsOf(found);
  const { users } = asking.cluster;
  if (!found.profile.sharesHomes || users.length + groups.length === 0) return undefined;
  const others = serviceAccounts.filter((name) => !users.includes(name));
  const first = shell`folder() { [ -n "$h" ] || return 0; printf '=home %s\n' "$h"; p="$R$h"; a=
  IFS=$nl; for u in $us; do a="$a$nl$R\${u# }/."; done; set -- $a; IFS=$b; q=$j j=h$j; look "$@"
  s=$o; d=\${e%%|*}; IFS=$nl; set -- $us; IFS=$b
  for u; do k=0 u=\${u# } o=$s
    # what may be a mount
    case $u in *' '*|*'	'*|*\\*) k=1;; *) case $kernel in *" $u "*|*" $u/"*) k=1;; esac;; esac
    if [ $k = 0 ]; then if of "$R$u"; then [ "\${e%%|*}" != "$d" ] || { k=; printf '=with %s\n%s\n' "$u" "$e"; }
    else case $o in *"$R$u/.': No such file"*) k=; printf '=none %s\n' "$u";; esac; fi; fi
    [ -z "$k" ] || { printf '=user %s\n' "$u"; p="$R$u"; q=; look; }; done; }
set -f; IFS=$nl; set -- $homes; IFS=$b; h= us= j=h
for home; do case $home in /*) folder; h=$home; us=;; *) us="$us$nl$home";; esac; done; folder; set +f`;
  const base = [LOOK, namesFor(asking, found), picked(others), ahead(paths), MOUNT_TABLE];
  // an automounter may mount each of them, one after the other
  return { base, first, script: '', timeoutSeconds: 10, optional: true };
}

/**
 * The mount table without passwords in addresses, and what shows which service is behind a mount: types in /etc/fstab
 * (no sources and no options, which can hold a password), the helpers of EFS and Azure Files, and the folder that efs-utils keeps its state in.
 */
export const TABLES = `if [ ! -r "$R/proc/self/mountinfo" ]; then echo "cannot read $R/proc/self/mountinfo" >&2; false; else
printf '%s\\n' "$kernel"
f=; { while read -r s p t _; do case $s in '#'*) ;; *) [ -z "$t" ] || f="$f- $p $t$nl";; esac; done <"$R/etc/fstab"; } 2>/dev/null
printf '=fstab\\n%s=processes\\n' "$f"
for c in "$R"/proc/[0-9]*/comm; do read -r n <"$c" || continue
case $n in efs-proxy*|stunnel*|aznfs*) tr '\\0' ' ' <"\${c%comm}cmdline"; echo;; esac; done 2>/dev/null
for d in "$R"/var/run/efs/* "$R"/run/efs/*; do [ -e "$d" ] && { echo =efs; break; }; done
if [ -n "$R" ]; then echo =tree; (cd "$R" && pwd -P); fi; :; fi`;
