import check from '../../checks/metrics-path.js';
import { testCheck } from '../../src/testing.js';
import { configured, effectiveOf } from '../support/facts.js';

const node = (metrics: string) => {
  const { found, settings } = configured('connect', {
    'rstudio-connect.gcfg': `[Server]\nDataDir = /data\n[Database]\nProvider=postgres\n[Metrics]\n${metrics}\n`,
  });
  return { settings, effective: effectiveOf(found) };
};

testCheck(check, {
  pass: [
    {
      name: 'the same path on local disks',
      nodes: { a: node('DataPath = /var/m'), b: node('DataPath = /var/m') },
      on: ['a', 'b'],
    },
    {
      name: 'apart inside the shared directory',
      nodes: { a: node('DataPath = /data/m/a'), b: node('DataPath = /data/m/b') },
    },
    { name: 'a path that only begins alike', nodes: { a: node('DataPath = /data2'), b: node('DataPath = /data2') } },
  ],
  fail: [
    { name: 'the default', nodes: { a: node(''), b: node('') }, on: ['a', 'b'], message: /default/ },
    { name: 'the default on one node', nodes: { a: node('DataPath = /var/m'), b: node('') }, on: ['b'] },
    {
      name: 'one shared path',
      nodes: { a: node('DataPath = /data/m'), b: node('DataPath = /data/m') },
      on: ['a', 'b'],
    },
  ],
  unknown: [
    { name: 'unreadable', nodes: { a: { ...node(''), effective: { unseen: 'permission denied' } } }, on: ['a'] },
  ],
  skip: [{ name: 'metrics switched off', nodes: { a: node('Enabled = false'), b: node('Enabled = no') } }],
});
