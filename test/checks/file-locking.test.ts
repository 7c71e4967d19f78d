import check from '../../checks/file-locking.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf, heldOn } from '../support/facts.js';

const node = (type: string, options: string, locks?: string, source?: string) => {
  const storage = heldOn(type, options);
  const look = storage.get('/data')!;
  if (source !== undefined && 'value' in look && !look.value.missing)
    return {
      effective: effectiveOf(foundOf('workbench', locks ? { 'file-locks': `lock-type=${locks}\n` } : {})),
      storage: new Map([['/data', { value: { ...look.value, mount: { ...look.value.mount, source } } }]]),
    };
  return {
    effective: effectiveOf(foundOf('workbench', locks ? { 'file-locks': `lock-type=${locks}\n` } : {})),
    storage,
  };
};
const good = node('nfs4', 'vers=4.2,local_lock=none');
const efs = 'fs-0.efs.us-east-1.amazonaws.com:/';

testCheck(check, {
  pass: [
    { name: 'locks of the server', nodes: { a: good, b: good }, on: ['a', 'b'], beside: ['skip'] },
    { name: 'advisory on EFS', nodes: { a: node('nfs4', 'vers=4.1', 'advisory', efs) }, beside: ['skip'] },
  ],
  fail: [
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
      name: 'the path hangs',
      nodes: { a: good, b: { ...good, storage: new Map([['/data', { unseen: 'did not answer within 5 s' }]]) } },
      on: ['b'],
      beside: ['pass', 'skip'],
    },
  ],
  skip: [{ name: 'a local disk', nodes: { a: node('ext4', '') } }],
});
