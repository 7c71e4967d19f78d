import check from '../../checks/product-version.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const found = foundOf('workbench');
const node = (program: string | undefined, installed?: string, outdated: string[] = []) => ({
  found,
  versions: {
    ...(program === undefined ? { programTrouble: 'not there' } : { program }),
    ...(installed !== undefined && { package: installed }),
    outdated,
    processesSeen: true,
  },
});
const V = '2023.09.1+494.pro2';

testCheck(
  check,
  {
    pass: [
      { name: 'one version', nodes: { a: node(V), b: node(V) }, on: ['a', 'b'] },
      {
        name: 'by package where no program can be run',
        nodes: { a: node(undefined, '1.2.3-4'), b: node(undefined, '1.2.3-4') },
      },
    ],
    fail: [
      { name: 'one node differs', nodes: { a: node(V), b: node('2023.12.0+369.pro3'), c: node(V) }, on: ['b'] },
      { name: 'the build number counts', nodes: { a: node(V), b: node('2023.09.1+494.pro3'), c: node(V) }, on: ['b'] },
      { name: 'two nodes are a tie', nodes: { a: node(V), b: node('2023.12.0+369.pro3') }, on: ['a', 'b'] },
      {
        name: 'an old process still runs',
        nodes: { a: node(V), b: node(V, V, ['pid 7: /x (deleted)']) },
        on: ['b'],
        severity: 'warning',
      },
      {
        name: 'the open-source build',
        nodes: { a: node('2023.09.1+494'), b: node('2023.09.1+494') },
        on: ['a', 'b'],
        message: /open-source/,
      },
    ],
    unknown: [
      {
        name: 'no version on one node',
        nodes: { a: node(V, '1'), b: node(V, '1'), c: node(undefined) },
        on: ['c'],
        beside: ['pass'],
      },
      { name: 'no version anywhere is no match', nodes: { a: node(undefined), b: node(undefined) }, on: ['a', 'b'] },
    ],
  },
  { product: 'workbench' },
);
