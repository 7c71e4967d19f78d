/** The requirements as data, and what follows from a level. */

import { compareVersions } from '../formats/version.js';
import type { Severity } from '../model/verdict.js';
import type { Document, Level, Requirement } from './requirement.js';

/** The rows of some documents, in their order. */
export const rowsOf = (documents: readonly Document[]): Requirement[] =>
  documents.flatMap(({ title, address, rows }) =>
    rows.map(([id, level, section, text, more]) => ({
      id,
      level,
      document: title,
      section,
      text,
      ...more,
      ...(address !== undefined && { address }),
    })),
  );

/** must = critical, should = warning, info = info. */
export const severityOf = (level: Level): Severity =>
  level.startsWith('must') ? 'critical' : level.startsWith('should') ? 'warning' : 'info';

/** Whether a row holds for a release; undefined where that depends on the release, and the release is not known. */
export function holdsIn({ from, until }: Requirement, release: string | undefined): boolean | undefined {
  if (from === undefined && until === undefined) return true;
  if (release === undefined) return undefined;
  return (
    (from === undefined || compareVersions(release, from) >= 0) &&
    (until === undefined || compareVersions(release, until) < 0)
  );
}

/** `from 2023.09 until 2023.12`; empty for a row without limits. */
export const releasesOf = ({ from, until }: Requirement): string =>
  [...(from === undefined ? [] : [`from ${from}`]), ...(until === undefined ? [] : [`before ${until}`])].join(', ');
