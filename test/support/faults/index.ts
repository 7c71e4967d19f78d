/** Faults by subject, and what hides a fact from a check. */

import { ACCOUNTS } from './accounts.js';
import { ON_AWS } from './aws.js';
import { CONFIGURATION } from './configuration.js';
import { CONNECT_FAULTS } from './connect.js';
import { DATABASE } from './database.js';
import { DEPLOYR } from './deployr.js';
import type { Fault } from './fault.js';
import { KEYS } from './keys.js';
import { NETWORK } from './network.js';
import { PACKAGE_MANAGER } from './packageManager.js';
import { RELEASES, RELEASES_LIVING } from './releases.js';
import { STORAGE } from './storage.js';
import { SYSTEM } from './system.js';
import { TIME } from './time.js';
import { VERSION } from './version.js';
import { WORKBENCH } from './workbench.js';

export { BLINDNESSES } from './blindnesses.js';
export type { Blindness, Edition, Fault, Plant } from './fault.js';

export const FAULTS: readonly Fault[] = [
  ...SYSTEM,
  ...RELEASES,
  ...TIME,
  ...CONFIGURATION,
  ...VERSION,
  ...DATABASE,
  ...STORAGE,
  ...KEYS,
  ...ACCOUNTS,
  ...NETWORK,
  ...WORKBENCH,
  ...CONNECT_FAULTS,
  ...PACKAGE_MANAGER,
  ...ON_AWS,
  ...DEPLOYR,
];

/** Rows that take living servers to break: test/real has those. */
export const LIVING: readonly string[] = [
  ...RELEASES_LIVING,
  ...[
    'X-02',
    'X-03',
    'X-04',
    'X-13',
    'WB-13',
    'PPM-AWS-10',
    'PPM-AWS-11',
    'PPM-AWS-12',
    'PPM-AWS-15',
    'CONN26-05',
    'CONN26-06',
  ],
  ...['CONN-10', 'CONN-18', 'DEPLOYR-10', 'DEPLOYR-11'],
];
