import check from '../../checks/peer-ports.js';
import type { Peer } from '../../src/collectors/peers.js';
import { settingsOf } from '../../src/products/profile.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

/** Of each name a state; `NAME:` is an address that the nodes give each other, `NAME/` the Launcher of that node. */
const node = (name: string, peers: Record<string, Peer['state']>, running = true, launcher = '', rserver = '') => {
  const found = foundOf(
    'workbench',
    {
      'load-balancer': `www-host-name=${name}.internal\n`,
      'rserver.conf': `${launcher === '' ? '' : 'launcher-sessions-enabled=1\n'}${rserver}`,
      ...(launcher !== '' && {
        'launcher.conf': `[server]\n${launcher}\n`,
      }),
    },
    { running: running ? [{ name: 'rserver', pid: 1 }] : [] },
  );
  return {
    found,
    settings: settingsOf(found),
    effective: effectiveOf(found),
    host: { name, machineId: name, utcOffset: 0 },
    peers: Object.entries(peers).map(([word, state]): Peer => {
      const address = word.replace(/[:/]$/, '');
      if (word.endsWith(':')) return { address, port: 8787, of: 'product', state };
      const of = word.endsWith('/') ? 'launcher' : 'product';
      return { node: address, address, port: of === 'launcher' ? 5559 : 8787, of, state };
    }),
  };
};

testCheck(check, {
  pass: [
    {
      name: 'the nodes use other addresses than the inventory has',
      nodes: {
        a: node('a', { b: 'nameless', 'b.internal:': 'open', 'a.internal:': 'refused' }),
        b: node('b', { a: 'refused', 'a.internal:': 'open', 'stranger:': 'refused' }),
      },
      on: ['a', 'b'],
    },
    {
      name: 'the Launcher too',
      nodes: {
        a: node('a', { b: 'open', 'b/': 'open' }, true, 'address=*'),
        b: node('b', { a: 'open', 'a/': 'open' }, true, 'address=*'),
      },
      on: ['a', 'b'],
    },
    { name: 'all open', nodes: { a: node('a', { b: 'open' }), b: node('b', { a: 'open' }) }, on: ['a', 'b'] },
    {
      name: 'a stopped node is not asked for',
      nodes: {
        a: node('a', { b: 'open', c: 'refused' }),
        b: node('b', { a: 'open', c: 'refused' }),
        c: node('c', {}, false),
      },
      on: ['a', 'b'],
    },
  ],
  fail: [
    {
      name: 'the address in the inventory is another one than the nodes use',
      nodes: {
        a: node('a', { b: 'open', 'b.internal:': 'refused' }),
        b: node('b', { a: 'open', 'A.internal.:': 'open' }),
      },
      on: ['b'],
      message: /a cannot reach port 8787/,
    },
    {
      name: 'a name that the node does not know, given by another node',
      nodes: { a: node('a', { b: 'open', 'b.internal:': 'nameless' }), b: node('b', { a: 'open' }) },
      on: ['b'],
      message: /cannot be resolved/,
    },
    {
      name: 'the port of the Launcher',
      nodes: {
        a: node('a', { b: 'open', 'b/': 'silent' }, true, 'address=0.0.0.0'),
        b: node('b', { a: 'open', 'a/': 'open' }, true, 'address=0.0.0.0'),
      },
      on: ['b'],
      message: /a cannot reach the port of the Launcher, 5559/,
      beside: ['pass'],
    },
    {
      name: 'a firewall',
      nodes: {
        a: node('a', { b: 'silent', c: 'open' }),
        b: node('b', { a: 'open', c: 'open' }),
        c: node('c', { a: 'open', b: 'silent' }),
      },
      on: ['b'],
      message: /a and c cannot reach/,
    },
    {
      name: 'listens to itself alone',
      nodes: { a: node('a', { b: 'refused' }), b: node('b', { a: 'open' }, true, '', 'www-address=127.0.0.1\n') },
      on: ['b'],
    },
    {
      name: 'listens elsewhere',
      nodes: { a: node('a', { b: 'refused' }), b: node('b', { a: 'open' }) },
      on: ['b'],
      message: /refused/,
      severity: 'warning',
    },
  ],
  unknown: [
    {
      name: 'a port that is not a number',
      nodes: { a: node('a', {}, true, '', 'www-port=http\n'), b: node('b', {}, true, '', 'www-port=http\n') },
      on: ['a', 'b'],
      message: /the port of a and b is not known: www-port in rserver\.conf is not a number/,
    },
    {
      name: 'the port of the node that asks is not that of the others',
      nodes: {
        a: node('a', { b: 'refused' }),
        b: node('b', { a: 'open' }, true, '', 'www-port=8788\n'),
      },
      on: ['b'],
      beside: ['pass'],
      message: /a tried b:8787, and b listens on b:8788/,
    },
    {
      name: 'a node that listens on an address that is not in the inventory',
      nodes: {
        a: node('a', { b: 'refused' }),
        b: node('b', { a: 'open' }, true, '', 'www-address=10.0.0.2\n'),
      },
      on: ['b'],
      beside: ['pass'],
      message: /b listens on 10\.0\.0\.2:8787/,
    },
    {
      name: 'a Launcher that listens on an address that is not in the inventory',
      nodes: {
        a: node('a', { b: 'open', 'b/': 'refused' }, true, 'address=10.0.0.1'),
        b: node('b', { a: 'open', 'a/': 'open' }, true, 'address=10.0.0.2'),
      },
      on: ['b'],
      beside: ['pass'],
      message: /b listens on 10\.0\.0\.2:5559/,
    },
    {
      name: 'launcher.conf that cannot be read',
      nodes: {
        a: {
          ...node('a', { b: 'open' }),
          settings: { ...node('a', {}).settings, launcher: { unseen: 'launcher.conf: denied' } },
        },
        b: node('b', { a: 'open' }),
      },
      on: ['a'],
      beside: ['pass'],
    },
    {
      name: 'a name the node does not know',
      nodes: { a: node('a', { b: 'nameless' }), b: node('b', { a: 'open' }) },
      on: ['a'],
      beside: ['pass'],
    },
    {
      name: 'no tool on one node',
      nodes: { a: node('a', { b: 'open' }), b: node('b', {}) },
      on: ['b'],
      message: /no connection could be tried from b: install/,
      beside: ['pass'],
    },
    { name: 'no tool', nodes: { a: node('a', {}), b: node('b', {}) }, on: ['a', 'b'] },
  ],
  skip: [{ name: 'not started', nodes: { a: node('a', {}, false), b: node('b', {}, false) } }],
});
