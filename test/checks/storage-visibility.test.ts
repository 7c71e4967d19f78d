import check from '../../checks/storage-visibility.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';
import { trialOf } from '../support/trials.js';

const node = { found: foundOf('connect') };
const nodes = { a: node, b: node, c: node };

testCheck(check, {
  pass: [
    { name: 'seen at once', nodes, services: trialOf('data', {}), on: ['b', 'c'], message: /0\.0 s on b/ },
    {
      name: 'another limit',
      nodes,
      services: trialOf('data', { unseenMs: { b: 9000, c: 0 } }),
      cluster: { params: { 'storage-visibility': { maxSeconds: 10 } } },
    },
  ],
  fail: [
    {
      name: 'seen late',
      nodes,
      services: trialOf('data', { unseenMs: { b: 0, c: 12_000 } }),
      on: ['c'],
      message: /12\.0 s/,
      severity: 'warning',
    },
    {
      name: 'not seen as long as was waited',
      nodes,
      services: trialOf('data', { unseenMs: { b: null, c: 0 } }),
      on: ['b'],
      message: /more than/,
    },
    {
      name: 'another owner on one',
      nodes,
      services: trialOf('data', { owners: { a: '0:0', b: '0:0', c: '65534:65534' } }),
      on: ['c'],
    },
    {
      name: 'owners may not be set',
      nodes,
      services: trialOf('data', { chown: { a: 'ok', b: 'ok', c: 'Operation not permitted' } }),
      on: ['c'],
      message: /not permitted/,
    },
  ],
  unknown: [
    { name: 'no second node saw it', nodes, services: trialOf('data', { unseenMs: {} }), on: ['b', 'c'] },
    {
      name: 'it could not be tried',
      nodes,
      services: { 'storage:shared': { unseen: 'interrupted' } },
      on: ['a', 'b', 'c'],
    },
  ],
  skip: [
    { name: 'without --active', nodes, message: /--active/ },
    { name: 'nothing shared', nodes, services: { 'storage:shared': { exit: 0, stdout: '{}', stderr: '' } } },
  ],
});
