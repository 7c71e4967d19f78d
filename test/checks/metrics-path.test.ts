import check from '../../checks/metrics-path.js';
import { testCheck } from '../../src/testing.js';
import { configured, effectiveOf, heldOn, missingOn } from '../support/facts.js';

const node = (metrics: string, storage: ReturnType<typeof heldOn> = new Map()) => {
  const { found, settings } = configured('connect', {
    'rstudio-connect.gcfg': `[Server]\nDataDir = /data\n[Database]\nProvider=postgres\n[Metrics]\n${metrics}\n`,
  });
  return { settings, effective: effectiveOf(found), storage };
};
const own = { setting: 'Metrics.DataPath', role: 'own' } as const;
const local = (path: string) => node(`DataPath = ${path}`, heldOn('ext4', '', path, own));
const shared = (path: string, inode: string) => node(`DataPath = ${path}`, heldOn('nfs4', '', path, { ...own, inode }));

const byDefault = node('', heldOn('nfs', '', '/data/metrics', own));
/** As the collector has it where the settings leave the directory open. */
const perhaps = (metrics: string) => {
  const { settings, effective } = node(metrics);
  const [path] = settings.own;
  return {
    settings,
    effective,
    storage: new Map([[path!.path, { unseen: path!.doubt!, wanted: { ...path!, role: 'own' as const } }]]),
  };
};
const rrdOff = node('RRDEnabled = no', heldOn('nfs', '', '/data/metrics', own));

/** Too little to prove that a directory is one. */
const BARE = { entries: new Map<string, string>(), changed: '2026-01-01 00:00:01' };
const workbench = (storage: ReturnType<typeof heldOn>) => {
  const { found, settings } = configured('workbench', { 'rserver.conf': 'monitor-data-path=/data/m\n' });
  return { settings, effective: effectiveOf(found), storage };
};
const monitor = { setting: 'monitor-data-path', role: 'own' } as const;

