import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/shared-storage-path.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

const node = (text: string, root = '/etc/rstudio') => {
  const found = foundOf('workbench', { 'rserver.conf': text }, { root });
  return { found, effective: effectiveOf(found) };
};

testCheck(check, {
  pass: [{ name: 'set', nodes: { a: node('server-shared-storage-path=/shared') }, on: ['a'] }],
  fail: [
    { name: 'not set', nodes: { a: node('server-shared-storage-path=/shared'), b: node('') }, on: ['b'] },
    {
      name: 'in quotes',
      nodes: { a: node('server-shared-storage-path="/shared"') },
      on: ['a'],
      message: /"\/shared" is not an absolute path: the quotes/,
    },
    {
      name: 'relative',
      nodes: { a: node('server-shared-storage-path=shared') },
      on: ['a'],
      message: /=shared is not an absolute path \(a\)/,
    },
    { name: 'empty', nodes: { a: node('server-shared-storage-path=') }, on: ['a'] },
    { name: 'commented out', nodes: { a: node('# server-shared-storage-path=/shared') }, on: ['a'] },
  ],
  unknown: [
    { name: 'unreadable', nodes: { a: { ...node(''), effective: { unseen: 'permission denied' } } }, on: ['a'] },
  ],
});

it('the fix looks into the file that the node reads', () => {
  const [finding] = judgeCase(check, { name: '', nodes: { a: node('', '/mnt/our config/rstudio'), b: node('') } });
  assert.deepEqual(
    finding?.fixes?.map((f) => [f.nodes.join(), f.commands.join()]),
    [
      ['a', "sudo grep -n server-shared-storage-path '/mnt/our config/rstudio/rserver.conf'"],
      ['b', 'sudo grep -n server-shared-storage-path /etc/rstudio/rserver.conf'],
    ],
  );
});
