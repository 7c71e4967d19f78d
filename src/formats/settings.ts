/** What every configuration format is read into: settings in the order of the file, with their lines. */

export interface Setting {
  /** Canonical name: `key`, `section.key` or `section "sub".key`; case folded where the format ignores case. */
  readonly key: string;
  readonly value: string;
  /** 1-based. */
  readonly line: number;
  /** The name stands alone, without `=`: what that means depends on the type of the setting. */
  readonly bare?: true;
  /** An unquoted value ends before this comment character, on the same line. */
  readonly cut?: '#' | ';';
}

/** A line at which the product refuses to start. */
export interface Refusal {
  readonly line: number;
  /** Why, as the end of a sentence about the line. */
  readonly what: string;
}

export interface Config {
  readonly settings: readonly Setting[];
  /** Lines the product would refuse or silently ignore; for people. */
  readonly remarks: readonly string[];
  /** Settings that stand there and whose value could not be read. */
  readonly unread?: readonly Unread[];
}

/** A setting, or the block or list above several. */
export interface Unread {
  readonly key: string;
  readonly line: number;
  /** As the end of a sentence about the value. */
  readonly why: string;
  /** It counts even where the setting stands below it once more. */
  readonly wins?: true;
}

/** A configuration read by the product's own grammar (docs/sources.md 10); every refusal is among the remarks too. */
export interface StrictConfig extends Config {
  readonly errors: readonly Refusal[];
}

/** Refusals as remarks, before the other remarks. */
export const strictConfig = (
  settings: readonly Setting[],
  errors: readonly Refusal[],
  remarks: readonly string[] = [],
): StrictConfig => ({ settings, errors, remarks: [...errors.map((e) => `line ${e.line}: ${e.what}`), ...remarks] });

/** As shells, templates and documents write them: `$NAME`, `${NAME}`, `#{NAME}`, `<name>`, `{{ name }}`, `%NAME%`, `@NAME@`, `__NAME__`. */
const UNFILLED = /\$\w|[$#]\{|<[^<>]*>|\{\{|([%@])[a-z_]{3,}\1|(?<![a-z\d])__[a-z][a-z_]*__(?![a-z\d])/i;

/** Whether a variable or a placeholder that nobody filled in is in the text. */
export const isUnfilled = (value: string): boolean => UNFILLED.test(value);

/** Reads the text of one file; never throws. */
export type Format = (text: string) => Config;

/** Lines without their ending: LF, CRLF; a byte-order mark is dropped. */
export const linesOf = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r?\n/);

export const first = (config: Config, key: string): Setting | undefined => config.settings.find((s) => s.key === key);
export const last = (config: Config, key: string): Setting | undefined =>
  config.settings.findLast((s) => s.key === key);

/** Why the value in force of a setting, or of the list of that name, is not known; undefined where it is. */
export function unknownValue({ settings, unread = [] }: Config, key: string): string | undefined {
  const within = (name: string, above: string): boolean =>
    name === above || name.startsWith(`${above}.`) || name.startsWith(`${above}[`);
  const open = unread.filter((c) => within(key, c.key));
  const last = open.find((c) => c.wins) ?? open.at(-1);
  if (!last || (!last.wins && settings.some((s) => within(s.key, key) && s.line > last.line))) return undefined;
  return `${last.line > 0 ? `line ${last.line}: ` : ''}the value of ${last.key} ${last.why}`;
}

/** Values by key, in order: what is compared when only meaning counts. */
export function meaning(config: Config): Map<string, string> {
  const values = new Map<string, string[]>();
  for (const { key, value } of config.settings) {
    const list = values.get(key);
    if (list) list.push(value);
    else values.set(key, [value]);
  }
  return new Map([...values].map(([key, list]) => [key, list.join('\n')]));
}
