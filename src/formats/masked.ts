/** What the node's masking program writes, read back. Source: `gather/mask.ts`. */

/** How a masked value looks in a text once it is here. */
const MASKED = /%masked:[0-9a-f]{64}%/g;

export const isMasked = (text: string): boolean => /%masked:[0-9a-f]{64}%/.test(text);

/** For people: what was masked, without the digest. */
export const hideMasks = (text: string): string => text.replace(MASKED, '(masked)');

export interface Unmasked {
  /** Text by file (`''` for plain input). */
  readonly files: ReadonlyMap<string, string>;
  /** Lines, 1-based, whose value has an unquoted comment character inside; by file. */
  readonly cut: ReadonlyMap<string, readonly number[]>;
  /** Lines whose secret is a placeholder; by file. */
  readonly placeholders: ReadonlyMap<string, readonly number[]>;
  /** Lines whose URL has a password with characters that must be percent-encoded; by file. */
  readonly unencoded: ReadonlyMap<string, readonly number[]>;
  /** Lines whose secret is encrypted or percent-encoded, so that it may equal one of another digest; by file. */
  readonly wrapped: ReadonlyMap<string, readonly number[]>;
}

/** The node's masked output; undefined when a digest is missing. */
export function unmaskLines(lines: readonly string[]): Unmasked | undefined {
  const files = new Map<string, string>();
  const remarks = {
    cut: new Map<string, number[]>(),
    placeholder: new Map<string, number[]>(),
    unencoded: new Map<string, number[]>(),
    wrapped: new Map<string, number[]>(),
  };
  let name = '';
  let open = '';
  let end = '\n';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const [, kind, number] = /^=(cut|placeholder|unencoded|wrapped|joined) (\d+)$/.exec(line) ?? [];
    if (line.startsWith('=file ')) {
      name = line.slice(6);
      // one that was read twice counts once
      files.set(name, '');
      for (const found of Object.values(remarks)) found.delete(name);
    } else if (kind === 'joined') end = ' \\\n';
    else if (kind !== undefined) {
      const found = remarks[kind as keyof typeof remarks];
      const numbers = found.get(name);
      if (numbers) numbers.push(Number(number));
      else found.set(name, [Number(number)]);
    } else if (line.startsWith('+')) {
      const digest = /^([0-9a-f]{64})\s/.exec(lines[i + 1] ?? '')?.[1];
      if (digest === undefined) return undefined;
      open += `${line.slice(1)}%masked:${digest}%`;
      i++;
    } else if (line.startsWith('|')) {
      files.set(name, `${files.get(name) ?? ''}${open}${line.slice(1)}${end}`);
      [open, end] = ['', '\n'];
    }
  }
  const { cut, placeholder: placeholders, unencoded, wrapped } = remarks;
  return { files, cut, placeholders, unencoded, wrapped };
}
