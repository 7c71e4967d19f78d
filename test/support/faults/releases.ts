/** The vendors' present documents, in the releases they hold for. */

import { SECRETS } from '../clusters.js';
import type { Fault, Plant } from './fault.js';
import { ALL, all, both, edit } from './plants.js';

const options = (text: string): Plant => edit('/etc/rstudio/rserver.conf', /$/, text);
/** Homes on EFS, in the mount table and in fstab. */
const efs = both(
  edit(
    '/proc/self/mountinfo',
    / \/home (.*) nfs1.example.com:\/export/,
    ' /home $1 fs-0123.efs.us-east-1.amazonaws.com:/',
  ),
  edit('/etc/fstab', 'nfs1.example.com:/export /home nfs4', 'fs-0123.efs.us-east-1.amazonaws.com:/ /home nfs4'),
  (tree) => ({ ...tree, '/etc/rstudio/file-locks': { text: 'lock-type=advisory\n' } }),
);
const smb = (point: string, server: string): Plant =>
  both(
    edit('/proc/self/mountinfo', /nfs4? nfs1\S+ rw.*/, `cifs //${server}/share rw,vers=3.0`),
    edit('/etc/fstab', new RegExp(`^\\S+ ${point} nfs4`), `//${server}/share ${point} cifs`),
  );

export const RELEASES: readonly Fault[] = [
  {
    name: 'one node has a key file, the others keep the key in the database',
    requirements: ['WB26-02'],
    in: ['newWorkbench', 'presentWorkbench'],
    plant: (tree) => ({ ...tree, '/etc/rstudio/secure-cookie-key': { text: SECRETS.cookie, mode: 0o600 } }),
    expect: { 'key-file': 'n1 n3', 'shared-keys': 'n2' },
  },
  {
    name: 'monitoring data of all nodes in one directory',
    requirements: ['WB26-04'],
    in: ['newWorkbench', 'presentWorkbench'],
    nodes: all,
    plant: options('monitor-data-path=/srv/shared/storage\n'),
    expect: { 'metrics-path': ALL },
  },
  {
    name: 'projects are shared on EFS',
    requirements: ['WB26-05'],
    in: ['newWorkbench', 'presentWorkbench'],
    nodes: all,
    plant: both(efs, options('server-project-sharing=1\n')),
    expect: { 'storage-kind': ALL },
  },
  {
    name: 'an encrypted password in a release that refuses it',
    requirements: ['WB26-06'],
    in: ['autumnWorkbench'],
    nodes: all,
    plant: edit('/etc/rstudio/database.conf', SECRETS.database, '01234567c2VjcmV0IHBhc3N3b3JkIG9mIGEgdGVzdA==01234567'),
    expect: { 'database-password': ALL },
  },
  {
    name: 'the shared directory of Connect is on SMB',
    requirements: ['CONN26-02'],
    in: ['presentConnect'],
    nodes: all,
    plant: smb('/srv/connect', 'nas'),
    expect: { 'storage-kind': ALL },
  },
  {
    name: 'the data of a present Package Manager is on SMB',
    requirements: ['PPM26-03'],
    in: ['presentPackageManager'],
    nodes: all,
    plant: smb('/srv/pm', 'nas'),
    expect: { 'storage-kind': ALL },
  },
  {
    name: 'one node of a present Package Manager has no key',
    requirements: ['PPM26-01'],
    in: ['presentPackageManager'],
    plant: (tree, cluster) => Object.fromEntries(Object.entries(tree).filter(([path]) => path !== cluster.key)),
    expect: { 'key-file': 'n2' },
  },
];

/** Rows of the present documents that take a living server to break, or whose file name nobody could confirm. */
export const RELEASES_LIVING: readonly string[] = ['WB26-01', 'WB26-03', 'CONN26-01', 'PPM26-02'];
