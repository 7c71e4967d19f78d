import check from '../../checks/name-resolution.js';
import { testCheck } from '../../src/testing.js';

const unasked = { addresses: new Map([['db', undefined]]) };
const node = (...addresses: string[]) => ({ addresses: new Map([['db', addresses]]) });

testCheck(check, {
  pass: [{ name: 'the same', nodes: { a: node('192.0.2.1'), b: node('192.0.2.1') }, on: ['a', 'b'] }],
  fail: [
    { name: 'not known on one', nodes: { a: node('192.0.2.1'), b: node() }, on: ['b'], severity: 'warning' },
    { name: 'not known on any', nodes: { a: node(), b: node() }, on: ['a', 'b'] },
    {
      name: 'an address more on one',
      nodes: { a: node('192.0.2.1'), b: node('192.0.2.1', '192.0.2.2'), c: node('192.0.2.1') },
      on: ['b'],
    },
  ],
  unknown: [
    {
      name: 'no answer',
      nodes: { a: node('192.0.2.1'), b: { addresses: { unseen: 'did not answer within 8 s' } }, c: node('192.0.2.1') },
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'a tree without the name, where DNS cannot be asked',
      nodes: { a: node('192.0.2.1'), b: unasked, c: node('192.0.2.1') },
      on: ['b'],
      message: /DNS cannot be asked in a tree of files: getent ahosts db/,
      beside: ['pass'],
    },
    { name: 'trees without the name', nodes: { a: unasked, b: unasked }, on: ['a', 'b'] },
    { name: 'only one tree has the name', nodes: { a: node('192.0.2.1'), b: unasked }, on: ['b'] },
  ],
  skip: [
    { name: 'no names', nodes: { a: { addresses: new Map() }, b: { addresses: new Map() } } },
    {
      name: 'one node alone has it',
      nodes: { a: node('192.0.2.1'), b: { addresses: new Map() } },
      on: ['a'],
      message: /only a names db/,
    },
    { name: 'two servers: database-same says so', nodes: { a: node('192.0.2.1'), b: node('192.0.2.2') } },
  ],
});
