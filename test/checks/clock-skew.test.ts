import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/clock-skew.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { clockOf } from '../support/facts.js';
import { trialOf } from '../support/trials.js';

const nodes = (...clocks: [number, number?][]) =>
  Object.fromEntries(
    clocks.map(([low, high], i) => [`n${i + 1}`, { clock: clockOf(low, high ?? low + 1), lockTimes: {} }]),
  );
/** The same where locks are refreshed so shortly before they expire that clocks may differ by this only. */
const tight = (marginMs: number, facts: ReturnType<typeof nodes>) =>
  Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, { ...fact, lockTimes: { marginMs } }]));
/** Answers that were relayed within so many milliseconds; `own`: what each node's daemon answers for. */
const relayed = (width: number, own: readonly (number | undefined)[], ahead: readonly number[] = []) =>
  Object.fromEntries(
    own.map((bound, i) => {
      const low = (ahead[i] ?? 0) - width / 2;
      const clock = { ...clockOf(low, low + width), relayed: true as const };
      const fact = bound === undefined ? clock : { ...clock, own: { low: -bound, high: bound } };
      return [`n${i + 1}`, { clock: fact, lockTimes: {} }];
    }),
  );
const time = { servers: ['ntp1'], warnSkewMs: 500, maxSkewMs: 2000 };
const ntp = (offset: number, bound = 5, unsynchronised = false) => ({
  'ntp:ntp1': { exit: 0, stdout: JSON.stringify([{ offset, bound, unsynchronised }]), stderr: '' },
});

const server = (low: number, high: number) =>
  trialOf('data', { clocks: { n1: { low, high }, n2: { low: 0, high: 4 } } });

