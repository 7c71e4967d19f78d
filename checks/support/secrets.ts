/** Secrets that may be one although their digests differ. Used by `config-identical`. */

import type { Found } from 'ha-preflight';
import { hideMasks } from 'ha-preflight/formats/masked';
import { formatOf } from 'ha-preflight/products/profile';

/** Whether a secret of the setting is encrypted, or percent-encoded where the server may take it as it stands. */
export function isWrapped({ profile, wrapped, texts }: Found, file: string, key: string): boolean {
  const lines = wrapped?.get(file) ?? [];
  const format = formatOf(profile.texts, file);
  if (lines.length === 0 || !format) return false;
  return format(texts.get(file) ?? '').settings.some((s) => s.key === key && lines.includes(s.line));
}

interface Written {
  readonly found: Found;
  readonly value: string | undefined;
}

/** Whether values that differ in their secrets alone may be one: those that stand there as they are do not differ. */
export function mayBeOneSecret(values: readonly Written[], file: string, key: string): boolean {
  const wrapped = values.map(({ found }) => isWrapped(found, file, key));
  const plain = new Set(values.flatMap(({ value }, i) => (wrapped[i] ? [] : [value])));
  return (
    wrapped.includes(true) && plain.size < 2 && new Set(values.map(({ value }) => hideMasks(value ?? ''))).size === 1
  );
}

/** Why such values are not known to differ, behind a colon. */
export const ONE_SECRET =
  'on some nodes it is encrypted or percent-encoded, so that two texts may be one secret; whether they are cannot be seen: write the same text on every node';
