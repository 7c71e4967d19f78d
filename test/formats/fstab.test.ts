import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFstab } from '../../src/formats/fstab.js';

describe('parseFstab', () => {
  it('reads its fields', () => {
    const [entry] = parseFstab('# c\n\nnas:/h\t/home  nfs4 rw,vers=4.1,_netdev 0 0\n');
    assert.deepEqual(entry, {
      source: 'nas:/h',
      point: '/home',
      type: 'nfs4',
      options: new Map([
        ['rw', ''],
        ['vers', '4.1'],
        ['_netdev', ''],
      ]),
      atBoot: true,
      line: 3,
    });
  });

  const POINTS: readonly [name: string, line: string, point: string | undefined][] = [
    ['escapes', 'nas:/a /my\\040home nfs defaults', '/my home'],
    ['slashes', 'nas:/a //srv//data/ nfs defaults', '/srv/data'],
    ['the root', '/dev/sda1 / ext4', '/'],
    ['# inside a field', 'nas:/a#b /a#b nfs defaults', '/a#b'],
    ['an indented comment', '  # nas:/a /a nfs', undefined],
    ['a comment without a blank', '#nas:/a /a nfs', undefined],
    ['a source that ends with #', 'nas:/a# /a nfs', '/a'],
    ['not a path', 'nas:/a none nfs defaults', undefined],
    ['swap', '/dev/sda2 none swap sw 0 0', undefined],
    ['swap with a path', '/swapfile /swapfile swap sw', undefined],
    ['half a line', 'nas:/a', undefined],
  ];
  for (const [name, line, point] of POINTS)
    it(name, () => {
      assert.equal(parseFstab(line)[0]?.point, point);
    });

  it('type and options by default', () => {
    const [entry] = parseFstab('/dev/sda1 /');
    assert.deepEqual([entry?.type, entry?.options], ['auto', new Map([['defaults', '']])]);
  });

  it('what is mounted at boot', () => {
    const of = (options: string) => parseFstab(`nas:/a /a nfs ${options}`)[0]?.atBoot;
    assert.deepEqual(['nofail,_netdev', 'noauto', 'noauto,x-systemd.automount'].map(of), [true, false, true]);
    // the first spelling, and units that pull it in
    const started = ['comment=systemd.automount', 'x-systemd.wanted-by=a.service', 'x-systemd.required-by=a.service'];
    assert.deepEqual(
      [...started, 'comment=x'].map((o) => of(`noauto,${o}`)),
      [true, true, true, false],
    );
  });
});
