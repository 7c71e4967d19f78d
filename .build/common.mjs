/**
 * What the bundle in `dist/src` and the single executable have in common. What is in `checks` and `src/products` is found by the same
 * scan as at run time.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';

export const ROOT = join(import.meta.dirname, '..');
export const OUT = join(ROOT, 'dist', 'src');

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
 * Our module that is loaded by `import()` goes into the one file: many small files between the commands would take
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
    // parts of ssh2 that nobody here uses, and that load Node's http and tls
    onResolve({ filter: /^\.\/(http-agents|server|keygen)\.js$/ }, ({ path, importer }) =>
      /\/ssh2\/lib\/index\.js$/.test(importer) ? { path, namespace: 'nothing' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }));
    // whether this Node can sign with Ed25519, which ssh2 tries out at every start: only one in FIPS mode may be unable to
    onLoad({ filter: /\/ssh2\/lib\/protocol\/constants\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const tried = 'const eddsaSupported = (() => {';
      if (!text.includes(tried)) throw new Error(`${path}: it no longer says \`${tried}\``);
      return { contents: text.replace(tried, 'const eddsaSupported = crypto.getFips() === 0 || (() => {') };
    });
    onLoad({ filter: /src\/load\/compile\.ts$/ }, async () => ({ resolveDir: ROOT, contents: await validators() }));
    onLoad({ filter: /src\/load\/bundled\.ts$/ }, () => ({
      loader: 'ts',
      resolveDir: ROOT,
      contents: `${whole.map((file, i) => `import * as m${i} from './${file}';`).join('\n')}
export const bundled = { ${whole.map((file, i) => `'${file.replace(/\.ts$/, '.js')}': m${i}`).join(', ')} };`,
    }));
    // without top-level await, which a CommonJS file cannot have
    onLoad({ filter: /src\/load\/products\.ts$/ }, () => ({
      loader: 'ts',
      resolveDir: join(ROOT, 'src/load'),
      contents: `import { catalogueOf } from '../products/index.ts';
import { bundled } from './bundled.ts';
import { productNames } from './productNames.ts';
export const builtIn = catalogueOf(productNames.map((name) => bundled[\`src/products/\${name}/index.js\`].default));`,
    }));
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      return { loader: 'ts', contents: path === join(ROOT, 'src', 'bin.ts') ? text : together(text) };
    });
  },
};

/** For esbuild. */
export const OPTIONS = {
  absWorkingDir: ROOT,
  entryPoints: { bin: 'src/bin.ts' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  // packages of the older kind ask for parts of Node by require, and for their place
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url), bundleFolder = import.meta.dirname;",
  },
  define: { __dirname: 'bundleFolder' },
  metafile: true,
  logLevel: 'warning',
  plugins: [own],
};

/** Optional, or native. */
export const EXTERNAL = ['*.node', 'cpu-features', 'pg-native'];

/** Writes the licences of the packages that a bundle holds, which go where their code goes. */
export function writeLicences({ inputs }, file) {
  const packages = new Set(
    Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  const licences = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const text = readdirSync(join(ROOT, folder)).find((f) => /^licen[cs]e/i.test(f));
    return `${name} ${version} (${license})\n\n${text ? readFileSync(join(ROOT, folder, text), 'utf8') : ''}`;
  });
  writeFileSync(file, licences.join(`\n${'-'.repeat(80)}\n\n`));
}
