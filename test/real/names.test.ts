/** What a host's name service is asked, by what nsswitch.conf says: the accounts are the same, the questions are not. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { accounts } from '../../src/collectors/accounts.js';
import { homesRequest } from '../../src/collectors/storageScript.js';
import type { Requests } from '../../src/model/collector.js';
import type { Asking, Response } from '../../src/model/evidence.js';
import { foundOf } from '../support/facts.js';
import { type Host, type Hosts, startHosts, whyNoHosts } from './hosts.js';
import { askInside } from './processes.js';

const skip = process.env.CI === 'true' ? false : (whyNoHosts() ?? false);

/** The real one, and a line of what it was asked. */
const logged = (program: string): { text: string; mode: number } => ({
  text: `#!/bin/sh\necho "${program} $*" >>/asked\nexec /usr/bin/${program} "$@"\n`,
  mode: 0o755,
});

const TREE = {
  '/etc/passwd': {
    text: `broken:x:1
jdoe:x:5001:5100:J Doe:/home/jdoe:/bin/bash
asmith:x:5002:5100::/srv/homes/asmith:/bin/bash
rstudio-server:x:998:998::/nowhere:/bin/false
`,
  },
  '/etc/group': {
    text: 'asmith:x:5900:\nresearch:x:5100:\nanalysts:x:5200:jdoe, asmith,\tgone\nrstudio-server:x:998:\n',
  },
  '/home/jdoe/': { text: '' },
  '/srv/homes/asmith/': { text: '' },
  '/usr/local/sbin/getent': logged('getent'),
  '/usr/local/sbin/id': logged('id'),
};

const asking = { cluster: { users: ['jdoe', 'ghost'], storage: { paths: [] } }, node: 'n1' } as unknown as Asking;
const found = foundOf('workbench', { 'rserver.conf': 'auth-required-user-group=analysts\n' });

/** Those that are not found are asked for once more, each alone. */
const AGAIN = ['getent passwd gone', 'getent passwd ghost'];
const ALL = ['getent passwd jdoe asmith gone ghost rstudio-server', ...AGAIN];
const ABSENT = ['getent passwd gone ghost', ...AGAIN];
const IDS = ['jdoe ghost rstudio-server', 'jdoe', 'ghost', 'rstudio-server'].map((names) => `id -G -- ${names}`);
const GROUP = 'getent group analysts';
const GIDS = 'getent group 5100 5200 998';

const SYSTEMD = 'passwd: files systemd\ngroup: files systemd\n';

/** Sources, what is asked of them, and a file of systemd's source. */
const ROWS: readonly (readonly [nsswitch: string | undefined, asked: readonly string[], record?: string])[] = [
  ['passwd: files\ngroup:\tfiles\n', ABSENT],
  [SYSTEMD, ABSENT],
  [SYSTEMD, ABSENT, 'run/systemd/userdb/io.systemd.DynamicUser'],
  [SYSTEMD, [...ABSENT, ...IDS], 'run/systemd/userdb/io.systemd.Home'],
  [SYSTEMD, [...ABSENT, ...IDS], 'etc/userdb/jdoe:research.membership'],
  ['passwd: files\ngroup: files\ninitgroups: files systemd\n', ABSENT],
  ['passwd: files\ngroup: files\ninitgroups: files sss\n', [...ABSENT, ...IDS]],
  ['passwd: files\ngroup: files [SUCCESS=merge] systemd\n', [...ABSENT, GROUP]],
  ['passwd: files\ngroup: files [SUCCESS=merge] sss\n', [...ABSENT, ...IDS, GROUP, GIDS]],
  ['passwd: systemd files\ngroup: files\n', ALL],
  ['passwd: files\npasswd: systemd files\ngroup: files\n', ALL],
  [undefined, [...ALL, ...IDS, GROUP, GIDS]],
];

describe('accounts of a host', { skip, concurrency: false }, () => {
  let hosts: Hosts;
  let host: Host;
  before(() => {
    hosts = startHosts(['n1'], () => TREE);
    host = hosts.list[0]!;
  });
  after(() => hosts?.stop());
  const inside = (path: string): string => join(host.root, path);
  const ask = (nsswitch: string | undefined) => {
    rmSync(inside('etc/nsswitch.conf'), { force: true });
    if (nsswitch !== undefined) writeFileSync(inside('etc/nsswitch.conf'), nsswitch);
    writeFileSync(inside('asked'), '');
    const requests: Requests = {
      ...(accounts.requests as (asking: Asking, of: typeof found) => Requests)(asking, found),
      homes: homesRequest(asking, found, [])!,
    };
    const { homes, ...answers } = askInside(host, requests) as Record<string, Response>;
    return {
      asked: readFileSync(inside('asked'), 'utf8').trim().split('\n').sort(),
      homes: homes!.stdout,
      is: accounts.parse(answers, asking, found),
    };
  };
  for (const [nsswitch, expected, record] of ROWS)
    it([nsswitch?.replaceAll('\n', '; ') ?? 'without nsswitch.conf', record].join(' '), () => {
      if (record) {
        mkdirSync(dirname(inside(record)), { recursive: true });
        writeFileSync(inside(record), '');
      }
      const { asked, homes, is } = ask(nsswitch);
      if (record) rmSync(inside(record));
      assert.deepEqual(asked, [...expected].sort());
      assert.deepEqual(
        [...'jdoe ghost asmith gone broken rstudio-server'.split(' ')].map((name) => is.users.get(name)?.uid),
        [5001, undefined, 5002, undefined, undefined, 998],
      );
      assert.deepEqual(is.asked.members, ['asmith', 'gone', 'jdoe']);
      assert.deepEqual(is.groups.get('analysts')?.gid, 5200);
      assert.deepEqual(
        ['jdoe', 'asmith'].map((name) => is.groupsOf.get(name)?.map((g) => g.name)),
        [
          ['research', 'analysts'],
          ['research', 'analysts'],
        ],
      );
      // of both folders, and of nobody else's
      assert.deepEqual(homes.match(/^=(?:home|at) .*/gm), [
        '=home /srv/homes',
        '=at /srv/homes',
        '=home /home',
        '=at /home',
      ]);
    });
  it('files that cannot be read are no accounts that do not exist', () => {
    writeFileSync(inside('usr/local/sbin/mawk'), '#!/bin/sh\nexit 2\n', { mode: 0o755 });
    const { files } = askInside(host, {
      files: (accounts.requests as (asking: Asking, of: typeof found) => Requests)(asking, found).files!,
    }) as Record<string, Response>;
    assert.equal(files!.exit, 1);
    rmSync(inside('usr/local/sbin/mawk'));
  });
});
