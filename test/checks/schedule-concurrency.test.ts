import check from '../../checks/schedule-concurrency.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

const node = (value?: string, variable?: string) => ({
  effective: effectiveOf(
    foundOf(
      'connect',
      {
        'rstudio-connect.gcfg': `[Database]\nProvider=postgres\n${value === undefined ? '' : `[Applications]\nScheduleConcurrency = ${value}\n`}`,
      },
      { environment: new Map(variable === undefined ? [] : [['CONNECT_APPLICATIONS_SCHEDULECONCURRENCY', variable]]) },
    ),
  ),
});

testCheck(check, {
  pass: [
    { name: 'the default', nodes: { a: node(), b: node() }, on: ['a', 'b'] },
    { name: 'one node spared', nodes: { a: node('0'), b: node('2') } },
    { name: 'no number on one, jobs on another', nodes: { a: node('none'), b: node('2') } },
    { name: 'an empty variable on one, jobs on another', nodes: { a: node('0', ''), b: node() } },
    { name: 'one unseen, one that runs jobs', nodes: { a: node('2'), b: { unseen: 'refused' } }, beside: ['unknown'] },
  ],
  fail: [{ name: 'none runs jobs', nodes: { a: node('0'), b: node('0') }, on: ['a', 'b'] }],
  unknown: [
    { name: 'the unseen one might run them', nodes: { a: node('0'), b: { unseen: 'refused' } } },
    {
      name: 'more jobs than a number holds',
      nodes: { a: node('99999999999999999999'), b: node('0') },
      on: ['a'],
      message: /is not a number of jobs/,
    },
    { name: 'no number', nodes: { a: node('none'), b: node('0') }, on: ['a'], message: /none is not a number of jobs/ },
    { name: 'below zero', nodes: { a: node('-1'), b: node('-1') }, on: ['a', 'b'] },
    {
      name: 'a variable that is empty, of which nobody says whether it counts',
      nodes: { a: node('0', ''), b: node('0'), c: node('0', '0') },
      on: ['a'],
      message: /whether an empty CONNECT_APPLICATIONS_SCHEDULECONCURRENCY .* counts/,
    },
    {
      name: 'the same beside a file that would run jobs',
      nodes: { a: node('2', ''), b: node('0') },
      on: ['a'],
    },
    { name: 'unreadable', nodes: { a: { effective: { unseen: 'permission denied' } } }, on: ['a'] },
  ],
});
