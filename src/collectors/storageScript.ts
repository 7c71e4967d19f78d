/** How a node looks at the paths of `storage`: the scripts, apart from what is made of their answers. */

import { shell } from '../model/collector.js';
import type { Asking, Request } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import { namesFor } from './accounts.js';

/** Entries that are looked at: enough to distinguish two directories, few enough for a large one. */
const ENTRIES = 64;
/** Folders that hold homes, and users of each whose own home is looked at. */
const PARENTS = 3;
const USERS = 2;
/** Users whose homes are looked up. */
const MOST_HOMES = 200;

/**
 * `look` looks at the directory `$p` (the root prefix included). That it is there is asked first: it makes an automounter
 * mount, so that the mount table, read last, shows the truth. Then the entries, and only then the attributes that are
 * compared: a network file system remembers attributes for up to a minute, and a listing, or `--cached=never`, makes it
 * ask its server. Times are UTC, since two nodes can be in two zones. Of what is missing the nearest folder above it is
 * looked at. The attributes of further paths, if any are given, come along in `$o`.
 */
const LOOK = shell`TZ=UTC0; export TZ; f='=stat %d|%i|%u|%g|%z|%y|%n'; c=--cached=never; nl='
' b=$IFS
first() { i=0; a=; while [ $i -lt ${ENTRIES} ] && IFS= read -r x; do a=$a$x$nl; i=$((i + 1)); done; printf %s "$a"; }
of() { e=$nl$o$nl; case $e in *"|$1/.$nl"*) e=\${e%%"|$1/.$nl"*}; e=\${e##*"$nl"};; *) e=; false;; esac; }
look() {
  if ! [ -e "$p/." ] && ! o=$(S stat -L -c "$f" -- "$p/." 2>&1); then
    case $o in *'No such file'*|*'Not a directory'*) echo =missing;; *) printf '=trouble %s\n' "$o"; return;; esac
    until [ -e "$p/." ] || S stat -L -c "$f" -- "$p/." >/dev/null 2>&1 || [ "$p" = "$R" ]; do p=\${p%/*}; done
  fi
  l=$(S ls -1aiU -- "$p/" 2>/dev/null | first); [ -n "$l" ] || l=$(S ls -1ai -- "$p/" | first)
  o=$(S stat -L $c -c "$f" -- "$p/." "$@" 2>&1); of "$p" || { o=$(S stat -L -c "$f" -- "$p/." "$@" 2>&1); ! of "$p" || c=; }
  if cd -P -- "$p/" 2>/dev/null && [ -n "$PWD" ]; then e="$e$nl=at $PWD"; cd /
  elif r=$(S readlink -f -- "$p"); then e="$e$nl=at $r"; fi
  printf '%s\n' "$e"
  if [ -n "$R" ]; then cat "$R/.fake-space" 2>/dev/null; else S stat -f -c '=space %b %a %c %d' -- "$p/." 2>/dev/null; fi
  printf '%s\n' "$l"
}`;

export const pathRequest = (path: string): Request => ({
  base: [LOOK],
  script: shell`p="$R"${path}; look`,
  timeoutSeconds: 5,
  optional: true,
});

/**
 * From lines of passwd in `all`, and the mount table: the folders above the homes, most homes first, and behind each the first
 * homes in it, with `1 ` before one that may be a mount.
 */
const PICK = String.raw`BEGIN { rows = split(ENVIRON["all"], row, "\n"); for (i = 1; i <= rows; i++) {
  split(row[i], part, ":"); home = part[6]; sub(/\/+$/, "", home); parent = home; sub(/\/[^\/]*$/, "", parent)
  if (parent !~ /^\// || seen[home]++) continue
  homes[++n] = home; above[n] = parent; count[parent]++ } }
{ mounts[$5] }
END { for (k = 0; k < most; k++) {
  best = ""; for (p in count) if (best == "" || count[p] > count[best] || (count[p] == count[best] && p "" > best "")) best = p
  if (best == "") break
  print best; c = 0
  for (i = 1; i <= n && c < users; i++) if (above[i] == best) { c++
    own = homes[i] ~ /[ \t\\]/; for (p in mounts) if (index(p "/", homes[i] "/") == 1) own = 1
    print own + 0, homes[i] }
  delete count[best] } }`;

