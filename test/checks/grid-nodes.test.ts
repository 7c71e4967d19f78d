import check from '../../checks/grid-nodes.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const found = foundOf('deployr');
const nodes = { a: { found }, b: { found } };
const cluster = (a?: string[], b?: string[], mode: 'load-balanced' | 'primary-standby' = 'load-balanced') => ({
  product: 'deployr' as const,
  cluster: {
    mode,
    nodes: [
      { name: 'a', host: 'a', connection: { type: 'local' as const }, ...(a && { grid: a }) },
      { name: 'b', host: 'b', connection: { type: 'local' as const }, ...(b && { grid: b }) },
    ],
  },
});

testCheck(check, {
  pass: [
    { name: 'apart', nodes, ...cluster(['g1', 'g2'], ['g3']), on: ['a', 'b'] },
    { name: 'the same name in two domains', nodes, ...cluster(['g1.example.com'], ['g1.example.net']) },
    {
      name: 'each its own machine',
      nodes,
      ...cluster(['localhost', 'g1'], ['localhost', '127.0.0.1']),
      on: ['a', 'b'],
    },
  ],
  fail: [
    { name: 'a shared one', nodes, ...cluster(['g1', 'g2'], ['G2']), on: ['a', 'b'], message: /g2/ },
    { name: 'by two spellings', nodes, ...cluster(['g2.example.com.'], ['G2.example.com']), on: ['a', 'b'] },
    { name: 'one with its port', nodes, ...cluster(['g1:8006'], ['g1']), on: ['a', 'b'], message: /g1 is in/ },
    { name: 'a server that is in its own grid too', nodes, ...cluster(['B'], ['localhost']), on: ['a', 'b'] },
  ],
  unknown: [
    {
      name: 'a name with its domain and one without',
      nodes,
      ...cluster(['g1.example.com'], ['g1']),
      on: ['a', 'b'],
      message: /g1\.example\.com and g1 are one machine/,
    },
    { name: 'of one it is not known', nodes, ...cluster(['g1']), on: ['b'] },
    {
      name: 'not seen',
      nodes: { a: { unseen: 'refused' }, b: { unseen: 'refused' } },
      ...cluster(['g1'], ['g2']),
      on: ['a', 'b'],
    },
  ],
  skip: [
    { name: 'none is known', nodes, ...cluster() },
    { name: 'one grid', nodes, ...cluster(['g1'], ['g1'], 'primary-standby') },
  ],
});
