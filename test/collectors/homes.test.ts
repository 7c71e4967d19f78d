import assert from 'node:assert/strict';
import { it } from 'node:test';
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
