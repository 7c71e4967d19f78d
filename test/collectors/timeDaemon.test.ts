import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeTime } from '../../src/collectors/timeDaemon.js';

const AT = 1_795_250_000;
const TRACKING = `C0000205,192.0.2.5,3,${AT - 30}.0,0.00001,0.00001,0.00003,-1.0,0.001,0.02,0.0012,0.0004,64.0,Normal\n`;
const asked = (stdout: string) => nodeTime({ exit: 0, stdout, stderr: '' }, AT);

describe('nodeTime', () => {
  const SEEN: readonly [name: string, stdout: string, state: string][] = [
    ['a line of chrony alone', TRACKING, 'synchronised'],
    ['chrony', `=daemons chronyd\n=chrony\n${TRACKING}=sources\n^,*,192.0.2.5,2,6,377,9,0,0,0\n`, 'synchronised'],
    [
      'chrony, asked by a sudo that warns first',
      `=daemons chronyd\n=chrony\nsudo: unable to resolve host wb1: Name or service not known\n=sources\n${TRACKING}^,*,192.0.2.5,2,6,377,9,0,0,0\n`,
      'synchronised',
    ],
    [
      'chrony without a source',
      `=daemons chronyd\n=chrony\n${TRACKING}=sources\n^,?,192.0.2.5,2,6,0,9,0,0,0\n`,
      'lost',
    ],
    ['timesyncd', '=daemons systemd-timesyn\n=systemd\nNTP=yes\nNTPSynchronized=yes\nAge=20\n', 'synchronised'],
    ['timesyncd, stopped hearing', '=daemons systemd-timesyn\n=systemd\nNTPSynchronized=yes\nAge=90000\n', 'lost'],
    ['no daemon on a real machine', '=daemons\n=systemd\nNTP=no\nNTPSynchronized=no\n', 'unsynchronised'],
    ['linuxptp', '=daemons ptp4l phc2sys\n=ptp\n\t\tgmPresent true\n', 'synchronised'],
    ['OpenNTPD', '=daemons openntpd\n=openntpd\n4/4 peers valid, clock synced, stratum 3\n', 'synchronised'],
  ];
  for (const [name, stdout, state] of SEEN)
    it(name, () => {
      const fact = asked(stdout);
      assert.equal('value' in fact ? fact.value.state : fact.unseen, state);
    });

  const UNSEEN: readonly [name: string, stdout: string, why: RegExp][] = [
    ['chronyd refuses', '=daemons chronyd\n=chrony\n506 Cannot talk to daemon\n', /chronyd runs.*chronyc tracking/],
    ['chronyd forbids', '=daemons chronyd\n=chrony\n501 Not authorised\n', /chronyd runs/],
    [
      'chronyd forbids, and no process shows',
      '501 Not authorised\n',
      /^chronyd runs, but told this account nothing .*sudo/,
    ],
    ['ntpd has noquery', '=daemons ntpd\n=ntpd\nlocalhost: timed out, nothing received\n', /ntpd runs.*ntpq/],
    ['ntpd of busybox', '=daemons ntpd\n=ntpd\nsh: 1: ntpq: not found\n', /^ntpd runs, and ntpq, .* not installed/],
    [
      'chronyd without its client',
      '=daemons chronyd\n=chrony\nbash: line 9: chronyc: command not found\n',
      /and chronyc/,
    ],
    ['ptp4l without its client, by zsh', '=daemons ptp4l\n=ptp\nzsh:1: command not found: pmc\n', /and pmc/],
    ['another daemon runs', '=daemons systemd-timesyn\n=chrony\n506 Cannot talk to daemon\n', /systemd-timesyn keeps/],
    ['the flag without a daemon', '=daemons\n=systemd\nNTPSynchronized=yes\n', /outlives the daemon/],
    ['a guest without a daemon', '=daemons\n=guest\n=systemd\nNTPSynchronized=no\n', /virtual machine/],
    ['a container', '=daemons\n=systemd\nSystem has not been booted with systemd\n', /container/],
    ['nothing at all', '=daemons\n=systemd\n', /no time daemon/],
    ['ptp4l sets the clock of the card', '=daemons ptp4l\n=ptp\n\t\tgmPresent true\n', /phc2sys does not run/],
    ['ntpd-rs', '=daemons ntp-daemon\n=systemd\nNTP=no\nNTPSynchronized=no\n', /^ntp-daemon keeps.*ntp-ctl status/],
    [
      'timesyncd without a server',
      '=daemons systemd-timesyn\n=systemd\nNTP=yes\nNTPSynchronized=yes\n',
      /names no server.*timesync-status/,
    ],
    ['phc2sys alone', '=daemons phc2sys\n=systemd\nNTPSynchronized=yes\n', /^phc2sys keeps/],
    ['ptp4l without rights', '=daemons ptp4l\n=ptp\nfailed to open uds\n', /ptp4l runs/],
  ];
  for (const [name, stdout, why] of UNSEEN)
    it(name, () => {
      const fact = asked(stdout);
      assert.match('unseen' in fact ? fact.unseen : fact.value.said, why);
    });

  it('does not count a chronyd that only serves time', () => {
    const fact = asked(`=daemons chronyd-x systemd-timesyn\n=chrony\n${TRACKING}`);
    assert.deepEqual('value' in fact && fact.value.daemons, ['systemd-timesyn']);
  });

  it('keeps the units as systemd calls them, of two names of one the unit itself', () => {
    for (const [units, unit] of [
      ['chronyd=chronyd chronyd=chrony', { chronyd: 'chrony' }],
      ['ntpd=ntpsec.service chronyd=chrony.service', { ntpd: 'ntpsec', chronyd: 'chrony' }],
      ['ntpd=ntp@a-b.service ntp-daemon=x;y', { ntpd: 'ntp@a-b' }],
    ] as const) {
      const fact = asked(`=daemons chronyd\n=units ${units}\n=chrony\n${TRACKING}`);
      assert.deepEqual('value' in fact && fact.value.units, unit);
    }
  });
});
