/** The profiles by product. */

import type { Product } from '../model/inventory.js';
import { connect } from './connect.js';
import { deployr } from './deployr.js';
import { packageManager } from './packageManager.js';
import type { Profile } from './profile.js';
import { workbench } from './workbench.js';

export const profiles: Readonly<Record<Product, Profile>> = {
  workbench,
  connect,
  'package-manager': packageManager,
  deployr,
};
