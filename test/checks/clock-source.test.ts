import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import check from '../../checks/clock-source.js';
import type { NodeTime } from '../../src/collectors/clock.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { clockOf } from '../support/facts.js';

const node = (state: NodeTime['state'], daemons = ['chronyd'], errorMs = 12, by = 'chrony') => ({
  clock: { ...clockOf(0), source: { value: { state, said: `${by}: ${state}`, by, daemons, errorMs } } },
});
const good = node('synchronised');

testCheck(check, {
  pass: [{ name: 'synchronised', nodes: { a: good, b: good }, on: ['a', 'b'] }],
  fail: [
    { name: 'not synchronised', nodes: { a: good, b: node('unsynchronised') }, on: ['b'], severity: 'warning' },
    { name: 'follows itself', nodes: { a: good, b: node('itself') }, on: ['b'], message: /follows only itself/ },
    { name: 'lost its source', nodes: { a: node('lost'), b: good }, on: ['a'], message: /lost its time source/ },
    {
      name: 'synchronised, and still seconds away',
      nodes: { a: good, b: node('synchronised', ['chronyd'], 2100) },
      on: ['b'],
      message: /wrong by 2.1 s/,
    },
    {
      name: 'synchronised, and seconds away from what it follows',
      nodes: {
        a: good,
        b: { clock: { ...good.clock, source: { value: { ...good.clock.source.value, offsetMs: 2300 } } } },
      },
      on: ['b'],
      message: /2.3 s away from what it follows/,
    },
    {
      name: 'two daemons',
      nodes: { a: good, b: node('synchronised', ['chronyd', 'ntpd']) },
      on: ['b'],
      message: /chronyd and ntpd/,
    },
  ],
  unknown: [
    {
      name: 'no program tells',
      nodes: { a: good, b: { clock: { ...clockOf(0), source: { unseen: 'no program tells' } } } },
      on: ['b'],
      beside: ['pass'],
    },
  ],
});

describe('the command', () => {
  const DISABLE = 'sudo systemctl disable --now';
  const ROWS: readonly [by: string, daemons: string[], state: NodeTime['state'], command: string | undefined][] = [
    ['chrony', ['chronyd', 'ntpd'], 'synchronised', `${DISABLE} ntpd`],
    ['chrony', ['systemd-timesyn', 'chronyd'], 'synchronised', `${DISABLE} systemd-timesyncd`],
    ['ntpd', ['ntpd-ng', 'ntp-daemon'], 'synchronised', `${DISABLE} ntpd-rs`],
    ['systemd', ['systemd-timesyn', 'ntp-daemon'], 'synchronised', `${DISABLE} ntpd-rs`],
    ['chrony', ['chronyd', 'ntpd;reboot'], 'synchronised', `${DISABLE} 'ntpd;reboot'`],
    ['chrony', ['chronyd', "x'$(id)"], 'synchronised', `${DISABLE} 'x'\\''$(id)'`],
    ['chrony', ['chronyd', '--root=/x'], 'synchronised', undefined],
    ['chrony', ['chronyd', 'systemd-timesyn'], 'lost', 'chronyc sources -v; chronyc tracking'],
    ['chrony', [], 'itself', 'chronyc sources -v; chronyc tracking'],
    ['openntpd', ['openntpd'], 'unsynchronised', 'ntpctl -s all'],
    ['systemd', ['systemd-timesyn'], 'unsynchronised', 'timedatectl timesync-status'],
    ['ptp', ['ptp4l', 'phc2sys'], 'lost', "pmc -u -b 0 'GET TIME_STATUS_NP'"],
    ['systemd', [], 'unsynchronised', 'sudo timedatectl set-ntp true'],
  ];
  it('names the unit as the node does', () => {
    const value = { ...good.clock.source.value, daemons: ['chronyd', 'ntpd'], units: { ntpd: 'ntpsec' } };
    const nodes = { a: { clock: { ...clockOf(0), source: { value } } } };
    const [finding] = judgeCase(check, { name: '', nodes }).filter((f) => f.status === 'fail');
    assert.deepEqual(
      finding!.fixes!.flatMap((f) => f.commands),
      [`${DISABLE} ntpsec`],
    );
  });
  for (const [by, daemons, state, command] of ROWS)
    it(`${by}, ${state}: ${daemons.join(' and ') || 'no daemon'}`, () => {
      const value = { state, said: '', by, daemons };
      const nodes = { a: { clock: { ...clockOf(0), source: { value } } } };
      const [finding] = judgeCase(check, { name: '', nodes }).filter((f) => f.status === 'fail');
      assert.deepEqual(
        finding!.fixes!.flatMap((f) => f.commands),
        command === undefined ? [] : [command],
      );
    });
});
