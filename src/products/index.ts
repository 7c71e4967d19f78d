/** The profiles by product. */

import type { Product } from '../model/inventory.js';
import { connect } from './connect/index.js';
import { deployr } from './deployr/index.js';
import { packageManager } from './package-manager/index.js';
import type { Profile } from './profile.js';
import { workbench } from './workbench/index.js';

export const profiles: Readonly<Record<Product, Profile>> = {
  workbench,
  connect,
  'package-manager': packageManager,
  deployr,
};