testCheck(check, {
  pass: [
    {
      name: 'not there yet, an export for each node',
      nodes: {
        a: node('', missingOn('nfs4', '/data/metrics', own, 'nas:/a')),
        b: node('', missingOn('nfs4', '/data/metrics', own, 'nas:/b')),
      },
      on: ['a', 'b'],
    },
    {
      name: 'not there yet, a server for each node',
      nodes: {
        a: node('', missingOn('nfs4', '/data/metrics', own, 'nas1:/x', 'rw,addr=192.0.2.5')),
        b: node('', missingOn('nfs4', '/data/metrics', own, 'nas2:/x', 'rw,addr=192.0.2.6')),
      },
      on: ['a', 'b'],
    },
    { name: 'the same path on local disks', nodes: { a: local('/var/m'), b: local('/var/m') }, on: ['a', 'b'] },
    { name: 'apart inside the shared directory', nodes: { a: shared('/data/m/a', '1'), b: shared('/data/m/b', '2') } },
    {
      name: 'one by default, the other elsewhere',
      nodes: { a: local('/var/m'), b: node('', heldOn('nfs', '', '/data/metrics', own)) },
    },
    {
      name: 'Graphite on all',
      nodes: { a: { ...local('/var/m'), ...graphite('true') }, b: { ...local('/var/m'), ...graphite('true') } },
      on: ['a', 'b'],
    },
    {
      name: 'graphite by two words',
      nodes: { a: { ...local('/var/m'), ...graphite('yes') }, b: { ...local('/var/m'), ...graphite('true') } },
    },
    {
      name: 'graphite off and not set',
      nodes: { a: { ...local('/var/m'), ...graphite('0') }, b: local('/var/m') },
    },
  ],
  fail: [
    {
      name: 'the default',
      nodes: {
        a: byDefault,
        b: byDefault,
        c: local('/var/m'),
      },
      on: ['a', 'b'],
      message: /default/,
    },
    {
      name: 'Workbench, whose setting has no default',
      nodes: {
        a: workbench(heldOn('nfs4', '', '/data/m', monitor)),
        b: workbench(heldOn('nfs4', '', '/data/m', monitor)),
      },
      product: 'workbench',
      on: ['a', 'b'],
    },
    {
      name: 'one directory by two names',
      nodes: { a: shared('/data/m', '7'), b: shared('/mnt/m', '7') },
      on: ['a', 'b'],
    },
    {
      name: 'not there yet, on shared storage',
      nodes: {
        a: node('', missingOn('nfs4', '/data/metrics', own)),
        b: node('', missingOn('nfs4', '/data/metrics', own)),
      },
      on: ['a', 'b'],
    },
    ...[
      ['its server by the short name', 'nas1:/x', 'rw,addr=192.0.2.5'],
      ['its server by the address', '192.0.2.5:/x', 'rw,addr=192.0.2.5'],
      ['an export with a slash', 'nas1.example.com:/x/', 'rw'],
      ['a share of Windows', '//NAS1.example.com/x', 'rw'],
    ].map(([name, source, options]) => ({
      name: `not there yet, ${name}`,
      nodes: {
        a: node('', missingOn('nfs4', '/data/metrics', own, 'nas1.example.com:/x', 'rw,addr=192.0.2.5')),
        b: node('', missingOn('nfs4', '/data/metrics', own, source, options)),
      },
      on: ['a', 'b'],
    })),
    {
      name: 'Graphite on one',
      nodes: { a: { ...local('/var/m'), ...graphite('true') }, b: local('/var/m'), c: local('/var/m') },
      on: ['a'],
    },
  ],
  unknown: [
    ...[
      ['another name of unknown address', 'nas1:/x'],
      ['an export of which the server shows another root', 'nas1.example.com:/exports/x'],
    ].map(([name, source]) => ({
      name: `not there yet, ${name}`,
      nodes: {
        a: node('', missingOn('nfs4', '/data/metrics', own, 'nas1.example.com:/x')),
        b: node('', missingOn('nfs4', '/data/metrics', own, source)),
      },
      on: ['a', 'b'],
      message: /could not be proven/,
    })),
    {
      name: 'the default, the RRD files switched off',
      nodes: { a: rrdOff, b: rrdOff },
      on: ['a', 'b'],
      message: /RRDEnabled is not on there/,
    },
    {
      name: 'switched off on one of three',
      nodes: { a: rrdOff, b: byDefault, c: byDefault },
      on: ['a'],
      beside: ['fail'],
    },
    {
      name: 'equal numbers on two file servers',
      nodes: {
        a: shared('/data/m', '2'),
        b: node(
          'DataPath = /data/m',
          heldOn('nfs4', 'addr=192.0.2.7', '/data/m', { ...own, inode: '2', ...BARE }, 'other:/x'),
        ),
      },
      on: ['a', 'b'],
      message: /could not be proven/,
    },
    {
      name: 'unreadable',
      nodes: { a: { ...node(''), effective: { unseen: 'permission denied' } }, b: local('/var/m') },
      on: ['a', 'b'],
    },
    {
      name: 'a word for off that is not a boolean',
      nodes: { a: perhaps('Enabled = disabled'), b: perhaps('Enabled = disabled') },
      on: ['a', 'b'],
      message: /Metrics\.Enabled = disabled is not a boolean/,
    },
    {
      name: 'a variable in the path of one node',
      nodes: { a: local('/var/m'), b: perhaps('DataPath = /var/$HOSTNAME'), c: local('/var/m') },
      on: ['b'],
      beside: ['pass'],
      message: /whether the product fills in \/var\/\$HOSTNAME/,
    },
    {
      name: 'graphite by a word that is not a boolean',
      nodes: { a: { ...local('/var/m'), ...graphite('enabled') }, b: { ...local('/var/m'), ...graphite('enabled') } },
      on: ['a', 'b'],
      beside: ['pass'],
      message: /GraphiteEnabled = enabled is not a boolean/,
      severity: 'warning',
    },
    {
      name: 'RRD off by a word that is not a boolean',
      nodes: {
        a: node('RRDEnabled = disabled', heldOn('nfs', '', '/data/metrics', own)),
        b: node('RRDEnabled = disabled', heldOn('nfs', '', '/data/metrics', own)),
      },
      on: ['a', 'b'],
      message: /RRDEnabled is not on there/,
    },
    {
      name: 'the path hangs',
      nodes: { a: local('/var/m'), b: node('DataPath = /var/m', new Map([['/var/m', { unseen: 'did not answer' }]])) },
      on: ['b'],
      beside: ['skip'],
    },
  ],
  skip: [{ name: 'metrics switched off', nodes: { a: node('Enabled = false'), b: node('Enabled = no') } }],
});

function graphite(value: string) {
  const { found } = configured('connect', {
    'rstudio-connect.gcfg': `[Server]\nDataDir = /data\n[Database]\nProvider=postgres\n[Metrics]\nDataPath=/var/m\nGraphiteEnabled = ${value}\n`,
  });
  return { effective: effectiveOf(found) };
}
