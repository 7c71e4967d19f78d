/**
 * `npm run mutation [-- checks|parsers|relations [NAME...]]`: changes one thing at a time; a test must notice each. A check
 * is broken as a whole, in the same few ways; parsers and relations wherever Stryker's instrumenter finds an operator, a
 * literal, a call or a block to change. The figures go to docs/mutation.md. Exit 1 if a mutant survived.
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadChecks } from '../src/load/checks.js';
import { GROUPS, instrument } from './support/instrumented.js';
import { MUTANTS, UNCHANGED } from './support/mutant.js';
import { type Score, withScores } from './support/scores.js';
import { type Covering, coverageOf, each, survivorsOf, testNames } from './support/survivors.js';

const AT_ONCE = 2;
const CHECK_TIMEOUT_MS = 60_000;
const HOOK = new URL('./support/mutant.js', import.meta.url).href;
const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'mutation.md');

const scoreLine = (name: string, { mutants, killed }: Score) => `${name}: ${killed} of ${mutants} mutants killed`;

const testPasses = (name: string, env: Readonly<Record<string, string>>): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', HOOK, join(import.meta.dirname, name)], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
      timeout: CHECK_TIMEOUT_MS,
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });

/** Why a check's mutant survived; undefined when its test killed it. */
async function survival(id: string, kind: string): Promise<string | undefined> {
  const name = `checks/${id}.test.js`;
  if (!existsSync(join(import.meta.dirname, name))) return 'the check has no test';
  const passes = (as: string) => testPasses(name, { MUTANT_CHECK: id, MUTANT_KIND: as });
  if (await passes(kind)) return 'its test still passes';
  // a test that fails anyway has killed nothing
  return (await passes(UNCHANGED)) ? undefined : 'its test fails without any change';
}

async function mutateChecks(wanted: (id: string) => boolean): Promise<Score> {
  const ids = (await loadChecks()).map(({ id }) => id).filter(wanted);
  const mutants = ids.flatMap((id) => Object.keys(MUTANTS).map((kind) => ({ id, kind })));
  let killed = 0;
  await each(mutants, AT_ONCE, async ({ id, kind }) => {
    const why = await survival(id, kind);
    if (why === undefined) killed += 1;
    else console.log(`${id}: "${kind}" survived: ${why}`);
  });
  console.log(scoreLine('checks', { mutants: mutants.length, killed }));
  return { mutants: mutants.length, killed };
}

async function mutateSources(sources: readonly string[]): Promise<ReadonlyMap<string, Score>> {
  const scratch = mkdtempSync(join(tmpdir(), 'ha-preflight-mutation-'));
  try {
    const changes = await instrument(sources, scratch);
    const files = pathToFileURL(`${scratch}/`).href;
    const covering: Covering[] = [];
    await each(testNames(), AT_ONCE, async (name) => {
      covering.push(await coverageOf(name, files));
    });
    const scores = new Map<string, Score>();
    await each(sources, AT_ONCE, async (source) => {
      const ofSource = changes.filter(({ file }) => file === source);
      const survivors = await survivorsOf(source, ofSource, covering, files);
      for (const line of survivors) console.log(line);
      scores.set(source, { mutants: ofSource.length, killed: ofSource.length - survivors.length });
      console.log(scoreLine(source, scores.get(source)!));
    });
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
