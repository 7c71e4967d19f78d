/**
 * Whether Workbench's encrypted database password was made with this node's key: it begins and ends with the CRC-32 of
 * the key. Compared on the node; only the outcome leaves it. Source: docs/sources.md 4.1 (rskey workbench.go).
 */

import { modeOf } from '../formats/stat.js';
import { defineCollector, raw, SPACE, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';
import type { TreeEntry } from '../products/installed.js';
import { type Found, settingsOf } from '../products/profile.js';

export interface DatabasePassword {
  /** `none`: not in the file. `unkeyed`: encrypted, and the key could not be read. */
  readonly kind: 'none' | 'plain' | 'fits' | 'differs' | 'unkeyed';
  /** Permission bits of database.conf, as they were found; of earlier evidence, as they were asked for. */
  readonly mode: number;
  /** Where it is. */
  readonly path: string;
}

/** What may stand around a password. */
const AROUND = '"\r';

/** Lines of database.conf that the shell reads itself. */
const MOST_LINES = 200;

/** `=mode` only where the mode is not `known` already. */
const script = (
  file: string,
  key: string,
  known: boolean,
): string => shell`compared() { f="$R"${file}; k="$R"${key}; s=${SPACE}; q=${AROUND}; b=$IFS
${raw(known ? '[ -e "$f" ] || S test -e "$f"' : `S stat -L -c '=mode %f' -- "$f" 2>/dev/null`)} || { echo =none; return; }
nl='
' t=; i=0
[ ! -f "$f" ] || [ ! -r "$f" ] || while [ $i -lt ${MOST_LINES} ] && { IFS= read -r l || [ -n "$l" ]; }; do t=$t$l$nl; i=$((i + 1)); done <"$f"
if [ $i = 0 ] || [ $i = ${MOST_LINES} ]; then t=$(S cat -- "$f") || return; fi
p=; set -f; IFS=$nl
for l in $t; do case $l in *password*=*) ;; *) continue;; esac
  n=\${l%%=*}; while case $n in [$s]*) n=\${n#?};; *[$s]) n=\${n%?};; *) false;; esac; do :; done
  [ "$n" = password ] || continue
  p=\${l#*=}; while case $p in [$s]*) p=\${p#?};; *) false;; esac; do :; done
  while case $p in *[$q]*) p=\${p%%[$q]*}\${p#*[$q]};; *) false;; esac; do :; done
  break; done; set +f; IFS=$b
[ -n "$p" ] || { echo =none; return; }
case $p in *[!A-Za-z0-9+/=]*) echo =plain; return;; esac
[ \${#p} -ge 40 ] || { echo =plain; return; }
set -- $(printf '%.8s %s\n' "$p" "\${p#"\${p%????????}"}" | tr a-f A-F)
if [ "$1" != "$2" ] || case $1 in *[!0-9A-F]*) true;; *) false;; esac; then echo =plain; return; fi
S test -f "$k" && S test -r "$k" || { echo =unkeyed; return; }
c=$(S cat -- "$k" | gzip -c | tail -c 8 | od -An -v -tx1 -N 4 | awk '{ print toupper($4 $3 $2 $1) }')
if [ "$c" = "$1" ]; then echo =fits; else echo =differs; fi; }
compared`;

/** `?`: it could not be looked at. */
const fileOf = ({ tree }: Found): TreeEntry | undefined => tree.find((e) => e.path === 'database.conf');

export const databasePassword = defineCollector<DatabasePassword, Found>({
  id: 'database-password',
  requests: (_, found) => {
    const key = settingsOf(found).keys[0]?.path;
    const file = fileOf(found);
    return key === undefined || (file && file.type !== 'file')
      ? {}
      : {
          password: {
            first: script(settingsOf(found).databaseFile, key, (fileOf(found)?.owner ?? '?') !== '?'),
            script: '',
          },
        };
  },
  parse({ password }, _, found) {
    if (!password)
      throw new NotSeen(
        'database.conf is not a regular file, or its key is not known: see config-identical and key-file',
      );
    const kind = /^=(none|plain|fits|differs|unkeyed)$/m.exec(password.stdout)?.[1];
    if (kind === undefined)
      throw new NotSeen('gzip, od or awk is missing: the password could not be compared with the key');
    const earlier = /^=mode (\w+)$/m.exec(password.stdout)?.[1];
    return {
      kind: kind as DatabasePassword['kind'],
      mode: earlier === undefined ? (fileOf(found)?.mode ?? 0) : modeOf(earlier).bits,
      path: settingsOf(found).databaseFile,
    };
  },
});
