/** Settings as the product itself would read them, by name: what checks of single values look at. */

import { defineCollector } from '../model/collector.js';
import { effectiveOf, type Found } from '../products/profile.js';
import type { EffectiveSettings } from '../products/settings.js';

/** NotSeen when a file that is there could not be read. */
export const effective = defineCollector<EffectiveSettings, Found>({
  id: 'effective',
  requests: () => ({}),
  parse: (_, __, found) => effectiveOf(found),
});
