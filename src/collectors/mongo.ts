/** DeployR's two configuration files, read as their programs read them. Nothing is asked: round 1 has the texts. */

import { defineCollector } from '../model/check.js';
import { type Mongo, mongoOf } from '../products/deployr.js';
import type { Found } from '../products/found.js';

export { listedMembers, MONGO_PORT, type Mongo, memberName, mongoSetting } from '../products/deployr.js';

export const mongo = defineCollector<Mongo, Found>({
  id: 'mongo',
  requests: () => ({}),
  parse: (_, __, found) => mongoOf(found),
});
