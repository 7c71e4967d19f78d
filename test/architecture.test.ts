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

/** What `ha-preflight/...` is in this repository. */
const sourceOf = (i: string): string =>
  i === 'ha-preflight' ? 'src/index.ts' : i.replace(/^ha-preflight\/(.*)$/, 'src/$1.ts');

/** Layer of a file: its folder below src, or its name at the top of it. */
const layer = (file: string): string =>
  file.startsWith('checks/')
    ? 'checks'
    : file.split('/').length > 2
      ? file.split('/')[1]!
      : file.replace(/^src\/|\.ts$/g, '');

/** Each layer and what it may import. One that is not listed is a mistake. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  model: [],
  formats: ['model'],
  relations: ['model'],
  remedy: ['model'],
  requirements: ['model', 'formats'],
  products: ['model', 'formats', 'requirements', 'remedy'],
  collectors: ['model', 'formats', 'remedy', 'products'],
  probes: ['model', 'products'],
  check: ['model', 'products', 'probes'],
  plan: ['model', 'products', 'collectors', 'probes', 'check'],
  facts: ['model', 'remedy', 'products', 'collectors', 'plan'],
  findings: ['model', 'relations', 'probes', 'check'],
  fingerprint: ['model'],
  judge: [
    ...['model', 'formats', 'requirements', 'relations', 'products', 'collectors', 'check', 'plan', 'facts'],
    ...['findings', 'fingerprint', 'remedy'],
  ],
  waivers: ['model', 'fingerprint'],
  diff: ['model'],
  misnamed: ['model', 'products', 'load', 'check'],
  report: ['model', 'diff', 'judge', 'products', 'waivers'],
  reporters: ['model'],
  fixes: ['model', 'remedy', 'reporters'],
  index: ['model', 'relations', 'remedy', 'requirements', 'products', 'collectors', 'probes', 'check'],
  place: [],
  version: ['place'],
  load: ['model', 'formats', 'schema', 'place', 'products', 'requirements', 'probes', 'check'],
  gather: ['model', 'formats', 'products', 'probes', 'plan', 'facts'],
  relay: ['model', 'collectors', 'plan', 'gather', 'load'],
  audit: ['model', 'misnamed', 'load', 'gather', 'plan', 'facts', 'judge', 'report'],
  installedVersions: ['model', 'collectors', 'plan', 'facts'],
  settingsInForce: ['model', 'formats', 'products', 'plan', 'facts'],
  testing: ['model', 'load', 'check', 'findings'],
  demo: [],
  commands: [
    ...['model', 'requirements', 'products', 'collectors', 'check', 'plan', 'reporters', 'report'],
    ...[
      'load',
      'gather',
      'settingsInForce',
      'installedVersions',
      'diff',
      'audit',
      'relay',
      'demo',
      'place',
      'version',
      'relations',
      'plain',
      'fingerprint',
      'fixes',
    ],
  ],
  plain: [],
  cli: ['model', 'commands', 'plain', 'version', 'reporters'],
  bin: ['cli', 'plain', 'version', 'commands'],
};

const PURE = [
  ...['model', 'formats', 'relations', 'remedy', 'requirements', 'collectors', 'products', 'probes', 'check'],
  ...[
    'plan',
    'facts',
    'findings',
    'misnamed',
    'fingerprint',
    'judge',
    'waivers',
    'diff',
    'report',
    'reporters',
    'fixes',
    'installedVersions',
    'checks',
  ],
];

const IMPORTER: Readonly<Record<string, string | readonly string[]>> = {
  yargs: 'src/cli.ts',
  ssh2: 'src/gather/ssh/sshLogin.ts',
  pg: 'src/gather/services/databaseSession.ts',
  '@aws-sdk/client-s3': ['src/gather/services/objectStore.ts', 'src/gather/services/s3.ts'],
  'js-yaml': 'src/load/yaml.ts',
  ajv: 'src/load/compile.ts',
};

describe('architecture', () => {
  it('imports run one way', () => {
    const wrong = files
      .filter((f) => f.startsWith('src/'))
      .flatMap((file) =>
        imports(file)
          .filter((i) => i.startsWith('src/') && layer(i) !== layer(file) && !MAY[layer(file)]?.includes(layer(i)))
          .map((i) => `${file} imports ${i}`),
      );
    assert.deepEqual(wrong, []);
  });

  it('what a layer may import, it does', () => {
    const unused = Object.entries(MAY).flatMap(([name, allowed]) =>
      allowed
        .filter(
          (other) =>
            !files.some((f) => layer(f) === name && imports(f).some((i) => i.startsWith('src/') && layer(i) === other)),
        )
        .map((other) => `${name}: ${other}`),
    );
    assert.deepEqual(unused, []);
  });

  it('no two layers import each other', () => {
    const pairs = new Set(
      files.flatMap((file) =>
        imports(file)
          .filter((i) => i.startsWith('src/') && layer(i) !== layer(file))
          .map((i) => `${layer(file)} ${layer(i)}`),
      ),
    );
    const mutual = [...pairs].filter((p) => pairs.has(p.split(' ').reverse().join(' ')));
    assert.deepEqual(mutual, []);
  });

  it('no files import each other in a circle, types included', () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file);
      if (at >= 0) circles.push([...path.slice(at), file].join(' -> '));
      if (at >= 0 || done.has(file)) return;
      for (const next of imports(file).map(sourceOf)) if (source.has(next)) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    assert.deepEqual(circles, []);
  });

  it('checks import what a plugin can, and files of the folder checks', () => {
    const allowed = /^ha-preflight(\/(collectors|probes|formats|products)\/[\w/-]+)?$|^checks\/support\/\w+\.ts$/;
    const wrong = files
      .filter((f) => f.startsWith('checks/'))
      .flatMap((f) =>
        imports(f)
          .filter((i) => !allowed.test(i))
          .map((i) => `${f} imports ${i}`),
      );
    assert.deepEqual(wrong, []);
  });

  it("no product's name stands outside its folder, except where a check states a row of its document", () => {
    const wrong = files
      .filter((f) => f.startsWith('src/') && !/^src\/(products|demo)\//.test(f))
      .flatMap((f) =>
        [
          ...source
            .get(f)!
            .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
            .matchAll(/'(workbench|package-manager|deployr)'/g),
        ].map((m) => `${f}: ${m[0]}`),
      );
    assert.deepEqual(wrong, []);
  });

  it('each format that no other format uses has a test', () => {
    const formats = files.filter((f) => f.startsWith('src/formats/'));
    const used = new Set(formats.flatMap(imports));
    const folder = join(ROOT, 'test', 'formats');
    const tests = readdirSync(folder).map((f) => readFileSync(join(folder, f), 'utf8'));
    assert.deepEqual(
      formats.filter((f) => !used.has(f) && !tests.some((t) => t.includes(`../${f.replace(/ts$/, 'js')}`))),
      [],
    );
  });

  it('each outside package has one importer', () => {
    const used = new Map<string, string[]>();
    for (const file of files)
      for (const i of imports(file).filter(
        (x) => !/^(src|checks)\//.test(x) && !x.startsWith('node:') && !x.startsWith('ha-preflight'),
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
          .map(([name, importer]) => [name, [importer].flat()]),
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
        !['src/cli.ts', 'src/bin.ts', 'src/commands/gathering.ts', 'src/commands/print.ts'].includes(f) &&
        /process\.stdout\.write|process\.exitCode|process\.exit\(|console\./.test(source.get(f)!),
    );
    assert.deepEqual(wrong, []);
  });
});
