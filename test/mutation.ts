/**
 * `npm run mutation [-- checks|parsers|relations [NAME...]]`: changes one thing at a time; a test must notice each. A check
 * is broken as a whole, in the same few ways; parsers and relations wherever Stryker's instrumenter finds an operator, a
 * literal, a call or a block to change. The figures go to docs/mutation.md. Exit 1 if a mutant survived.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadChecks } from '../src/load/checks.js';
import { type Covering, coverageOf, runTest, testNames, testsFor } from './support/coverage.js';
import { type Change, GROUPS, instrument } from './support/instrumented.js';
import { MUTANTS, UNCHANGED } from './support/mutant.js';
import { type Score, withScores } from './support/scores.js';

const AT_ONCE = 2;
const CHECK_TIMEOUT_MS = 60_000;
const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'mutation.md');

/** Does this for every item, so many at once. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}

const scoreLine = (name: string, { mutants, killed }: Score) => `${name}: ${killed} of ${mutants} mutants killed`;

/** Why a check's mutant survived; undefined when its test killed it. */
async function survival(id: string, kind: string): Promise<string | undefined> {
  const name = `checks/${id}.test.js`;
  if (!existsSync(join(import.meta.dirname, name))) return 'the check has no test';
  const passes = async (as: string) =>
    (await runTest(name, { MUTANT_CHECK: id, MUTANT_KIND: as }, CHECK_TIMEOUT_MS)) === 'passed';
  if (await passes(kind)) return 'its test still passes';
  // a test that fails anyway has killed nothing
  return (await passes(UNCHANGED)) ? undefined : 'its test fails without any change';
}

async function mutateChecks(wanted: (id: string) => boolean): Promise<Score> {
  const ids = (await loadChecks()).map(({ id }) => id).filter(wanted);
  const mutants = ids.flatMap((id) => Object.keys(MUTANTS).map((kind) => ({ id, kind })));
  let killed = 0;
  await each(mutants, async ({ id, kind }) => {
    const why = await survival(id, kind);
    if (why === undefined) killed += 1;
    else console.log(`${id}: "${kind}" survived: ${why}`);
  });
  console.log(scoreLine('checks', { mutants: mutants.length, killed }));
  return { mutants: mutants.length, killed };
}

const quoted = (text: string) => JSON.stringify(text.replaceAll(/\s+/g, ' ').slice(0, 200));

/** Why a change survived; undefined when a test failed or never ended. */
async function ofChange(change: Change, tests: readonly Covering[], files: string): Promise<string | undefined> {
  const env = {
    MUTANT_FILES: files,
    MUTANT_ONLY: change.file.replace(/ts$/, 'js'),
    __STRYKER_ACTIVE_MUTANT__: change.id,
  };
  for (const { name, ms } of tests) if ((await runTest(name, env, 3_000 + 10 * ms)) !== 'passed') return undefined;
  return tests.length === 0 ? 'no test comes by it' : `${tests.length} pass`;
}

async function mutateSources(sources: readonly string[]): Promise<ReadonlyMap<string, Score>> {
  const scratch = mkdtempSync(join(tmpdir(), 'ha-preflight-mutation-'));
  try {
    const changes = await instrument(sources, scratch);
    const files = pathToFileURL(`${scratch}/`).href;
    const covering: Covering[] = [];
    await each(testNames(), async (name) => {
      covering.push(await coverageOf(name, files, scratch));
    });
    const scores = new Map<string, Score>();
    for (const source of sources) {
      const mutants = changes.filter(({ file }) => file === source);
      const ids = mutants.map(({ id }) => id);
      let killed = 0;
      await each(mutants, async (change) => {
        const why = await ofChange(change, testsFor(covering, change, ids), files);
        if (why === undefined) killed += 1;
        else
          console.log(
            `${source}:${change.line} ${change.mutator}: ${quoted(change.was)} became ${quoted(change.is)}: ${why}`,
          );
      });
      scores.set(source, { mutants: mutants.length, killed });
      console.log(scoreLine(source, scores.get(source)!));
    }
    return scores;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const [group, ...names] = process.argv.slice(2);
if (group !== undefined && group !== 'checks' && !Object.hasOwn(GROUPS, group)) {
  console.error(`There is no group ${group}: checks, ${Object.keys(GROUPS).join(', ')}`);
  process.exit(2);
}
setPriority(constants.priority.PRIORITY_LOW);
const wanted = (name: string): boolean => names.length === 0 || names.includes(name);
const all = Object.values(GROUPS).flat();
const sources = (group === undefined ? all : (GROUPS[group] ?? [])).filter((source) => wanted(basename(source, '.ts')));
const scores = new Map(sources.length > 0 ? await mutateSources(sources) : []);
if (group === undefined || group === 'checks') scores.set('checks', await mutateChecks(wanted));
// the figures of some checks are not those of all
if (names.length === 0 || group !== 'checks')
  writeFileSync(PAGE, withScores(readFileSync(PAGE, 'utf8'), scores, ['checks', ...all]));
process.exitCode = [...scores.values()].some(({ mutants, killed }) => killed < mutants) ? 1 : 0;
