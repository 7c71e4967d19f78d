/** A product as its author writes it, and what follows where he leaves a field out. Pure. */

import { last } from '../formats/settings.js';
import type { Installed } from './installed.js';
import { formatOf, type Profile, textOf } from './profile.js';
import type { Effective, EffectiveSettings, Settings } from './settings.js';

type Stated = 'product' | 'title' | 'documents' | 'root' | 'traces' | 'texts';

/** What a product must state; everything else has a default that says "it has none". */
export type ProductSpec = Pick<Profile, Stated> &
  Partial<Omit<Profile, Stated | 'settings'>> & {
    /** Only what its configuration has. */
    readonly settings?: (installed: Installed) => Partial<Settings>;
  };

/** A configuration that says nothing: no database, no key, no shared directory, no port. */
const nothing = (title: string): Settings => ({
  database: { unseen: `${title} has no database` },
  databaseFile: '',
  endpoints: { value: [] },
  keys: [],
  shared: [],
  own: [],
  s3: [],
  sqlite: [],
  runtimes: [],
  port: 0,
  serviceAccounts: [],
  groups: [],
});

/** Every setting of its files as `FILE:KEY`, the last value of a file; NotSeen when a file could not be read. */
function ofTheTexts({ texts }: Pick<Profile, 'texts'>, installed: Installed): EffectiveSettings {
  const settings = new Map<string, Effective>();
  for (const { path, type } of installed.tree) {
    const format = formatOf(texts, path);
    if (!format || type === 'directory') continue;
    const config = format(textOf(installed, path) ?? '');
    for (const key of new Set(config.settings.map((s) => s.key))) {
      const { value, line } = last(config, key)!;
      settings.set(`${path}:${key}`, { value, because: `${path} line ${line}` });
    }
  }
  return settings;
}

/** Identity of a complete profile; of a shorter one, the profile with its defaults. */
export function defineProduct(spec: ProductSpec): Profile {
  const { product, title, texts, settings } = spec;
  return {
    required: texts.flatMap(({ pattern }) => (/[*?[]/.test(pattern) ? [] : [pattern])),
    keyFiles: [],
    perNode: [],
    databaseScope: { file: '', key: /(?!)/ },
    elsewhere: [],
    effective: (installed) => ofTheTexts(spec, installed),
    packages: [],
    versionCommand: [],
    version: /(?<![0-9])v?([0-9]+(?:\.[0-9]+)+(?:[-+.][0-9A-Za-z]+)*)/,
    processes: [],
    unit: spec.packages?.[0] ?? product,
    variables: `${product.toUpperCase().replaceAll('-', '_')}_`,
    ...spec,
    settings: (installed) => ({ ...nothing(title), ...settings?.(installed) }),
  };
}
