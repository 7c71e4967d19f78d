/** Parsers and relations with every mutant in them, each switched off: made once, by Stryker's instrumenter. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** 67 packages, 25 MB: only `npm run mutation` and `.ci/run` install them. */
const PLACE = join(ROOT, '.build', 'mutation');
const STRYKER = join(PLACE, 'node_modules', '@stryker-mutator', 'instrumenter', 'dist', 'src', 'index.js');

export const mutatorsInstalled = (): boolean => existsSync(STRYKER);

const below = (folder: string): string[] =>
  (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .sort();

/** Sources by group. Of the products what reads or computes settings: no rows of requirements, no types. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  parsers: [
    ...below('src/formats'),
    ...below('src/products').filter(
      (file) => !/requirements|products\/(define|index|profile|settings)\.ts$/.test(file),
    ),
  ],
  relations: ['src/relations.ts', 'src/findings.ts', 'src/judge.ts', ...below('checks/support')],
};

/** One change in one place of a source. */
export interface Change {
  /** As the instrumented source knows it. */
  readonly id: string;
  readonly file: string;
  /** `EqualityOperator`, ... */
  readonly mutator: string;
  readonly line: number;
  readonly was: string;
  readonly is: string;
}

interface Position {
  /** From 0. */
  readonly line: number;
  readonly column: number;
}
interface Stryker {
  readonly Instrumenter: new (
    logger: object,
  ) => {
    instrument(
      files: readonly { readonly name: string; readonly content: string; readonly mutate: boolean }[],
      options: { readonly plugins: null; readonly ignorers: readonly never[]; readonly excludedMutations: string[] },
    ): Promise<{
      readonly files: readonly { readonly name: string; readonly content: string }[];
      readonly mutants: readonly {
        readonly id: string;
        readonly fileName: string;
        readonly mutatorName: string;
        readonly replacement: string;
        readonly location: { readonly start: Position; readonly end: Position };
      }[];
    }>;
  };
}

const QUIET = { isDebugEnabled: () => false, debug: () => {}, info: () => {}, warn: () => {} };

/** The text between two places, on one line. */
function between(content: string, start: Position, end: Position): string {
  const lines = content.split('\n').slice(start.line, end.line + 1);
  lines.push(lines.pop()!.slice(0, end.column));
  return lines.join('\n').slice(start.column);
}

/**
 * Writes the sources below `folder`, compiled and named as in `dist`; returns the changes that are in them. Installs
 * the instrumenter where it is missing.
 */
export async function instrument(sources: readonly string[], folder: string): Promise<readonly Change[]> {
  if (!mutatorsInstalled()) {
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', PLACE], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error('The instrumenter could not be installed');
  }
  const { Instrumenter } = (await import(pathToFileURL(STRYKER).href)) as Stryker;
  const contents = new Map(sources.map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]));
  const { files, mutants } = await new Instrumenter(QUIET).instrument(
    [...contents].map(([name, content]) => ({ name, content, mutate: true })),
    { plugins: null, ignorers: [], excludedMutations: [] },
  );
  for (const { name, content } of files) {
    const { code } = transformSync(content, {
      loader: 'ts',
      target: 'es2023',
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    const to = join(folder, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, code);
  }
  return mutants.map(({ id, fileName, mutatorName, replacement, location: { start, end } }) => ({
    id,
    file: fileName,
    mutator: mutatorName,
    line: start.line + 1,
    was: between(contents.get(fileName)!, start, end),
    is: replacement,
  }));
}
