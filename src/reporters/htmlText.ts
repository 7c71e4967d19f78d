/** Text in HTML, and the words and colours of a status. */

import type { Verdict } from '../model/verdict.js';
import { safe, safeLines } from './text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is nothing but text, in an element as in a quoted attribute. */
export const html = (text: string): string => safe(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!);
export const htmlLines = (texts: readonly string[]): string => texts.flatMap(safeLines).map(html).join('\n');

export type Shown = Verdict['status'] | 'waived';
/** Worst first. Each reads without colour. */
export const MARKS: Readonly<Record<Shown, string>> = { fail: 'F', unknown: '?', waived: 'W', pass: '✓', skip: '–' };
export const ORDER = Object.keys(MARKS) as Shown[];
export const shown = ({ status, waiver }: Verdict): Shown => (status === 'fail' && waiver ? 'waived' : status);
export const badge = (status: Shown, minor = false): string =>
  `<b class="badge ${status}${minor ? ' minor' : ''}">${status}</b>`;
