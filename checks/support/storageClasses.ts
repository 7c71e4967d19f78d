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

/** Whether a setting of the main file is not compared. */
type Out = (key: string) => boolean;
/** The product's main file. */
const fileOf = (sides: readonly Side[]): string => sides[0]!.found.profile.required[0]!;

/** What one node has in force. */
interface Given {
  readonly node: string;
  readonly get: (key: string) => string | undefined;
  readonly keys: readonly string[];
}

/** Findings, and the settings that need no further comparison. */
interface Decided {
  readonly keys: readonly string[];
  readonly findings: readonly Finding[];
}

const allAlike = (values: readonly string[]): boolean => new Set(values).size === 1;
const destinations = (given: readonly Given[], key: string): string[] => given.map((g) => destinationOf(g.get, key));
/** The classes that some node names. */
const namedIn = (given: readonly Given[]): string[] =>
  [...new Set(given.flatMap((g) => g.keys.filter((key) => CLASS.test(key) && key !== DEFAULT)))].sort();

/** None where a node's settings are not known, or which of several values counts is not. */
function givenOn(sides: readonly Side[]): Given[] {
  const given = sides.flatMap(({ node, found }): Given[] => {
    const settings = inForceOf(found);
    const doubtful = [...(settings ?? [])].some(([key, e]) => CLASS.test(key) && e.doubt !== undefined);
    return settings && !doubtful ? [{ node, get: (key) => settings.get(key)?.value, keys: [...settings.keys()] }] : [];
  });
  return given.length === sides.length ? given : [];
}

/** Classes that some nodes name and others leave to the default: the same where both lead to one storage. */
function namedOnSome(given: readonly Given[], sides: readonly Side[], { reference }: Cluster, out: Out): Decided {
  const file = fileOf(sides);
  const keys = namedIn(given).filter((key) => !out(key) && given.some((g) => g.get(key) === undefined));
  const findings = keys
    .filter((key) => !allAlike(destinations(given, key)))
    .map((key) =>
      oneSetting(
        `${file}:${key}`,
        destinations(given, key).map((value, i) => ({ node: given[i]!.node, value })),
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
  return { keys, findings };
}

/** A default that differs, and that no known class goes to. */
function defaultOfNothing(given: readonly Given[], file: string, out: Out): Decided {
  const classes = new Set([...STORAGE_CLASSES.map((name) => `storage.${name}`), ...namedIn(given)]);
  const differs = !allAlike(destinations(given, DEFAULT).map((value) => value.toLowerCase()));
  if (!differs || out(DEFAULT) || ![...classes].every((key) => allAlike(destinations(given, key))))
    return { keys: [], findings: [] };
  return {
    keys: [DEFAULT],
    findings: [
      unknown(
        `${DEFAULT} differs, and each of ${list(STORAGE_CLASSES)} goes to the same storage on every node: whether the release has a further class is not known: write the default in one way on every node`,
        { subject: `${file}:${DEFAULT}`, nodes: given.map((g) => g.node) },
      ),
    ],
  };
}

/** Sections of one class whose names differ in their letters only, while every setting has one value. */
function sameInOtherLetters(
  given: readonly Given[],
  file: string,
  sense: (key: string, value?: string) => string,
): Decided {
  const all = [...new Set(given.flatMap((g) => g.keys.filter((key) => OF_CLASS.test(key))))];
  const folded = new Set(all.map((key) => key.toLowerCase()));
  const spellings = [...folded]
    .map((name) => all.filter((key) => key.toLowerCase() === name))
    .filter((keys) => {
      const values = given.map((g) => keys.flatMap((key) => (g.get(key) === undefined ? [] : sense(key, g.get(key)))));
      return keys.length > 1 && values.every((v) => v.length === 1) && allAlike(values.flat());
    });
  // a section is said once, whatever the number of its settings
  const firstOf = new Map<string, string>();
  for (const keys of spellings) {
    const names = list([...new Set(keys.map(sectionOf))]);
    if (!firstOf.has(names)) firstOf.set(names, keys[0]!);
  }
  return {
    keys: spellings.flat(),
    findings: [...firstOf].map(([names, key]) =>
      unknown(
        `whether the product takes ${names} for one class is not documented: write its name in one way on every node`,
        { subject: `${file}:${key}`, nodes: given.map((g) => g.node) },
      ),
    ),
  };
}

/** What is to be said of the classes, and which settings that settles. */
export function storageClasses(
  sides: readonly Side[],
  cluster: Cluster,
  out: LeftOut,
): { readonly findings: Finding[]; readonly decided: LeftOut } {
  const given = sides[0]!.found.profile.product === 'package-manager' ? givenOn(sides) : [];
  if (given.length === 0) return { findings: [], decided: () => false };
  const file = fileOf(sides);
  const leftOut: Out = (key) => out(file, key);
  const parts = [
    namedOnSome(given, sides, cluster, leftOut),
    defaultOfNothing(given, file, leftOut),
    sameInOtherLetters(given, file, (key, value) => senseOf(sides[0]!.found, file, key, value)),
  ];
  const keys = new Set(parts.flatMap((p) => p.keys));
  return { findings: parts.flatMap((p) => p.findings), decided: (path, key) => path === file && keys.has(key) };
}
