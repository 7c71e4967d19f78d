/** What a collector is: a plain object, the same for ours and for a plugin's; and the shell text of its questions. */

import type { Asking, Request, Response } from './evidence.js';

export type Requests = Readonly<Record<string, Request>>;

/** Asks a node and makes one value of its answers. */
export interface Collector<T, D = unknown> {
  /** kebab-case; with the request's name it is the key in the evidence. */
  readonly id: string;
  /**
   * Questions by name. A function when they depend on what round 1 found on the node (`found`: the product's
   * resolved settings) or on the inventory.
   */
  readonly requests: Requests | ((asking: Asking, found: D) => Requests);
  /** Pure. Throws `NotSeen` when the answers do not tell; called only when every answer is there. */
  readonly parse: (answers: Readonly<Record<string, Response>>, asking: Asking, found: D) => T;
}

/** Identity; infers the collector's value type. */
export const defineCollector = <T, D = unknown>(collector: Collector<T, D>): Collector<T, D> => collector;

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Marks shell text that is not to be quoted. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export const raw = (text: string): Raw => new Raw(text);

/**
 * POSIX shell with every interpolation quoted; an array becomes several words. Backslashes are the shell's own
 * (`\n` reaches printf as it stands); only `\$` and a backslash before a backtick are the template's.
 */
export function shell(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Raw | readonly string[])[]
): string {
  const one = (value: (typeof values)[number] | undefined): string => {
    if (value === undefined) return '';
    if (value instanceof Raw) return value.text;
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' ? quote(value) : value.map(quote).join(' ');
  };
  return parts.raw.reduce((text, part, i) => text + part.replace(/\\([$`])/g, '$1') + one(values[i]), '');
}

/** White space within a line as `[[:space:]]` has it, which not every shell knows: for brackets in patterns. */
export const SPACE = ' \t\r\v\f';

/** A request in one line: ``sh`ls -1A ${path}` ``. */
export const sh = (
  parts: TemplateStringsArray,
  ...values: Parameters<typeof shell> extends [unknown, ...infer V] ? V : never
): Request => ({
  script: shell(parts, ...values),
});

/**
 * A question to what only a living system has (kernel, daemons, network). A file tree has none of it; it can pretend an
 * answer in `/.fake-NAME`, as the demo and the tests do, and says so where it does not. Each of `more` is a further
 * file that may be there; it follows a line `=NAME`.
 */
export const living = (name: string, script: string, more: readonly string[] = []): string => {
  const further = more.map(
    (m) => shell`; if f="$R"${`/.fake-${m}`} && [ -e "$f" ]; then echo ${`=${m}`}; cat "$f"; fi`,
  );
  return shell`if [ -n "$R" ]; then
  cat "$R"${`/.fake-${name}`} 2>/dev/null || { echo ${`a file tree has no ${name}`} >&2; exit 99; }${raw(further.join(''))}; exit 0
fi
${raw(script)}`;
};

/** The whole of a small file, read with sudo where the connection has it. */
export const file = (path: string): Request => ({ script: shell`S cat -- "$R"${path}` });
