import check from '../../checks/shared-storage-path.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

const node = (text: string) => ({ effective: effectiveOf(foundOf('workbench', { 'rserver.conf': text })) });

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
  unknown: [{ name: 'unreadable', nodes: { a: { effective: { unseen: 'permission denied' } } }, on: ['a'] }],
});
