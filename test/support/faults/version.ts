/** Versions of the product. */

import type { Fault } from './fault.js';
import { both, drop, edit, posit } from './plants.js';

export const VERSION: readonly Fault[] = [
  {
    name: 'another version',
    requirements: ['RSPM-04', 'CONN-01', 'WB-01', 'PPM-AWS-05'],
    in: posit,
    plant: both(drop('/proc/100/comm'), drop('/.fake-list-nodes'), (t, c, n) =>
      edit('/var/lib/dpkg/status', c.version, '2022.01.0+1.pro1')(t, c, n),
    ),
    expect: { 'product-version': 'n2', 'upgrade-state': 'n2', 'cluster-state': 'n2' },
  },
  {
    name: 'two versions run',
    requirements: ['RSPM-20', 'CONN-21'],
    in: ['connect', 'packageManager'],
    plant: (t, c, n) => edit('/var/lib/dpkg/status', c.version, '2022.01.0-1')(t, c, n),
    expect: { 'product-version': 'n2', 'upgrade-state': 'n2' },
  },
];
