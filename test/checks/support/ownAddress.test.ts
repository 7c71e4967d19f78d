/** Addresses of the nodes themselves: which are right to differ, which are another node's, and which nobody can tell. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Side } from '../../../checks/support/configuration.js';
import { ownAddresses } from '../../../checks/support/ownAddress.js';
import { bareCluster, type Product } from '../../../src/model/inventory.js';
import { foundOf, settingsOf } from '../../support/facts.js';

const NAMES = ['n1', 'n2', 'n3'];
const HOSTS = NAMES.map((name) => `${name}.example.com`);

/** Of one file on the nodes `n1` to `n3`; `more`: other files of a node. */
function judge(
  file: string,
  texts: readonly (string | undefined)[],
  more: readonly Readonly<Record<string, string>>[] = [],
  out: (file: string, key: string) => boolean = () => false,
) {
  const product: Product = file === 'rstudio-connect.gcfg' ? 'connect' : 'workbench';
  const sides = texts.map((text, i): Side => {
    const found = foundOf(product, { ...more[i], ...(text !== undefined && { [file]: text }) });
    return { node: NAMES[i]!, found, settings: settingsOf(found), digests: new Map() };
  });
  const names = NAMES.slice(0, texts.length);
  const cluster = bareCluster(names);
  const nodes = cluster.nodes.map((n, i) => ({ ...n, host: HOSTS[i]! }));
  return ownAddresses(sides, { ...cluster, nodes }, out);
}
const CALLBACK = 'launcher-sessions-callback-address';
const callbacks = (...urls: readonly string[]) =>
  judge(
    'rserver.conf',
    urls.map((url) => `${CALLBACK}=${url}\n`),
  );
/** What is said of it, on which nodes, and whether that is all. */
const told = ({ findings, decided }: ReturnType<typeof judge>, key = CALLBACK, file = 'rserver.conf'): unknown => [
  ...findings.map((f) => [f.status, f.nodes]),
  decided(file, key),
];

describe('an address that is the own one of each node', () => {
  for (const [name, urls] of [
    ['by the host of the inventory', ['http://n1.example.com:8787', 'http://n2.example.com:8787']],
    ['by the name of the inventory, in other letters', ['http://N1:8787', 'http://n2:8787']],
    ['without a scheme', ['n1.example.com', 'n2.example.com']],
    ['with a port alone', ['n1.example.com:8787', 'n2.example.com:8787']],
    ['with a remark', ['http://n1:8787 # own', 'http://n2:8787']],
    ['by a short path and a query', ['https://n1/x?a=1', 'https://n2/x?a=1']],
  ] as const)
    it(name, () => assert.deepEqual(told(callbacks(...urls)), [true]));
  it('by the name that it gives to the other nodes', () => {
    const more = ['wb-a', 'wb-b'].map((name) => ({ 'load-balancer': `www-host-name=${name}\n` }));
    const texts = ['wb-a', 'wb-b'].map((name) => `${CALLBACK}=http://${name}\n`);
    assert.deepEqual(told(judge('rserver.conf', texts, more)), [true]);
    const loopback = ['localhost', ''].map((name) => ({ 'load-balancer': `www-host-name=${name}\n` }));
    assert.deepEqual(told(judge('rserver.conf', texts, loopback)), [['unknown', ['n1', 'n2']], true]);
  });
  it('as where Connect listens', () => {
    const texts = ['n1', 'n2'].map((name) => `[HTTP]\nListen = ${name}.example.com:3939\n`);
    assert.deepEqual(told(judge('rstudio-connect.gcfg', texts), 'http.listen', 'rstudio-connect.gcfg'), [true]);
  });
});

describe('an address of another node', () => {
  it('fails on the node that has it', () => {
    const result = callbacks('http://n1:8787', 'http://n1:8787', 'http://n3:8787');
    assert.deepEqual(told(result), [['fail', ['n2']], true]);
    const [finding] = result.findings;
    assert.equal(finding?.observed, `${CALLBACK}: n1 "http://n1:8787", n2 "http://n1:8787", n3 "http://n3:8787"`);
    assert.equal(finding?.message, `rserver.conf:${CALLBACK} on n2 is the address of a different node`);
    assert.equal(finding?.expected, 'the address of the node itself, as on n1 and n3');
    assert.match(
      finding?.remediation ?? '',
      /^# set launcher-sessions-callback-address to the address of the node itself/,
    );
  });
  it('may be meant for all where only its own node has it too', () => {
    assert.deepEqual(told(callbacks('http://n1:8787', 'http://n1.example.com:8787')), [false]);
  });
  it('where no node has its own, they are compared', () => {
    assert.deepEqual(told(callbacks('http://n2', 'http://n1')), [false]);
    assert.deepEqual(told(callbacks('http://n2', 'http://elsewhere')), [false]);
  });
});

