/**
 * The last step of the build: the program as few files, since to find and compile some 350 modules takes longer than all
 * they do. `dist/src/bin.js` becomes the bundle and `dist/src/bundle-*.js` are what it loads when it is needed; the
 * modules beside them are for plugins and tests.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { EXTERNAL, OPTIONS, OUT, writeLicences } from './common.mjs';

for (const file of readdirSync(OUT)) if (/^(bundle|help)-/.test(file)) rmSync(join(OUT, file));
const { metafile } = await build({
  ...OPTIONS,
  outdir: OUT,
  chunkNames: 'bundle-[name]-[hash]',
  splitting: true,
  target: 'node20',
  // a large package, loaded only where it is installed
  external: [...EXTERNAL, '@aws-sdk/*'],
});

// esbuild leaves letters in expressions and comments as they are; V8 keeps a text with one of them in twice the memory
for (const file of readdirSync(OUT).filter((name) => /^bundle-.*\.js$/.test(name))) {
  const text = readFileSync(join(OUT, file), 'utf8');
  const escaped = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(join(OUT, file), text.replace(/[^\0-\x7f]/g, escaped));
}

// npm does so when it installs a package, but not for one whose link it knows already
chmodSync(join(OUT, 'bin.js'), 0o755);
writeLicences(metafile, join(OUT, 'bundle-licences.txt'));

// the help of a pipe and of a wide terminal, which is printed without loading the program
for (const columns of [80, 100]) {
  const wide = `Object.defineProperty(process.stdout, 'columns', { value: ${columns} })`;
  const argv = ['--import', `data:text/javascript,${encodeURIComponent(wide)}`, join(OUT, 'bin.js'), '--help'];
  writeFileSync(join(OUT, `help-${columns}.txt`), execFileSync(process.execPath, argv));
}

if (!existsSync(join(dirname(OUT), 'checks'))) throw new Error('dist/checks is missing: tsc comes first');
