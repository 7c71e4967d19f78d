/** One file on several nodes: what is reported of it, of whom, and with which command. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Side } from '../../../checks/support/configuration.js';
import { compareFile } from '../../../checks/support/configurationFiles.js';
import { bareCluster, type Cluster, type Product } from '../../../src/model/inventory.js';
import type { Installed } from '../../../src/products/installed.js';
import { foundOf, settingsOf } from '../../support/facts.js';

const NAMES = ['a', 'b', 'c', 'd'];
interface Node extends Partial<Installed> {
  readonly text?: string | undefined;
  readonly digest?: string;
}
const entry = { type: 'file' as const, mode: 0o644, owner: 'root', group: 'root', size: 9, modified: 0 };

function compare(
  path: string,
  nodes: readonly (string | Node)[],
  over: Partial<Cluster> = {},
  product: Product = 'workbench',
) {
  const sides = nodes.map((given, i): Side => {
    const { text, digest, ...more } = typeof given === 'string' ? { text: given } : { text: undefined, ...given };
    const found = foundOf(product, text === undefined ? {} : { [path]: text }, {
      ...(text === undefined && { tree: digest === undefined ? [] : [{ ...entry, path }] }),
      ...more,
    });
    const digests = new Map(digest === undefined ? [] : [[path, digest]]);
    return { node: NAMES[i]!, found, settings: settingsOf(found), digests };
  });
  return compareFile(path, sides, bareCluster(NAMES.slice(0, nodes.length), over), () => false);
}
/** In one line each: what it is about, on which nodes, and the fix. */
const shown = (...given: Parameters<typeof compare>): string[] =>
  compare(...given).map((f) =>
    typeof f === 'string'
      ? f
      : [
          `${f.status} ${f.subject}`,
          (f.nodes ?? []).join(' '),
          f.message,
          f.remediation ?? (f.fixes ?? []).flatMap((x) => x.commands).join('; '),
        ].join(' | '),
  );

const TIMEOUT = {
  path: 'rserver.conf:auth-timeout-minutes',
  a: 'auth-timeout-minutes=7\n',
  b: 'auth-timeout-minutes=8\n',
};

describe('whether the file is there', () => {
  it('on every node, or on none', () => {
    assert.deepEqual(shown('x.conf', ['', '']), []);
    assert.deepEqual(shown('x.conf', [{}, {}]), []);
    assert.deepEqual(shown('x.conf', [{ dangling: ['x.conf'] }, { dangling: ['x.conf'] }]), [
      'x.conf: a link that leads nowhere, on every node',
    ]);
  });

  it('on some', () => {
    const [lost] = compare('x.conf', ['', '', {}]);
    assert.deepEqual(typeof lost === 'object' && [lost.status, lost.subject, lost.nodes], ['fail', 'x.conf', ['c']]);
    const [link] = compare('x.conf', ['', { dangling: ['x.conf'] }, '']);
    assert.match(typeof link === 'object' ? (link.observed ?? '') : '', /b.*a link that leads nowhere/);
    const [pipe] = compare('x.conf', ['', '', { tree: [{ ...entry, path: 'x.conf', type: 'other' }] }]);
    assert.match(typeof pipe === 'object' ? (pipe.observed ?? '') : '', /c.*not a regular file/);
  });

  it('where it may be missing, and sets nothing but defaults', () => {
    const nothing = ['rsession.conf: is not there on every node, and sets nothing but defaults'];
    assert.deepEqual(shown('rsession.conf', ['# nothing\n', {}]), nothing);
    assert.equal(
      compare('rsession.conf', ['session-timeout-minutes=5\n', {}]).filter((f) => typeof f === 'object').length,
      1,
    );
    // the next change of the file will not reach who looks elsewhere
    const [elsewhere] = compare('rsession.conf', ['# nothing\n', { directories: ['/srv/rstudio'] }]);
    assert.equal(typeof elsewhere === 'object' && elsewhere.status, 'fail');
  });
});

