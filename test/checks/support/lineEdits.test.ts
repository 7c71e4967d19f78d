/** The commands run with the sed of this machine: what counts is what a file holds afterwards. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Side } from '../../../checks/support/configuration.js';
import { lineEdits } from '../../../checks/support/lineEdits.js';
import type { Product } from '../../../src/model/inventory.js';
import { configured } from '../../support/facts.js';

const FILES: Readonly<Record<string, string>> = {
  workbench: 'rserver.conf',
  'package-manager': 'rstudio-pm.gcfg',
};
const side = (product: Product, node: string, text: string, root = '/etc/x'): Side => ({
  node,
  ...configured(product, { [FILES[product]!]: text }, { root }),
  digests: new Map(),
});

/** What the file of the node is after the command; undefined: there is no command. */
function edited(product: Product, key: string, right: string, bad: string): string | undefined {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-edits-'));
  try {
    const path = join(root, FILES[product]!);
    writeFileSync(path, bad);
    const fixes = lineEdits(FILES[product]!, key, side(product, 'a', right), [side(product, 'b', bad, root)]);
    if (fixes === undefined) return undefined;
    const first = /^\s*a ?= ?\//m.test(right) ? 'after what it names is there, with the same content; ' : '';
    assert.deepEqual(fixes, [{ nodes: ['b'], commands: fixes[0]!.commands, note: `${first}then restart the product` }]);
    const [line, ...more] = fixes[0]!.commands;
    assert.deepEqual(more, []);
    execFileSync('sh', ['-c', line!.replace(/^sudo /, '')]);
    assert.equal(readFileSync(`${path}.ha-preflight.bak`, 'utf8'), bad);
    return readFileSync(path, 'utf8');
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('the line of the good node', () => {
  const secret = `%masked:${'0a'.repeat(32)}%`;
  const ROWS: readonly [name: string, key: string, right: string, bad: string, after: string | undefined][] = [
    ['replaces another', 'a', 'a=1\n', '# x\na=2\nb=3\n', '# x\na=1\nb=3\n'],
    ['with blanks, as it is', 'a', '  a = 1\n', 'a=2\n', '  a = 1\n'],
    ['every character that may stand in it', 'a', `a=/@%+,="'-:_.z"\n`, `a="'-:_.z/@%+,='\n`, `a=/@%+,="'-:_.z"\n`],
    ['a dot is a dot', 'a.b', 'a.b=1\n', 'a.b=2.3\na-b=2.3\n', 'a.b=1\na-b=2.3\n'],
    ['the whole line only', 'a', 'a=1\n', 'ba=2\na=2\nca=23\n', 'ba=2\na=1\nca=23\n'],
    ['of a file without a last line break', 'a', 'a=1', 'b=3\na=2', 'b=3\na=1'],
    ['is appended', 'a', 'b=3\na=1\n', 'b=3\n', 'b=3\na=1\n'],
    ['is appended with its blanks', 'a', '  a=1\n', 'b=3\n', 'b=3\n  a=1\n'],
    ['is appended after a last line without an end', 'a', 'a=1\n', 'b=3', 'b=3\na=1\n'],
    // sed has no last line there, and would do nothing
    ['is not appended to an empty file', 'a', 'a=1\n', '', undefined],
    ['is taken away', 'a', 'b=3\n', 'a.x=1\na=2\nb=3\n', 'a.x=1\nb=3\n'],
    ['a comment is not the setting', 'a', '# a=1\nb=3\n', '#a=2\nb=3\na=4\n', '#a=2\nb=3\n'],
    ['is the same', 'a', 'a=1\n', 'a=1\n', undefined],
    ['is there twice, with one value', 'a', 'a=1\na=1\n', 'a=2\n', undefined],
    ['is there twice on the node', 'a', 'a=1\n', 'a=2\na=3\n', undefined],
    ['a secret', 'a', `a=${secret}\n`, 'a=2\n', undefined],
    ['in the place of a secret', 'a', 'a=1\n', `a=${secret}\n`, undefined],
    ['a delimiter of sed', 'a', 'a=x|y\n', 'a=2\n', undefined],
    ['an ampersand', 'a', 'a=x&y\n', 'a=2\n', undefined],
    ['a backslash', 'a', 'a=x\\y\n', 'a=2\n', undefined],
    ['a star on the node', 'a', 'a=1\n', 'a=x*y\n', undefined],
    ['a blank at its end', 'a', 'a=1 \n', 'a=2\n', undefined],
    ['a carriage return', 'a', 'a=1\r\n', 'a=2\n', undefined],
  ];
  for (const [name, key, right, bad, after] of ROWS)
    it(name, () => assert.equal(edited('workbench', key, right, bad), after));

  const SECTIONS: readonly [name: string, right: string, bad: string, after: string | undefined][] = [
    [
      'in its section',
      '[HTTP]\nListen = :1\n',
      '[HTTP]\nListen = :2\n[Git]\nListen = :3\n',
      '[HTTP]\nListen = :1\n[Git]\nListen = :3\n',
    ],
    [
      'appended to its section, the last one',
      '[HTTP]\nListen = :1\n',
      '[Git]\nX = 1\n[HTTP]\n',
      '[Git]\nX = 1\n[HTTP]\nListen = :1\n',
    ],
    ['not to another', '[HTTP]\nListen = :1\n', '[HTTP]\n[Git]\nX = 1\n', undefined],
    ['the same line in two sections', '[HTTP]\nListen = :1\n', '[HTTP]\nListen = :2\n[Git]\nListen = :2\n', undefined],
    ['taken from one of two sections', '[Git]\nListen = :2\n', '[HTTP]\nListen = :2\n[Git]\nListen = :2\n', undefined],
  ];
  for (const [name, right, bad, after] of SECTIONS)
    it(name, () => assert.equal(edited('package-manager', 'http.listen', right, bad), after));
});

describe('several nodes', () => {
  const right = side('workbench', 'a', 'a=1\n');
  const [same, other, odd] = ['a=2\n', 'a=3\n', 'a=x*\n'].map((text, i) => side('workbench', `b${i}`, text)) as [
    Side,
    Side,
    Side,
  ];
  it('each with its command', () =>
    assert.deepEqual(
      lineEdits('rserver.conf', 'a', right, [same, other])!.map(({ nodes, commands }) => [...nodes, ...commands]),
      [
        ['b0', "sudo sed --follow-symlinks -i.ha-preflight.bak 's|^a=2$|a=1|' /etc/x/rserver.conf"],
        ['b1', "sudo sed --follow-symlinks -i.ha-preflight.bak 's|^a=3$|a=1|' /etc/x/rserver.conf"],
      ],
    ));
  it('no command for one: none for any', () =>
    assert.equal(lineEdits('rserver.conf', 'a', right, [same, odd]), undefined));
  it('no command for a file of no known format', () =>
    assert.equal(lineEdits('rserver.txt', 'a', right, [same]), undefined));
});
