/** Files of the configuration directory whose text is not read (unknown format): keyed digests, for equality only. */

import { defineCollector, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';
import { pathOf, type TreeEntry } from '../products/installed.js';
import type { Found } from '../products/profile.js';
import { withGrant } from '../remedy.js';

/** Most bytes of one file, and most files: a digest costs three processes and what it reads. */
const MOST_BYTES = 16 << 20;
const MOST_FILES = 400;

/**
 * What is compared by digest: neither a known text nor a key nor a leftover. What is too large, or beyond the most files,
 * gets none, and so cannot be said to be equal.
 */
export const unread = (found: Found): TreeEntry[] =>
  found.tree
    .filter(
      (e) =>
        e.type === 'file' &&
        e.link === undefined &&
        !found.texts.has(e.path) &&
        e.size > 0 &&
        e.size <= MOST_BYTES &&
        !found.profile.keyFiles.includes(e.path),
    )
    .slice(0, MOST_FILES);

export const digests = defineCollector<ReadonlyMap<string, string>, Found>({
  id: 'digests',
  requests: (_, found) => {
    const files = unread(found);
    if (files.length === 0) return {};
    return {
      files: {
        script: shell`for f in ${files.map((f) => pathOf(found, f.path))}; do { printf %s "$HA_NONCE"; S cat -- "$R$f"; } | sha256sum || exit; done`,
        timeoutSeconds: 15,
      },
    };
  },
  parse: ({ files }, _, found) => {
    if (files && files.stderr.trim() !== '')
      throw new NotSeen(withGrant(`${found.root}: ${files.stderr.trim().split('\n')[0]}`));
    const lines = (files?.stdout ?? '').split('\n');
    return new Map(unread(found).flatMap((f, i) => (lines[i] ? [[f.path, lines[i].slice(0, 64)]] : [])));
  },
});
