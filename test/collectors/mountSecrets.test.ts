/** What a mount is given to log in with stays on the node, in /etc/fstab and in the kernel's tables. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { audit } from '../faults/audit.js';
import { EDITIONS } from '../support/clusters.js';
import { append, both } from '../support/faults/plants.js';

it('passwords of mounts stay on the node, and what else is said of them arrives', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-mounts-'));
  const fstab = [
    '//nas/a /mnt/a cifs username=planted1,password=planted2,uid=5 0 0',
    'redis://:planted3@redis:6379/1 /mnt/b juicefs _netdev 0 0',
    'u@h:/x /mnt/c fuse.sshfs _netdev,ssh_command=sshpass\\040-p\\040planted4\\040ssh 0 0',
    '10.0.0.1:/ /mnt/d ceph name=a,secret=planted5,_netdev 0 0',
  ];
  const kernel = [
    '500 29 0:77 / /mnt/a rw - cifs //nas/a rw,username=a,password=planted6,uid=5',
    '501 29 0:78 / /mnt/d rw - ceph 10.0.0.1:/ rw,name=a,secret=planted7',
    '502 29 0:79 / /mnt/e rw - davfs https://u:planted8@dav/x rw,api_token=planted9,seen=1',
  ];
  try {
    const { evidence } = await audit(folder, EDITIONS.workbench, {
      plant: both(
        append('/etc/fstab', `${fstab.join('\n')}\n`),
        append('/proc/self/mountinfo', `${kernel.join('\n')}\n`),
      ),
    });
    const text = JSON.stringify(evidence, (_, value) => (value instanceof Map ? [...value] : value));
    assert.deepEqual(text.match(/planted\d/g), null);
    for (const said of ['/mnt/c fuse.sshfs _netdev,masked', 'rw,username=a,masked,uid=5', 'seen=1'])
      assert.ok(text.includes(said), said);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
