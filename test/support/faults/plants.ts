/** Changes to the files of a node, and the places that several subjects change. */

import type { TreeFile } from '../../../src/demo/tree.js';
import type { ProductCluster } from '../clusters.js';
import { DEPLOYR_ROOT, listed } from '../clusters.js';
import type { Plant } from './fault.js';

export const all = ['n1', 'n2', 'n3'] as const;
export const ALL = all.join(' ');

export const put =
  (path: string, text: string, more: Partial<TreeFile> = {}): Plant =>
  (t) => ({ ...t, [path]: { text, ...more } });
export const drop =
  (path: string): Plant =>
  (t) =>
    Object.fromEntries(Object.entries(t).filter(([p]) => p !== path));
export const edit =
  (path: string, from: RegExp | string, to: string, more: Partial<TreeFile> = {}): Plant =>
  (t) => {
    const text = String(t[path]?.text);
    const changed = text.replace(from, to);
    if (changed === text && Object.keys(more).length === 0) throw new Error(`nothing to change in ${path}: ${from}`);
    return { ...t, [path]: { ...t[path]!, text: changed, ...more } };
  };
export const append = (path: string, text: string): Plant => edit(path, /$/, text);
export const both =
  (...plants: readonly Plant[]): Plant =>
  (t, c, n) =>
    plants.reduce((tree, plant) => plant(tree, c, n), t);
export const mounts = (from: RegExp | string, to: string): Plant => edit('/proc/self/mountinfo', from, to);
export const config =
  (from: RegExp | string, to: string): Plant =>
  (t, c, n) =>
    edit(c.config, from, to)(t, c, n);
export const key =
  (from: RegExp | string, to: string, more: Partial<TreeFile> = {}): Plant =>
  (t, c, n) =>
    edit(c.key, from, to, more)(t, c, n);
/** The mount of the product's data is not there: the folder below it is this node's own. */
export const unmounted = (point: string): Plant =>
  both(mounts(new RegExp(`.* ${point} .*\\n`), ''), (t) => ({
    ...drop(point)(t, {} as ProductCluster, ''),
    [`${point}/`]: { text: '' },
  }));

export const WB = '/etc/rstudio/';
export const CONNECT = '/etc/rstudio-connect/rstudio-connect.gcfg';
export const PM = '/etc/rstudio-pm/rstudio-pm.gcfg';
export const GROOVY = `${DEPLOYR_ROOT}/deployr/deployr.groovy`;
export const MONGOD = `${DEPLOYR_ROOT}/mongo/mongod.conf`;
export const posit = ['workbench', 'connect', 'packageManager'] as const;
export const gone = 3600;
export const soon = (): number => Math.floor(Date.now() / 1000) + 60;
export const names = (...status: readonly (readonly [string, string, number])[]) => listed(status);
/** On the second node one text, on the others a different one. */
export const deviant =
  (odd: Plant, good: Plant): Plant =>
  (t, c, n) =>
    (n === 'n2' ? odd : good)(t, c, n);
