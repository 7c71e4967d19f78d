/** The figures of `npm run mutation` in docs/mutation.md: a row per source; a run replaces the rows of what it ran. */

export interface Score {
  readonly mutants: number;
  readonly killed: number;
}

const HEAD = '| source | mutants | killed | survived |\n|---|---|---|---|';
const ROW = /^\| (\S+) \| (\d+) \| (\d+) \| (\d+) \|$/gm;

export const scoresIn = (page: string): Map<string, Score> =>
  new Map(
    [...page.matchAll(ROW)].map(([, source, mutants, killed]) => [source!, { mutants: +mutants!, killed: +killed! }]),
  );

const row = (source: string, { mutants, killed }: Score): string =>
  `| ${source} | ${mutants} | ${killed} | ${mutants - killed} |`;

const sum = (scores: Iterable<Score>): Score =>
  [...scores].reduce((a, b) => ({ mutants: a.mutants + b.mutants, killed: a.killed + b.killed }), {
    mutants: 0,
    killed: 0,
  });

/** The page with these scores in its table, in the order of `sources`; what is not among them has left the project. */
export function withScores(page: string, scores: ReadonlyMap<string, Score>, sources: readonly string[]): string {
  const all = new Map([...scoresIn(page), ...scores]);
  const known = sources.flatMap((source) => (all.has(source) ? [[source, all.get(source)!] as const] : []));
  const rows = [...known.map((r) => row(...r)), row('all', sum(known.map(([, score]) => score)))];
  return `${page.slice(0, page.indexOf(HEAD))}${HEAD}\n${rows.join('\n')}\n`;
}
