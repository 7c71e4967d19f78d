import check from '../../checks/peer-ports.js';
import type { Peer } from '../../src/collectors/peers.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const node = (peers: Record<string, Peer['state']>, running = true) => ({
  found: foundOf('workbench', {}, { running: running ? [{ name: 'rserver', pid: 1 }] : [] }),
  peers: Object.entries(peers).map(([name, state]): Peer => ({ node: name, address: name, port: 8787, state })),
});

testCheck(check, {
  pass: [
    { name: 'all open', nodes: { a: node({ b: 'open' }), b: node({ a: 'open' }) }, on: ['a', 'b'] },
    {
      name: 'a stopped node is not asked for',
      nodes: { a: node({ b: 'open', c: 'refused' }), b: node({ a: 'open', c: 'refused' }), c: node({}, false) },
      on: ['a', 'b'],
    },
  ],
  fail: [
    {
      name: 'a firewall',
      nodes: {
        a: node({ b: 'silent', c: 'open' }),
        b: node({ a: 'open', c: 'open' }),
        c: node({ a: 'open', b: 'silent' }),
      },
      on: ['b'],
      message: /a and c cannot reach/,
    },
    {
      name: 'listens elsewhere',
      nodes: { a: node({ b: 'refused' }), b: node({ a: 'open' }) },
      on: ['b'],
      message: /refused/,
      severity: 'warning',
    },
  ],
  unknown: [
    {
      name: 'a name the node does not know',
      nodes: { a: node({ b: 'nameless' }), b: node({ a: 'open' }) },
      on: ['a'],
      beside: ['pass'],
    },
    { name: 'no tool', nodes: { a: node({}), b: node({}) }, on: ['a', 'b'] },
  ],
  skip: [{ name: 'not started', nodes: { a: node({}, false), b: node({}, false) } }],
});
