/** Classes of storage, which one node names and another leaves to the default. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Side } from '../../../checks/support/configuration.js';
import { storageClasses } from '../../../checks/support/storageClasses.js';
import { bareCluster, type Product } from '../../../src/model/inventory.js';
import { STORAGE_CLASSES } from '../../../src/products/package-manager/storage.js';
import { foundOf, settingsOf } from '../../support/facts.js';

const FILE = 'rstudio-pm.gcfg';
const NAMES = ['a', 'b', 'c'];

function judge(
  texts: readonly string[],
  out: (file: string, key: string) => boolean = () => false,
  {
    product = 'package-manager' as Product,
    file = FILE,
    variables = [] as readonly (readonly [string, string])[],
  } = {},
) {
  const sides = texts.map((text, i): Side => {
    const environment = i === 0 ? new Map(variables) : new Map();
    const found = foundOf(product, { [file]: text }, { environment });
    return { node: NAMES[i]!, found, settings: settingsOf(found), digests: new Map() };
  });
  return storageClasses(sides, bareCluster(NAMES.slice(0, texts.length)), out);
}
const storage = (...lines: readonly string[]): string => `[Storage]\n${lines.join('\n')}\n`;
const said = (...given: Parameters<typeof judge>): unknown[] =>
  judge(...given).findings.map((f) => [f.status, f.subject, f.nodes]);
const settled = (key: string, ...given: Parameters<typeof judge>): boolean => judge(...given).decided(FILE, key);

describe('a class that only some nodes name', () => {
  it('is one where the default of the others leads there as well', () => {
    const texts = [storage('Default = s3', 'CRAN = s3'), storage('Default = s3')];
    assert.deepEqual(said(texts), []);
    assert.equal(settled('storage.cran', texts), true);
    assert.equal(judge(texts).decided('other.gcfg', 'storage.cran'), false);
    assert.equal(settled('storage.default', texts), false);
  });
  it('differs where it leads elsewhere, with what to write', () => {
    const texts = [storage('CRAN = s3'), storage('Default = file'), storage('Default = file')];
    const [finding, ...more] = judge(texts).findings;
    assert.deepEqual(
      [more, finding?.status, finding?.subject, finding?.nodes],
      [[], 'fail', `${FILE}:storage.cran`, ['a']],
    );
    assert.match(
      finding?.remediation ?? '',
      /--match storage {4}# then write storage\.cran, or the default, in \[Storage\] of rstudio-pm\.gcfg as on the other nodes/,
    );
    assert.equal(settled('storage.cran', texts), true);
  });
  it('is compared like any other where every node names it, and not at all where it is left out', () => {
    assert.equal(settled('storage.cran', [storage('CRAN = s3'), storage('CRAN = file')]), false);
    const texts = [storage('CRAN = s3'), storage('Default = file')];
    assert.deepEqual(
      said(texts, (file, key) => file === FILE && key === 'storage.cran'),
      [],
    );
    assert.equal(
      settled('storage.cran', texts, (_, key) => key === 'storage.cran'),
      false,
    );
    assert.deepEqual(said(texts, (file) => file !== FILE).length, 1);
  });
  it('several are said in the order of their names', () => {
    const subjects = judge([storage('PyPI = s3', 'CRAN = s3'), storage('Default = file')]).findings.map(
      (f) => f.subject,
    );
    assert.deepEqual(subjects, [`${FILE}:storage.cran`, `${FILE}:storage.pypi`]);
  });
});

describe('a default that differs', () => {
  it('is unknown where every class that is known goes to one storage', () => {
    const named = (value: string) => storage(`Default = ${value}`, ...STORAGE_CLASSES.map((name) => `${name} = s3`));
    const texts = [named('s3'), named('file')];
    assert.deepEqual(said(texts), [['unknown', `${FILE}:storage.default`, ['a', 'b']]]);
    assert.equal(settled('storage.default', texts), true);
    assert.deepEqual(
      said(texts, (_, key) => key === 'storage.default'),
      [],
    );
  });
  it('is compared where a class goes to it', () => {
    const texts = [storage('Default = s3'), storage('Default = file')];
    assert.deepEqual(said(texts), []);
    assert.equal(settled('storage.default', texts), false);
  });
  it('in other letters it is the same', () => {
    assert.deepEqual(said([storage('Default = S3'), storage('Default = s3')]), []);
  });
});

describe('sections of one class in other letters', () => {
  const section = (kind: string, name: string, ...lines: readonly string[]): string =>
    `[${kind} "${name}"]\n${lines.join('\n')}\n`;
  it('are unknown where their settings are the same, once for each section', () => {
    const texts = [
      section('S3Storage', 'CRAN', 'Bucket = b', 'Region = r'),
      section('S3Storage', 'cran', 'Bucket = b', 'Region = r'),
    ];
    assert.deepEqual(said(texts), [['unknown', `${FILE}:s3storage "CRAN".bucket`, ['a', 'b']]]);
    assert.match(
      judge(texts).findings[0]!.message,
      /whether the product takes \[S3Storage "CRAN"\] and \[S3Storage "cran"\] for/,
    );
    for (const key of ['s3storage "CRAN".bucket', 's3storage "cran".region']) assert.equal(settled(key, texts), true);
  });
  it('so are those of files', () => {
    const texts = [section('FileStorage', 'CRAN', 'Location = /x'), section('FileStorage', 'cran', 'Location = /x/')];
    const [first] = judge(texts).findings;
    assert.match(first?.message ?? '', /\[FileStorage "CRAN"\] and \[FileStorage "cran"\]/);
  });
  it('are compared where a value differs, is missing, or a node has both', () => {
    const one = section('S3Storage', 'CRAN', 'Bucket = b');
    for (const other of [
      section('S3Storage', 'cran', 'Bucket = c'),
      section('S3Storage', 'cran', 'Region = r'),
      `${one}${section('S3Storage', 'cran', 'Bucket = b')}`,
      one,
      '',
    ])
      assert.deepEqual([said([one, other]), settled('s3storage "CRAN".bucket', [one, other])], [[], false], other);
  });
});

describe('nothing is said', () => {
  it('of another product', () => {
    const of = { product: 'connect' as const, file: 'rstudio-connect.gcfg' };
    const { findings, decided } = judge([storage('CRAN = s3'), storage('Default = file')], undefined, of);
    assert.deepEqual([findings, decided('rstudio-connect.gcfg', 'storage.cran')], [[], false]);
  });
  it('where which value counts is not known on some node', () => {
    const texts = [storage('CRAN = s3'), storage('Default = file')];
    const variables = [['PACKAGEMANAGER_STORAGE_CRAN', 's3']] as const;
    assert.deepEqual(said(texts, undefined, { variables }), []);
  });
});
