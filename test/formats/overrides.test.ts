import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONNECT_OVERRIDES, overrideOf, PACKAGE_MANAGER_OVERRIDES } from '../../src/formats/overrides.js';

const of = (variable: string) =>
  overrideOf(variable, variable.startsWith('PACKAGEMANAGER') ? PACKAGE_MANAGER_OVERRIDES : CONNECT_OVERRIDES);

describe('overrideOf', () => {
  const ATTESTED: readonly [variable: string, key: string][] = [
    ['CONNECT_OPENTELEMETRY_COLLECTORADVERTISEHOST', 'opentelemetry.collectoradvertisehost'],
    ['CONNECT_POSTGRES_PASSWORD', 'postgres.password'],
    ['CONNECT_SMTP_HOST', 'smtp.host'],
    ['CONNECT_PYTHON_ENABLED', 'python.enabled'],
    ['PACKAGEMANAGER_GIT_ALLOWUNSANDBOXEDGITBUILDS', 'git.allowunsandboxedgitbuilds'],
    ['PACKAGEMANAGER_POSTGRES_URL', 'postgres.url'],
  ];
  for (const [variable, key] of ATTESTED)
    it(variable, () => {
      assert.deepEqual(of(variable), { kind: 'setting', key });
    });

  const UNVERIFIED: readonly [variable: string, key: string, why: RegExp][] = [
    ['PACKAGEMANAGER_S3STORAGE_CRAN_BUCKET', 's3storage.cran_bucket', /subsection/],
    ['PACKAGEMANAGER_STORAGE_DEFAULT', 'storage.default', /\[storage\] are read/],
    ['PACKAGEMANAGER_S3STORAGE_BUCKET', 's3storage.bucket', /\[s3storage\] are read/],
    ['CONNECT_PYTHON_EXECUTABLE', 'python.executable', /a list/],
  ];
  for (const [variable, key, why] of UNVERIFIED)
    it(`${variable} is not verified`, () => {
      const override = of(variable);
      assert.ok(override?.kind === 'setting');
      assert.equal(override.key, key);
      assert.match(override.unverified!, why);
    });

  it('not settings', () => {
    for (const variable of [
      'CONNECT_SERVER',
      'CONNECT_API_KEY',
      'PACKAGEMANAGER_ENCRYPTION_KEY',
      'PACKAGEMANAGER_ADDRESS',
    ])
      assert.equal(of(variable)?.kind, 'other', variable);
  });

  it('no known section', () => {
    for (const variable of ['CONNECT_SOMETHING_ELSE', 'CONNECT_HTTP', 'CONNECT_http_listen', 'CONNECT_'])
      assert.equal(of(variable)?.kind, 'unmapped', variable);
  });

  it('another program', () => {
    for (const variable of ['RSC_LICENSE', 'RSTUDIO_CONNECT_HASTE', 'CONNECTX_HTTP_LISTEN'])
      assert.equal(of(variable), undefined, variable);
  });
});
