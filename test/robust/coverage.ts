/** Which code ran, as V8 counts it. Imported before what is fuzzed: what is compiled without counters never gets them. */

import { Session } from 'node:inspector';

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** Numbers of the files, so that an edge is a short text. */
const files = new Map<string, string | undefined>();

function fileOf(url: string): string | undefined {
  if (!files.has(url))
    files.set(
      url,
      /\/dist\/(?:src|checks)\/|\/js-yaml\/|fuzz\.test\.js$/.test(url) ? files.size.toString(36) : undefined,
    );
  return files.get(url);
}

/** Blocks of what is fuzzed that ran since the last look, and how often, by powers of two. */
export function look(): Set<string> {
  const ran = new Set<string>();
  session.post('Profiler.takePreciseCoverage', (error, coverage) => {
    if (error) throw error;
    for (const { url, functions } of coverage.result) {
      const file = fileOf(url);
      if (file === undefined) continue;
      // what did not run counts too: a block that ran as often as what is around it is not listed
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges)
          ran.add(`${file} ${startOffset} ${endOffset} ${Math.min(8, 32 - Math.clz32(count))}`);
    }
  });
  return ran;
}
