/** What each product's profile leaves out of a comparison, and how it reads a version. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { comparedPaths, leftOut, type Side } from '../../checks/support/configuration.js';
import type { Product } from '../../src/model/inventory.js';
import { foundOf, settingsOf } from '../support/facts.js';

const PM = 'rstudio-pm.gcfg';
const CONNECT = 'rstudio-connect.gcfg';

/** A node of each product; Package Manager's keeps one class on S3, with a section of its own. */
function sideOf(product: Product) {
  const text = '[Storage]\nDefault = s3\nPyPI = file\n[S3Storage]\nBucket = b\n[S3Storage "cran"]\nKeyID = k\n';
  const found = foundOf(product, product === 'package-manager' ? { [PM]: text } : {});
  return { found, settings: settingsOf(found) };
}

describe('settings that may differ, or that another check compares', () => {
  const OUT: readonly [product: Product, file: string, key: string][] = [
    ['workbench', 'load-balancer', 'www-host-name'],
    ['workbench', 'rserver.conf', 'www-address'],
    ['workbench', 'rserver.conf', 'www-port'],
    ['workbench', 'rserver.conf', 'monitor-data-path'],
    ['workbench', 'rserver.conf', 'secure-cookie-key-file'],
    ['workbench', 'file-locks', 'lock-type'],
    ['connect', CONNECT, 'metrics.datapath'],
    ['connect', CONNECT, 'applications.scheduleconcurrency'],
    ['connect', CONNECT, 'database.dir'],
    ['connect', CONNECT, 'server.landingdir'],
    ['connect', CONNECT, 'metrics.graphiteenabled'],
    ['package-manager', PM, 's3storage.bucket'],
    ['package-manager', PM, 's3storage "cran".keyid'],
    ['package-manager', PM, 's3storage.s3forcepathstyle'],
  ];
  const IN: typeof OUT = [
    ['workbench', 'rserver.conf', 'www-host-name'],
    ['workbench', 'load-balancer', 'www-port'],
    ['workbench', 'rserver.conf', 'my-secure-cookie-key-file'],
    ['workbench', 'rserver.conf', 'secure-cookie-key-file-mode'],
    ['workbench', 'rserver.conf', 'lock-type'],
    ['workbench', 'file-locks', 'lock-types'],
    ['workbench', 'file-locks', 'refresh-rate'],
    ['connect', CONNECT, 'database.directory'],
    ['connect', CONNECT, 'my.database.dir'],
    ['connect', CONNECT, 'server.datadir'],
    ['connect', 'other.gcfg', 'metrics.datapath'],
    ['package-manager', PM, 'storage.default'],
    ['package-manager', PM, 's3storage.buckets'],
    ['package-manager', PM, 's3storage "pypi".keyid'],
    ['package-manager', PM, 'my.s3storage.bucket'],
    ['package-manager', 'other.gcfg', 's3storage.bucket'],
  ];
  for (const [rows, out] of [
    [OUT, true],
    [IN, false],
  ] as const)
    for (const [product, file, key] of rows)
      it(`${file}:${key} of ${product} is ${out ? 'left out' : 'compared'}`, () =>
        assert.equal(leftOut([sideOf(product)], 'none', [])(file, key), out));
});

describe('files that are compared', () => {
  const of = (product: Product, files: readonly string[]): string[] => {
    const found = foundOf(product, Object.fromEntries(files.map((file) => [file, 'x=1\n'])), {
      dangling: ['gone', 'gone~'],
    });
    return comparedPaths({ node: 'n1', found, settings: settingsOf(found), digests: new Map() } as Side).sort();
  };
  it('of Workbench no key', () =>
    assert.deepEqual(
      of('workbench', [
        'secure-cookie-key',
        'launcher.pem',
        'launcher.pub',
        'x.conf',
        'x.conf.bak',
        '#x.conf#',
        'a/#x#',
      ]),
      ['database.conf', 'gone', 'load-balancer', 'rserver.conf', 'x.conf'],
    ));
  it('of Package Manager neither its key nor one that is named', () => {
    assert.deepEqual(of('package-manager', ['rstudio-pm.key', 'x.key']), ['gone', PM, 'x.key']);
    const text = '[Server]\nEncryptionKeyPath = /etc/rstudio-pm/x.key\n';
    const found = foundOf('package-manager', { [PM]: text, 'x.key': 'x' });
    assert.deepEqual(comparedPaths({ node: 'n1', found, settings: settingsOf(found), digests: new Map() }), [PM]);
  });
});

describe('the version of Workbench as its program prints it', () => {
  for (const [said, version] of [
    ['2023.06.2+561.pro2 Workbench (Mountain Hydrangea) for Ubuntu Jammy', '2023.06.2+561.pro2'],
    ['warning: x\n  v1.4.1717-3\n', '1.4.1717-3'],
    ['2024.12.1+563.pro5', '2024.12.1+563.pro5'],
    ['2024', undefined],
    ['release 2024.12.1', undefined],
  ] as const)
    it(JSON.stringify(said), () => assert.equal(foundOf('workbench').profile.version.exec(said)?.[1], version));
});
