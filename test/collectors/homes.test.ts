import assert from 'node:assert/strict';
import { it } from 'node:test';
import { storage } from '../../src/collectors/storage.js';
import { homesRequest } from '../../src/collectors/storageScript.js';
import type { Asking } from '../../src/model/evidence.js';
import { answersOfTree } from '../support/answers.js';
import { foundOf } from '../support/facts.js';

it('looks at every folder that holds homes, and ends', () => {
  const asking = { cluster: { users: ['jdoe', 'asmith', 'mallory'] }, node: 'n1' } as unknown as Asking;
  const homes = homesRequest(asking, foundOf('workbench', {}), [])!;
  const { homes: answer } = answersOfTree(
    { homes },
    {
      '/etc/passwd': {
        text: [
          'jdoe:x:1:1::/home/jdoe:/bin/sh',
          'asmith:x:2:1::/srv/b/asmith:/bin/sh',
          'x:x:3:1::/x/x:/bin/sh',
          '',
        ].join('\n'),
      },
      '/etc/group': { text: 'users:x:1:\n' },
      '/home/jdoe/a': { text: '' },
      '/srv/b/asmith/a': { text: '' },
    },
  );
  const said = answer!.stdout.match(/^=(?:home|at) .*|(?<=\d )(?:jdoe|asmith)$/gm);
  assert.deepEqual(said, ['=home /srv/b', '=at /srv/b', 'asmith', '=home /home', '=at /home', 'jdoe']);
});

it('picks the same homes, in whatever order a node lists the members of a group', () => {
  const asking = { cluster: { users: [] }, node: 'n1' } as unknown as Asking;
  const homes = homesRequest(asking, foundOf('workbench', {}), [])!;
  const picked = (names: readonly string[]): string[] => {
    const passwd = names.map((name, i) => `${name}:x:${1000 + i}:1::/home/${name}:/bin/sh\n`).join('');
    const { homes: answer } = answersOfTree(
      { homes },
      {
        '/etc/passwd': { text: passwd },
        '/etc/group': { text: `staff:x:50:${names.join(',')}\n` },
        '/home/': { text: '' },
      },
    );
    return answer!.stdout.match(/^=(?:home|none) .*$/gm) ?? [];
  };
  const few = ['carl', 'dora', 'anna', 'emil', 'bert'];
  const expected = ['=home /home', '=none /home/anna', '=none /home/bert'];
  assert.deepEqual(picked(few), expected);
  assert.deepEqual(picked([...few].sort()), expected);
  assert.deepEqual(picked([...few].sort().reverse()), expected);
  const many = [...Array.from({ length: 300 }, (_, i) => `u${i}`), 'anna', 'bert'];
  assert.deepEqual(picked(many), expected);
  assert.deepEqual(picked(many.reverse()), expected);
});

it('a home that was mounted after the mount table was read is unknown, and not left out', () => {
  const asking = { cluster: { users: ['jdoe', 'jsmith'], storage: { paths: [] } }, node: 'n1' } as unknown as Asking;
  const found = foundOf('workbench', {});
  const { requests } = storage;
  assert.ok(typeof requests === 'function');
  const none = { exit: 0, stdout: '=missing\n', stderr: '' };
  const home = (name: string, inode: number): string =>
    `=user /home/${name}\n=stat 17|${inode}|0|0|x|x\n=at /home/${name}\n`;
  const nfs = (id: number, name: string): string =>
    `${id} 17 0:17 / /home/${name} rw - nfs4 nas:/homes/${name} rw,lookupcache=pos\n`;
  const autofs = '17 25 0:19 / /home rw - autofs /etc/auto.homes rw\n';
  const seen = (mounts: string): Map<string, string> => {
    const answers = Object.fromEntries(Object.keys(requests(asking, found)).map((key) => [key, none]));
    answers.homes = {
      exit: 0,
      stdout: `=home /home\n=stat 19|1|0|0|x|x\n=at /home\n${home('jdoe', 20)}${home('jsmith', 21)}`,
      stderr: '',
    };
    answers.mounts = { exit: 0, stdout: `${mounts}=fstab\n=processes\n`, stderr: '' };
    const places = [...storage.parse(answers, asking, found)].filter(([path]) => path.startsWith('/home/'));
    return new Map(places.map(([path, look]) => [path, 'unseen' in look ? look.unseen : 'seen']));
  };
  assert.deepEqual(
    seen(autofs + nfs(20, 'jdoe') + nfs(21, 'jsmith')),
    new Map([
      ['/home/jdoe', 'seen'],
      ['/home/jsmith', 'seen'],
    ]),
  );
  const late = '/home/jsmith (home directories) was mounted while the node was being asked: run the check again';
  assert.deepEqual(
    seen(autofs + nfs(20, 'jdoe')),
    new Map([
      ['/home/jdoe', 'seen'],
      ['/home/jsmith', late],
    ]),
  );
});

it('homes that were not seen are unknown below a folder of the inventory too, where something can be mounted in it', () => {
  const cluster = { users: ['jdoe'], storage: { homes: '/home', paths: [] } };
  const asking = { cluster, node: 'n1' } as unknown as Asking;
  const found = foundOf('workbench', {});
  const silent = { exit: -1, stdout: '', stderr: 'did not answer within 5 s on the node' };
  const { requests } = storage;
  assert.ok(typeof requests === 'function');
  const said = (mounts: string): string[] => {
    const none = { exit: 0, stdout: '=missing\n', stderr: '' };
    const answers = Object.fromEntries(Object.keys(requests(asking, found)).map((key) => [key, none]));
    const table = { exit: 0, stdout: `${mounts}=fstab\n=processes\n`, stderr: '' };
    const looks = storage.parse({ ...answers, homes: silent, mounts: table }, asking, found).values();
    return [...looks].flatMap((look) =>
      'unseen' in look && look.wanted?.setting === 'home directories' ? [look.unseen] : [],
    );
  };
  const nfs = (point: string): string => `20 17 0:17 / ${point} rw - nfs4 nas:/homes rw\n`;
  const unknown = ['home directories: did not answer within 5 s on the node'];
  assert.deepEqual(said(nfs('/home')), []);
  assert.deepEqual(said(nfs('/home') + nfs('/home/jdoe')), unknown);
  assert.deepEqual(said('17 25 0:19 / /home rw - autofs /etc/auto.homes rw\n'), unknown);
});
