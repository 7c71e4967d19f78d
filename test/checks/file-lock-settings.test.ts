import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/file-lock-settings.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

const node = (text: string | undefined, root = '/etc/rstudio') => {
  const found = foundOf('workbench', { 'file-locks': text }, { root });
  return { found, effective: effectiveOf(found) };
};

testCheck(check, {
  pass: [
    {
      name: 'the defaults',
      nodes: { a: node(undefined) },
      on: ['a'],
      message: /defaults count: linkbased, refreshed every 20 s, expiring after 30 s/,
    },
    { name: 'explicit', nodes: { a: node('lock-type=advisory\nrefresh-rate=10\ntimeout-interval=60\n') } },
    { name: 'the type in another case', nodes: { a: node('lock-type=LinkBased\n'), b: node('lock-type=linkbased\n') } },
    { name: 'an empty time', nodes: { a: node('refresh-rate=\ntimeout-interval= \n') } },
  ],
  fail: [
    {
      name: 'refreshed too seldom',
      nodes: { a: node(''), b: node('refresh-rate=30') },
      on: ['b'],
      severity: 'critical',
    },
    { name: 'a unit', nodes: { a: node('refresh-rate=20s') }, on: ['a'], message: /refresh-rate=20s is not a whole/ },
    { name: 'no number', nodes: { a: node('refresh-rate=often') }, on: ['a'] },
    { name: 'no such type', nodes: { a: node('lock-type=flock') }, on: ['a'] },
    { name: 'a comment that is none', nodes: { a: node('#lock-type=advisory') }, on: ['a'], severity: 'warning' },
    { name: 'a misspelt key', nodes: { a: node('locktype=advisory') }, on: ['a'], severity: 'warning' },
    { name: 'logging', nodes: { a: node('enable-logging=1') }, on: ['a'], severity: 'warning' },
  ],
  unknown: [
    { name: 'unreadable', nodes: { a: { ...node(''), effective: { unseen: 'permission denied' } } }, on: ['a'] },
  ],
});

it('the fix restarts nothing before the file was corrected', () => {
  const [finding] = judgeCase(check, { name: '', nodes: { a: node('refresh-rate=30', '/srv/rstudio') } });
  assert.deepEqual(finding?.fixes, [
    {
      nodes: ['a'],
      commands: ['sudo cat /srv/rstudio/file-locks'],
      note: 'correct it there, then: sudo rstudio-server restart',
    },
  ]);
});
