/** What servers beside the nodes answer, as the fuzzers of evidence start from it, and the inventory that asks them. */

import type { Answers } from '../../src/model/evidence.js';
import type { Cluster } from '../../src/model/inventory.js';
import type { DatabaseProbe, SeenDatabase } from '../../src/probes/database.js';
import { stickinessTarget } from '../../src/probes/http.js';
import type { NtpSample } from '../../src/probes/ntp.js';
import type { BucketView } from '../../src/probes/s3.js';
import { cookie, probeOf } from '../support/balancer.js';
import { trialOf } from '../support/trials.js';

const URL = 'https://cluster.example.com/';
const NTP = 'ntp1.example.com';
const NODES = ['n1', 'n2', 'n3'];

const SERVER: SeenDatabase = {
  ...{ system: '1', name: 'rstudio', oid: '5', version: 150_008, standby: false, readOnly: false, started: '' },
  ...{ address: '192.0.2.1', port: 5432, encoding: 'UTF8', maxConnections: 100, reserved: 3, connections: 5 },
  ...{ ssl: true, tables: ['public.t'] },
};
const database: DatabaseProbe = {
  sights: { n1: SERVER, n2: { ...SERVER, maxConnections: 10, system: '2' }, n3: { trouble: 'connection refused' } },
  groups: { n1: 0, n2: 1 },
  trouble: { n3: 'connection refused' },
  notified: { nodes: ['n1', 'n2'], heard: 'not tried' },
};
const times: readonly NtpSample[] = [{ offset: 3, bound: 5, stratum: 3, unsynchronised: false }];
const bucket: BucketView = {
  ...{ head: { region: 'eu-west-1' }, location: { error: 'AccessDenied', status: 403 } },
  ...{ versioning: { status: 'Suspended' }, encryption: { algorithms: ['aws:kms'] } },
};
const sessions = probeOf({
  jars: NODES.map((_, i) => NODES.map((_n, j) => NODES[(i + j) % 3]!)),
  control: NODES,
  set: (node) => [cookie('SERVERID', node)],
});

const json = (value: unknown) => ({ exit: 0, stdout: JSON.stringify(value), stderr: '' });

/** Nodes are called otherwise there. */
const trial = JSON.parse(
  JSON.stringify(
    trialOf('Server.DataDir', { markers: { b: 'absent', c: 'seen' }, trouble: { c: 'read-only file system' } }),
  ).replaceAll(/\\"([abc])\\"/g, (_, letter: string) => `\\"n${'abc'.indexOf(letter) + 1}\\"`),
) as Answers;

export const SERVICES: Answers = {
  'database:url': json(database),
  [`http:${stickinessTarget(URL)}`]: json(sessions),
  [`ntp:${NTP}`]: json(times),
  's3:packages us-east-1': json(bucket),
  ...trial,
};

/** Lines of the inventory that ask for them. */
export const asking = (cluster: Cluster): Cluster => ({
  ...cluster,
  database: { ...cluster.database, url: { env: 'PGURL' } },
  loadBalancer: { url: URL },
  time: { ...cluster.time, servers: [NTP] },
  s3: { credentials: 'default' },
});
