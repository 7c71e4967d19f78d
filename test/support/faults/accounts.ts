/** Accounts, the operating system, runtimes. */

import type { Fault } from './fault.js';
import { both, drop, edit, key, posit, put } from './plants.js';

export const ACCOUNTS: readonly Fault[] = [
  {
    name: 'a user has another uid',
    requirements: ['WB-03', 'WB-45'],
    in: ['workbench'],
    plant: edit('/etc/passwd', 'jdoe:x:5001', 'jdoe:x:1999'),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'a user is missing, and only a remark in nsswitch.conf names a directory service',
    requirements: ['WB-03'],
    in: ['workbench'],
    plant: both(
      edit('/etc/passwd', /^jdoe:.*\n/m, ''),
      put('/etc/nsswitch.conf', 'passwd: files systemd # no sss\ngroup: files\n'),
    ),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'a group has another id',
    requirements: ['WB-04'],
    in: ['workbench'],
    plant: edit('/etc/group', 'analysts:x:5100', 'analysts:x:1999'),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'a user is not in the group',
    requirements: ['WB-04'],
    in: ['workbench'],
    plant: edit('/etc/group', 'jdoe,jsmith', 'jdoe'),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'the service account has another uid',
    requirements: ['WB-05', 'CONN-35'],
    in: ['workbench', 'connect'],
    plant: (t, c, n) =>
      both(edit('/etc/passwd', new RegExp(`${c.user}:x:(\\d+):`), `${c.user}:x:777:`), key(/$/, '', { uid: 777 }))(
        t,
        c,
        n,
      ),
    expect: { 'user-ids': 'n2' },
    needs: 'root',
  },
  {
    name: 'another login shell',
    requirements: ['WB-03'],
    in: ['workbench'],
    plant: edit('/etc/passwd', /^(jdoe:.*:)[^:\n]*$/m, '$1/bin/bash'),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'another home directory of two users',
    requirements: ['WB-03'],
    in: ['workbench'],
    plant: both(
      edit('/etc/passwd', /\/home\/jdoe/, '/home/../home/jdoe'),
      edit('/etc/passwd', /\/home\/jsmith/, '/home/../home/jsmith'),
    ),
    expect: { 'user-ids': 'n2', 'shared-directories': 'n2' },
  },
  {
    name: 'a version of R is missing',
    requirements: ['CONN-35', 'X-12'],
    in: ['connect', 'workbench'],
    plant: drop('/opt/R/4.3.1/bin/R'),
    expect: { runtimes: 'n2' },
  },
  {
    name: 'a configured version of R is missing',
    requirements: ['PPM-AWS-08'],
    in: ['packageManager', 'aws'],
    plant: drop('/opt/R/4.3.1/bin/R'),
    expect: { runtimes: 'n2' },
  },
  {
    name: 'another architecture',
    requirements: ['X-12'],
    in: posit,
    plant: edit('/var/lib/dpkg/status', 'amd64', 'arm64'),
    expect: { platform: 'n2' },
  },
  {
    name: 'another distribution',
    requirements: ['X-12'],
    in: posit,
    plant: put('/etc/os-release', 'ID=rocky\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4"\n'),
    expect: { platform: 'n2' },
  },
];