/**
 * Home directories of the inventory's users, and of members of the groups the product admits: the folders that hold
 * them, and a few homes, since an automounter or a mount for each user shows nothing in the folder above. A home on the
 * device of the folder above it, and no mount, shows nothing more.
 */
export function homesRequest(asking: Asking, found: Found): Request | undefined {
  const { groups, serviceAccounts } = settingsOf(found);
  const { users } = asking.cluster;
  if (!found.profile.sharesHomes || users.length + groups.length === 0) return undefined;
  const others = serviceAccounts.filter((name) => !users.includes(name));
  const script = shell`
t=; [ -r "$R/proc/self/mountinfo" ] && t="$R/proc/self/mountinfo"
all= k= i=0; IFS=$nl; set -f
for l in $asked; do
  case $l in =user\ *) k=\${l#=user }; for n in ${others}; do [ "$k" != "$n" ] || k=; done;; =*) k=;;
  *) [ -z "$k" ] || [ $i = ${MOST_HOMES} ] || { all=$all$l$nl; i=$((i + 1)); }; k=;; esac; done
IFS=$b; all=$(all=$all $HA_AWK -v most=${PARENTS} -v users=${USERS} ${PICK} \${t:+"$t"})
folder() { [ -n "$h" ] || return 0; printf '=home %s\n' "$h"; p="$R$h"; a=
  IFS=$nl; for u in $us; do a="$a$nl$R\${u#? }/."; done; set -- $a; IFS=$b; look "$@"
  s=$o; d=\${e%%|*}; IFS=$nl; set -- $us; IFS=$b
  for u; do k=\${u%% *}; u=\${u#? }; o=$s
    if [ $k = 0 ]; then if of "$R$u"; then [ "\${e%%|*}" != "$d" ] || k=; else case $o in *"$R$u/.': No such file"*) k=;; esac; fi; fi
    [ -z "$k" ] || { printf '=user %s\n' "$u"; p="$R$u"; look; }; done; }
IFS=$nl; set -- $all; IFS=$b; h=; us=
for home; do case $home in /*) folder; h=$home; us=;; *) us="$us$nl$home";; esac; done; folder`;
  return { base: [LOOK, namesFor(asking, found)], script, timeoutSeconds: 5, optional: true };
}

/**
 * The mount table without passwords in addresses, and what shows which service is behind a mount: types in /etc/fstab
 * (no sources and no options, which can hold a password), the helpers of EFS and Azure Files, and the folder that efs-utils keeps its state in.
 */
export const TABLES = `[ -r "$R/proc/self/mountinfo" ] || { echo "cannot read $R/proc/self/mountinfo" >&2; exit 1; }
sed 's,//[^/ :]*:[^ ]*@,//,g' "$R/proc/self/mountinfo" "$R/proc/self/mountstats" "$R/proc/fs/nfsfs/volumes" 2>/dev/null
nl='
' f=; { while read -r s p t _; do case $s in '#'*) ;; *) [ -z "$t" ] || f="$f- $p $t$nl";; esac; done <"$R/etc/fstab"; } 2>/dev/null
printf '=fstab\\n%s=processes\\n' "$f"
for c in "$R"/proc/[0-9]*/comm; do read -r n <"$c" || continue
case $n in efs-proxy*|stunnel*|aznfs*) tr '\\0' ' ' <"\${c%comm}cmdline"; echo;; esac; done 2>/dev/null
for d in "$R"/var/run/efs/* "$R"/run/efs/*; do [ -e "$d" ] && { echo =efs; break; }; done
if [ -n "$R" ]; then echo =tree; cd "$R" && pwd -P; fi; :`;
