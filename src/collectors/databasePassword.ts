/**
 * Whether Workbench's encrypted database password was made with this node's key: it begins and ends with the CRC-32 of
 * the key. Compared on the node; only the outcome leaves it. Source: docs/sources.md 4.1 (rskey workbench.go).
 */

import { modeOf } from '../formats/stat.js';
import { defineCollector, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';

export interface DatabasePassword {
  /** `none`: not in the file. `unkeyed`: encrypted, and the key could not be read. */
  readonly kind: 'none' | 'plain' | 'fits' | 'differs' | 'unkeyed';
  /** Permission bits of database.conf. */
  readonly mode: number;
}

const script = (file: string, key: string): string => shell`f="$R"${file}; k="$R"${key}
S stat -L -c '=mode %f' -- "$f" 2>/dev/null || { echo =none; exit 0; }
p=$(S cat -- "$f") || exit
p=$(printf '%s\n' "$p" | sed -n 's/^[[:space:]]*password[[:space:]]*=[[:space:]]*//p' | head -n 1 | tr -d '"\r')
[ -n "$p" ] || { echo =none; exit 0; }
case $p in *[!A-Za-z0-9+/=]*) echo =plain; exit 0;; esac
a=$(printf %.8s "$p" | tr a-f A-F); b=$(printf %s "$p" | tail -c 8 | tr a-f A-F)
if [ \${#p} -lt 40 ] || [ "$a" != "$b" ] || case $a in *[!0-9A-F]*) true;; *) false;; esac; then echo =plain; exit 0; fi
S test -f "$k" && S test -r "$k" || { echo =unkeyed; exit 0; }
c=$(S cat -- "$k" | gzip -c | tail -c 8 | od -An -v -tx1 -N 4 | awk '{ print toupper($4 $3 $2 $1) }')
if [ "$c" = "$a" ]; then echo =fits; else echo =differs; fi`;

export const databasePassword = defineCollector<DatabasePassword, Found>({
  id: 'database-password',
  requests: (_, found) => {
    const key = settingsOf(found).keys[0]?.path;
    const file = found.tree.find((e) => e.path === 'database.conf');
    return key === undefined || (file && file.type !== 'file')
      ? {}
      : { password: { script: script(settingsOf(found).databaseFile, key) } };
  },
  parse({ password }) {
    if (!password)
      throw new NotSeen(
        'database.conf is not a regular file, or its key is not known: see config-identical and key-file',
      );
    const kind = /^=(none|plain|fits|differs|unkeyed)$/m.exec(password.stdout)?.[1];
    if (kind === undefined)
      throw new NotSeen('gzip, od or awk is missing: the password could not be compared with the key');
    return {
      kind: kind as DatabasePassword['kind'],
      mode: modeOf(/^=mode (\w+)$/m.exec(password.stdout)?.[1] ?? '0').bits,
    };
  },
});
