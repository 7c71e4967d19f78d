/** SARIF 2.1.0, as OASIS defines it. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { Ajv } from 'ajv';

/** The OASIS schema, as a package ships it; what draft-04 names otherwise is taken off. */
const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
    'utf8',
  ),
);
const uri = (text: string): boolean => !/[\s<>"{}|\\^`]/.test(text) && !/%(?![0-9A-Fa-f]{2})/.test(text);
const valid = new Ajv({
  strict: false,
  // one of its patterns is none with the u flag
  unicodeRegExp: false,
  allErrors: true,
  formats: {
    'date-time': (text: string) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text)),
    uri: (text: string) => uri(text) && URL.canParse(text),
    'uri-reference': (text: string) => uri(text) && URL.canParse(text, 'https://base.example/'),
  },
}).compile(schema);

/** What is wrong with a log; nothing: it is valid. */
export const sarifErrors = (log: unknown): readonly unknown[] => (valid(log) ? [] : (valid.errors ?? []));
