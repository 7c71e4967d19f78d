/** Classes of storage of Package Manager, which one node may name and another leave to the default. Used by `config-identical`. */

import { type Cluster, type Finding, list, unknown } from 'ha-preflight';
import { destinationOf, STORAGE_CLASSES } from 'ha-preflight/products/package-manager/storage';
import type { LeftOut, Side } from './configuration.js';
import { inForceOf } from './configurationInForce.js';
import { oneSetting } from './configurationSettings.js';
import { readingsOf } from './readings.js';
import { senseOf } from './sense.js';

const DEFAULT = 'storage.default';
const CLASS = /^storage\./;
/** A setting of one class; its name is in the quotes. */
const OF_CLASS = /^(?:file|s3)storage "(.+)"\.\w+$/;
const sectionOf = (key: string): string =>
  `[${key
    .replace(/\.\w+$/, '')
    .replace('filestorage', 'FileStorage')
    .replace('s3storage', 'S3Storage')}]`;

interface Given {
  readonly node: string;
  readonly get: (key: string) => string | undefined;
  readonly keys: readonly string[];
}

const allAlike = (values: readonly string[]): boolean => new Set(values).size === 1;

/** Settings of sections whose names differ in their letters only, of one value each. */
function sameInOtherLetters(given: readonly Given[], sense: (key: string, value?: string) => string): string[][] {
  const all = [...new Set(given.flatMap((g) => g.keys.filter((key) => OF_CLASS.test(key))))];
  const folded = new Set(all.map((key) => key.toLowerCase()));
  const spellings = [...folded].map((name) => all.filter((key) => key.toLowerCase() === name));
  return spellings.filter((keys) => {
    const places = given.map((g) => keys.flatMap((key) => (g.get(key) === undefined ? [] : sense(key, g.get(key)))));
    return keys.length > 1 && places.every((p) => p.length === 1) && allAlike(places.flat());
  });
}

/** What is to be said of them, and which settings that settles. */
export function storageClasses(
  sides: readonly Side[],
  { reference }: Cluster,
  out: LeftOut,
): { readonly findings: Finding[]; readonly decided: LeftOut } {
  const { product, required } = sides[0]!.found.profile;
  const file = required[0]!;
  const given = sides.flatMap(({ node, found }): Given[] => {
    const settings = inForceOf(found);
    const doubtful = [...(settings ?? [])].some(([key, e]) => CLASS.test(key) && e.doubt !== undefined);
    return settings && !doubtful ? [{ node, get: (key) => settings.get(key)?.value, keys: [...settings.keys()] }] : [];
  });
  if (product !== 'package-manager' || given.length < sides.length) return { findings: [], decided: () => false };
  const decided = new Set<string>();
  const findings: Finding[] = [];
  const nodes = given.map((g) => g.node);
  const to = (key: string): string[] => given.map((g) => destinationOf(g.get, key));
  const named = new Set(given.flatMap((g) => g.keys.filter((key) => CLASS.test(key) && key !== DEFAULT)));
  for (const key of [...named].sort()) {
    if (out(file, key) || given.every((g) => g.get(key) !== undefined)) continue;
    decided.add(key);
    if (allAlike(to(key))) continue;
    const values = to(key).map((value, i) => ({ node: nodes[i]!, value }));
    findings.push(
      oneSetting(
        `${file}:${key}`,
        values,
        {
          what: 'a class of storage differs',
          in: key,
          reference,
          sense: (_, value) => value ?? '',
          readings: readingsOf(sides, file),
        },
        () => ({
          remediation: `ha-preflight settings INVENTORY --match storage    # then write ${key}, or the default, in [Storage] of ${file} as on the other nodes, and restart Package Manager`,
        }),
      ),
    );
  }
  const classes = [...new Set([...STORAGE_CLASSES.map((name) => `storage.${name}`), ...named])];
  const differs = new Set(to(DEFAULT).map((value) => value.toLowerCase())).size > 1;
  if (differs && !out(file, DEFAULT) && classes.every((key) => allAlike(to(key)))) {
    decided.add(DEFAULT);
    findings.push(
      unknown(
        `${DEFAULT} differs, and each of ${list(STORAGE_CLASSES)} goes to the same storage on every node: whether the release has a further class is not known: write the default in one way on every node`,
        { subject: `${file}:${DEFAULT}`, nodes },
      ),
    );
  }
  const sense = (key: string, value?: string): string => senseOf(sides[0]!.found, file, key, value);
  const sections = new Set<string>();
  for (const keys of sameInOtherLetters(given, sense)) {
    for (const key of keys) decided.add(key);
    const names = list([...new Set(keys.map(sectionOf))]);
    if (sections.has(names)) continue;
    sections.add(names);
    findings.push(
      unknown(
        `whether the product takes ${names} for one class is not documented: write its name in one way on every node`,
        { subject: `${file}:${keys[0]}`, nodes },
      ),
    );
  }
  return { findings, decided: (path, key) => path === file && decided.has(key) };
}
