/**
 * What chronyd says as it is: synchronised, after its only server was lost, and hardened with `cmdport 0`. Of the systemd
 * of Ubuntu 18.04, which has no `timedatectl show`, there are stand-ins with its words.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { nodeTime, TIME_DAEMON } from '../../src/collectors/timeDaemon.js';

const must = process.env.CI === 'true';
const skip =
  !must &&
  (!existsSync('/usr/sbin/chronyd') || !existsSync('/usr/bin/unshare')
    ? 'chronyd or unshare is not installed'
    : process.getuid?.() !== 0
      ? 'namespaces need root'
      : false);

const folder = mkdtempSync(join(tmpdir(), 'hp-chrony-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/**
 * In separate namespaces, so that only these daemons are there and the default port is free. The server runs under a
 * different name; the client does not set the clock of this machine (`-x`).
 */
const SCENE = `set -e
ip link set lo up; mount -t tmpfs none /run; mkdir -p -m 750 /run/chrony; cp /usr/sbin/chronyd /run/timeserver
printf 'port 11123\\ncmdport 0\\nallow 127.0.0.1\\nlocal stratum 5\\npidfile /run/server.pid\\nbindcmdaddress /\\n' >/run/server.conf
client() { printf 'server 127.0.0.1 port 11123 iburst minpoll 0 maxpoll 0\\npidfile /run/client.pid\\nport 0\\n%s\\n' "$1" >/run/client.conf
  chronyd -x -u root -f /run/client.conf; }
synced() { i=0; until 2>/dev/null chronyc -n -c sources | grep -q '^.,\\*' || [ $i = 40 ]; do sleep 0.5; i=$((i + 1)); done; }
say() { printf '\\n#%s\\n' "$1"; R= sh "$0"; }
/run/timeserver -x -u root -f /run/server.conf; client ''; synced; say synchronised
setpriv --reuid 65534 --regid 65534 --clear-groups sh -c 'printf "\\n#%s\\n" "without rights"; R= sh "$0"' "$0"
kill $(cat /run/server.pid); i=0; until [ "$(chronyc -n -c sources | cut -d, -f6)" = 0 ] || [ $i = 60 ]; do sleep 0.5; i=$((i + 1)); done; say lost
kill $(cat /run/client.pid); sleep 1; /run/timeserver -x -u root -f /run/server.conf; client 'cmdport 0'; synced; say 'hardened, as root'
setpriv --reuid 65534 --regid 65534 --clear-groups sh -c 'printf "\\n#%s\\n" "hardened, without rights"; R= sh "$0"' "$0"
kill $(cat /run/client.pid) $(cat /run/server.pid)
`;

describe('chronyd as it is', { skip, timeout: 120_000 }, () => {
  const said = new Map<string, string>();
  it('runs', () => {
    const script = join(folder, 'script');
    writeFileSync(script, `S() { "$@"; }\n${TIME_DAEMON}`, { mode: 0o755 });
    spawnSync('chmod', ['755', folder]);
    const ran = spawnSync('unshare', ['-nmp', '--fork', '--mount-proc', 'sh', '-c', SCENE, script], {
      encoding: 'utf8',
      timeout: 110_000,
    });
    for (const part of ran.stdout.split(/^#/m).slice(1))
      said.set(part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1).trimEnd());
    assert.equal(said.size, 5, ran.stdout + ran.stderr);
  });

  const CASES: readonly [name: string, state: RegExp][] = [
    ['synchronised', /^synchronised$/],
    ['without rights', /^synchronised$/],
    ['lost', /^lost$/],
    ['hardened, as root', /^synchronised$/],
    ['hardened, without rights', /told this account nothing.*506/],
  ];
  for (const [name, state] of CASES)
    it(name, () => {
      const fact = nodeTime({ exit: 0, stdout: said.get(name) ?? '', stderr: '' }, Date.now() / 1000);
      assert.match('value' in fact ? fact.value.state : fact.unseen, state, said.get(name) ?? 'no answer');
    });
});

const OLD_SYSTEMD = `mkdir "$1"; cd "$1"
printf '%s\n' '#!/bin/sh' 'if [ $# = 0 ]; then printf "       System clock synchronized: yes\nsystemd-timesyncd.service active: yes\n"; else echo "Unknown operation $1." >&2; exit 1; fi' >timedatectl
printf '%s\n' '#!/bin/sh' "echo 'StatusText=$2'" >systemctl
chmod +x timedatectl systemctl; cp /bin/sleep systemd-timesyn; ./systemd-timesyn 30 & sleep 0.2
PATH=$PWD:$PATH R= sh "$0"; kill $!`;

describe('a systemd before 239 (stand-ins)', { skip, timeout: 60_000 }, () => {
  const CASES: readonly [status: string, answer: RegExp][] = [
    ['Synchronized to time server 192.0.2.1:123 (ntp.example.com).', /^synchronised ntp\.example\.com$/],
    ['Connecting to time server 192.0.2.1:123 (ntp.example.com).', /names no server/],
  ];
  for (const [i, [status, answer]] of CASES.entries())
    it(status, () => {
      const script = join(folder, 'old');
      writeFileSync(script, `S() { "$@"; }\n${TIME_DAEMON}`);
      const ran = spawnSync(
        'unshare',
        ['-mp', '--fork', '--mount-proc', 'sh', '-c', OLD_SYSTEMD, script, join(folder, `systemd-${i}`), status],
        { encoding: 'utf8', timeout: 50_000 },
      );
      const fact = nodeTime({ exit: 0, stdout: ran.stdout, stderr: '' }, Date.now() / 1000);
      assert.match('value' in fact ? `${fact.value.state} ${fact.value.source}` : fact.unseen, answer, ran.stdout);
    });
});
