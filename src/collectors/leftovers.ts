/** SQLite files where the product keeps them when it has no PostgreSQL. */

import { defineCollector, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';
import type { Found } from '../products/profile.js';
import { settingsOf } from '../products/profile.js';
import { withGrant } from '../remedy.js';

export interface Leftover {
  readonly path: string;
  readonly bytes: number;
  /** Last modification, seconds since 1970. */
  readonly modified: number;
}

export const leftovers = defineCollector<readonly Leftover[], Found>({
  id: 'leftovers',
  requests: (_, found) => ({
    files: {
      script: settingsOf(found)
        .sqlite.map((pattern) => {
          const [folder, name] = [pattern.replace(/\/[^/]*$/, ''), pattern.replace(/^.*\//, '')];
          return shell`S find -L "$R"${folder} -maxdepth 1 -type f -name ${name} -exec stat -L -c '=%s %Y %n' {} + 2>&1 | sed "s, $R, ,"`;
        })
        .join('\n'),
      timeoutSeconds: 5,
    },
  }),
  parse({ files }) {
    return files!.stdout.split('\n').flatMap((l): Leftover[] => {
      const m = /^=(\d+) (\d+) (.+)$/.exec(l);
      if (m) return [{ path: m[3]!, bytes: Number(m[1]), modified: Number(m[2]) }];
      // a folder that is not there holds none; any other word is of a look that failed
      if (l !== '' && !/No such file|Not a directory|^sudo: unable to resolve host/.test(l))
        throw new NotSeen(withGrant(l));
      return [];
    });
  },
});
