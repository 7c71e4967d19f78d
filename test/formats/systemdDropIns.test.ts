import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dropInOrder } from '../../src/formats/systemdDropIns.js';

describe('dropInOrder', () => {
  const [ETC, RUN, LIB] = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system'];

  it('sorts by file name alone', () => {
    const paths = [
      `${ETC}/service.d/99-x.conf`,
      `${ETC}/rstudio-pm.service.d/10-y.conf`,
      `${LIB}/rstudio-.service.d/20.conf`,
    ];
    assert.deepEqual(dropInOrder(paths, 'rstudio-pm.service'), [paths[1], paths[2], paths[0]]);
  });

  it('of one name the nearest counts: etc, run, usr; then the specific directory; service.d last', () => {
    const of = (...paths: string[]) => dropInOrder(paths, 'rstudio-pm.service');
    const [lib, run, etc] = [LIB, RUN, ETC].map((d) => `${d}/rstudio-pm.service.d/a.conf`);
    const [prefix, general] = ['rstudio-', ''].map((p) => `${ETC}/${p}${p ? '.' : ''}service.d/a.conf`);
    assert.deepEqual(of(lib!, run!, etc!), [etc]);
    assert.deepEqual(of(prefix!, etc!), [etc]);
    assert.deepEqual(of(general!, lib!), [lib]);
    assert.deepEqual(of(prefix!, lib!), [prefix]);
  });

  it('leaves out what is not a drop-in of the unit', () => {
    const others = [
      'other.service.d/a.conf',
      'rstudio-pm.service.d/a.txt',
      'rstudio.service.d/a.conf',
      'socket.d/a.conf',
      'service.d/.a.conf',
      'service.d/a.conf~',
      'rstudio-pm.service.d/b/a.conf',
    ];
    assert.deepEqual(
      dropInOrder([...others.map((o) => `${ETC}/${o}`), '/tmp/service.d/a.conf'], 'rstudio-pm.service'),
      [],
    );
  });

  it('directories in the order of systemd.unit(5)', () => {
    const documented = `/etc/systemd/system.control /run/systemd/system.control /run/systemd/transient
      /run/systemd/generator.early /etc/systemd/system /etc/systemd/system.attached /run/systemd/system
      /run/systemd/system.attached /run/systemd/generator /usr/local/lib/systemd/system /usr/lib/systemd/system
      /lib/systemd/system /run/systemd/generator.late`.split(/\s+/);
    const paths = documented.map((d) => `${d}/a.service.d/x.conf`);
    const winners = paths.map((_, i) => dropInOrder(paths.slice(i).reverse(), 'a.service'));
    assert.deepEqual(
      winners,
      paths.map((path) => [path]),
    );
  });

  // as measured on systemd 252
  const FOLDERS: readonly [unit: string, folders: string][] = [
    ['x.service', 'x service'],
    ['a-b.service', 'a-b a- service'],
    ['a-b-.service', 'a-b- a- service'],
    ['a--b.service', 'a--b a-- a- service'],
    ['-a.service', '-a service'],
    ['a@1.service', 'a@1 a@ service'],
    ['a-b-c@1.service', 'a-b-c@1 a-b-c@ a-b- a- a-b-@1 a-b-@ a-@1 a-@ service'],
    ['a-b@x-y.service', 'a-b@x-y a-b@ a- a-@x-y a-@ service'],
  ];
  for (const [unit, folders] of FOLDERS)
    it(`the nearest folder of ${unit}`, () => {
      const other = ['b', 'b-', '-', 'a-b-c', '@', '@1', 'a-b@x-'];
      const path = (name: string) => `${ETC}/${name === 'service' ? name : `${name}.service`}.d/x.conf`;
      let left = [...other, ...folders.split(' ').reverse()].map(path);
      const order: string[] = [];
      for (let [next] = dropInOrder(left, unit); next !== undefined; [next] = dropInOrder(left, unit)) {
        order.push(next);
        left = left.filter((p) => p !== next);
      }
      assert.deepEqual(order, folders.split(' ').map(path));
    });

  it('sorts names by their bytes', () => {
    const paths = ['10', '9', 'B', 'a', 'é'].map((name) => `${ETC}/service.d/${name}.conf`);
    assert.deepEqual(dropInOrder([...paths].reverse(), 'x.service'), paths);
    assert.deepEqual(dropInOrder(paths, 'x.service'), paths);
  });
});
