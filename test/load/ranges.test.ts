/** Node names in short, as reports print them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { adHocCluster, validateInventoryText } from '../../src/load/inventory.js';
import { expandRanges, splitNodes } from '../../src/load/ranges.js';
import { UsageError } from '../../src/model/inventory.js';
import { fold } from '../../src/reporters/text.js';

const names = (...nodes: string[]): string[] => adHocCluster(nodes).nodes.map(({ host }) => host);

describe('ranges of nodes', () => {
  const right: [string, ...string[]][] = [
    ['wb[1-3].example.com', 'wb1.example.com', 'wb2.example.com', 'wb3.example.com'],
    ['wb[09-11]', 'wb09', 'wb10', 'wb11'],
    ['wb[0-1,7, 12-13]', 'wb0', 'wb1', 'wb7', 'wb12', 'wb13'],
    ['10.0.0.[9-10]', '10.0.0.9', '10.0.0.10'],
    ['[1-2].pool.example.com', '1.pool.example.com', '2.pool.example.com'],
    ['a[1-2]b[3-4]', 'a1b3', 'a1b4', 'a2b3', 'a2b4'],
    ['lb:[2201-2202]', 'lb:2201', 'lb:2202'],
    ['[::1]:22', '[::1]:22'],
    ['ops@[fe80::1%eth0]:[22-23]', 'ops@[fe80::1%eth0]:22', 'ops@[fe80::1%eth0]:23'],
    ['plain', 'plain'],
  ];
  for (const [text, ...expected] of right) it(text, () => assert.deepEqual(expandRanges(text), expected));

  const wrong: [string, RegExp][] = [
    ['wb[3-1].x', /smaller number of the range first: wb\[1-3\]\.x$/],
    ['wb[1-012]', /same length .*: wb\[001-012\], or wb\[1-12\]$/],
    ['wb[01-100]', /wb\[001-100\], or wb\[1-100\]$/],
    ['wb[1-99999]', /at most 10000 nodes in a range, such as wb\[1-10000\]$/],
    ['wb[1-200][1-200]', /at most 10000 nodes/],
    ['wb[1-9999,1-9999]', /at most 10000 nodes/],
    ['wb[1:3]', /expected wb\[1-3\]$/],
    ['wb[1..3].x', /expected wb\[1-3\]\.x$/],
    ['wb[]', /expected numbers, such as wb\[1-3,7\]$/],
    ['wb[a-c]', /expected numbers/],
    ['wb[1-]', /expected numbers/],
    ['wb[1,]', /expected numbers/],
    ['wb[1-99999999999999999999]', /expected numbers of at most 15 digits/],
    ['wb[1–3]', /expected wb\[1-3\]$/],
    ['wb[1-[2-3]]', /no brackets inside brackets/],
  ];
  for (const [text, message] of wrong)
    it(`refuses ${text}`, () => {
      const result = expandRanges(text);
      assert.ok('wrong' in result, 'it was taken');
      assert.match(result.wrong, message);
      assert.throws(
        () => names(text),
        (error: Error) => error instanceof UsageError && error.message.startsWith('--nodes: found "wb['),
      );
    });

  it('what reports print comes back', () => {
    for (const nodes of [
      ['wb1', 'wb2', 'wb3', 'wb7', 'db'],
      ['n08.x', 'n09.x', 'n10.x', 'n11.x'],
      ['10.0.0.9', '10.0.0.10', '10.0.0.11'],
    ])
      assert.deepEqual(
        splitNodes(fold(nodes).replaceAll(', ', ',')).flatMap((word) => expandRanges(word) as readonly string[]),
        nodes,
      );
    assert.deepEqual(names('ops@wb[1-2]:2222', 'db'), ['wb1', 'wb2', 'db']);
  });

  it('in an inventory: the line is named, the whole is limited, waivers may name them too', () => {
    const errors = (text: string): string[] => validateInventoryText(text, 'x.yml').map((e) => e.split('\n')[0]!);
    const waiver = (nodes: string): string =>
      `waivers: [{ check: a, nodes: ["${nodes}"], reason: r, until: 2027-01-01 }]\n`;
    assert.deepEqual(errors(`nodes:\n- wb[1-3]\n- { name: "a[1-2]", host: "10.0.0.[1-2]" }\n${waiver('wb[1-3]')}`), []);
    assert.match(errors(`nodes:\n- wb[1-3]\n${waiver('wb[1-4]')}`).join(), /^x\.yml:3:.*found "wb4"/);
    assert.match(errors('nodes:\n- db\n- wb[3-1]\n').join(), /^x\.yml:3:3: found "wb\[3-1\]", expected the smaller/);
    assert.match(
      errors('nodes:\n- { name: "a[1-2]", host: 10.0.0.1 }\n').join(),
      /^x\.yml:2:27: .*as many hosts as names/,
    );
    assert.match(errors('nodes:\n- { name: "a,b" }\n').join(), /^x\.yml:2:11: .*a comma only in a range/);
    assert.match(errors('nodes:\n- wb[1-3]\n- wb3\n').join(), /^x\.yml:3:3: found the same machine/);
    assert.match(errors('nodes:\n- a[1-9000]\n- b[1-9000]\n').join(), /^x\.yml:3:3: .*in all ranges/);
    assert.match(errors('nodes:\n- a b[1-9000]\n').join(), /^x\.yml:2:3: [^\n]*$/);
    assert.match(errors('nodes: [wb[1-3]]\n').join(), /^x\.yml:1:11: .*quotes around it: "wb\[1-3\]"/);
  });
});