testCheck(check, {
  pass: [
    {
      name: 'relayed: by the bounds of the daemons',
      nodes: relayed(60_000, [5, 20, 1]),
      on: ['n1', 'n2', 'n3'],
      message: /at most 25\.0 ms .*time daemons report/,
    },
    { name: 'relayed so fast that nothing else is needed', nodes: relayed(400, [undefined, undefined]) },
    { name: 'the file server is near', nodes: nodes([100], [101]), services: server(-2, 3), message: /file server/ },
    { name: 'in step', nodes: nodes([0], [3], [-4]), on: ['n1', 'n2', 'n3'] },
    { name: 'a wide interval that stays within the limit', nodes: nodes([-500, 500], [-400, 400]) },
    { name: 'all far from this machine and near each other', nodes: nodes([90_000], [90_002]) },
    { name: 'near the time server', nodes: nodes([100], [101]), cluster: { time }, services: ntp(100) },
  ],
  fail: [
    {
      name: 'relayed: what was read shows it, whatever the daemons say',
      nodes: relayed(60_000, [5, 5, 5], [0, 0, 90_000]),
      on: ['n3'],
    },
    {
      name: 'more than the margin of the locks',
      nodes: tight(500, nodes([1000], [0], [0])),
      on: ['n1'],
      severity: 'critical',
    },
    {
      name: 'the file server is ahead',
      nodes: nodes([100], [101]),
      services: server(5000, 5004),
      on: ['n1'],
      message: /ahead/,
      severity: 'warning',
    },
    {
      name: 'the file server is behind',
      nodes: nodes([100], [101]),
      services: server(-5004, -5000),
      on: ['n1'],
      message: /behind/,
    },
    {
      name: 'one of three 90 s ahead',
      nodes: nodes([0], [90_000], [1]),
      on: ['n2'],
      severity: 'critical',
      message: /90\.0/,
    },
    { name: 'two nodes apart are a tie', nodes: nodes([0], [90_000]), on: ['n1', 'n2'], message: /no majority/ },
    { name: 'two nodes apart with a reference', nodes: nodes([0], [90_000]), cluster: { reference: 'n1' }, on: ['n2'] },
    { name: 'between warning and limit', nodes: nodes([0], [0], [700]), on: ['n3'], severity: 'warning' },
    { name: 'exactly the limit', nodes: nodes([0, 0], [0, 0], [2000, 2000]), on: ['n3'], severity: 'critical' },
    {
      name: 'together but far from the time server',
      nodes: nodes([0], [1]),
      cluster: { time },
      services: ntp(9000),
      on: ['n1', 'n2'],
      severity: 'warning',
      message: /ntp1/,
    },
    {
      name: 'two pairs that contradict each other',
      nodes: nodes([0], [0], [9000], [9000]),
      on: ['n1', 'n2', 'n3', 'n4'],
    },
  ],
  unknown: [
    {
      name: 'a file server too slow to tell its clock',
      nodes: nodes([0], [1]),
      services: server(-5000, 8000),
      on: ['n1'],
      message: /could differ by 8\.000 s/,
      severity: 'warning',
      beside: ['pass'],
    },
    {
      name: 'relayed: a daemon without a bound',
      nodes: relayed(60_000, [5, undefined, 1]),
      on: ['n1', 'n2', 'n3'],
      message: /time daemon of n2 gives no bound/,
    },
    { name: 'relayed: bounds that are too wide', nodes: relayed(60_000, [5, 2000]), message: /may differ too much/ },
    {
      name: 'relayed: a time server',
      nodes: relayed(60_000, [5, 5]),
      cluster: { time },
      services: ntp(0),
      message: /relayed, too slowly to compare/,
      beside: ['pass'],
    },
    {
      name: 'bounds too wide to tell',
      nodes: nodes([-1500, 1500], [-1500, 1500]),
      on: ['n1', 'n2'],
      message: /too slow/,
    },
    {
      name: 'one node unseen leaves the others judged',
      nodes: { ...nodes([0], [1]), n3: { unseen: 'refused' } },
      on: ['n3'],
      beside: ['pass'],
    },
    {
      name: 'only one clock seen',
      nodes: { ...nodes([0]), n2: { clock: { unseen: 'stepped' }, lockTimes: {} } },
      on: ['n1', 'n2'],
    },
    {
      name: 'a time server that does not answer',
      nodes: nodes([0], [0]),
      cluster: { time },
      services: { 'ntp:ntp1': { unseen: 'no answer' } },
      beside: ['pass'],
    },
    {
      name: 'a time server that is not synchronised',
      nodes: nodes([0], [0]),
      cluster: { time },
      services: ntp(0, 1, true),
      beside: ['pass'],
    },
  ],
  skip: [{ name: 'one node', nodes: nodes([0]) }],
});

it('the clock of a file server is not fixed by a step of the clocks of the nodes', () => {
  const [finding] = judgeCase(check, { name: '', nodes: nodes([100], [101]), services: server(5000, 5004) }).filter(
    ({ status }) => status === 'fail',
  );
  assert.deepEqual(
    [finding!.fixes, finding!.remediation],
    [undefined, 'chronyc tracking    # on the file server, whose clock is judged here'],
  );
});

it('steps the clock by the unit as the node calls it', () => {
  const source = (by: string, units?: Record<string, string>) => ({
    source: { value: { state: 'synchronised' as const, said: by, by, daemons: [by], ...(units && { units }) } },
  });
  const facts = nodes([0], [0], [9000], [9000]);
  const off = [source('ntpd', { ntpd: 'ntpsec' }), source('ntpd'), source('systemd'), source('chrony')].map(
    (s, i) => [`n${i + 1}`, { ...facts[`n${i + 1}`]!, clock: { ...facts[`n${i + 1}`]!.clock, ...s } }] as const,
  );
  const [finding] = judgeCase(check, { name: '', nodes: Object.fromEntries(off) });
  assert.deepEqual(finding!.fixes!.map((f) => `${f.nodes}: ${f.commands}`).sort(), [
    'n1: sudo systemctl restart ntpsec',
    'n2: sudo systemctl restart ntpd',
    'n3: sudo systemctl restart systemd-timesyncd',
    'n4: sudo chronyc makestep',
  ]);
});
