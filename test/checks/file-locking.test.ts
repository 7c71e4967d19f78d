import check from '../../checks/file-locking.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf, heldOn } from '../support/facts.js';
import { trialOf } from '../support/trials.js';

const node = (type: string, options: string, locks?: string, source?: string, fstabType?: string) => ({
  effective: effectiveOf(foundOf('workbench', locks ? { 'file-locks': `lock-type=${locks}\n` } : {})),
  storage: heldOn(type, options, '/data', {}, source, fstabType === undefined ? {} : { fstabType }),
});
const good = node('nfs4', 'vers=4.2,local_lock=none');
const efs = 'fs-0.efs.us-east-1.amazonaws.com:/';

const lock = (over: object, kind = 'link') =>
  trialOf('server-shared-storage-path', {
    locks: { [kind]: { holder: 'a', tries: { b: 'refused', c: 'refused' }, freedMs: 1, ...over } },
  });
const abc = { a: good, b: good, c: good };
const advisory = node('nfs4', 'vers=4.2', 'advisory');

testCheck(check, {
  pass: [
    {
      name: 'refused while it is held',
      nodes: abc,
      services: lock({}),
      on: ['a', 'b', 'c'],
      message: /refused to b and c/,
    },
    { name: 'locks of the server', nodes: { a: good, b: good }, on: ['a', 'b'], beside: ['skip'] },
    {
      name: 'link-based on Azure Files',
      nodes: { a: node('nfs4', 'vers=4.1,port=20049', undefined, '127.0.0.1:/x/y', 'aznfs') },
      beside: ['skip'],
    },
    { name: 'advisory on EFS', nodes: { a: node('nfs4', 'vers=4.1', 'advisory', efs) }, beside: ['skip'] },
  ],
  fail: [
    {
      name: 'two hold it',
      nodes: abc,
      services: lock({ tries: { b: 'got', c: 'refused' } }),
      on: ['b'],
      message: /a and b hold the same linkbased lock/,
      severity: 'critical',
    },
    ...[
      ['lustre', 'flock', 'localflock'],
      ['gfs2', 'acl', 'localflocks'],
    ].map(([type, others, local]) => ({
      name: `${local} of ${type} on one node`,
      nodes: { a: node(type!, others!), b: node(type!, local!) },
      on: ['b'],
      message: /hold only on the node itself/,
    })),
    {
      name: 'two of two hold it',
      nodes: { a: good, b: good },
      services: lock({ tries: { b: 'got' } }),
      on: ['a', 'b'],
    },
    {
      name: 'nobody gets it',
      nodes: abc,
      services: lock({ trouble: 'error No locks available', tries: {} }),
      on: ['a'],
      message: /No locks available/,
    },
    {
      name: 'not free after its release',
      nodes: abc,
      services: lock({ freedMs: null }),
      on: ['a', 'b', 'c'],
      message: /after its release/,
    },
    {
      name: 'not free after its holder died',
      nodes: { a: advisory, b: advisory },
      services: lock({ tries: { b: 'refused' }, killedMs: null }, 'fcntl'),
      on: ['a', 'b'],
      message: /was killed/,
    },
    {
      name: 'nolock',
      nodes: { a: good, b: node('nfs', 'vers=3,nolock,local_lock=all') },
      on: ['b'],
      severity: 'critical',
    },
    {
      name: 'local_lock=flock',
      nodes: { a: node('nfs', 'vers=3,local_lock=flock', 'advisory') },
      on: ['a'],
      message: /local_lock=flock/,
    },
    { name: 'link-based on EFS', nodes: { a: node('nfs4', 'vers=4.1', undefined, efs) }, on: ['a'], message: /EFS/ },
  ],
  unknown: [
    {
      name: 'link-based through a tunnel to some service',
      nodes: { a: node('nfs4', 'vers=4.1,port=20049', undefined, '127.0.0.1:/') },
      on: ['a'],
      message: /local tunnel/,
      beside: ['skip'],
    },
    {
      name: 'no tool for it',
      nodes: { a: advisory, b: advisory },
      services: lock({ trouble: 'error perl or python3 is needed', tries: {} }, 'fcntl'),
      on: ['a'],
      beside: ['pass'],
    },
    {
      name: 'one says something else',
      nodes: abc,
      services: lock({ tries: { b: 'error Input/output error', c: 'refused' } }),
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'no second node',
      nodes: abc,
      services: trialOf('x', { locks: {}, trouble: { b: 'permission denied' } }),
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'it could not be tried',
      nodes: abc,
      services: { 'storage:shared': { unseen: 'interrupted' } },
      on: ['a', 'b', 'c'],
      beside: ['pass'],
    },
    {
      name: 'the path hangs',
      nodes: { a: good, b: { ...good, storage: new Map([['/data', { unseen: 'did not answer within 5 s' }]]) } },
      on: ['b'],
      beside: ['pass', 'skip'],
    },
  ],
  skip: [{ name: 'a local disk', nodes: { a: node('ext4', '') } }],
});
