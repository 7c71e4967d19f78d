/** What the names of the configuration mean in a tree of files, which cannot ask DNS. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { addresses } from '../../src/collectors/addresses.js';
import type { Asking } from '../../src/model/evidence.js';
import { foundOf } from '../support/facts.js';

const HOSTS = '192.0.2.1 DB.example.com db # old\n192.0.2.2 windows\r\n2001:DB8:0::5 six\n';
const ASKING = {} as Asking;

describe('addresses in a tree', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-addresses-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc/hosts'), HOSTS);

  const ask = (host: string, sources: string | undefined) => {
    const found = foundOf('workbench', { 'database.conf': `provider=postgresql\nhost=${host}\n` });
    const nsswitch = join(folder, 'etc/nsswitch.conf');
    if (sources === undefined) rmSync(nsswitch, { force: true });
    else writeFileSync(nsswitch, `passwd: files\nhosts: ${sources}\n`);
    const requests = addresses.requests as (asking: Asking, of: unknown) => { resolved: { script: string } };
    const { stdout, stderr } = spawnSync('sh', ['-c', requests(ASKING, found).resolved.script], {
      encoding: 'utf8',
      env: { ...process.env, R: folder },
    });
    assert.equal(stderr, '');
    return [...addresses.parse({ resolved: { exit: 0, stdout, stderr } }, ASKING, found).values()][0];
  };
  const IN_FILE = ['192.0.2.1'];
  const CASES: readonly [host: string, sources: string | undefined, expected: readonly string[] | undefined][] = [
    ['db', 'files dns', IN_FILE],
    ['db', undefined, IN_FILE],
    ['Db.Example.com', 'files dns', IN_FILE],
    ['db', 'files mdns4_minimal [NOTFOUND=return] dns myhostname', IN_FILE],
    ['db', 'mymachines resolve [!UNAVAIL=return] files myhostname dns', IN_FILE],
    ['db', 'mdns4_minimal [NOTFOUND=return] files dns', IN_FILE],
    ['db', 'dns files', undefined],
    ['db', 'mdns4_minimal [NOTFOUND=return] dns files', undefined],
    ['db', 'dns [!UNAVAIL=return] files', undefined],
    ['db', 'myhostname dns', undefined],
    ['db', 'winbind files dns', undefined],
    ['other', 'files', []],
    ['windows', 'files dns', ['192.0.2.2']],
    ['six', 'files dns', ['2001:db8::5']],
    ['other', 'files dns', undefined],
  ];
  for (const [host, sources, expected] of CASES)
    it(`${host}, ${sources ?? 'without nsswitch.conf'}`, () => assert.deepEqual(ask(host, sources), expected));
});
