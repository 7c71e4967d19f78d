/** Handmade reports: what an operator meets. */

import type { Report, Reports } from '../../src/model/report.js';
import type { Verdict } from '../../src/model/verdict.js';

let next = 0;
export const verdict = (id: string, status: Verdict['status'], more: Partial<Verdict> = {}): Verdict => ({
  id,
  title: `${id} is as it must be`,
  status,
  severity: 'critical',
  proof: 'measured',
  nodes: ['wb1', 'wb2', 'wb4'],
  message: `${id} is the same on all nodes`,
  requirements: ['W-1'],
  fingerprint: `${id}-${next++}`,
  ...more,
});

export const report = (verdicts: readonly Verdict[], more: Partial<Report> = {}): Report => {
  const number = (status: Verdict['status'], waived = false): number =>
    verdicts.filter((v) => v.status === status && (v.waiver !== undefined) === waived).length;
  return {
    schema: 'ha-preflight/report/1',
    tool: { name: 'ha-preflight', version: '0.1.0' },
    startedAt: '2027-01-02T03:04:05.678Z',
    durationMs: 4210,
    cluster: {
      name: 'wb-prod',
      product: 'workbench',
      nodes: ['wb1', 'wb2', 'wb4'].map((name) => ({ name, host: `${name}.example.com`, reached: true })),
    },
    gate: { result: 'pass', failOn: 'critical', exitCode: 0 },
    summary: {
      pass: number('pass'),
      fail: number('fail'),
      skip: number('skip'),
      unknown: number('unknown'),
      waived: number('fail', true),
    },
    verdicts,
    requirements: [{ id: 'W-1', level: 'must', status: 'pass', checks: [...new Set(verdicts.map(({ id }) => id))] }],
    ...more,
  };
};

const passes = [
  'clock-source',
  'config-identical',
  'database-same',
  'file-locking',
  'key-file',
  'product-version',
  'shared-keys',
  'user-ids',
].map((id) => verdict(id, 'pass'));

export const clean: Report = report([
  ...passes,
  verdict('sticky-sessions', 'skip', { nodes: [], message: 'set loadBalancer: { url } to measure it' }),
]);

const lost = 'connection refused by 10.0.0.13 port 22; is sshd running there?';
export const broken: Report = report(
  [
    ...passes,
    verdict('nfs-mount-options', 'fail', {
      severity: 'warning',
      nodes: ['wb1'],
      message: '/home is mounted without lookupcache=pos',
      observed: 'rw,relatime,vers=4.2',
      expected: 'lookupcache=pos',
      remediation:
        'add lookupcache=pos to the mount in /etc/fstab on the nodes named; stop the product, umount, mount, start it',
    }),
    verdict('nfs-mount-options', 'fail', {
      severity: 'warning',
      nodes: ['wb2'],
      message: '/shared is mounted without lookupcache=pos',
      remediation:
        'add lookupcache=pos to the mount in /etc/fstab on the nodes named; stop the product, umount, mount, start it',
    }),
    verdict('clock-skew', 'fail', {
      nodes: ['wb2'],
      message: 'wb2 is 4.2 s ahead of the other nodes',
      observed: '+4.213 s (error at most 3 ms)',
      expected: 'at most 2 s apart',
      details: Array.from({ length: 9 }, (_, i) => `round ${i + 1}:  offset +4.21${i} s`),
      remediation: 'chronyc makestep    # on the nodes named, after: chronyc sources -v; chronyc tracking',
    }),
    verdict('key-file', 'fail', {
      proof: 'declared',
      nodes: ['wb1', 'wb2', 'wb4'],
      message:
        'secure-cookie-key differs between all nodes, so a session of one node is refused by the others and users have to log in again and again',
      remediation:
        'scp wb1:/etc/rstudio/secure-cookie-key wb2:/etc/rstudio/secure-cookie-key\nsystemctl restart rstudio-server',
    }),
    verdict('metrics-path', 'fail', { severity: 'info', nodes: [], message: 'metrics are written to a local folder' }),
    verdict('shared-directories', 'fail', {
      nodes: ['wb2'],
      message: '/var/lib/rstudio-server is not shared',
      waiver: { reason: 'moved in March', until: '2027-03-31', by: 'ops' },
    }),
    ...['clock-skew', 'config-identical', 'key-file', 'user-ids'].map((id) =>
      verdict(id, 'unknown', { nodes: ['wb3'], message: `wb3: ${lost}` }),
    ),
    ...['shared-keys', 'key-file'].map((id) =>
      verdict(id, 'unknown', {
        nodes: ['wb4'],
        message:
          'wb4: sudo refused to read /etc/rstudio/secure-cookie-key; add to sudoers: ops ALL=(root) NOPASSWD: /bin/cat /etc/rstudio/*',
      }),
    ),
    verdict('file-locking', 'skip', { message: 'needs --active' }),
    verdict('storage-visibility', 'skip', { message: 'needs --active' }),
    verdict('sticky-sessions', 'skip', { nodes: [], message: 'set loadBalancer: { url } to measure it' }),
  ],
  {
    cluster: {
      name: 'wb-prod',
      product: 'workbench',
      edition: 'pro',
      nodes: [
        { name: 'wb1', host: 'wb1.example.com', reached: true },
        {
          name: 'wb2',
          host: 'wb2.example.com',
          reached: true,
          reason: 'its host key was not checked (hostKeyCheck: off)',
        },
        { name: 'wb3', host: '10.0.0.13', reached: false, reason: lost },
        { name: 'wb4', host: 'wb4.example.com', reached: true },
      ],
    },
    gate: { result: 'fail', failOn: 'critical', exitCode: 1 },
  },
);

