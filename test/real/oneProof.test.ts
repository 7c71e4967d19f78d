/** A login asks for no more than one proof of the host's key. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { connectSsh } from '../../src/gather/ssh/ssh.js';
import { startSshd, whyNoSshd } from './sshd.js';

it('the host proves the key of the connection, and no further key', { skip: whyNoSshd() ?? false }, async () => {
  const sshd = await startSshd(['LogLevel DEBUG']);
  try {
    const { port, user, identity: identityFile, knownHosts } = sshd;
    const node = {
      name: 'n1',
      host: '127.0.0.1',
      connection: { type: 'ssh' as const, port, user, identityFile, knownHosts },
    };
    const connection = await connectSsh(node, { timeoutMs: 10_000, secret: () => '' });
    const shell = await connection.shell();
    shell.onStdout(() => {});
    shell.end();
    assert.deepEqual(await shell.closed, { exit: 0 });
    connection.close();
    assert.match(sshd.log(), /Accepted publickey/);
    assert.doesNotMatch(sshd.log(), /hostkeys-prove/);
  } finally {
    await sshd.stop();
  }
});
