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
const silent = (installed: string) => {
  const { found: at, versions } = node(undefined, installed);
  return { found: at, versions: { ...versions, programTrouble: 'did not answer', programSilent: true as const } };
};

testCheck(
  check,
  {
    pass: [
      { name: 'one version', nodes: { a: node(V), b: node(V) }, on: ['a', 'b'] },
      { name: 'a package has a release and an epoch', nodes: { a: node(V, `1:${V}-1`), b: node(V, `1:${V}-1`) } },
      { name: 'a package has - for +', nodes: { a: node(V, V.replace('+', '-')), b: node(V, V.replace('+', '-')) } },
      {
        name: 'by package where no program can be run',
        nodes: { a: node(undefined, '1.2.3-4'), b: node(undefined, '1.2.3-4') },
      },
    ],
    fail: [
      {
        name: 'programs differ, one cannot be run, and the packages agree',
        nodes: { a: node('2023.09.1+494.pro2', V), b: node('2023.12.0+369.pro3', V), c: node(undefined, V) },
        on: ['a', 'b'],
        severity: 'critical',
        beside: ['unknown'],
      },
      {
        name: 'a program that is not that of its package',
        nodes: { a: node(V, '2023.12.0+369.pro3'), b: node(V, V) },
        on: ['a'],
        severity: 'warning',
        message: /the program reports/,
        beside: ['pass'],
      },
      {
        name: 'packages of deb and of rpm, and one of another version',
        nodes: { a: node(undefined, `${V}-1`), b: node(undefined, V), c: node(undefined, '2023.12.0+369.pro3-1') },
        on: ['c'],
        severity: 'critical',
      },
      {
        name: 'two releases of one package',
        nodes: { a: node(undefined, `${V}-1`), b: node(undefined, `${V}-2`), c: node(undefined, `${V}-1`) },
        on: ['b'],
      },
      {
        name: 'a release candidate',
        nodes: { a: node(undefined, '2024.08.2~rc1-9'), b: node(undefined, '2024.08.2~rc2-9') },
        on: ['a', 'b'],
      },
      {
        name: 'half configured',
        nodes: { a: node(V, V), b: { found, versions: { ...node(V, V).versions, unfinished: 'half-configured' } } },
        on: ['b'],
        message: /half-configured/,
        severity: 'warning',
        beside: ['pass'],
      },
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
        name: 'packages of deb and of rpm, and a program that cannot be run',
        nodes: { a: node(V, `${V}-1`), b: node(V, `${V}-1`), c: node(undefined, V) },
        on: ['a', 'b', 'c'],
        message: /may be one version: compare what \/usr\/lib\/rstudio-server\/bin\/rstudio-server version prints/,
      },
      {
        name: 'no version on one node',
        nodes: { a: node(V, V), b: node(V, V), c: node(undefined) },
        on: ['c'],
        beside: ['pass'],
      },
      {
        name: 'a program that does not answer, and packages that agree',
        nodes: { a: node(V, V), b: node(V, V), c: silent(V) },
        on: ['c'],
        message: /did not answer/,
        beside: ['pass'],
      },
      { name: 'no version anywhere is not a match', nodes: { a: node(undefined), b: node(undefined) }, on: ['a', 'b'] },
    ],
  },
  { product: 'workbench' },
);
