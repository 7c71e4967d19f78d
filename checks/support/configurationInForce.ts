/** Compares settings that variables or the command line decide. Used by `config-identical`. */

import type { Cluster, Effective, Found } from 'ha-preflight';
import { type Finding, list, NotSeen, unknown } from 'ha-preflight';
import { effectiveOf } from 'ha-preflight/products/profile';
import type { LeftOut, Side } from './configuration.js';
import { oneSetting, type Sense } from './configurationSettings.js';
import { readingsOf } from './readings.js';
import { mayBeOneSecret, ONE_SECRET } from './secrets.js';
import { senseOf } from './sense.js';

/** The settings in force of a node; undefined where they could not be read, which the comparison of files says. */
export function inForceOf(found: Found): ReadonlyMap<string, Effective> | undefined {
  try {
    return effectiveOf(found);
  } catch (error) {
    if (error instanceof NotSeen) return undefined;
    throw error;
  }
}

const asIs: Sense = (_, value) => value ?? '\0absent';

/** Where a setting stands, and `FILE:KEY` as a person writes it. */
function placeOf({ profile }: Found, key: string): { subject: string; file: string; name: string } {
  const subject = key.includes(':') ? key : `${profile.required[0]}:${key}`;
  const at = subject.indexOf(':');
  return { subject, file: subject.slice(0, at), name: subject.slice(at + 1) };
}

/** Where the value in force of a setting of a file comes from, where that is known. */
export function originOf(found: Found, path: string, key: string): string | undefined {
  const settings = inForceOf(found);
  const main = path === found.profile.required[0];
  return (settings?.get(`${path}:${key}`) ?? (main ? settings?.get(key) : undefined))?.because;
}

/**
 * Whether a variable or the command line decides a setting of a file on some node, and what is in force is known on all:
 * then `compareInForce` compares it, and the files need not say the same.
 */
export function decidedBeside(sides: readonly Side[]): LeftOut {
  const all = sides.map((s) => inForceOf(s.found));
  if (!all.every((settings) => settings !== undefined)) return () => false;
  const main = sides[0]!.found.profile.required[0];
  // of most settings a file alone says anything
  const beside = new Set(all.flatMap((settings) => [...settings].flatMap(([key, v]) => (v.beside ? [key] : []))));
  return (file, key) => {
    const names = [`${file}:${key}`, ...(file === main ? [key] : [])];
    if (!names.some((name) => beside.has(name))) return false;
    const values = all.map((settings) => names.map((name) => settings.get(name)).find((v) => v !== undefined));
    return (
      values.some((v) => v?.beside) &&
      (values.every((v) => v?.doubt === undefined) ||
        new Set(values.map((v) => senseOf(sides[0]!.found, file, key, v?.value))).size === 1)
    );
  };
}

/** How a variable that is not a setting is called in a verdict, and in `params: { config-identical: { perNode } }`. */
const PLACE = 'environment';

/** Variables that decide something and have no place in the configuration. */
export function compareVariables(sides: readonly Side[], cluster: Cluster, out: LeftOut): Finding[] {
  const known = sides.filter((s) => inForceOf(s.found) !== undefined);
  const decides = ({ found: { profile }, settings }: Side, name: string): boolean =>
    profile.looseVariable?.(name, settings) ?? false;
  const names = new Set(known.flatMap((s) => [...s.found.environment.keys()].filter((name) => decides(s, name))));
  return [...names].sort().flatMap((name): Finding[] => {
    const values = known.map((s) => ({
      node: s.node,
      value: s.found.environment.get(name),
      origin: s.found.origins?.get(name),
    }));
    if (out(PLACE, name) || new Set(values.map((v) => v.value)).size === 1) return [];
    const finding = oneSetting(
      `${PLACE}:${name}`,
      values,
      { what: 'the environment of the product differs', in: name, reference: cluster.reference, sense: asIs },
      () => ({ remediation: '# set the variable to the same value on every node, and restart the product' }),
    );
    return [{ ...finding, severity: 'warning' }];
  });
}

interface Forced {
  readonly node: string;
  readonly found: Found;
  readonly settings: ReadonlyMap<string, Effective>;
}

