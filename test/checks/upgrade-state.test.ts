import check from '../../checks/upgrade-state.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const node = (version: string | undefined, running = true) => ({
  found: foundOf('connect', {}, { running: running ? [{ name: 'connect', pid: 1 }] : [] }),
  versions: { ...(version && { package: version }), outdated: [], processesSeen: false },
});

testCheck(check, {
  pass: [{ name: 'one version runs', nodes: { a: node('2'), b: node('2') }, on: ['a', 'b'] }],
  fail: [
    { name: 'two versions run', nodes: { a: node('2'), b: node('1'), c: node('2') }, on: ['b'], severity: 'critical' },
    { name: 'one is stopped', nodes: { a: node('2'), b: node('1', false), c: node('2') }, on: ['b'], severity: 'info' },
  ],
  unknown: [
    {
      name: 'not seen',
      nodes: { a: node('2'), b: { found: node('2').found, versions: { unseen: 'no answer' } }, c: node('2') },
      on: ['b'],
      beside: ['pass'],
    },
  ],
  skip: [{ name: 'nothing runs', nodes: { a: node('2', false), b: node('1', false) } }],
});
