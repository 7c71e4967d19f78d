/** What the node's masking program writes, read back. Source: `gather/mask.ts`. */

/** How a masked value looks in a text once it is here. */
const MASKED = /%masked:[0-9a-f]{64}%/g;

/** For people: what was masked, without the digest. */
export const hideMasks = (text: string): string => text.replace(MASKED, '(masked)');

/** The node's masked output to texts by file (`''` for plain input); undefined when a digest is missing. */
export function unmaskLines(lines: readonly string[]): Map<string, string> | undefined {
  const files = new Map<string, string>();
  let name = '';
  let open = '';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.startsWith('=file ')) {
      name = line.slice(6);
      files.set(name, '');
    } else if (line.startsWith('+')) {
      const digest = /^([0-9a-f]{64})\s/.exec(lines[i + 1] ?? '')?.[1];
      if (digest === undefined) return undefined;
      open += `${line.slice(1)}%masked:${digest}%`;
      i++;
    } else if (line.startsWith('|')) {
      files.set(name, `${files.get(name) ?? ''}${open}${line.slice(1)}\n`);
      open = '';
    }
  }
  return files;
}
