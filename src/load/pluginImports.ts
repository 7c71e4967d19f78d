/** What `ha-preflight` means in the file of a plugin: the very modules of this program, wherever the file lies. */

import { register } from 'node:module';
import { bundled } from './bundled.js';

/** Where the modules of a plugin find those of the bundle. */
const SHARED = Symbol.for('ha-preflight');

/**
 * Runs beside this program. `shared` has the names that each module of the bundle exports; without a bundle there are
 * none, and what a plugin's own folder cannot resolve, ours does.
 */
const HOOK = `let shared = {};
export function initialize(data) { shared = data; }
export async function resolve(specifier, context, next) {
  const [own, name = 'index'] = /^ha-preflight(?:[/](.*))?$/.exec(specifier) ?? [];
  if (own !== undefined && Object.hasOwn(shared, name)) return { url: 'ha-preflight:' + name, shortCircuit: true };
  try { return await next(specifier, context); } catch (error) {
    if (own === undefined) throw error;
    try { return await next(specifier, { ...context, parentURL: ${JSON.stringify(import.meta.url)} }); } catch {
      throw new Error('the package has no ' + specifier + '; what it exports is in its checks/README.md');
    }
  }
}
export async function load(url, context, next) {
  if (!url.startsWith('ha-preflight:')) return next(url, context);
  const name = url.slice('ha-preflight:'.length);
  const exported = (n) => n === 'default' ? 'export default m.default;' : 'export const ' + n + ' = m.' + n + ';';
  const source = 'const m = globalThis[Symbol.for("ha-preflight")][' + JSON.stringify(name) + '];' + shared[name].map(exported).join('');
  return { format: 'module', shortCircuit: true, source };
}`;

/** From here on, whatever is imported may import `ha-preflight`. */
export function sharePackage(): void {
  const modules = Object.fromEntries(
    Object.entries(bundled).flatMap(([file, module]) => {
      const [, name] = /^src\/(.*)\.js$/.exec(file) ?? [];
      return name === undefined ? [] : [[name, module as object]];
    }),
  );
  Object.defineProperty(globalThis, SHARED, { value: modules, configurable: true });
  const data = Object.fromEntries(Object.entries(modules).map(([name, module]) => [name, Object.keys(module)]));
  // Node 26 warns of it, but what is to follow it is not in Node 20
  const { noDeprecation = false } = process;
  process.noDeprecation = true;
  register(`data:text/javascript,${encodeURIComponent(HOOK)}`, { data });
  process.noDeprecation = noDeprecation;
}
