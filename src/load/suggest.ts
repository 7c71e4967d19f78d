/** "Did you mean …?": the one suggestion that is near enough to be meant. */

/** Edit distance of two words: the number of letters to insert, drop, replace or swap with their neighbour. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_.\s]/g, '');

/**
 * The known word nearest to what was written: at most two edits away (one for words of up to four letters), or one
 * of the two begins the other. Case, dashes and underscores do not count. Undefined when nothing is near.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = plain(word);
  if (wanted === '' || wanted.length > 60) return undefined;
  let best: string | undefined;
  let least = wanted.length <= 4 ? 1 : 2;
  let begins: string | undefined;
  for (const candidate of known) {
    const other = plain(candidate);
    if (Math.abs(other.length - wanted.length) <= least) {
      const edits = distance(wanted, other);
      if (edits < least || (edits === least && best === undefined)) [best, least] = [candidate, edits];
    }
    const shorter = Math.min(other.length, wanted.length);
    if (shorter >= 3 && (other.startsWith(wanted) || wanted.startsWith(other))) begins ??= candidate;
  }
  return best ?? begins;
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const found = nearest(word, known);
  return found === undefined ? '' : `; did you mean ${JSON.stringify(found)}?`;
}
