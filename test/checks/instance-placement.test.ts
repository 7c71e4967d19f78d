import check from '../../checks/instance-placement.js';
import type { Instance } from '../../src/collectors/instance.js';
import { testCheck } from '../../src/testing.js';

const on = (id: string, zone: string, over: Partial<Instance> = {}) => ({
  instance: { of: { id, zone, type: 'm6i.2xlarge', publicAddresses: [], cpus: 8, memory: 31, ...over } },
});

testCheck(
  check,
  {
    pass: [{ name: 'two zones', nodes: { a: on('i-1', 'a'), b: on('i-2', 'b') }, on: ['a', 'b'] }],
    fail: [
      {
        name: 'one zone',
        nodes: { a: on('i-1', 'a'), b: on('i-2', 'a') },
        on: ['a', 'b'],
        message: /one availability zone/,
      },
      { name: 'one instance', nodes: { a: on('i-1', 'a'), b: on('i-1', 'b'), c: on('i-3', 'c') }, on: ['a', 'b'] },
      {
        name: 'a public address',
        nodes: { a: on('i-1', 'a'), b: on('i-2', 'b', { publicAddresses: ['203.0.113.7'] }) },
        on: ['b'],
        severity: 'warning',
      },
      {
        name: 'few processors',
        nodes: { a: on('i-1', 'a'), b: on('i-2', 'b', { cpus: 2 }) },
        on: ['b'],
        severity: 'info',
      },
      {
        name: 'little memory',
        nodes: { a: on('i-1', 'a', { memory: 15 }), b: on('i-2', 'b') },
        on: ['a'],
        severity: 'info',
      },
    ],
    unknown: [
      {
        name: 'one zone, and a node that cannot be seen',
        nodes: { a: on('i-1', 'a'), b: on('i-2', 'a'), c: { instance: { unseen: 'no answer' } } },
        on: ['a', 'b', 'c'],
        message: /the zone of c is not known/,
        beside: ['pass'],
      },
      {
        name: 'one zone, and a node that is no instance',
        nodes: { a: on('i-1', 'a'), b: on('i-2', 'a'), c: { instance: {} } },
        on: ['a', 'b'],
        beside: ['pass'],
      },
      {
        name: 'the metadata service is silent',
        nodes: { a: on('i-1', 'a'), b: { instance: { unseen: 'no answer' } } },
        on: ['b'],
        beside: ['pass'],
      },
    ],
    skip: [{ name: 'elsewhere', nodes: { a: { instance: {} }, b: { instance: {} } } }],
  },
  { product: 'package-manager' },
);

testCheck(
  check,
  {
    pass: [
      { name: 'Connect: its own size', nodes: { a: on('i-1', 'a', { cpus: 2, memory: 7.6 }), b: on('i-2', 'b') } },
    ],
    fail: [
      { name: 'Connect: one zone', nodes: { a: on('i-1', 'a'), b: on('i-2', 'a') }, on: ['a', 'b'] },
      { name: 'Connect: little memory', nodes: { a: on('i-1', 'a', { memory: 4 }), b: on('i-2', 'b') }, on: ['a'] },
    ],
    unknown: [{ name: 'Connect: silent', nodes: { a: { instance: { unseen: 'no answer' } } } }],
  },
  { product: 'connect' },
);
