/** The system below the product: names, mounts, clocks, versions. */

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './fault.js';
import { all, append, both, deviant, edit, mounts, posit, put } from './plants.js';

const gcfgProducts = ['connect', 'packageManager'] as const;

export const SYSTEM: readonly Fault[] = [
  {
    name: 'chrony lost its only server',
    requirements: ['RSPM-02', 'CONN-12'],
    in: gcfgProducts,
    plant: put('/.fake-sources', '^,?,192.0.2.5,2,6,0,901,0.0,0.0,0.001\n'),
    expect: { 'clock-source': 'n2' },
  },
  {
    name: 'the last sample of chrony is weeks old',
    requirements: ['RSPM-02', 'CONN-12'],
    in: gcfgProducts,
    plant: both(
      edit('/.fake-tracking', /,3,\d+\./, ',3,1700000000.'),
      edit('/.fake-tracking', /^/, '=daemons chronyd\n=chrony\n'),
    ),
    expect: { 'clock-source': 'n2' },
  },
  {
    name: 'ntpd follows its own clock',
    requirements: ['RSPM-02', 'CONN-12'],
    in: gcfgProducts,
    plant: put(
      '/.fake-tracking',
      '=daemons ntpd\n=ntpd\n*127.127.1.0     .LOCL.          10 l   33   64  377    0.000    0.000   0.000\n',
    ),
    expect: { 'clock-source': 'n2' },
  },
  {
    name: 'clocks differ by more than the margin of the locks',
    requirements: ['WB-06'],
    in: ['workbench'],
    nodes: all,
    plant: both(
      put('/etc/rstudio/file-locks', 'timeout-interval=10\nrefresh-rate=9\n'),
      deviant(put('/.fake-clock', '1\n'), put('/.fake-clock', '0\n')),
    ),
    expect: { 'clock-skew': 'n2' },
  },
  {
    name: 'a lock refreshed every "20s"',
    requirements: ['WB-33'],
    in: ['workbench'],
    nodes: all,
    plant: put('/etc/rstudio/file-locks', 'refresh-rate=20s\n'),
    expect: { 'file-lock-settings': 'n1 n2 n3' },
  },
  {
    name: 'the shared data is read-only',
    requirements: ['RSPM-08', 'CONN-04'],
    in: gcfgProducts,
    plant: mounts(/rw,relatime( shared:\d+ - nfs)/, 'ro,relatime$1'),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'a softerr mount',
    requirements: ['WB-46'],
    in: ['workbench'],
    plant: mounts(/hard/g, 'softerr,softreval'),
    expect: { 'mount-persistence': 'n2' },
  },
  {
    name: 'fstab mounts a local disk after a reboot',
    requirements: ['X-07'],
    in: posit,
    plant: edit('/etc/fstab', /^nfs1\S+ (\S+) nfs4/, '/dev/sdb1 $1 ext4'),
    expect: { 'mount-persistence': 'n2' },
  },
  {
    name: 'fstab mounts a different export after a reboot',
    requirements: ['X-07'],
    in: posit,
    plant: edit('/etc/fstab', ':/export', ':/old'),
    expect: { 'mount-persistence': 'n2' },
  },
  {
    name: 'a member of the admitted group is unknown',
    requirements: ['WB-03'],
    in: ['workbench'],
    nodes: all,
    plant: both(
      edit('/etc/group', 'analysts:x:5100:', 'analysts:x:5100:ann lee,'),
      deviant((tree) => tree, append('/etc/passwd', 'ann lee:x:5003:5003::/home/ann:/bin/sh\n')),
    ),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'a further group has a different number',
    requirements: ['WB-04'],
    in: ['workbench'],
    nodes: all,
    plant: deviant(append('/etc/group', 'research:x:601:jdoe\n'), append('/etc/group', 'research:x:600:jdoe\n')),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'two lines of one user, and the first differs',
    requirements: ['WB-03', 'WB-45'],
    in: ['workbench'],
    plant: edit('/etc/passwd', /^jdoe:/m, 'jdoe:x:9999:9999::/home/jdoe:/bin/sh\njdoe:'),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'a release candidate among releases',
    requirements: ['RSPM-04', 'CONN-01', 'WB-01'],
    in: posit,
    plant: edit('/var/lib/dpkg/status', /^(Version: \d+(?:\.\d+)*)/m, '$1~rc1'),
    expect: { 'product-version': 'n2', 'upgrade-state': 'n2' },
  },
  {
    name: 'a package that is half configured',
    requirements: [],
    in: posit,
    plant: edit('/var/lib/dpkg/status', 'ok installed', 'ok half-configured'),
    expect: { 'product-version': 'n2' },
  },
  {
    name: 'a node that gives localhost as its address',
    requirements: ['WB-21'],
    in: ['workbench'],
    plant: edit('/etc/rstudio/load-balancer', /www-host-name=.*/, 'www-host-name=localhost'),
    expect: { 'node-address': 'n2' },
  },
  {
    name: 'a key in a folder that everybody can write to',
    requirements: ['RSPM-18'],
    in: gcfgProducts,
    after: (folder) => chmodSync(join(folder, 'n2/etc'), 0o777),
    expect: { 'key-file': 'n2' },
  },
];
