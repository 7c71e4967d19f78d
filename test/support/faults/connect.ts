/** What only Connect has. */

import type { Fault } from './fault.js';
import { ALL, all, append, both, CONNECT, edit, put } from './plants.js';

export const CONNECT_FAULTS: readonly Fault[] = [
  {
    name: 'old publishing clients are accepted',
    requirements: ['CONN-09'],
    in: ['connect'],
    nodes: all,
    plant: edit(CONNECT, 'Version = true', 'Version = false'),
    expect: { 'rsconnect-version': ALL },
  },
  {
    name: 'a setting that stops the release',
    requirements: ['CONN-09'],
    in: ['newConnect'],
    nodes: all,
    plant: append(CONNECT, '[LoadBalancing]\nEnforceMinRsconnectVersion = true\n'),
    expect: { 'rsconnect-version': ALL },
  },
  {
    name: 'an old client publishes to one node',
    requirements: ['CONN-19'],
    in: ['connect', 'presentConnect'],
    nodes: all,
    plant: (t, c, n) =>
      put(
        '/var/log/rstudio/rstudio-connect/rstudio-connect.access.log',
        ['GET /rsconnect/0.7.1 HTTP/1.1', 'POST /__api__/bundles HTTP/1.1']
          .map((request) => `192.0.2.7 - - "${request}" 200 12 "-" "rsconnect/${n === 'n2' ? '0.8.1' : '0.8.16'}"\n`)
          .join(''),
      )(t, c, n),
    expect: { 'publishing-clients': 'n2' },
  },
  {
    name: 'old clients publish to every node, beside new ones',
    requirements: ['CONN-19'],
    in: ['connect', 'presentConnect'],
    nodes: all,
    plant: put(
      '/var/log/rstudio/rstudio-connect/rstudio-connect.access.log',
      ['0.8.16', '0.7', '1.3.1']
        .map((v) => `192.0.2.7 - - "POST /__api__/bundles HTTP/1.1" 200 12 "-" "rsconnect/${v}"\n`)
        .join(''),
    ),
    expect: { 'publishing-clients': ALL },
  },
  {
    name: 'a member of the group that content runs as has another number',
    requirements: ['CONN-35'],
    in: ['connect', 'presentConnect'],
    nodes: all,
    plant: (t, c, n) =>
      both(
        append(CONNECT, '[Applications]\nSharedRunAsUnixGroup = publishers\n'),
        append('/etc/group', 'publishers:x:5200:analyst\n'),
        append('/etc/passwd', `analyst:x:${n === 'n2' ? 5302 : 5301}:100::/home/analyst:/usr/sbin/nologin\n`),
      )(t, c, n),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'the group that content runs as has another number',
    requirements: ['CONN-35'],
    in: ['connect'],
    nodes: all,
    plant: (t, c, n) =>
      both(
        append(CONNECT, '[Applications]\nSharedRunAsUnixGroup = publishers\n'),
        append('/etc/group', `publishers:x:${n === 'n2' ? 5201 : 5200}:\n`),
      )(t, c, n),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'a member of the group that content runs as on some nodes only',
    requirements: ['CONN-35'],
    in: ['connect'],
    nodes: all,
    plant: (t, c, n) =>
      both(
        append(CONNECT, '[Applications]\nSharedRunAsUnixGroup = publishers\n'),
        append('/etc/group', `publishers:x:5200:${n === 'n2' ? '' : 'jdoe'}\n`),
      )(t, c, n),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'the account of content has a further group on some nodes only',
    requirements: ['CONN-35'],
    in: ['connect'],
    nodes: ['n1', 'n3'],
    plant: append('/etc/group', 'data:x:5210:rstudio-connect\n'),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'no node runs scheduled jobs',
    requirements: ['CONN-30'],
    in: ['connect'],
    nodes: all,
    plant: append(CONNECT, '[Applications]\nScheduleConcurrency = 0\n'),
    expect: { 'schedule-concurrency': ALL },
  },
  {
    name: 'no node runs scheduled jobs, by the environment',
    requirements: ['CONN-30'],
    in: ['connect'],
    nodes: all,
    plant: put(
      '/etc/systemd/system/rstudio-connect.service.d/jobs.conf',
      '[Service]\nEnvironment=CONNECT_APPLICATIONS_SCHEDULECONCURRENCY=0\n',
    ),
    expect: { 'schedule-concurrency': ALL },
  },
];
