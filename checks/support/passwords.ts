/** Passwords of databases, which stand in the address or have a setting. Used by `config-identical`. */

import { type Cluster, type Effective, type Finding, type Found, list, same, unknown } from 'ha-preflight';
import type { LeftOut, Side } from './configuration.js';
import { inForceOf } from './configurationInForce.js';
import { isWrapped, ONE_SECRET } from './secrets.js';
import { senseOf } from './sense.js';

/** Addresses of a database, each with the setting of its password. */
const PAIRS: readonly (readonly [address: string, password: string])[] = [
  ['connection-uri', 'password'],
  ['postgres.url', 'postgres.password'],
  ['postgres.instrumentationurl', 'postgres.instrumentationpassword'],
  ['postgres.usagedataurl', 'postgres.usagedatapassword'],
];

/** The second database of Workbench, in the same format. */
const AUDIT = 'audit-database.conf';

interface Given {
  readonly node: string;
  readonly found: Found;
  /** The address without its password. */
  readonly bare: string;
  readonly form: 'address' | 'setting' | 'none';
  readonly password: string | undefined;
  /** Where it is. */
  readonly key: string;
}

/** Undefined where it is not known which of two passwords counts, or what is in force. */
function givenOn({ node, found }: Side, file: string, [address, password]: (typeof PAIRS)[number]): Given | undefined {
  const settings = inForceOf(found);
  const get = (key: string): Effective | undefined =>
    settings?.get(`${file}:${key}`) ?? (file === AUDIT ? undefined : settings?.get(key));
  const [url, own] = [get(address), get(password)];
  if (!url || url.doubt !== undefined || own?.doubt !== undefined) return undefined;
  const [, start = '', within, rest = url.value] = /^(\w+:\/\/[^:@/]*):(%masked:\w+%)(@.*)$/.exec(url.value) ?? [];
  if (within !== undefined && own && own.value !== within) return undefined;
  const form = own ? 'setting' : within === undefined ? 'none' : 'address';
  return { node, found, bare: start + rest, form, password: own?.value ?? within, key: own ? password : address };
}

/** A password that some nodes have in the address and others as a setting: what is to be said, and which settings that settles. */
export function passwordPlaces(
  sides: readonly Side[],
  cluster: Cluster,
  out: LeftOut,
): { readonly findings: Finding[]; readonly decided: LeftOut } {
  const decided = new Set<string>();
  const files = [sides[0]!.found.profile.databaseScope.file, AUDIT];
  const findings = files
    .flatMap((file) => PAIRS.map((pair) => ({ file, pair })))
    .flatMap(({ file, pair }): Finding[] => {
      const [address, password] = pair;
      const given = sides.flatMap((side) => givenOn(side, file, pair) ?? []);
      const forms = new Set(given.map((g) => g.form));
      const addresses = new Set(given.map((g) => senseOf(g.found, file, address, g.bare)));
      if (
        given.length < sides.length ||
        out(file, address) ||
        forms.size < 2 ||
        forms.has('none') ||
        addresses.size > 1
      )
        return [];
      for (const key of pair) decided.add(`${file}:${key}`);
      if (new Set(given.map((g) => g.password)).size === 1) return [];
      const differing = same(
        'the password of the database',
        given.map((g) => ({ node: g.node, key: g.password ?? '', shown: g.key })),
        cluster.reference,
        {
          subject: `${file}:${password}`,
          expected: 'the same password on every node',
          remediation: `# write ${address} without the password, and the right one to ${password}, on every node; then restart the product`,
        },
      );
      if (!given.some((g) => isWrapped(g.found, file, g.key))) return [differing];
      const places = list(given.map((g) => `${g.key} on ${g.node}`));
      return [
        unknown(`${file}: the password of the database stands in ${places}: ${ONE_SECRET}`, {
          subject: `${file}:${password}`,
          nodes: given.map((g) => g.node),
        }),
      ];
    });
  return { findings, decided: (f, key) => decided.has(`${f}:${key}`) };
}
