/** Lines of a gcfg file of which the documents do not say what the product makes. Pure. */

import type { OverrideRules } from '../formats/overrides.js';
import { type Config, last } from '../formats/settings.js';

const LISTENS = ['http.listen', 'https.listen'];
/** Settings that are text, and that nothing else asks for a value. */
const TEXTS = /^(https?\.listen|https\.(certificate|key)|server\.(r|python)version|sqlite\.dir)$/;

/** `[HOST]:PORT` as Go's net.Listen takes it, an IPv6 address in brackets; a port by its number or its name. */
function isListener(text: string): boolean {
  const [, port] = /^(?:\[[^[\]]*\]|[^:[\]<>${}"'/\s]*):(\d+|[a-z][a-z\d-]*)$/.exec(text) ?? [];
  return port !== undefined && (Number.isNaN(Number(port)) || (Number(port) >= 1 && Number(port) <= 65_535));
}

const letters = (word: string): string => [...word].sort().join('');

/** Whether a word is perhaps the other, mistyped: letters in another order, or the same beginning. */
const resembles = (word: string, known: string): boolean =>
  letters(word) === letters(known) ||
  (word.slice(0, 4) === known.slice(0, 4) && Math.abs(word.length - known.length) <= 3);

/** `classes`: names that [Storage] has settings for. */
export function gcfgDoubts(
  config: Config,
  environment: ReadonlyMap<string, string>,
  { sections, prefix }: OverrideRules,
  classes: readonly string[] = [],
): string[] {
  const mistyped = (name: string, known: readonly string[]): string | undefined =>
    known.includes(name) ? undefined : known.find((other) => resembles(name, other));
  const seen = new Set<string>();
  const lines = config.settings.flatMap(({ key, line, bare }): string[] => {
    const [, section = '', name = ''] = /^([^. ]+)(?: ".*")?\.(.*)$/.exec(key) ?? [];
    const meant = mistyped(section, sections);
    if (meant !== undefined && !seen.has(section)) {
      seen.add(section);
      return [`line ${line} is in [${section}], which the documents do not name (is [${meant}] meant?)`];
    }
    const other = section === 'storage' ? mistyped(name, classes) : undefined;
    if (other !== undefined) return [`line ${line}: [Storage] ${name} is not a class of storage (is ${other} meant?)`];
    return bare && TEXTS.test(key) ? [`line ${line}: ${key} has no = and no value`] : [];
  });
  const addresses = LISTENS.flatMap((key): string[] => {
    const variable = `${prefix}${key.replace('.', '_').toUpperCase()}`;
    const given = environment.get(variable);
    if (given) return isListener(given) ? [] : [`${variable}=${given} is not an address with a port, as :3939 is`];
    const { value = '', line, bare } = last(config, key) ?? {};
    return value === '' || bare || isListener(value)
      ? []
      : [`line ${line}: ${key} is ${value}, which is not an address with a port, as :3939 is`];
  });
  return [...lines, ...addresses];
}
