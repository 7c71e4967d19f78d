import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chronyTracking, ntpqPeers, openntpd, ptpStatus, timedatectl } from '../../src/formats/timeSource.js';

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
    ['a reference of zeros', CHRONY.replace('C0A80001', '000'), 'unsynchronised'],
    ['a name that ends like its own clock', CHRONY.replace('C0A80001', 'A7F7F0101'), 'synchronised'],
    ['a root distance of 3 s', CHRONY.replace('0.010000000,0.002000000', '0,3.0'), 'synchronised'],
    ['a clock of the hypervisor', CHRONY.replace('C0A80001,ntp1.example.com,3', '50484330,PHC0,1'), 'synchronised'],
    [
      'no server',
      '00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n',
      'unsynchronised',
    ],
    ['lost its servers', CHRONY.replace('Normal', 'Not synchronised'), 'unsynchronised'],
    ['stratum 16', CHRONY.replace(',3,', ',16,'), 'unsynchronised'],
    ['stratum 15', CHRONY.replace(',3,', ',15,'), 'unsynchronised'],
    ['stratum 14', CHRONY.replace(',3,', ',14,'), 'synchronised'],
    ['a root distance of 5 s', CHRONY.replace('0.002000000', '5.0'), 'lost'],
    ['half the root delay counts: 3.5 s', CHRONY.replace('0.010000000,0.002', '4.0,1.5'), 'lost'],
    ['half the root delay counts: 2 s', CHRONY.replace('0.010000000,0.002', '2.0,1.0'), 'synchronised'],
    ['a line before it', `warning, as a word\n${CHRONY}`, 'synchronised'],
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

  const AT = 1_709_727_533;
  const SOURCES: readonly [name: string, sources: string, secondsLater: number, state: string][] = [
    ['a selected source', '^,*,192.0.2.1,2,6,377,23,0.0,0.0,0.001\n', 30, 'synchronised'],
    ['a combined source', '^,+,192.0.2.1,2,6,377,23,0.0,0.0,0.001\n', 30, 'synchronised'],
    ['a reference clock', '#,*,PHC0,0,3,377,5,0.0,0.0,0.001\n', 30, 'synchronised'],
    ['the only source is not reached', '^,?,192.0.2.1,2,6,0,423,0.0,0.0,0.001\n', 30, 'lost'],
    ['selected, and reach 0', '^,*,192.0.2.1,2,6,0,423,0.0,0.0,0.001\n', 30, 'lost'],
    ['only falsetickers', '^,x,192.0.2.1,2,6,377,23,0.0,0.0,0.001\n', 30, 'lost'],
    ['one of two is not reached', '^,?,192.0.2.2,0,6,0,9,0,0,0\n^,*,192.0.2.1,2,6,377,2,0,0,0\n', 30, 'synchronised'],
    ['refused', '501 Not authorised\n', 30, 'synchronised'],
    ['an hour at a poll of 64 s', '^,*,192.0.2.1,2,6,377,23,0.0,0.0,0.001\n', 3700, 'lost'],
    ['an hour at a poll of 1024 s', '^,*,192.0.2.1,2,10,377,23,0.0,0.0,0.001\n', 3700, 'synchronised'],
    ['three hours at a poll of 1024 s', '^,*,192.0.2.1,2,10,377,23,0.0,0.0,0.001\n', 10_000, 'lost'],
    ['the slowest poll counts', '^,*,a,2,6,377,2,0,0,0\n^,+,b,2,10,377,2,0,0,0\n', 3700, 'synchronised'],
    ['a line cut short is none', '^,*,192.0.2.1,2,6,0,423\n', 30, 'synchronised'],
    ['less than an hour, by the interval of tracking', '', 3590, 'synchronised'],
    ['weeks, by the interval of tracking', '', 2_000_000, 'lost'],
    ['a node whose clock is behind', '', -500, 'synchronised'],
  ];
  for (const [name, sources, later, state] of SOURCES)
    it(`sources: ${name}`, () => {
      assert.equal(chronyTracking(CHRONY, sources, AT + later).state, state);
    });

  it('a slow interval of tracking, without sources', () => {
    assert.equal(chronyTracking(CHRONY.replace('64.2', '1024.3'), '', AT + 3700).state, 'synchronised');
  });

  const SAID: readonly [said: string, text: string, sources: string, secondsLater: number][] = [
    ['506 Cannot talk to daemon', '\n506 Cannot talk to daemon\n', '', 0],
    ['no answer', '', '', 0],
    ['not synchronised', CHRONY.replace('Normal', 'Not synchronised'), '', 0],
    ['the last sample of ntp1.example.com is 62 minutes old', CHRONY, '', 3700],
    ['the last sample of ntp1.example.com is 3 hours old', CHRONY, '', 10_000],
    ['the last sample of ntp1.example.com is 3 days old', CHRONY, '', 260_000],
    ['still names ntp1.example.com, but no source answers (reach 0)', CHRONY, '^,?,a,2,6,0,423,0,0,0\n', 0],
    [
      'still names ntp1.example.com, but none of the sources that answer is selected (marked x ~)',
      CHRONY,
      '^,x,a,2,6,377,23,0,0,0\n^,?,b,2,6,0,23,0,0,0\n^,~,c,2,6,17,23,0,0,0\n',
      0,
    ],
    [
      'the root distance to ntp1.example.com has grown to 3.5 s',
      CHRONY.replace('0.010000000,0.002000000', '4.0,1.5'),
      '',
      0,
    ],
  ];
  for (const [said, text, sources, later] of SAID)
    it(`says: ${said}`, () => {
      assert.equal(chronyTracking(text, sources, AT + later).said, `chrony: ${said}`);
    });

  it('a source without a name has none', () => {
    assert.equal('source' in chronyTracking(CHRONY.replace('ntp1.example.com', '')), false);
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
      offsetMs: 0.25,
    });
  });
  it('notes a server that follows its own clock', () => {
    assert.match(ntpqPeers(PEERS.replace('.GPS. ', '.LOCL.')).said, /stratum 2; that server follows its own clock$/);
  });
  it('says how far it may be off from the root, where rv says it: a peer alone bounds nothing', () => {
    const rv = 'rootdelay=2.500, rootdisp=10.250,\noffset=-0.250\n';
    assert.equal(ntpqPeers(PEERS + rv).errorMs, 0.25 + 10.25 + 1.25);
    assert.equal(ntpqPeers(`${PEERS}rootdelay=2.500, offset=-0.250\n`).errorMs, undefined);
  });

  const STATES: readonly [name: string, text: string, state: string][] = [
    ['a pulse per second', PEERS.replace('*', 'o'), 'synchronised'],
    ['none marked', PEERS.replace('*', '+'), 'unsynchronised'],
    ['a falseticker is not followed', PEERS.replace('*', 'x'), 'unsynchronised'],
    ['its own clock', PEERS.replace('*192.0.2.1       .GPS. ', '*127.127.1.0     .LOCL.'), 'itself'],
    ['a server that follows its own clock', PEERS.replace('.GPS. ', '.LOCL.'), 'synchronised'],
    ['ntpsec names its own clock', PEERS.replace('*192.0.2.1  ', '*LOCAL(0)   '), 'itself'],
    ['reach 0', PEERS.replace('377    2.000', '  0    2.000'), 'lost'],
    ['last heard of days ago', PEERS.replace('  33   64', '  5d   64'), 'lost'],
    ['last heard of an hour ago', PEERS.replace('  33   64', ' 59m 1024'), 'synchronised'],
    ['two hours ago, at a poll of 1024 s', PEERS.replace('  33   64', '120m 1024'), 'synchronised'],
    ['five hours ago, at a poll of 4096 s', PEERS.replace('  33   64', '300m  69m'), 'synchronised'],
    ['three hours ago, at a poll of 1024 s', PEERS.replace('  33   64', '180m 1024'), 'lost'],
    ['seven of the last eight polls answered', PEERS.replace('377    2.000', '376    2.000'), 'synchronised'],
    ['the last three polls missed', PEERS.replace('377    2.000', '370    2.000'), 'synchronised'],
    ['stratum 14', PEERS.replace('  1 u', ' 13 u'), 'synchronised'],
    ['stratum 15', PEERS.replace('  1 u', ' 14 u'), 'unsynchronised'],
    ['a line cut short', PEERS.slice(0, 200), 'silent'],
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
    ['timesyncd', 'NTPSynchronized=yes\nServerName=ntp.example.com\n', 'synchronised', /to ntp\.example\.com/],
    [
      'timesyncd of an old systemd',
      'NTPSynchronized=yes\nStatusText=Synchronized to time server 192.0.2.1:123 (ntp.example.com).\n',
      'synchronised',
      /to ntp\.example\.com/,
    ],
    [
      'timesyncd that waits',
      'NTPSynchronized=yes\nStatusText=Connecting to time server 192.0.2.1:123 (ntp.example.com).\n',
      'synchronised',
      /kernel clock/,
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

describe('other daemons', () => {
  it('the server and the stratum of timesyncd', () => {
    const text =
      'NTPSynchronized=yes\nServerName=\nServerAddress=192.0.2.1\nNTPMessage={ Leap=0, Stratum=12, Precision=-25 }\n';
    assert.deepEqual(timedatectl(text), {
      state: 'synchronised',
      said: 'systemd-timesyncd: synchronised to 192.0.2.1',
      stratum: 12,
      source: '192.0.2.1',
    });
    assert.deepEqual(timedatectl('NTPSynchronized=yes\n'), {
      state: 'synchronised',
      said: 'systemd: the kernel clock is synchronised',
    });
  });

  it('timesyncd whose last answer is a day old', () => {
    assert.equal(timedatectl('NTPSynchronized=yes\n', 86_400).state, 'lost');
    assert.equal(timedatectl('NTPSynchronized=yes\n', 3000).state, 'synchronised');
    const slow = 'NTPSynchronized=yes\nPollIntervalMaxUSec=1d 2h\n';
    assert.equal(timedatectl(slow, 200_000).state, 'synchronised');
    assert.equal(timedatectl(slow, 8 * 93_600 + 1).state, 'lost');
    assert.equal(timedatectl('NTPSynchronized=yes\nPollIntervalMaxUSec=1min\n', 16_000).state, 'synchronised');
  });

  it('OpenNTPD', () => {
    assert.deepEqual(openntpd('4/4 peers valid, clock synced, stratum 3\n'), {
      state: 'synchronised',
      said: 'OpenNTPD: 4/4 peers valid, clock synced, stratum 3',
      stratum: 3,
    });
    assert.equal(openntpd('4/4 peers valid, clock synced, stratum 12\n').stratum, 12);
    assert.deepEqual(openntpd('0/4 peers valid, clock synced, stratum 3\n'), {
      state: 'lost',
      said: 'OpenNTPD: 0/4 peers valid, clock synced, stratum 3',
      stratum: 3,
    });
    for (const sensors of ['1/1', '0/1'])
      assert.equal(
        openntpd(`0/4 peers valid, ${sensors} sensors valid, clock synced, stratum 1\n`).state,
        sensors === '1/1' ? 'synchronised' : 'lost',
      );
    assert.equal(openntpd('10/10 peers valid, clock synced, stratum 3\n').state, 'synchronised');
    assert.deepEqual(openntpd('1/4 peers valid, clock unsynced\n'), {
      state: 'unsynchronised',
      said: 'OpenNTPD: 1/4 peers valid, clock unsynced',
    });
    assert.equal(openntpd('4/4 peers valid, clock synced, clock offset is -2300.4ms\n').offsetMs, 2300.4);
    assert.equal(openntpd('ntpctl: connect: /var/run/ntpd.sock: Permission denied\n').state, 'silent');
  });

  it('linuxptp, which never condemns', () => {
    assert.deepEqual(ptpStatus('\t\tgmPresent                  true\n\t\tgmIdentity  00.1.2\n'), {
      state: 'synchronised',
      said: 'ptp4l: follows the grandmaster 00.1.2',
    });
    const away = ptpStatus('master_offset  -1500000000\n\t\tgmPresent                  true\n');
    assert.equal(away.offsetMs, 1500);
    const FALSE = '\t\tgmPresent                  false\n';
    assert.deepEqual(ptpStatus(FALSE), { state: 'silent', said: 'ptp4l: no grandmaster is present' });
    assert.equal(ptpStatus('sending: GET TIME_STATUS_NP\n').said, 'ptp4l: sending: GET TIME_STATUS_NP');
  });
});
