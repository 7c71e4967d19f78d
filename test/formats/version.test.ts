import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareVersions, numbersOf, sameVersion, versionToken } from '../../src/formats/version.js';
import { builtIn } from '../../src/load/products.js';
import type { Product } from '../../src/model/inventory.js';

const TOKENS: readonly [product: Product, text: string, token: string | undefined][] = [
  ['workbench', '2026.05.0+218.pro2 Workbench (Golden Wattle) for Ubuntu Jammy\n', '2026.05.0+218.pro2'],
  ['workbench', '2024.04.2+764 (Chocolate Cosmos) for Ubuntu Jammy', '2024.04.2+764'],
  ['workbench', '1.4.1717-3\n', '1.4.1717-3'],
  ['workbench', '1.3.1093-1.pro2', '1.3.1093-1.pro2'],
  ['workbench', '2023.09', '2023.09'],
  ['workbench', '2023.09.1-dev+494.pro2', '2023.09.1-dev+494.pro2'],
  ['workbench', 'rserver: warning\n2023.09.1+494.pro2 (Desert Sunflower)', '2023.09.1+494.pro2'],
  ['workbench', '\n\n  v2023.09.1+494.pro2\n', '2023.09.1+494.pro2'],
  ['workbench', 'for Ubuntu 22.04', undefined],
  ['workbench', '', undefined],
  ['connect', 'Posit Connect v2024.03.0', '2024.03.0'],
  ['connect', 'RStudio Connect v1.7.2-1', '1.7.2-1'],
  ['connect', 'v1.8.6.2-10', '1.8.6.2-10'],
  ['connect', '2024.03.0-dev+26-gd3adb33f', '2024.03.0-dev+26-gd3adb33f'],
  ['connect', 'this is v2024.03.0.', '2024.03.0'],
  ['package-manager', 'Posit Package Manager v2023.08.4-9', '2023.08.4-9'],
  ['package-manager', '2023.08.4+9', '2023.08.4+9'],
  ['package-manager', 'error: no such flag', undefined],
  ['connect', '1.2', undefined],
];

describe('versionToken', () => {
  for (const [product, text, token] of TOKENS)
    it(`${product}: ${JSON.stringify(text)}`, () => {
      assert.equal(versionToken(builtIn.profiles.get(product)!.version, text), token);
    });
});

describe('an epoch', () => {
  const ROWS: readonly [text: string, token: string][] = [
    ['is 1:2.3', '1:2.3'],
    ['12:2.3', '12:2.3'],
    [':2.3', '2.3'],
    ['is :2.3', '2.3'],
    ['x:2.3', '2.3'],
    ['at 0.1:2.3', '2.3'],
    ['10 2.3', '2.3'],
    ['2.3-_', '2.3'],
  ];
  for (const [text, token] of ROWS) it(text, () => assert.equal(versionToken(/(2\.3)/, text), token));
});

describe('sameVersion', () => {
  const ROWS: readonly [program: string, installed: string, same: boolean][] = [
    ['2024.04.2+764', '2024.04.2-764', true],
    ['2024.04.2', '12:2024.04.2-1', true],
    ['2024.04.2-1', '2024.04.2', true],
    ['2024.04.2+-1', '2024.04.2.1', true],
    ['2024.04.2', '2024.04.21', false],
    ['2024.04.21', '2024.04.2', false],
    ['4.2024', '2024', false],
    ['2024', '4.2024', false],
    ['1~rc1', '1', false],
    ['a1:2', '2', false],
  ];
  for (const [program, installed, same] of ROWS)
    it(`${program} and ${installed}`, () => assert.equal(sameVersion(program, installed), same));
});

describe('compareVersions', () => {
  const ORDER: readonly [a: string, b: string, sign: number][] = [
    ['1.7.4', '1.7.8', -1],
    ['1.7.10', '1.7.8', 1],
    ['1.8', '1.8.0', 0],
    ['2023.09.1+494.pro2', '2023.09.1+1', 0],
    ['2021.09.0', '1.8.6.2', 1],
    ['2023.09', '2023.9.0', 0],
    ['', '0', 0],
    ['x', '1', -1],
  ];
  for (const [a, b, sign] of ORDER)
    it(`${a || 'nothing'} and ${b}`, () => {
      assert.equal(Math.sign(compareVersions(a, b)), sign);
      assert.equal(Math.sign(compareVersions(b, a)) + sign, 0);
    });

  it('numbers', () => {
    assert.deepEqual(numbersOf('2023.09.1+494.pro2'), [2023, 9, 1]);
    assert.deepEqual(numbersOf('1.4.1717-3'), [1, 4, 1717]);
    assert.deepEqual(numbersOf('none'), []);
    assert.deepEqual(numbersOf('v1.2'), []);
  });
});