describe('what could not be read', () => {
  const unread: Node = { tree: [{ ...entry, path: 'x.bin' }] };

  it('on the nodes where it was not', () => {
    assert.deepEqual(shown('x.bin', [{ digest: '1' }, unread, unread]), [
      'unknown x.bin | b c | x.bin could not be read on b and c (not permitted, or too large): compare it with sha256sum | ',
    ]);
  });

  it('a link that is not followed', () => {
    const link: Node = { tree: [{ ...entry, path: 'x.bin', link: '/srv/x' }] };
    assert.match(shown('x.bin', [{ digest: '1' }, link]).join(), /could not be read on b: it is a link to \/srv\/x, /);
    const [first] = shown('x.bin', [
      link,
      {
        tree: [
          { ...entry, path: 'other', link: '/srv/y' },
          { ...entry, path: 'x.bin' },
        ],
      },
    ]);
    assert.match(first!, /link to \/srv\/x/);
  });

  it('of no known format: the bytes', () => {
    const [other] = compare('x.bin', [{ digest: '1' }, { digest: '1' }, { digest: '2' }]);
    assert.ok(typeof other === 'object');
    assert.deepEqual(
      [other.status, other.nodes, other.observed, other.expected],
      ['fail', ['c'], 'different content on c', 'identical bytes'],
    );
    assert.deepEqual(compare('x.bin', [{ digest: '1' }, { digest: '1' }]), []);
  });
});

describe('settings that differ', () => {
  it('in the form alone', () => {
    assert.deepEqual(shown('rserver.conf', ['auth-timeout-minutes=7\n', '# x\nauth-timeout-minutes = 7\n']), [
      'rserver.conf: differs only in formatting or comments',
    ]);
    assert.deepEqual(shown('rserver.conf', ['www-enable-origin-check=0\n', '\n']), [
      'rserver.conf: differs only in spelling, or in settings that may differ or that another check compares',
    ]);
  });

  it('one: the line of the good nodes, with the path on that node', () => {
    const [line] = shown('rserver.conf', [TIMEOUT.a, TIMEOUT.b, { text: TIMEOUT.a, root: '/srv' }]);
    assert.match(
      line!,
      /^fail rserver\.conf:auth-timeout-minutes \| b \| .* \| sudo sed .*'s\|\^auth-timeout-minutes=8\$\|auth-timeout-minutes=7\|' \/etc\/rstudio\/rserver\.conf$/,
    );
    // of two that differ neither is right, unless the inventory says so
    assert.doesNotMatch(shown('rserver.conf', [TIMEOUT.a, TIMEOUT.b]).join(), /sed/);
    assert.match(shown('rserver.conf', [TIMEOUT.a, TIMEOUT.b], { reference: 'b' }).join(), /\| a \| .*sed .*minutes=8/);
  });

  it('that often belongs to one node: both files are shown, and nothing is copied', () => {
    const [line] = shown('rserver.conf', ['www-url-hostname=x\n', 'www-url-hostname=y\n', 'www-url-hostname=x\n']);
    assert.match(line!, / \| b \| /);
    assert.match(line!, /sudo cat \/etc\/rstudio\/rserver\.conf.*\n.*sudo cat \/etc\/rstudio\/rserver\.conf/);
    assert.doesNotMatch(line!, /sed/);
  });

  const many = (n: number, value: string) => Array.from({ length: n }, (_, i) => `auth-x${i}=${value}\n`).join('');
  it('eight: each; nine: the file, and how both are looked at', () => {
    assert.equal(shown('rserver.conf', [many(8, '1'), many(8, '1'), many(8, '2')]).length, 8);
    const [whole, ...more] = compare('rserver.conf', [many(9, '1'), many(9, '2'), many(9, '1')]);
    assert.deepEqual(more, []);
    assert.ok(typeof whole === 'object');
    assert.deepEqual([whole.subject, whole.nodes, whole.expected], ['rserver.conf', ['b'], 'as on a']);
    assert.match(whole.message, /^rserver\.conf differs on b in auth-x0, .* and auth-x4 and 4 more$/);
    assert.match(whole.observed ?? '', /auth-x0/);
    assert.equal(whole.details?.length, 8);
    assert.match(whole.remediation ?? '', /sudo cat.*\n.*sudo cat/);
  });

  it('nine between two nodes: none is right', () => {
    const [whole] = compare('rserver.conf', [many(9, '1'), many(9, '2')]);
    assert.ok(typeof whole === 'object');
    assert.match(whole.message, /^rserver\.conf differs between a and b in /);
    assert.deepEqual(
      [whole.nodes, whole.expected, whole.remediation],
      [['a', 'b'], 'the same on every node', undefined],
    );
    const [wrong] = compare('rserver.conf', [many(9, '1'), many(9, '2')], { reference: 'b' });
    assert.deepEqual(typeof wrong === 'object' && [wrong.nodes, wrong.expected], [['a'], 'as on b']);
  });
});
