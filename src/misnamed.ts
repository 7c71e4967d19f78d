/** What an inventory says of checks and products that do not exist, or not so. Pure. */

import type { AnyCheck } from './check.js';
import { didYouMean } from './load/suggest.js';
import { show } from './load/validate.js';
import type { Cluster } from './model/inventory.js';
import type { Catalogue } from './products/index.js';

/** A name that nothing has; `pointer` is its place in the inventory, `at` whether the key or its value is meant. */
export interface Misnamed {
  readonly pointer: string;
  readonly at: 'key' | 'value';
  readonly message: string;
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The inventory may name a product that a plugin brings. */
function product({ product: name, mode }: Cluster, { profiles }: Catalogue): Misnamed[] {
  if (name === undefined) return [];
  const profile = profiles.get(name);
  if (!profile)
    return [
      {
        ...{ pointer: '/product', at: 'value' },
        message: `no product is called ${name}; there are ${[...profiles.keys()].join(', ')}${didYouMean(name, [...profiles.keys()])}`,
      },
    ];
  return mode !== undefined && !profile.modes?.includes(mode)
    ? [{ pointer: '/mode', at: 'value', message: `${name} has no mode ${mode}` }]
    : [];
}

const waivers = ({ waivers: all }: Cluster, ids: readonly string[]): Misnamed[] =>
  all.flatMap(({ check }, i): Misnamed[] =>
    ids.includes(check)
      ? []
      : [
          {
            ...{ pointer: `/waivers/${i}/check`, at: 'value' },
            message: `a waiver names check ${check}, which does not exist${didYouMean(check, ids) || ': see ha-preflight list'}`,
          },
        ],
  );

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;

/** An operator would believe in a threshold that no check reads, so it is an error. */
function params(cluster: Cluster, checks: readonly AnyCheck[], ids: readonly string[]): Misnamed[] {
  return Object.entries(cluster.params).flatMap(([id, values]): Misnamed[] => {
    const check = checks.find((c) => c.id === id);
    const pointer = `/params/${escaped(id)}`;
    if (!check) {
      const hint = didYouMean(id, ids) || ': see ha-preflight list';
      return [{ pointer, at: 'key', message: `params names check ${id}, which does not exist${hint}` }];
    }
    const known: Record<string, unknown> = check.params ?? {};
    // undefined where the schema has refused it
    return Object.entries(values ?? {}).flatMap(([name, value]): Misnamed[] => {
      const place = { pointer: `${pointer}/${escaped(name)}`, at: 'key' as const };
      if (!Object.hasOwn(known, name))
        return [
          {
            ...place,
            message: `params.${id} has no ${name}${Object.keys(known).length === 0 ? ': the check has no settings' : `, only ${Object.keys(known).join(', ')}`}`,
          },
        ];
      const standard = known[name];
      const what = `params.${id}.${name}`;
      if (kindOf(value) !== kindOf(standard))
        return [
          { ...place, message: `${what} must be ${kindOf(standard)}, like its default ${JSON.stringify(standard)}` },
        ];
      // a check that measures no less than nothing has no default below it
      if (typeof value === 'number' && !(value >= 0 && value < Infinity) && (standard as number) >= 0)
        return [{ ...place, message: `${what} is ${value}, expected a number from 0` }];
      const item = check.paramItems?.[name];
      return (Array.isArray(value) && item ? value : []).flatMap((one: unknown, i): Misnamed[] =>
        typeof one === 'string' && item!.form.test(one)
          ? []
          : [
              {
                pointer: `${place.pointer}/${i}`,
                at: 'value',
                message: `${what}: found ${show(one)}, expected ${item!.expected}`,
              },
            ],
      );
    });
  });
}

/** All of them. */
export function misnamed(cluster: Cluster, checks: readonly AnyCheck[], catalogue: Catalogue): Misnamed[] {
  const ids = checks.map((c): string => c.id);
  return [...product(cluster, catalogue), ...waivers(cluster, ids), ...params(cluster, checks, ids)];
}

/** The file, and the line where it is known without the text: that of a waiver. */
export function placeOf({ file, name, inventory }: Cluster, pointer: string): string {
  const [, i] = /^\/waivers\/(\d+)/.exec(pointer) ?? [];
  const line = i === undefined ? undefined : inventory?.waivers?.[Number(i)];
  return `${file ?? name}${line === undefined ? '' : `:${line}`}`;
}
