/** Imports run one way, each outside package has one importer, and only load, gather and the command line touch the world. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const files = ['src', 'checks'].flatMap((folder) =>
  (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    .filter((f) => f.endsWith('.ts'))
    .map((f) => `${folder}/${f}`),
);
const source = new Map(files.map((f) => [f, readFileSync(join(ROOT, f), 'utf8')]));

/** Modules a file imports, types included; ours as `src/...`. */
function imports(file: string): string[] {
  const specifiers = [
    ...source
      .get(file)!
      .matchAll(/(?:^|\n)(?:import|export)[^'"]*?from '([^']+)'|import\('([^']+)'\)|^import '([^']+)'/g),
  ].map((m) => m[1] ?? m[2] ?? m[3]!);
  return specifiers.map((s) => (s.startsWith('.') ? join(file, '..', s).replace(/\.js$/, '.ts') : s));
}

/** Layer of a file: its folder below src, or its name at the top of it. */
const layer = (file: string): string =>
  file.startsWith('checks/')
    ? 'checks'
    : file.split('/').length > 2
      ? file.split('/')[1]!
      : file.replace(/^src\/|\.ts$/g, '');

const MAY: Readonly<Record<string, readonly string[]>> = {
  model: [],
  formats: ['model'],
  relations: ['model'],
  mend: ['model'],
  requirements: ['model'],
  collectors: ['model', 'formats', 'mend', 'products'],
  products: ['model', 'formats', 'relations', 'mend', 'collectors'],
  plan: ['model', 'products'],
  facts: ['model', 'mend', 'plan', 'products'],
  judge: ['model', 'plan', 'facts', 'products', 'relations', 'requirements'],
  waivers: ['model', 'judge'],
  diff: ['model'],
  report: ['model', 'diff', 'judge', 'waivers', 'requirements'],
  reporters: ['model'],
  load: ['model', 'schema', 'version'],
  gather: ['model', 'formats', 'plan', 'facts', 'products', 'load'],
};

const PURE = [
  'model',
  'formats',
  'relations',
  'mend',
  'requirements',
  'collectors',
  'products',
  'plan',
  'facts',
  'judge',
  'waivers',
  'diff',
  'report',
  'reporters',
  'checks',
];

const IMPORTER: Readonly<Record<string, string>> = {
  yargs: 'src/cli.ts',
  ssh2: 'src/gather/sshLogin.ts',
  pg: 'src/gather/databaseSession.ts',
  '@aws-sdk/client-s3': 'src/gather/s3.ts',
  'js-yaml': 'src/load/yaml.ts',
  ajv: 'src/load/validate.ts',
};

describe('architecture', () => {
  it('imports run one way', () => {
    const wrong = files.flatMap((file) =>
      imports(file)
        .filter(
          (i) =>
            i.startsWith('src/') &&
            MAY[layer(file)] !== undefined &&
            layer(i) !== layer(file) &&
            !MAY[layer(file)]!.includes(layer(i)),
        )
        .map((i) => `${file} imports ${i}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('checks import only what a plugin can', () => {
    const wrong = files
      .filter((f) => f.startsWith('checks/'))
      .flatMap((f) =>
        imports(f)
          .filter((i) => !/^ha-preflight(\/collectors\/[\w-]+)?$/.test(i))
          .map((i) => `${f} imports ${i}`),
      );
    assert.deepEqual(wrong, []);
  });

  it('each outside package has one importer', () => {
    const used = new Map<string, string[]>();
    for (const file of files)
      for (const i of imports(file).filter(
        (x) => !x.startsWith('src/') && !x.startsWith('node:') && !x.startsWith('ha-preflight'),
      )) {
        const name = i
          .split('/')
          .slice(0, i.startsWith('@') ? 2 : 1)
          .join('/');
        used.set(name, [...new Set([...(used.get(name) ?? []), file])]);
      }
    assert.deepEqual(
      Object.fromEntries([...used].sort()),
      Object.fromEntries(
        Object.entries(IMPORTER)
          .sort()
          .map(([name, file]) => [name, [file]]),
      ),
    );
  });

  it('no file system, network, clock or chance in the pure layers', () => {
    const wrong = files
      .filter((f) => PURE.includes(layer(f)))
      .flatMap((file) => {
        const text = source.get(file)!.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
        const io = imports(file).filter((i) => /^node:(?!crypto$|util$)/.test(i));
        const impure = /Date\.now\(|new Date\(\)|Math\.random\(|process\.(env|argv|cwd|stdout)|performance\.now/.exec(
          text,
        )?.[0];
        return [...io, ...(impure ? [impure] : [])].map((what) => `${file}: ${what}`);
      });
    assert.deepEqual(wrong, []);
  });

  it('only the command line prints or sets the exit code', () => {
    const wrong = files.filter(
      (f) =>
        !['src/cli.ts', 'src/bin.ts', 'src/commands/output.ts'].includes(f) &&
        /process\.stdout\.write|process\.exitCode|process\.exit\(|console\./.test(source.get(f)!),
    );
    assert.deepEqual(wrong, []);
  });
});
