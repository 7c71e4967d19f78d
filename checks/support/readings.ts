/** Ways in which a product may read the settings of a file, where no document says it. Used by `config-identical`. */

import { gcfgDuration } from 'ha-preflight/formats/gcfg';
import { plainPath } from 'ha-preflight/formats/paths';
import type { Side } from './configuration.js';
import type { Sense } from './configurationSettings.js';
import { databaseAddress, KEY_FILE, LIBPQ, lastOf, PLAIN, SINGLE, senseOf } from './sense.js';

/** A whole number as Go's gcfg reads it, in decimal digits: `0x10`, `016`, `+16`; a fraction with its zero. */
function plainNumber(value: string): string | undefined {
  const [, sign = '', digits] = /^([+-]?)(0x[0-9a-fA-F]+|\d+)\.?$/.exec(value) ?? [];
  if (digits !== undefined) return `${sign === '-' ? '-' : ''}${BigInt(digits)}`;
  return /^\.\d+$/.test(value) ? `0${value}` : undefined;
}

/** A number of bytes, `5 MB` or `5KiB`, with this many to a kilobyte; undefined where it has no unit. */
function bytes(value: string, kilo: number): string | undefined {
  const [, amount, prefix = '', binary] = /^(\d+(?:\.\d+)?) *(?:([kmgtp])(i)?b?|b)$/i.exec(value) ?? [];
  if (amount === undefined) return undefined;
  const power = prefix === '' ? 0 : 'kmgtp'.indexOf(prefix.toLowerCase()) + 1;
  return String(Math.round(Number(amount) * (binary ? 1024 : kilo) ** power));
}

/** Days and weeks of a length of time as hours: Go has no unit for them, a product may. */
const inHours = (value: string): string =>
  /^(\d+(\.\d*)?[a-zµ]+)+$/.test(value)
    ? value.replace(/([\d.]+)([dw])(?![a-z])/g, (_, amount, unit) => `${Number(amount) * (unit === 'd' ? 24 : 168)}h`)
    : value;

/** What Connect and Package Manager might make of a value, where no document says it: the drivers they may have, a kilobyte, and whether a setting that is repeated is a list. */
const READINGS = [
  { address: { ...LIBPQ, sslmode: 'require' }, kilo: 1000, lists: true },
  { address: LIBPQ, kilo: 1024, lists: false },
];

/** Settings that choose among words, or name hosts; whether in any case is not known. */
const ANY_CASE =
  /^storage\.\w+$|(^|[.-])(type|balancer|\w*provider|\w*loglevel|\w*logformat|\w*logging|\w*address|\w*host)$/;

/** Without what may stand around the commas of a list. */
const packed = (value: string): string => value.replace(/[ \t]+/g, ' ').replace(/ ?, ?/g, ',');

/** A list whose order may not matter. */
const anyOrder = (value: string, separator: string): string =>
  [...new Set(value.split(separator))].sort().join(separator);

/** What a text might be: a path, an address, one of some words, a list; else as it is. */
function looseText(key: string, value: string): string {
  const text = packed(value);
  if (/^~?\/[^\s,:]*$/.test(text)) return plainPath(text);
  if (/^https?:\/\//i.test(text)) return text.replace(/\/+$/, '');
  return ANY_CASE.test(key) ? text.toLowerCase() : text;
}

/** What Workbench might make of a value whose type is not known: blanks, lists, paths, numbers, booleans. */
function loose(key: string, value: string): string {
  if (value === '') return '1';
  const text = anyOrder(looseText(key, value), ',');
  if (!/^\+?\d+(\.\d+)?$/.test(text) || /version/.test(key)) return text;
  return text
    .replace(/^\+?0*(?=\d)/, '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** Settings that are lists (docs/sources.md 4.2, 4.3): each value counts. */
const LISTS = /\.(executable|rversion|pythonversion)$/;

/** Ways to read the settings of a file. Values that are one in some of them, and two to `senseOf`, are not known to differ. */
export function readingsOf(sides: readonly Side[], file: string): readonly Sense[] {
  const { found } = sides[0]!;
  if (found.profile.product === 'workbench' && !PLAIN.test(file))
    return [0, 1].map((release) => (key: string, written: string | undefined) => {
      const value = written ?? found.profile.openDefaults?.[`${file}:${key}`]?.[release];
      return senseOf(found, file, key, value === undefined ? undefined : loose(key, value));
    });
  if (!file.endsWith('.gcfg')) return [];
  const unset = sides.flatMap((s) => s.settings.keys).find((k) => !k.explicit)?.path;
  return READINGS.map(({ address, kilo, lists }) => (key, written) => {
    // which of several counts may depend on their order, or on their versions alone
    if (written !== undefined && LISTS.test(key)) return written.split('\n').map(plainPath).sort().join('\n');
    if (lists && written?.includes('\n') && !SINGLE.test(key)) return anyOrder(written, '\n');
    const value = inHours(lastOf(written) ?? '') || undefined;
    if (KEY_FILE.test(key)) return plainPath(value ?? unset ?? '');
    if (value !== undefined && /^postgres\.\w*url$/.test(key)) return databaseAddress(value, address);
    if (value === undefined || gcfgDuration(value) !== undefined) return senseOf(found, file, key, value);
    return senseOf(found, file, key, plainNumber(value) ?? bytes(value, kilo) ?? looseText(key, value));
  });
}
