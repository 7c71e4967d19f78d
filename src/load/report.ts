/** Saved JSON reports. A file that is anything else is a `UsageError` that names it and what is wrong with it. */

import { statSync } from 'node:fs';
import { UsageError } from '../model/inventory.js';
import type { Report, Reports } from '../model/report.js';
import schema from '../schema/report.schema.json' with { type: 'json' };
import { isBundle, partOf, REPORT } from './bundle.js';
import { instead } from './foreign.js';
import { parseJson, readBytes, readChunks, STDIN } from './read.js';
import { Splitter } from './split.js';
import { validate } from './validate.js';

/** Bytes of a report that is read. */
export const MAX_BYTES = 200_000_000;
const SHOWN = 3;
const { anyOf: _, ...rest } = schema;
/** Which of the two a document means to be, it says itself; so its errors are those of that one. */
export const SCHEMAS: Readonly<Record<string, { readonly $id: string; readonly $ref: string }>> = {
  'ha-preflight/report/1': { ...rest, $id: 'urn:ha-preflight:schema:one-report:1', $ref: '#/$defs/report' },
  'ha-preflight/reports/1': { ...rest, $id: 'urn:ha-preflight:schema:reports:1', $ref: '#/$defs/reports' },
};

const WANTED = 'make it with ha-preflight check --report json=FILE';

/** What another version writes may be more than this one knows. */
function madeBy(value: unknown): string[] {
  const { reports, tool } = value as { reports?: unknown; tool?: unknown };
  const maker = (tool ?? (Array.isArray(reports) ? reports[0]?.tool : undefined)) as { version?: unknown } | undefined;
  if (typeof maker?.version !== 'string') return [];
  return [
    `made by ha-preflight ${maker.version.slice(0, 40)}: if that is not what ha-preflight --version says, read it with that version`,
  ];
}

/** A parsed file as a report, or several in one document. */
export function reportIn(value: unknown, file: string): Report | Reports {
  const name = (value as { schema?: unknown } | null)?.schema;
  if (typeof name !== 'string' || !Object.hasOwn(SCHEMAS, name))
    throw new UsageError(
      `${file}: not a report of ha-preflight (schema ${Object.keys(SCHEMAS).join(' or ')}): ${WANTED}${instead(value, file)}`,
    );
  const wrong = validate(SCHEMAS[name]!, value);
  if (wrong.length > 0) {
    const lines = wrong.slice(0, SHOWN).map(({ pointer, message }) => `${file}: ${pointer || '/'}: ${message}`);
    const more = wrong.length > SHOWN ? [`and ${wrong.length - SHOWN} more`] : [];
    throw new UsageError([...lines, ...more, ...madeBy(value)].join('\n'));
  }
  const document = value as Report | Reports;
  if (reportsIn(document).length === 0) throw new UsageError(`${file}: contains no report`);
  return document;
}

/** The bytes of a file as a report, or several in one document. */
export const parseReport = (bytes: Uint8Array, file: string): Report | Reports =>
  reportIn(parseJson(bytes, file, WANTED), file);

/** A report, or several in one document, as it stands in the file or bundle. */
export function loadReport(file: string): Report | Reports {
  const name = file === STDIN ? 'standard input' : file;
  const bytes = readBytes(file, MAX_BYTES, name);
  return parseReport(isBundle(bytes) ? partOf(bytes, REPORT, name) : bytes, name);
}

export const reportsIn = (document: Report | Reports): readonly Report[] =>
  'reports' in document ? document.reports : [document];

/** Bytes of a document of many reports, which is never in memory as a whole. */
const MOST_STREAMED = 100_000_000_000;

/** Each report of a file, one a cluster, as `loadReports` gives them; of many, one after the other is in memory. */
export function eachReport(file: string, use: (report: Report) => void): void {
  if (!streamed(file, use)) loadReports(file).forEach(use);
}

/** False: it is not a sound document of many reports, and `use` may have had the first of them. */
function streamed(file: string, use: (report: Report) => void): boolean {
  if (file === STDIN || !statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
  let none = true;
  const one = (bytes: Buffer): void => {
    const report = parseReport(bytes, file);
    if ('reports' in report) throw new UsageError(file);
    none = false;
    use(report);
  };
  try {
    const splitter = new Splitter(one);
    readChunks(file, MOST_STREAMED, file, (chunk) => {
      splitter.push(chunk);
      return !splitter.lost;
    });
    if (none || !splitter.whole) return false;
    // of the document itself; the list is empty here
    const rest = parseJson(splitter.rest, file) as { schema?: unknown };
    return rest.schema === 'ha-preflight/reports/1' && validate(SCHEMAS[rest.schema]!, rest).length === 0;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

/** The reports of a file, one a cluster. */
export const loadReports = (file: string): readonly Report[] => reportsIn(loadReport(file));
