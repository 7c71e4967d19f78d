/**
 * The last step of the build: the program as few files, since to find and compile some 350 modules takes longer than all
 * they do. `dist/src/bin.js` starts `dist/src/bundle.cjs`; the modules beside them are for plugins and tests.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { EXTERNAL, OPTIONS, OUT, writeLicences } from './common.mjs';
import { AROUND } from './start.mjs';

for (const file of readdirSync(OUT)) if (/^(bundle|help)[-.]/.test(file)) rmSync(join(OUT, file));
const shared = { ...OPTIONS, target: 'node20' };

/** A script from a code cache has no import(): it is given that of bin.js. */
const place = {
  name: 'place',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/place\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replace('import(url)', 'importModule(url)'),
    }));
  },
};
const PROGRAM = join(OUT, 'bundle.cjs');
const { metafile } = await build({
  ...shared,
  entryPoints: ['src/cli.ts'],
  outfile: PROGRAM,
  format: 'cjs',
  // becomes require(): the packages that are not in the file are CommonJS
  supported: { 'dynamic-import': false },
  banner: { js: AROUND.before },
  footer: { js: AROUND.after },
  define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'bundleUrl' },
  // a large package, loaded only where it is installed
  external: [...EXTERNAL, '@aws-sdk/*'],
  plugins: [place, ...OPTIONS.plugins],
});
// esbuild leaves letters in expressions and comments as they are; V8 keeps a text with one of them in twice the memory
const escaped = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
writeFileSync(PROGRAM, readFileSync(PROGRAM, 'utf8').replace(/[^\0-\x7f]/g, escaped));

/** What bin.js imports as the program. */
const start = {
  name: 'start',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/cli\.js$/ }, () => ({ path: 'cli', namespace: 'start' }));
    onLoad({ filter: /.*/, namespace: 'start' }, () => ({
      resolveDir: import.meta.dirname,
      contents: "import { program } from './start.mjs'; export const { main } = program(import.meta.dirname);",
    }));
  },
};
/** Parts of Node as they are: the loader of modules takes some milliseconds for the first that is imported. */
const parts = {
  name: 'parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'parts' }));
    onLoad({ filter: /.*/, namespace: 'parts' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }));
  },
};
await build({ ...shared, outfile: join(OUT, 'bin.js'), banner: {}, plugins: [start, parts, ...OPTIONS.plugins] });

// npm does so when it installs a package, but not for one whose link it knows already
chmodSync(join(OUT, 'bin.js'), 0o755);
writeLicences(metafile, join(OUT, 'bundle-licences.txt'));
try {
  execFileSync(process.execPath, [join(import.meta.dirname, 'warm.mjs')], { stdio: 'pipe', timeout: 120_000 });
} catch (error) {
  // it starts all the same; a test asks for it
  console.error(`the program is not compiled ahead, and starts more slowly: ${error.message}`);
}

// the help of a pipe and of a wide terminal, which is printed without loading the program
for (const columns of [80, 100]) {
  const wide = `Object.defineProperty(process.stdout, 'columns', { value: ${columns} })`;
  const argv = ['--import', `data:text/javascript,${encodeURIComponent(wide)}`, join(OUT, 'bin.js'), '--help'];
  writeFileSync(join(OUT, `help-${columns}.txt`), execFileSync(process.execPath, argv));
}

if (!existsSync(join(dirname(OUT), 'checks'))) throw new Error('dist/checks is missing: tsc comes first');