/** Settings that differ: of two kinds, with a hidden value, one too long for a column. */
const compared = (key: string, wrong: string, right: string) => ({
  key,
  values: [
    { nodes: ['wb2'], value: wrong },
    { nodes: ['wb1', 'wb4'], value: right },
  ],
});
const differences = [
  compared('http.listen', '":4343"', '":4242"'),
  compared('database.url', '"(hidden)"', '"(hidden)"'),
  compared('server.address', 'not set', '"https://rstudio.example.com/a/path/that/does/not/end/soon"'),
];
export const differing: Report = report(
  [
    verdict('config-identical', 'fail', {
      nodes: ['wb2'],
      message: 'rstudio.gcfg differs on wb2 in http.listen, database.url and server.address',
      observed: 'http.listen: wb2 ":4343", wb1 and wb4 ":4242"',
      expected: 'as on wb1',
      details: ['database.url: wb2 "(hidden)", wb1 and wb4 "(hidden)"'],
      differences,
      remediation: 'sudo cat /etc/rstudio/rstudio.gcfg    # on wb1\nsudo cat /etc/rstudio/rstudio.gcfg    # on wb2',
    }),
  ],
  { gate: { result: 'fail', failOn: 'critical', exitCode: 1 } },
);

const [first, second, third] = broken.verdicts.filter(({ status, waiver }) => status === 'fail' && !waiver);
/** `broken`, judged against an older report. */
export const since: Report = {
  ...broken,
  gate: {
    ...broken.gate,
    baseline: {
      startedAt: '2027-01-01T03:04:05.678Z',
      ...{ new: 1, worse: 1, mended: 1 },
      counted: [first!.fingerprint, third!.fingerprint],
      changes: { [first!.fingerprint]: 'worse', [third!.fingerprint]: 'new', [second!.fingerprint]: 'changed' },
      gone: [{ id: 'free-space', severity: 'warning', nodes: ['wb1'], message: '/home is full', fingerprint: 'gone' }],
    },
  },
};

export const blind: Report = report(
  [
    ...passes,
    verdict('database-health', 'unknown', {
      nodes: [],
      message: 'no credential',
      remediation: 'database: { url: { env: PGURL } }',
    }),
  ],
  {
    gate: { result: 'unknown', failOn: 'critical', exitCode: 3 },
  },
);

export const several: Reports = {
  schema: 'ha-preflight/reports/1',
  reports: [clean, broken, { ...blind, cluster: { ...blind.cluster, name: 'wb-test' } }],
  gate: { result: 'fail', failOn: 'critical', exitCode: 1 },
};

const many = Array.from({ length: 40 }, (_, i) => `node${String(i + 1).padStart(2, '0')}.example.com`);
export const large: Report = report(
  [
    ...passes.map((pass) => ({ ...pass, nodes: many })),
    verdict('clock-skew', 'fail', {
      nodes: many.slice(4, 20).concat(many[30]!),
      message: '17 nodes run late',
      remediation: 'chronyc makestep',
    }),
    ...passes.map(({ id }) => verdict(id, 'unknown', { nodes: many.slice(35), message: 'timed out after 30 s' })),
  ],
  {
    cluster: {
      name: 'large',
      product: 'connect',
      nodes: many.map((name, i) => ({
        name,
        host: name,
        reached: i < 35,
        ...(i < 35 ? {} : { reason: 'timed out after 30 s' }),
      })),
    },
    gate: { result: 'fail', failOn: 'warning', exitCode: 1 },
  },
);
