/** Facts as the collectors make them, from the text of configuration files. */

import type { Clock } from '../../src/collectors/clock.js';
import { effective } from '../../src/collectors/effective.js';
import type { KeyContent, KeyMeasure } from '../../src/collectors/keys.js';
import type { Held, Look, Missing } from '../../src/collectors/storagePlace.js';
import { parseMountinfo } from '../../src/formats/mountinfo.js';
import { type ServiceEvidence, storageService } from '../../src/formats/storageService.js';
import { builtIn } from '../../src/load/products.js';
import type { Fact } from '../../src/model/evidence.js';
import type { Product } from '../../src/model/inventory.js';
import type { Installed } from '../../src/products/installed.js';
import { type Found, settingsOf } from '../../src/products/profile.js';
import type { EffectiveSettings } from '../../src/products/settings.js';

const MAIN: Readonly<Record<string, Record<string, string>>> = {
  workbench: {
    'rserver.conf': 'server-shared-storage-path=/shared\nauth-required-user-group=staff\n',
    'database.conf': 'provider=postgresql\n',
    'load-balancer': '',
  },
  connect: { 'rstudio-connect.gcfg': '[Server]\nDataDir = /data\n[Database]\nProvider = postgres\n' },
  deployr: { 'deployr/deployr.groovy': 'x = 1\n' },
  'package-manager': { 'rstudio-pm.gcfg': '[Server]\nDataDir = /data\n[Database]\nProvider = postgres\n' },
};

/** A clean installation, with files added, replaced or (undefined) removed. */
export function foundOf(
  product: Product,
  files: Readonly<Record<string, string | undefined>> = {},
  over: Partial<Installed> = {},
): Found {
  const profile = builtIn.profiles.get(product)!;
  const texts = new Map(
    Object.entries({ ...MAIN[product], ...files }).filter((e): e is [string, string] => e[1] !== undefined),
  );
  const installed: Installed = {
    product,
    root: profile.root,
    rootBecause: 'default',
    tree: [...texts].map(([path, text]) => ({
      path,
      type: 'file' as const,
      mode: 0o644,
      owner: 'root',
      group: 'root',
      size: text.length,
      modified: 0,
    })),
    texts,
    cut: new Map(),
    placeholders: new Map(),
    environment: new Map(),
    environmentFrom: 'process',
    running: [],
    ...over,
  };
  return { ...installed, profile };
}

/** What its files say, by setting. */
export const effectiveOf = (found: Found): EffectiveSettings =>
  effective.parse({}, { cluster: undefined as never, node: '' }, found);

/** A clock between `low` and `high` milliseconds ahead of ours. */
export const clockOf = (low: number, high = low): Clock => ({
  low,
  high,
  bestRoundTrip: 1,
  medianRoundTrip: 1,
  samples: 24,
  source: {
    value: {
      state: 'synchronised',
      said: 'chrony: synchronised to ntp1, stratum 3',
      by: 'chrony',
      daemons: ['chronyd'],
    },
  },
});

const GOOD: KeyContent = {
  length: 64,
  trimmed: 64,
  nulBytes: 0,
  distinct: 16,
  kind: 'hex',
  oversize: false,
  digest: 'd0',
  trimmedDigest: 't0',
};

/** One key of the product's, sound unless said otherwise. */
export function keyOf(
  found: Found,
  content: Partial<KeyContent> = {},
  over: Partial<KeyMeasure> = {},
  index = 0,
): ReadonlyMap<string, Fact<KeyMeasure>> {
  const spec = settingsOf(found).keys[index]!;
  const value: KeyMeasure = {
    spec,
    state: 'present',
    type: 'regular file',
    mode: 0o600,
    owner: spec.owners[0]!,
    group: 'root',
    content: { ...GOOD, ...content },
    ...over,
  };
  return new Map([[spec.name, { value }]]);
}

/** `/data` held by a mount with these super options. */
export function heldOn(
  type: string,
  options: string,
  path = '/data',
  over: Partial<Held> = {},
  source = 'nas:/x',
  evidence: ServiceEvidence = {},
): ReadonlyMap<string, Look> {
  const [mount] = parseMountinfo(`30 1 0:50 / ${path} rw,relatime - ${type} ${source} rw,${options}`);
  const held: Held = {
    setting: 'Server.DataDir',
    path,
    role: 'shared',
    resolved: path,
    mount: mount!,
    options: mount!.options,
    inode: '4711',
    changed: '2026-01-01 00:00:00.123456789',
    uid: 990,
    gid: 990,
    entries: new Map([
      ['a', '11'],
      ['b', '12'],
      ['c', '13'],
    ]),
    service: storageService(mount!, evidence),
    space: { blocks: 1000, available: 500, inodes: 1000, inodesFree: 500 },
    ...over,
  };
  return new Map([[path, { value: held }]]);
}

/** Nothing at `/data`, which would be on a mount of this type. */
export function missingOn(
  type: string,
  path = '/data',
  over: Partial<Missing> = {},
  source = 'nas:/x',
  options = 'rw',
): ReadonlyMap<string, Look> {
  const [mount] = parseMountinfo(`30 1 0:50 / ${path} rw,relatime - ${type} ${source} ${options}`);
  const place: Missing = { setting: 'Server.DataDir', path, role: 'shared', missing: true, mount: mount!, ...over };
  return new Map([[path, { value: place }]]);
}

/** A clean installation and what it says, as two facts. */
export const configured = (...args: Parameters<typeof foundOf>) => {
  const found = foundOf(...args);
  return { found, settings: settingsOf(found) };
};

export { settingsOf };
