/** Settings of a product by the text of its configuration. */

import assert from 'node:assert/strict';
import type { Product } from '../../src/model/inventory.js';
import type { Installed } from '../../src/products/installed.js';
import { settingsOf } from '../../src/products/profile.js';
import type { KeySpec, Settings } from '../../src/products/settings.js';
import { foundOf } from './facts.js';

export type Files = Readonly<Record<string, string | undefined>>;

export const CONF = {
  workbench: 'rserver.conf',
  connect: 'rstudio-connect.gcfg',
  'package-manager': 'rstudio-pm.gcfg',
} as const;

/** Of a main file with this text, and further files. */
export const said = (
  product: keyof typeof CONF,
  text: string,
  files: Files = {},
  over: Partial<Installed> = {},
): Settings => settingsOf(foundOf(product as Product, { [CONF[product]]: text, ...files }, over));
export const keyOf = (settings: Settings, name: string): Partial<KeySpec> | undefined =>
  settings.keys.find((key) => key.name === name);

/** Some of the settings, by what a row expects. */
export function matches(actual: object | undefined, expected: Readonly<Record<string, unknown>>): void {
  const some = Object.keys(expected).map((name) => [name, actual?.[name as keyof typeof actual]]);
  assert.deepEqual(Object.fromEntries(some), expected);
}

export type Row = readonly [what: string, text: string, expected: Readonly<Record<string, unknown>>, files?: Files];