const forcedOf = (sides: readonly Side[]): Forced[] =>
  sides.flatMap((s) => {
    const settings = inForceOf(s.found);
    return settings ? [{ node: s.node, found: s.found, settings }] : [];
  });

/** Settings that the files set alike, and that an empty variable perhaps clears on some nodes: which counts is not known. */
export function perhapsCleared(sides: readonly Side[], out: LeftOut): Finding[] {
  const forced = forcedOf(sides);
  const open = ({ settings }: Forced, key: string): string | undefined => {
    const setting = settings.get(key);
    return setting?.beside ? undefined : setting?.doubt;
  };
  const keys = new Set(forced.flatMap((f) => [...f.settings.keys()].filter((key) => open(f, key) !== undefined)));
  return [...keys].sort().flatMap((key): Finding[] => {
    const { subject, file, name } = placeOf(forced[0]!.found, key);
    const cleared = forced.filter((f) => open(f, key) !== undefined);
    const values = new Set(forced.map((f) => senseOf(f.found, file, name, f.settings.get(key)?.value)));
    // other values are compared where they stand
    if (cleared.length === forced.length || values.size > 1 || out(file, name)) return [];
    return [
      unknown(
        `${subject} is set, and it is not documented ${open(cleared[0]!, key)}: remove that variable on ${list(cleared.map((f) => f.node))}`,
        { nodes: cleared.map((f) => f.node), subject },
      ),
    ];
  });
}

/** Settings that variables or the command line decide on some node: their values in force. */
export function compareInForce(sides: readonly Side[], cluster: Cluster, out: LeftOut): Finding[] {
  const { reference } = cluster;
  const forced = forcedOf(sides);
  const keys = new Set(forced.flatMap((f) => [...f.settings].flatMap(([key, e]) => (e.beside ? [key] : []))));
  return [...keys].sort().flatMap((key): Finding[] => {
    const { subject, file, name } = placeOf(forced[0]!.found, key);
    const values = forced.map((f) => ({
      node: f.node,
      found: f.found,
      value: f.settings.get(key)?.value,
      origin: f.settings.get(key)?.because,
    }));
    const sense: Sense = (_, value) => senseOf(forced[0]!.found, file, name, value);
    const alike = (of: readonly (string | undefined)[]): boolean => new Set(of.map((v) => sense(key, v))).size === 1;
    const origins = forced.flatMap((f) => {
      const e = f.settings.get(key);
      return e?.beside ? [`${f.node}: ${e.because}`] : [];
    });
    const doubt = forced.flatMap((f) => f.settings.get(key)?.doubt ?? [])[0];
    if (alike(values.map((v) => v.value))) {
      const inFiles = forced.map((f) => f.settings.get(key)).map((e) => (e?.beside ? e.overrides : e)?.value);
      if (doubt === undefined || alike(inFiles) || out(file, name)) return [];
      return [
        unknown(
          `${subject} is the same on every node only with the variable on some, and that is not documented: ${doubt}: write it in ${file} on every node`,
          { subject, nodes: forced.map((f) => f.node), details: origins, severity: 'warning' },
        ),
      ];
    }
    if (mayBeOneSecret(values, file, name))
      return [
        unknown(`${subject} differs, but ${ONE_SECRET}`, {
          subject,
          nodes: forced.map((f) => f.node),
          details: origins,
        }),
      ];
    // a variable that may not be read is compared by no other check
    if (doubt === undefined && out(file, name)) return [];
    const finding = oneSetting(
      subject,
      values,
      {
        what: 'the settings in force differ',
        in: key,
        reference,
        sense,
        readings: readingsOf(sides, file),
        movingOptions: forced[0]!.found.profile.movingOptions,
      },
      () => ({
        remediation: '# set the variable, or the argument, to the same value on every node, and restart the product',
      }),
    );
    return [
      {
        ...finding,
        details: [...origins, ...(doubt === undefined ? [] : [doubt]), ...(finding.details ?? [])],
        ...(doubt !== undefined && { severity: 'warning' as const }),
      },
    ];
  });
}