describe('addresses of which nobody knows whose they are', () => {
  it('are unknown where each node has a different one', () => {
    const result = callbacks('http://10.0.0.1', 'http://10.0.0.2');
    assert.deepEqual(told(result), [['unknown', ['n1', 'n2']], true]);
    assert.match(
      result.findings[0]!.message,
      /has a different value on each of 2 nodes, and whether each is the address/,
    );
    assert.equal(result.findings[0]!.details?.length, 2);
  });
  it('are compared where two nodes have the same', () => {
    assert.deepEqual(told(callbacks('http://10.0.0.1', 'http://10.0.0.1', 'http://10.0.0.2')), [false]);
  });
  it('so they are where the rest differs', () => {
    for (const [one, other] of [
      ['http://n1:8787', 'http://n2:8788'],
      ['http://n1', 'https://n2'],
      ['http://n1/a', 'http://n2/b'],
      ['http://n1/?a', 'http://n2/?b'],
      ['http://n1:8787', 'n2'],
      ['n1:80', 'n2:81'],
    ] as const)
      assert.deepEqual(told(callbacks(one, other)), [false], `${one} ${other}`);
  });
  it('so is one for all addresses of the machine', () => {
    const listens = (...at: readonly string[]) =>
      told(
        judge(
          'rstudio-connect.gcfg',
          at.map((text) => `[HTTP]\nListen = "${text}"\n`),
        ),
        'http.listen',
        'rstudio-connect.gcfg',
      );
    assert.deepEqual(listens(':3939', 'n2:3939'), [false]);
    assert.deepEqual(listens('0.0.0.0:3939', 'n2:3939'), [false]);
    assert.deepEqual(listens('[::]:3939', 'n2:3939'), [false]);
    assert.deepEqual(listens('[2001:db8::1]:3939', '[2001:db8::2]:3939'), [['unknown', ['n1', 'n2']], true]);
  });
  it('so is one that some node does not set', () => {
    assert.deepEqual(told(judge('rserver.conf', [`${CALLBACK}=http://n1\n`, ''])), [false]);
    assert.deepEqual(told(judge('rserver.conf', [`${CALLBACK}=http://n1\n`, '', `${CALLBACK}=http://n3\n`])), [false]);
  });
  it('so is what is the same on all', () => {
    assert.deepEqual(told(callbacks('http://lb.example.com', 'http://lb.example.com')), [false]);
  });
  it('what is left out is not judged', () => {
    const texts = ['http://n1', 'http://n1', 'http://n3'].map((url) => `${CALLBACK}=${url}\n`);
    assert.deepEqual(told(judge('rserver.conf', texts, [], (_, key) => key === CALLBACK)), [false]);
  });
});

describe('the node itself, on every node', () => {
  it('is one address, whatever it is called', () => {
    assert.deepEqual(told(callbacks('http://localhost:8787', 'http://127.0.0.1:8787')), [true]);
    assert.deepEqual(told(callbacks('http://localhost:8787', 'http://127.0.0.1:8788')), [false]);
    assert.deepEqual(told(callbacks('http://localhost:8787', 'http://n2:8787')), [['unknown', ['n1', 'n2']], true]);
    assert.deepEqual(told(callbacks('localhost', '0.0.0.0')), [false]);
  });
  it('also by default', () => {
    const of = (...texts: readonly (string | undefined)[]) =>
      told(judge('launcher.conf', texts), 'server.address', 'launcher.conf');
    assert.deepEqual(of('[server]\naddress=127.0.0.1\n', '[server]\nport=5559\n'), [true]);
    assert.deepEqual(of('[server]\naddress=n1.example.com\n', '[server]\nport=5559\n'), [false]);
    // a setting without a default
    assert.deepEqual(told(judge('rserver.conf', [`${CALLBACK}=http://localhost\n`, ''])), [false]);
  });
});
