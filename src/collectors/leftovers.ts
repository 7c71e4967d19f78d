/** SQLite files where the product keeps them when it has no PostgreSQL. */

import { defineCollector, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';
import type { Found } from '../products/profile.js';
import { settingsOf } from '../products/profile.js';
import { withGrant, withoutSudoWarnings } from '../remedy.js';

export interface Leftover {
  readonly path: string;
  readonly bytes: number;
  /** Last modification, seconds since 1970. */
  readonly modified: number;
}

/**
 * A folder that we may list and that holds no such name, needs no process; nor does one that is not there, which only
 * the names in the folder above it show. Of several names: `find`'s words between them.
 */
const LOOK = shell`look() { d=$1; a=\${1%/*}/; shift
  if [ -r "$a" ] && [ -x "$a" ]; then k=; for f in "\${d%?}"*; do [ "$f" != "$d" ] || k=1; done; [ -n "$k" ] || return 0; fi
  if [ -r "$d" ] && [ -x "$d" ]; then k=; for n; do for f in "$d"/$n "$d"/.$n; do [ ! -e "$f" ] && [ ! -L "$f" ] || k=1; done; done; [ -n "$k" ] || return 0; fi
  k=$#; for n; do set -- "$@" -o -name "$n"; done; shift $((k + 1))
  S find -L "$d" -maxdepth 1 -type f "(" "$@" ")" -exec stat -L -c '=%s %Y %n' {} + 2>&1; }
t() { if [ -n "$R" ]; then "$@" | sed "s, $R, ,"; else "$@"; fi; }`;

function byFolder(patterns: readonly string[]): string[] {
  const folders = new Map<string, string[]>();
  for (const pattern of patterns) {
    const at = pattern.lastIndexOf('/');
    const folder = pattern.slice(0, at);
    folders.set(folder, [...(folders.get(folder) ?? []), pattern.slice(at + 1)]);
  }
  return [...folders].map(([folder, names]) => shell`t look "$R"${folder} ${names}`);
}

export const leftovers = defineCollector<readonly Leftover[], Found>({
  id: 'leftovers',
  requests: (_, found) => ({
    files: {
      // what is written stays in the write-ahead log for a while
      first: [LOOK, ...byFolder(settingsOf(found).sqlite.flatMap((path) => [path, `${path}-wal`])), ':'].join('\n'),
      script: '',
      timeoutSeconds: 5,
    },
  }),
  parse({ files }) {
    return withoutSudoWarnings(files!.stdout)
      .split('\n')
      .flatMap((l): Leftover[] => {
        const m = /^=(\d+) (\d+) (.+)$/.exec(l);
        if (m) return [{ path: m[3]!, bytes: Number(m[1]), modified: Number(m[2]) }];
        // a folder that is not there holds none; any other word is of a look that failed
        if (l !== '' && !/No such file|Not a directory/.test(l)) throw new NotSeen(withGrant(l));
        return [];
      });
  },
});
