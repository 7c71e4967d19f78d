/** Some machines have password hashes in passwd and group, and NIS gives them to everybody: they stay on the node, and so do comments. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { namesOf } from '../../src/collectors/nameService.js';
import { writeTree } from '../../src/demo/tree.js';

const HASH = '$6$abc$LongHashOfAPassword';

/** Whether this machine has the program. */
const there = (program: string): boolean => spawnSync(program.split(' ')[0]!, ['--help']).error === undefined;

it('no password and no comment of an account leaves the node', () => {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-names-'));
  try {
    writeTree(root, {
      '/etc/passwd': {
        text: `root:x:0:0::/root:/bin/sh\n# a: b\nann:${HASH}:5001:5001:A B, p\xe9n hunter2:/home/ann:/bin/sh\n+::::::\nb\xf6b::7:7:::`,
      },
      '/etc/group': { text: `ops:${HASH}:600:ann,bob\nnogroup:*:65534:\n` },
      '/etc/login.defs': { text: '# UID_MIN 1\nUID_MIN 500\nENV_PATH PATH=/bin\n' },
    });
    const ask = (tree: string, more: string, awk = 'awk'): string =>
      spawnSync('sh', {
        input: `LC_ALL=C; R=${tree}; HA_AWK='${awk}'; ${more}\n${namesOf(['zz ann'], ['zz-ops'])}\nprintf '%s%s' "$files" "$asked"`,
      }).stdout.toString('latin1');
    for (const awk of ['awk', 'mawk', 'gawk', 'busybox awk', 'original-awk'].filter(there))
      assert.equal(
        ask(root, '', awk).split('\n=')[0],
        Buffer.from(
          'root:x:0:0::/root:/bin/sh\nann:x:5001:5001::/home/ann:/bin/sh\n+:x:::::\nb\xf6b:x:7:7:::\nops:x:600:ann,bob\nnogroup:x:65534:\nUID_MIN 500',
        ).toString('latin1'),
      );
    const nis = `getent() { case $1 in passwd) echo "zz ann:${HASH.replaceAll('$', '\\$')}:1:1:hunter2 C:/home/a:/bin/sh";; group) echo "zz-ops:${HASH.replaceAll('$', '\\$')}:2:";; esac; }`;
    const asked = ask('', nis);
    assert.match(asked, /^=group zz-ops\nzz-ops:x:2:$/m);
    assert.match(asked, /^=user zz ann\nzz ann:x:1:1::\/home\/a:\/bin\/sh$/m);
    assert.doesNotMatch(asked, /LongHash|hunter2/);
  } finally {
    rmSync(root, { recursive: true });
  }
});
