import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chronyTracking, ntpqPeers, timedatectl } from '../../src/formats/timeSource.js';

const CHRONY =
  'C0A80001,ntp1.example.com,3,1709727533.139866748,0.000004315,-0.000003,0.00002,-12.345,0.001,0.02,0.010000000,0.002000000,64.2,Normal\n';

describe('chronyTracking', () => {
  it('says how far it may be off: |offset| + dispersion + delay / 2', () => {
    const { errorMs, ...rest } = chronyTracking(CHRONY);
    assert.deepEqual(rest, {
      state: 'synchronised',
      said: 'chrony: synchronised to ntp1.example.com, stratum 3',
      stratum: 3,
      source: 'ntp1.example.com',
    });
    assert.ok(Math.abs(errorMs! - 7.004315) < 1e-9, String(errorMs));
  });

  const STATES: readonly [name: string, text: string, state: string][] = [
    ['normal', CHRONY, 'synchronised'],
    ['behind by a negative offset', CHRONY.replace('0.000004315', '-0.5'), 'synchronised'],
    ['a leap second to come', CHRONY.replace('Normal', 'Insert second'), 'synchronised'],
    ['a leap second to go', CHRONY.replace('Normal', 'Delete second'), 'synchronised'],
    ['a clock of the hypervisor', CHRONY.replace('C0A80001,ntp1.example.com,3', '50484330,PHC0,1'), 'synchronised'],
    [
      'no server',
      '00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n',
      'unsynchronised',
    ],
    ['lost its servers', CHRONY.replace('Normal', 'Not synchronised'), 'unsynchronised'],
    ['stratum 16', CHRONY.replace(',3,', ',16,'), 'unsynchronised'],
    ['stratum 0', CHRONY.replace(',3,', ',0,'), 'unsynchronised'],
    ['its own clock, which it calls normal', CHRONY.replace('C0A80001,ntp1.example.com,3', '7F7F0101,,10'), 'itself'],
    ['its own clock, small letters', CHRONY.replace('C0A80001,ntp1.example.com,3', '7f7f0101,,10'), 'itself'],
    ['no daemon', '506 Cannot talk to daemon\n', 'silent'],
    ['nothing', '', 'silent'],
    ['a line cut short', CHRONY.slice(0, 60), 'silent'],
  ];
  for (const [name, text, state] of STATES)
    it(name, () => {
      assert.equal(chronyTracking(text).state, state);
    });

  it('passes on what the daemon complains of', () => {
    assert.equal(chronyTracking('506 Cannot talk to daemon\n').said, 'chrony: 506 Cannot talk to daemon');
    assert.equal(chronyTracking('').said, 'chrony: no answer');
  });
});

const PEERS = `     remote           refid      st t when poll reach   delay   offset  jitter
==============================================================================
*192.0.2.1       .GPS.            1 u   33   64  377    2.000   -0.250   0.500
+192.0.2.2       192.0.2.9        2 u   12   64  377    1.000    0.100   0.010
 192.0.2.3       .INIT.          16 u    -   64    0    0.000    0.000   0.000
`;

describe('ntpqPeers', () => {
  it('follows the marked peer, one stratum below it', () => {
    assert.deepEqual(ntpqPeers(PEERS), {
      state: 'synchronised',
      said: 'ntpd: synchronised to 192.0.2.1, stratum 2',
      stratum: 2,
      source: '192.0.2.1',
      errorMs: 0.25 + 1 + 0.5,
    });
  });

  const STATES: readonly [name: string, text: string, state: string][] = [
    ['a pulse per second', PEERS.replace('*', 'o'), 'synchronised'],
    ['none marked', PEERS.replace('*', '+'), 'unsynchronised'],
    ['a falseticker is not followed', PEERS.replace('*', 'x'), 'unsynchronised'],
    ['its own clock', PEERS.replace('*192.0.2.1       .GPS. ', '*127.127.1.0     .LOCL.'), 'itself'],
    ['a reference clock that is not its own', PEERS.replace('*192.0.2.1  ', '*127.127.20.0'), 'synchronised'],
    ['refused', 'ntpq: read: Connection refused\n', 'silent'],
    ['no peers', "No association ID's returned\n", 'silent'],
    ['nothing', '', 'silent'],
  ];
  for (const [name, text, state] of STATES)
    it(name, () => {
      assert.equal(ntpqPeers(text).state, state);
    });
});

describe('timedatectl', () => {
  const CASES: readonly [name: string, text: string, state: string, said: RegExp][] = [
    ['synchronised', 'NTP=yes\nNTPSynchronized=yes\n', 'synchronised', /synchronised/],
    ['not yet', 'NTP=yes\nNTPSynchronized=no\n', 'unsynchronised', /NTP on/],
    ['switched off', 'CanNTP=yes\nNTP=no\nNTPSynchronized=no\n', 'unsynchronised', /NTP off/],
    [
      'a container',
      "System has not been booted with systemd as init system (PID 1). Can't operate.\n",
      'silent',
      /not been booted/,
    ],
    ['an old systemd', 'Unknown operation show\n', 'silent', /Unknown operation/],
    ['nothing', '', 'silent', /no answer/],
  ];
  for (const [name, text, state, said] of CASES)
    it(name, () => {
      const source = timedatectl(text);
      assert.equal(source.state, state);
      assert.match(source.said, said);
    });
});
