/** DeployR's two configuration files, read as their programs read them. Nothing is asked: round 1 has the texts. */

import { defineCollector } from '../model/collector.js';
import { type Mongo, mongoOf } from '../products/deployr/mongo.js';
import type { Found } from '../products/profile.js';

export const mongo = defineCollector<Mongo, Found>({
  id: 'mongo',
  requests: () => ({}),
  parse: (_, __, found) => mongoOf(found),
});
