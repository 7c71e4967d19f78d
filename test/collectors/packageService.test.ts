import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packageService } from '../../src/collectors/packageService.js';
import type { Cluster } from '../../src/model/inventory.js';
import { bareCluster } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const HOST = 'rspm-sync.rstudio.com';
const cluster: Cluster = { ...bareCluster(['a']), params: { 'package-service': { hosts: [HOST] } } };

const read = (gcfg: string | undefined, over: Parameters<typeof foundOf>[2] = {}) =>
  packageService.parse(
    { ports: { exit: 0, stdout: '', stderr: '' } },
    { cluster, node: 'a' },
    foundOf('package-manager', { 'rstudio-pm.gcfg': gcfg }, over),
  );

describe('the proxy of Package Manager', () => {
  for (const [what, gcfg, over] of [
    ['in its configuration', '[Proxy]\nURL = proxy.example.com:3128\n', {}],
    ['in other letters, quoted', '[proxy]\nurl="http://proxy.example.com"\n', {}],
    ['by a variable', '[Server]\n', { environment: new Map([['PACKAGEMANAGER_PROXY_URL', 'proxy:3128']]) }],
  ] as const)
    it(what, () => assert.equal(read(gcfg, over).proxied, true));
  it('is not there', () => assert.deepEqual(read('[Server]\n'), { hosts: [], proxied: false }));
  it('is not known without the configuration', () => assert.match(read(undefined).unclear ?? '', /rstudio-pm.gcfg/));
  it('is not known without the environment', () =>
    assert.match(read('[Server]\n', { environmentFrom: 'files' }).unclear ?? '', /environment/));
});
