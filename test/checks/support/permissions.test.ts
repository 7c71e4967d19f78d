/** Owner and mode of configuration files: who differs, and which commands are advised. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Side } from '../../../checks/support/configuration.js';
import { comparePermissions } from '../../../checks/support/permissions.js';
import type { TreeEntry } from '../../../src/products/installed.js';
import { foundOf, settingsOf } from '../../support/facts.js';

const entry = (path: string, over: Partial<TreeEntry> = {}): TreeEntry => ({
  ...{ path, type: 'file', mode: 0o644, owner: 'root', group: 'root', size: 1, modified: 0 },
  ...over,
});
const side = (node: string, tree: readonly TreeEntry[]): Side => {
  const found = foundOf('workbench', {}, { tree });
  return { node, found, settings: settingsOf(foundOf('workbench')), digests: new Map() };
};

describe('owner and mode', () => {
  const of = (...entries: readonly Partial<TreeEntry>[]) =>
    comparePermissions(
      ['a', 'gone'],
      entries.map((over, i) => side(`n${i + 1}`, [entry('b', { mode: i }), entry('a', over)])),
      undefined,
    );
  it('that agree', () => assert.equal(of({}, {}), undefined));
  it('of one node', () => {
    const finding = of({}, { mode: 0o600 }, {});
    assert.deepEqual([finding!.status, finding!.severity, finding!.nodes], ['fail', 'warning', ['n2']]);
    assert.match(JSON.stringify(finding), /chmod/);
    assert.match(JSON.stringify(of({}, { owner: 'ops' }, {})), /chown root:root/);
  });
  it('a mode that opens a file to everybody is given to none', () => {
    const found = (text: string, ...modes: readonly number[]) =>
      comparePermissions(
        ['database.conf'],
        modes.map((mode, i): Side => {
          const tree = [entry('database.conf', { mode })];
          const found = foundOf('workbench', {}, { tree, texts: new Map([['database.conf', text]]) });
          return { ...side(`n${i + 1}`, tree), found };
        }),
        undefined,
      );
    const fixes = (text: string, ...modes: readonly number[]) =>
      found(text, ...modes)?.fixes?.map(({ nodes, commands, note }) => [nodes.join(' '), commands.join(), note ?? '']);
    const secret = `password=%masked:${'0'.repeat(64)}%\n`;
    const shut = 'close database.conf on n1 and the nodes that agree with it instead';
    assert.deepEqual(fixes(secret, 0o644, 0o644, 0o600), [
      ['n3', '', `with mode 0644 everybody could read the secret in it: ${shut}`],
    ]);
    assert.deepEqual(fixes('port=1\n', 0o666, 0o666, 0o644, 0o666, 0o600), [
      ['n3 n5', '', `with mode 0666 everybody could write to it: ${shut}`],
    ]);
    const chmod = (mode: string, node = 'n3') => [[node, `sudo chmod ${mode} /etc/rstudio/database.conf`, '']];
    assert.deepEqual(fixes('port=1\n', 0o644, 0o644, 0o600), chmod('0644'));
    assert.deepEqual(fixes(secret, 0o640, 0o640, 0o600), chmod('0640'));
    assert.deepEqual(fixes(secret, 0o600, 0o600, 0o644), chmod('0600'));
    assert.deepEqual(fixes(secret, 0o644, 0o644, 0o666), chmod('0644'));
    assert.equal(found(secret, 0o644, 0o644, 0o600)?.expected, 'the same on every node');
    assert.equal(found(secret, 0o600, 0o600, 0o644)?.expected, 'as on n1 and n2');
  });
  it('says each file that differs, and changes only that', () => {
    const { message, subject, observed, expected, details, fixes } = of({}, { mode: 0o600, group: 'ops' }, {})!;
    assert.deepEqual(
      [message, subject, observed, expected, details],
      [
        'owner or mode of configuration files differs on n2',
        'owner and mode',
        'n2: a 600 root:ops',
        'as on n1 and n3',
        [],
      ],
    );
    assert.deepEqual(
      fixes?.map(({ nodes, commands }) => [nodes, commands]),
      [
        [['n2'], ['sudo chown root:root /etc/rstudio/a']],
        [['n2'], ['sudo chmod 0644 /etc/rstudio/a']],
      ],
    );
    assert.deepEqual(of({}, { group: 'ops' }, {})?.fixes?.length, 1);
    const two = comparePermissions(
      ['a', 'b'],
      [0o600, 0o644, 0o644].map((mode, i) => side(`n${i + 1}`, [entry('a', { mode }), entry('b', { mode })])),
      undefined,
    );
    assert.deepEqual([two?.observed, two?.details], ['n1: a 600 root:root', ['n1: b 600 root:root']]);
  });
  it('the mode of a link is that of no file, and a file that is missing has none', () => {
    assert.equal(of({ link: '/srv/a' }, { mode: 0o600 }, {}), undefined);
    const some = comparePermissions(
      ['a', 'b'],
      [side('n1', [entry('a')]), side('n2', [entry('a')]), side('n3', [])],
      undefined,
    );
    assert.deepEqual([some?.nodes, some?.fixes], [['n3'], []]);
  });
  it('without a majority', () => {
    const finding = of({}, { owner: 'ops' })!;
    assert.deepEqual(
      [finding.nodes, finding.expected, finding.fixes],
      [['n1', 'n2'], 'the same on every node', undefined],
    );
  });
});
