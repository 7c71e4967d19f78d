/** How far apart clocks may be before a node takes a link-based lock for stale, by the node's own file-locks. */

import { LOCK_DEFAULTS, lockSeconds } from '../formats/fileLocks.js';
import { defineCollector } from '../model/collector.js';
import { attempt, effectiveOf, type Found, settingsOf } from '../products/profile.js';
import type { EffectiveSettings } from '../products/settings.js';

export interface LockTimes {
  /**
   * Half of what is left between two refreshes and the timeout, milliseconds. Absent where locks do not depend on
   * clocks, or where it is not known: a node whose configuration cannot be read still has a clock to compare.
   */
  readonly marginMs?: number;
}

export const lockTimes = defineCollector<LockTimes, Found | undefined>({
  id: 'lock-times',
  requests: {},
  parse(_, __, found) {
    const effective =
      found && attempt((): EffectiveSettings => (settingsOf(found).takesLocks ? effectiveOf(found) : new Map()));
    if (!effective || !('value' in effective) || effective.value.size === 0) return {};
    const get = (key: string): string | undefined => effective.value.get(`file-locks:${key}`)?.value;
    if ((get('lock-type') ?? 'linkbased') !== 'linkbased') return {};
    const refresh = lockSeconds(get('refresh-rate') ?? String(LOCK_DEFAULTS.refresh));
    const timeout = lockSeconds(get('timeout-interval') ?? String(LOCK_DEFAULTS.timeout));
    return refresh !== undefined && timeout !== undefined && timeout > refresh
      ? { marginMs: ((timeout - refresh) * 1000) / 2 }
      : {};
  },
});
