import check from '../../checks/schedule-concurrency.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

const node = (value?: string) => ({
  effective: effectiveOf(
    foundOf('connect', {
      'rstudio-connect.gcfg': `[Database]\nProvider=postgres\n${value === undefined ? '' : `[Applications]\nScheduleConcurrency = ${value}\n`}`,
    }),
  ),
});

testCheck(check, {
  pass: [
    { name: 'the default', nodes: { a: node(), b: node() }, on: ['a', 'b'] },
    { name: 'one node spared', nodes: { a: node('0'), b: node('2') } },
    { name: 'no number on one, jobs on another', nodes: { a: node('none'), b: node('2') } },
    { name: 'one unseen, one that runs jobs', nodes: { a: node('2'), b: { unseen: 'refused' } }, beside: ['unknown'] },
  ],
  fail: [{ name: 'none runs jobs', nodes: { a: node('0'), b: node('0') }, on: ['a', 'b'] }],
  unknown: [
    { name: 'the unseen one might run them', nodes: { a: node('0'), b: { unseen: 'refused' } } },
    { name: 'no number', nodes: { a: node('none'), b: node('0') }, on: ['a'], message: /none is not a number of jobs/ },
    { name: 'below zero', nodes: { a: node('-1'), b: node('-1') }, on: ['a', 'b'] },
    { name: 'unreadable', nodes: { a: { effective: { unseen: 'permission denied' } } }, on: ['a'] },
  ],
});
