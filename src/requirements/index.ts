/** The requirements as data, and what follows from a level. */

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
