/** Settings as the product itself would read them, by name: what checks of single values look at. */

import { gcfg } from '../formats/gcfg.js';
import { keyValue, sections } from '../formats/keyValue.js';
import { first } from '../formats/settings.js';
import { defineCollector } from '../model/collector.js';
import type { Effective } from '../products/gcfgSettings.js';
import { gcfgSettings } from '../products/gcfgSettings.js';
import type { Found } from '../products/profile.js';
import { textOf } from '../products/profile.js';

/** `file:key` for Workbench, `section.key` for the others; a key that is not there has no entry. */
export type EffectiveSettings = ReadonlyMap<string, Effective>;

/** Of Workbench's files those whose values are checked; the first duplicate counts. */
const WORKBENCH = [
  ['rserver.conf', sections],
  ['load-balancer', sections],
  ['file-locks', keyValue],
] as const;

const workbench = (found: Found): EffectiveSettings =>
  new Map(
    WORKBENCH.flatMap(([file, format]) => {
      const config = format(textOf(found, file) ?? '');
      return [...new Set(config.settings.map((s) => s.key))].map((key): [string, Effective] => {
        const { value, line } = first(config, key)!;
        return [`${file}:${key}`, { value, because: `${file} line ${line}` }];
      });
    }),
  );

/** Of a gcfg file every key, and those the environment sets. */
function fromGcfg(found: Found, prefix: string): EffectiveSettings {
  const file = found.profile.required[0]!;
  const get = gcfgSettings(found, file, prefix);
  const inFile = gcfg(textOf(found, file) ?? '').settings.map((s) => s.key);
  const inEnvironment = [...found.environment.keys()].flatMap((variable) => {
    const m = new RegExp(`^${prefix}_([A-Z0-9]+)_([A-Z0-9]+)$`).exec(variable);
    return m ? [`${m[1]!.toLowerCase()}.${m[2]!.toLowerCase()}`] : [];
  });
  return new Map(
    [...new Set([...inFile, ...inEnvironment])].flatMap((key): [string, Effective][] => {
      const value = get(key);
      return value ? [[key, value]] : [];
    }),
  );
}

/** NotSeen when a file that is there could not be read. */
export const effective = defineCollector<EffectiveSettings, Found>({
  id: 'effective',
  requests: () => ({}),
  parse(_, __, found) {
    if (found.product === 'workbench') return workbench(found);
    // DeployR's files have a collector of their own
    if (found.product === 'deployr') return new Map();
    return fromGcfg(found, found.product === 'connect' ? 'CONNECT' : 'PACKAGEMANAGER');
  },
});
