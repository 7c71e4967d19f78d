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
  const commands = (on: ReturnType<typeof node>) =>
    judgeCase(check, { name: '', nodes: { a: on } }).flatMap((f) => f.fixes?.flatMap(({ commands: all }) => all) ?? []);

  const ROWS: readonly [state: NodeTime['state'], by: string, daemons: readonly string[], command: string][] = [
    ['unsynchronised', 'systemd', [], 'sudo timedatectl set-ntp true'],
    ['lost', 'chrony', [], 'chronyc sources -v; chronyc tracking'],
    ['lost', 'openntpd', ['openntpd'], 'ntpctl -s status'],
  ];
  for (const [state, by, daemons, command] of ROWS)
    it(`${by}, ${state}: ${command}`, () => assert.deepEqual(commands(node(state, [...daemons], 12, by)), [command]));
  it('leaves the daemon that reports, on every node', () =>
    assert.deepEqual(commands(node('synchronised', ['ntpd', 'chronyd'])), ['sudo systemctl disable --now ntpd']));
});

describe('the command for two daemons', () => {
  const ROWS: readonly [second: string, unit: string | undefined][] = [
    ['ntpd', 'ntpd'],
    ['systemd-timesyn', 'systemd-timesyncd'],
    ['ntpd;reboot', "'ntpd;reboot'"],
    ["x'$(id)", "'x'\\''$(id)'"],
    ['--root=/x', undefined],
  ];
  for (const [second, unit] of ROWS)
    it(`disables ${second}`, () => {
      const [finding] = judgeCase(check, {
        name: '',
        nodes: { a: node('synchronised', ['chronyd', second]) },
      }).filter((f) => f.status === 'fail');
      assert.deepEqual(
        finding!.fixes!.flatMap((f) => f.commands),
        unit === undefined ? [] : [`sudo systemctl disable --now ${unit}`],
      );
    });
});
