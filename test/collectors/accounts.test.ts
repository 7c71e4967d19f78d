import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accounts } from '../../src/collectors/accounts.js';
import type { Asking } from '../../src/model/evidence.js';
import { foundOf } from '../support/facts.js';

const asking = { cluster: { users: ['jdoe'] }, node: 'a' } as unknown as Asking;
const found = foundOf('workbench', { 'rserver.conf': 'auth-required-user-group=Domain Users\n' });
const parsed = (stdout: string) => accounts.parse({ files: { exit: 0, stdout, stderr: '' } }, asking, found);

const FILES = `root:x:0:0:root:/root:/bin/sh
jdoe:x:9999:9999::/home/jdoe:/bin/sh
jdoe:x:5001:5001::/home/jdoe:/bin/sh
+::::::
+@people::::::
broken:x:1

root:x:0:
research:x:600:jdoe
research:x:601:
`;

describe('accounts', () => {
  it('takes the first of two lines, and skips what is not an account', () => {
    const { users, groups } = parsed(FILES);
    assert.deepEqual([...users.keys()], ['root', 'jdoe']);
    assert.equal(users.get('jdoe')?.uid, 9999);
    assert.equal(groups.get('research')?.gid, 600);
  });

  it('reads the first uid of people, if there is one', () => {
    const last = '# UID_MIN 1\nUID_MIN\t\t 1000\n  UID_MIN 500 \n';
    assert.equal(parsed(`${last}${FILES}`).firstPerson, 500);
    assert.equal(parsed(FILES).firstPerson, undefined);
  });

  it('gives a user the groups of the files in a tree', () => {
    assert.deepEqual(
      parsed(FILES)
        .groupsOf.get('jdoe')
        ?.map((g) => g.name),
      ['research'],
    );
  });

  it('finds the groups of an account that is named by its number', () => {
    const by = { cluster: { users: ['9999'] }, node: 'a' } as unknown as Asking;
    const { groupsOf } = accounts.parse({ files: { exit: 0, stdout: FILES, stderr: '' } }, by, found);
    assert.deepEqual(
      groupsOf.get('9999')?.map((g) => g.name),
      ['research'],
    );
  });

  it('matches answers by what was asked, with blanks and foreign spellings', () => {
    const { users, groups, asked, groupsOf } = parsed(`${FILES}
=user jdoe
jdoe@example.com:*:5001:5100:J Doe:/home/jdoe:/bin/bash
=user rstudio-server
=group Domain Users
domain users@example.com:*:5100:jdoe@example.com,EXAMPLE\\ann lee
=member EXAMPLE\\ann lee
ann lee@example.com:*:5002:5100::/home/ann:/bin/bash
=member jdoe@example.com
=groups jdoe
5100 5200
=gid 5100
domain users@example.com:*:5100:
=gid 5200
research team@example.com:*:5200:
`);
    assert.deepEqual(
      [users.get('jdoe')?.uid, users.get('jdoe')?.name, users.get('EXAMPLE\\ann lee')?.uid],
      [5001, 'jdoe@example.com', 5002],
    );
    assert.equal(users.has('jdoe@example.com'), false);
    assert.equal(users.get('jdoe')?.fromDirectory, true);
    assert.deepEqual(groups.get('Domain Users'), {
      name: 'domain users@example.com',
      gid: 5100,
      members: ['jdoe@example.com', 'EXAMPLE\\ann lee'],
      fromDirectory: true,
    });
    assert.deepEqual(asked.members, ['EXAMPLE\\ann lee', 'jdoe@example.com']);
    assert.deepEqual(
      groupsOf.get('jdoe')?.map((g) => g.gid),
      [5100, 5200],
    );
  });
});
