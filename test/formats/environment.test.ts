/** Which value of a gcfg product counts: environment, else the last of the file, else the default. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONNECT_OVERRIDES, type OverrideRules, PACKAGE_MANAGER_OVERRIDES } from '../../src/formats/overrides.js';
import type { Product } from '../../src/model/inventory.js';
import { gcfgSettings } from '../../src/products/gcfgSettings.js';
import { foundOf, settingsOf } from '../support/facts.js';

const FILES: Readonly<Record<string, [file: string, overrides: OverrideRules]>> = {
  connect: ['rstudio-connect.gcfg', CONNECT_OVERRIDES],
  'package-manager': ['rstudio-pm.gcfg', PACKAGE_MANAGER_OVERRIDES],
};

const installed = (product: Product, text: string, environment: Record<string, string> = {}, from = 'process') =>
  foundOf(
    product,
    { [FILES[product]![0]]: text },
    { environment: new Map(Object.entries(environment)), environmentFrom: from },
  );
const get = (product: Product, text: string, environment?: Record<string, string>) => {
  const [file, overrides] = FILES[product]!;
  return gcfgSettings(installed(product, text, environment), { file, overrides });
};

for (const product of ['connect', 'package-manager'] as const) {
  const [file, overrides] = FILES[product]!;
  describe(`settings of ${product}`, () => {
    const FILE = '[Database]\nProvider = sqlite\n[database]\nPROVIDER = Postgres\n';

    it('the last value of the file', () => {
      assert.deepEqual(get(product, FILE)('database.provider'), { value: 'Postgres', because: `${file} line 4` });
    });

    it('the environment over the file', () => {
      assert.deepEqual(
        get(product, FILE, { [`${overrides.prefix}DATABASE_PROVIDER`]: 'sqlite' })('database.provider'),
        {
          value: 'sqlite',
          because: `environment variable ${overrides.prefix}DATABASE_PROVIDER (process)`,
          beside: true,
          overrides: { value: 'Postgres', because: `${file} line 4` },
        },
      );
    });

    it('a variable of another product, or in small letters, is none', () => {
      const environment = {
        OTHER_DATABASE_PROVIDER: 'sqlite',
        [`${overrides.prefix.toLowerCase()}database_provider`]: 'sqlite',
      };
      assert.equal(get(product, FILE, environment)('database.provider')?.value, 'Postgres');
    });

    it('empty in the file is not set', () => {
      assert.equal(get(product, '[Database]\nProvider =\n')('database.provider'), undefined);
    });

    it('commented out is not set', () => {
      assert.equal(get(product, '[Database]\n; Provider = postgres\n')('database.provider'), undefined);
    });

    it('a provider of another section is not the database', () => {
      const { database } = settingsOf(installed(product, '[Authentication]\nProvider = password\n'));
      assert.match('value' in database ? database.value.because : '', /no \[Database\] Provider.*sqlite/);
    });

    it('the provider without case', () => {
      const { database } = settingsOf(installed(product, FILE));
      assert.equal('value' in database && database.value.provider, 'postgres');
    });

    it('a file that is not there, one that cannot be read', () => {
      const none = foundOf(product, { [file]: undefined });
      assert.throws(() => gcfgSettings(none, { file, overrides }), /does not exist/);
      const unread = { ...foundOf(product), texts: new Map() };
      assert.throws(() => gcfgSettings(unread, { file, overrides }), /could not be read/);
    });
  });
}

describe('paths from the environment', () => {
  it("Connect's data directory, and what follows from it", () => {
    const settings = settingsOf(installed('connect', '[Server]\nDataDir = /a\n', { CONNECT_SERVER_DATADIR: '/b' }));
    assert.deepEqual(settings.shared, [{ setting: 'Server.DataDir', path: '/b' }]);
    assert.deepEqual(settings.own, [{ setting: 'Metrics.DataPath', path: '/b/metrics' }]);
    assert.equal(settings.keys[0]?.path, '/b/db/secret.key');
  });

  it("Connect's key in the environment has no path", () => {
    const [key] = settingsOf(installed('connect', '[Server]\n', { CONNECT_SERVER_ENCRYPTIONKEY: 'm' })).keys;
    assert.deepEqual([key?.inline, key?.path], ['m', undefined]);
  });

  it("Package Manager's key: environment, setting, default", () => {
    const text = '[Server]\nDataDir = /d\nEncryptionKeyPath = /k\n';
    const key = (...args: [string, Record<string, string>?]) =>
      settingsOf(installed('package-manager', ...args)).keys[0]!;
    assert.equal(key(text, { PACKAGEMANAGER_ENCRYPTION_KEY: 'm' }).inline, 'm');
    assert.equal(key(text).path, '/k');
    assert.equal(key(text, { PACKAGEMANAGER_SERVER_ENCRYPTIONKEYPATH: '/e' }).path, '/e');
    assert.equal(key('[Server]\nDataDir = /d\n').path, '/d/rstudio-pm.key');
    assert.equal(key('').path, '/var/lib/rstudio-pm/rstudio-pm.key');
  });

  it("Package Manager's storage on S3 by the environment perhaps shares no directory", () => {
    const settings = settingsOf(installed('package-manager', '', { PACKAGEMANAGER_STORAGE_DEFAULT: 'S3' }));
    assert.match(settings.shared[0]!.doubt!, /whether Server\.DataDir is used is not known/);
    assert.deepEqual(
      settings.s3.map((s) => s.name),
      ['default'],
    );
  });
});
