import { stripVTControlCharacters } from 'node:util';

/** Without control characters other than line breaks: safe on a terminal whoever wrote it. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '');
