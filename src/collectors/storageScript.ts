/** How a node looks at the paths of `storage`: the scripts, apart from what is made of their answers. */

import { raw, shell } from '../model/collector.js';
import type { Asking } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';

/** Entries that are looked at: enough to distinguish two directories, few enough for a large one. */
const ENTRIES = 64;
/** Folders that hold homes, and users of each whose own home is looked at. */
const PARENTS = 3;
const USERS = 2;

/**
 * Looks at the directory `$p` (the root prefix included). `stat` first: it makes an automounter mount, so that the mount
 * table, read last, shows the truth. Then the entries, and only then the attributes that are compared: a network file
 * system remembers attributes for up to a minute, and a listing, or `--cached=never`, makes it ask its server. Times are
 * UTC, since two nodes can be in two zones. Of what is missing the nearest folder above it is looked at.
 */
const LOOK = raw(shell`TZ=UTC0; export TZ; f='=stat %d|%i|%u|%g|%z|%y'
c=; stat --cached=never / >/dev/null 2>&1 && c=--cached=never
look() {
  if ! e=$(S stat -L -c "$f" -- "$p/." 2>&1); then
    case $e in *'No such file'*|*'Not a directory'*) echo =missing;; *) printf '=trouble %s\n' "$e"; return;; esac
    until e=$(S stat -L -c "$f" -- "$p/." 2>/dev/null) || [ "$p" = "$R" ]; do p=\${p%/*}; done
  fi
  l=$({ S ls -1aiU -- "$p/" 2>/dev/null || S ls -1ai -- "$p/"; } | head -n ${ENTRIES})
  n=$(S stat -L $c -c "$f" -- "$p/." 2>/dev/null) && e=$n
  printf '%s\n' "$e"
  if r=$(cd -- "$p/" 2>/dev/null && pwd -P || S readlink -f -- "$p"); then printf '=at %s\n' "$r"; fi
  if [ -n "$R" ]; then cat "$R/.fake-space" 2>/dev/null; else S stat -f -c '=space %b %a %c %d' -- "$p/." 2>/dev/null; fi
  printf '%s\n' "$l"
}`);

export const pathScript = (path: string): string => shell`${LOOK}
p="$R"${path}; look`;

/**
 * Home directories of the inventory's users, and of members of the groups the product admits: the folders that hold
 * them, and a few homes, since an automounter or a mount for each user shows nothing in the folder above.
 */
export function homesScript({ cluster }: Asking, found: Found): string | undefined {
  const { groups } = settingsOf(found);
  if (!found.profile.sharesHomes) return undefined;
  if (cluster.users.length + groups.length === 0) return undefined;
  return shell`${LOOK}
entry() { if [ -n "$R" ]; then k=$2 awk -F: '$1 == ENVIRON["k"] { print; exit }' "$R/etc/$1"; else getent "$1" "$2"; fi; }
members() { for g in ${groups}; do entry group "$g"; done | cut -d: -f4 | tr , '\n'; }
all=$({ for u in ${cluster.users}; do printf '%s\n' "$u"; done; members; } | head -n 200 |
while IFS= read -r u; do [ -z "$u" ] || entry passwd "$u"; done | cut -d: -f6 | sed -n 's,^\(/.*[^/]\)/*$,\1,p' | awk '!seen[$0]++')
printf '%s\n' "$all" | sed -n 's,^\(/.*\)/[^/]*$,\1,p' | sort | uniq -c | sort -rn | head -n ${PARENTS} |
while read -r _ h; do printf '=home %s\n' "$h"; p="$R$h"; look
  printf '%s\n' "$all" | h=$h awk 'index($0, ENVIRON["h"] "/") == 1 && index(substr($0, length(ENVIRON["h"]) + 2), "/") == 0' | head -n ${USERS} |
  while IFS= read -r u; do printf '=user %s\n' "$u"; p="$R$u"; look; done
done`;
}

/**
 * The mount table without passwords in addresses, and what shows which service is behind a mount: types in /etc/fstab
 * (no sources and no options, which can hold a password), the helpers of EFS and Azure Files, and the folder that efs-utils keeps its state in.
 */
export const TABLES = `[ -r "$R/proc/self/mountinfo" ] || { echo "cannot read $R/proc/self/mountinfo" >&2; exit 1; }
sed 's,//[^/ :]*:[^ ]*@,//,g' "$R/proc/self/mountinfo" "$R/proc/self/mountstats" "$R/proc/fs/nfsfs/volumes" 2>/dev/null
echo =fstab; awk '!/^[ \\t]*#/ && NF > 2 { print "-", $2, $3 }' "$R/etc/fstab" 2>/dev/null
echo =processes
for c in "$R"/proc/[0-9]*/comm; do read -r n <"$c" || continue
case $n in efs-proxy*|stunnel*|aznfs*) tr '\\0' ' ' <"\${c%comm}cmdline"; echo;; esac; done 2>/dev/null
for d in "$R"/var/run/efs/* "$R"/run/efs/*; do [ -e "$d" ] && { echo =efs; break; }; done
if [ -n "$R" ]; then echo =tree; cd "$R" && pwd -P; fi; :`;
