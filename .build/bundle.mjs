/**
 * The last step of the build: the program as few files, since to find and compile some 350 modules takes longer than all
 * they do. `dist/src/bin.js` becomes the bundle and `dist/src/bundle-*.js` are what it loads when it is needed; the
 * modules beside them are for plugins and tests. What is in `checks` and `src/products` is found by the same scan as at run time.
 */

import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist', 'src');

const sourcesOf = (folder) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => /^[^_].*(?<!\.d)\.ts$/.test(file))
    .map((file) => `${folder}/${file}`);

/** What the program finds by scanning its folders, and what plugins import: `exports` in package.json. */
const whole = [
  ...sourcesOf('checks'),
  ...readdirSync(join(ROOT, 'src', 'products'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `src/products/${entry.name}/index.ts`),
  'src/index.ts',
  ...['collectors', 'probes', 'formats', 'products'].flatMap((folder) => sourcesOf(`src/${folder}`)),
];

/**
 * A module of ours that is loaded by `import()` goes into the one file: many small files between the commands would take
 * longer. The packages of others stay apart, and so does all that `--version` does not need.
 */
function together(text) {
  const imports = [];
  const contents = text.replace(/import\('(\.[^']+)'\)/g, (_, path) => {
    imports.push(`import * as later${imports.length} from '${path}';`);
    return `Promise.resolve(later${imports.length - 1})`;
  });
  return `${imports.join('')}${contents}`;
}

/** The schemas of what is read, compiled. */
async function validators() {
  const from = (module) => import(join(OUT, 'load', `${module}.js`));
  const [{ OPTIONS }, { SCHEMA }, { SCHEMAS }] = await Promise.all(['compile', 'evidence', 'report'].map(from));
  const inventory = JSON.parse(readFileSync(join(OUT, 'schema', 'inventory.schema.json'), 'utf8'));
  const ajv = new Ajv2020({ ...OPTIONS, code: { source: true, esm: true } });
  const ids = [inventory, SCHEMA, ...Object.values(SCHEMAS)].map((schema) => {
    ajv.addSchema(schema);
    return schema.$id;
  });
  return `${standaloneCode.default(ajv, Object.fromEntries(ids.map((id, i) => [`schemaOf${i}`, id])))}
const compiled = { ${ids.map((id, i) => `'${id}': schemaOf${i}`).join(', ')} };
export const compile = (schema) => compiled[schema.$id];`;
}

/** The package's own name means its sources, as `exports` in package.json says. */
const own = {
  name: 'own',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^ha-preflight($|\/)/ }, ({ path }) => ({
      path: join(ROOT, 'src', `${path === 'ha-preflight' ? 'index' : path.slice('ha-preflight/'.length)}.ts`),
    }));
    // a table of Unicode that yargs needs for help in columns, and loads at every start
    onResolve({ filter: /^string-width$/ }, () => ({ path: 'string-width', namespace: 'own' }));
    onLoad({ filter: /.*/, namespace: 'own' }, () => ({
      resolveDir: ROOT,
      contents: "export { columns as default } from './src/reporters/text.ts';",
    }));
    onLoad({ filter: /src\/load\/compile\.ts$/ }, async () => ({ resolveDir: ROOT, contents: await validators() }));
    onLoad({ filter: /src\/load\/bundled\.ts$/ }, () => ({
      loader: 'ts',
      resolveDir: ROOT,
      contents: `${whole.map((file, i) => `import * as m${i} from './${file}';`).join('\n')}
export const bundled = { ${whole.map((file, i) => `'${file.replace(/\.ts$/, '.js')}': m${i}`).join(', ')} };`,
    }));
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      return { loader: 'ts', contents: path === join(ROOT, 'src', 'bin.ts') ? text : together(text) };
    });
  },
};

for (const file of readdirSync(OUT)) if (file.startsWith('bundle-')) rmSync(join(OUT, file));
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: { bin: 'src/bin.ts' },
  outdir: 'dist/src',
  chunkNames: 'bundle-[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // optional, or native, or loaded only where they are installed
  external: ['*.node', 'cpu-features', 'pg-native', '@aws-sdk/*'],
  // packages of the older kind ask for parts of Node by require, and for their place
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url), bundleFolder = import.meta.dirname;",
  },
  define: { __dirname: 'bundleFolder' },
  metafile: true,
  logLevel: 'warning',
  plugins: [own],
});

// npm does so when it installs a package, but not for one whose link it knows already
chmodSync(join(OUT, 'bin.js'), 0o755);

/** The licences of the packages that the bundle holds, which go where their code goes. */
const packages = new Set(
  Object.keys(metafile.inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
);
const licences = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(ROOT, folder)).find((f) => /^licen[cs]e/i.test(f));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(ROOT, folder, file), 'utf8') : ''}`;
});
writeFileSync(join(OUT, 'bundle-licences.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));
if (!existsSync(join(dirname(OUT), 'checks'))) throw new Error('dist/checks is missing: tsc comes first');
