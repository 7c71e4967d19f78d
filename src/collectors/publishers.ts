/**
 * Which releases of rsconnect published to a node, by the end of its access log: R's client sends `rsconnect/VERSION` as
 * its User-Agent. Nothing else of the log leaves the node. Source: rstudio/rsconnect R/http.R (docs/sources.md 4.2).
 */

import { defineCollector, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import { LOG_BYTES } from '../products/settings.js';
import { withGrant } from '../remedy.js';

export interface Publishers {
  /** The log that was read; absent where there is none. */
  readonly log?: string;
  /** Requests by the client's version. */
  readonly versions: ReadonlyMap<string, number>;
}

export const publishers = defineCollector<Publishers, Found>({
  id: 'publishers',
  requests: (_, found) => {
    const logs = settingsOf(found).accessLogs ?? [];
    if (logs.length === 0) return {};
    return {
      log: {
        // the User-Agent is quoted; a path that is called rsconnect is not at the beginning of a quotation
        script: shell`for f in ${logs}; do printf '=log %s\n' "$f"
{ S tail -c ${LOG_BYTES} -- "$R$f" || echo '=failed'; } | grep -aoiE '^=failed$|"rsconnect/[0-9]+([.][0-9]+)+' | sort | uniq -c; done`,
        allowExit: 'any',
      },
    };
  },
  parse({ log }) {
    const [, ...logs] = (log?.stdout ?? '').split(/^=log /m);
    const read = logs.map((text) => {
      const [path = '', ...lines] = text.split('\n');
      const words = lines.some((l) => /^ *\d+ =failed$/.test(l))
        ? (log!.stderr.split('\n').find((l) => l.includes(path)) ?? log!.stderr.trim().split('\n')[0]!)
        : undefined;
      return { path, lines, words };
    });
    // the older place keeps what a former release wrote
    const one = read.find(({ words }) => words === undefined || !/No such file/.test(words));
    if (one === undefined) return { versions: new Map() };
    if (one.words !== undefined) throw new NotSeen(withGrant(`${one.path}: ${one.words || 'could not be read'}`));
    return {
      log: one.path,
      versions: new Map(
        one.lines.flatMap((line): [string, number][] => {
          const [, times, version] = /^ *(\d+) "rsconnect\/(\d+(?:\.\d+)+)$/i.exec(line) ?? [];
          return version === undefined ? [] : [[version, Number(times)]];
        }),
      ),
    };
  },
});
