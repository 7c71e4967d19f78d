/** What makes a key unusable, and what it means that there is none. Used by every check that judges keys. */

import type { KeyContent, KeyMeasure } from 'ha-preflight/collectors/keys';
import { compareVersions } from 'ha-preflight/formats/version';

/** Bytes of secret: of an encoded key what it decodes to, where the product decodes it. */
export function strength(measure: KeyMeasure, content: KeyContent): number {
  if (measure.spec.encoding === 'raw') return content.length;
  if (measure.spec.encoding === 'spaceless') return content.trimmed;
  return content.kind === 'hex'
    ? content.trimmed >> 1
    : content.kind === 'base64'
      ? Math.floor((content.trimmed * 3) / 4)
      : content.trimmed;
}

/** A key file of MongoDB that may be a list of keys, which releases since 4.2 read (docs/sources.md 4.4): none of them was measured. */
export const isYaml = ({ spec, content }: KeyMeasure): boolean =>
  spec.alphabet === 'base64' && content?.kind === 'yaml';

/** Why the product cannot use this key, whatever its file's mode; undefined when it can. `release`: the node's version. */
export function weakness(measure: KeyMeasure, release: string | undefined): string | undefined {
  const { spec, content } = measure;
  if (!content) return undefined;
  const bytes = strength(measure, content);
  if (content.trimmed === 0)
    return content.length === 1
      ? 'holds only a line break: the program that should have generated the key was missing'
      : 'is empty';
  if (spec.kind === 'pem') return content.kind === 'pem' ? undefined : 'is not a PEM key';
  if (content.known === 'example') return 'is the example key of the vendor document, which everybody can read';
  if (content.known === 'placeholder') return 'is a placeholder, not a key';
  if (isYaml(measure)) return undefined;
  if (spec.alphabet === 'base64' && !['hex', 'base64'].includes(content.kind))
    return 'holds characters that are not base64: the server refuses it';
  if (spec.maxCharacters !== undefined && content.trimmed > spec.maxCharacters)
    return `is ${content.trimmed} characters long: the server refuses more than ${spec.maxCharacters}`;
  if (bytes < spec.minBytes) {
    const is =
      bytes === content.length || spec.encoding !== 'decoded'
        ? `is ${bytes} bytes long`
        : `holds ${content.trimmed} ${content.kind} characters, which decode to ${bytes} bytes`;
    return `${is} (${bytes * 8} bits); at least ${spec.minBytes} bytes (${spec.minBytes * 8} bits) are required`;
  }
  if (content.nulBytes > 0 && spec.encoding !== 'decoded')
    return `contains a NUL byte: the product uses only the bytes before it`;
  if (content.distinct < 8) return `has only ${content.distinct} different bytes, so it can be guessed`;
  if (
    spec.enforcedBytes !== undefined &&
    bytes < spec.enforcedBytes &&
    release !== undefined &&
    compareVersions(release, '1.4') >= 0
  )
    return `is ${bytes} bytes long: enough for the document (${spec.minBytes}), but this release refuses less than ${spec.enforcedBytes}`;
  return undefined;
}

/**
 * What it means that no node has the file: `required`, it is missing; `elsewhere`, the release keeps the key in another
 * place; `unknown`, nobody can say.
 */
export function absence(
  { presence, since }: KeyMeasure['spec'],
  release: string | undefined,
): 'required' | 'elsewhere' | 'unknown' {
  if (since && release === undefined) return 'unknown';
  const now = since && compareVersions(release!, since.release) >= 0 ? since.presence : presence;
  return now === 'required' ? 'required' : now === 'unverified' ? 'unknown' : 'elsewhere';
}
