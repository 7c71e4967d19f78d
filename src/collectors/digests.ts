/** Files of the configuration directory whose text is not read (unknown format): keyed digests, for equality only. */

import { defineCollector, shell } from '../model/check.js';
import { NotSeen } from '../model/evidence.js';
import type { Found, TreeEntry } from '../products/found.js';

/** What is compared by digest: neither a known text nor a key nor a leftover. */
export const unread = (found: Found): TreeEntry[] =>
  found.tree.filter(
    (e) => e.type === 'file' && !found.texts.has(e.path) && e.size > 0 && !found.profile.keyFiles.includes(e.path),
  );

export const digests = defineCollector<ReadonlyMap<string, string>, Found>({
  id: 'digests',
  requests: (_, found) => {
    const files = unread(found);
    if (files.length === 0) return {};
    return {
      files: {
        script: shell`cd "$R"${found.root} && for f in ${files.map((f) => f.path)}; do S cat -- "./$f" | { printf %s "$HA_NONCE"; cat; } | sha256sum || exit; done`,
        timeoutSeconds: 15,
      },
    };
  },
  parse: ({ files }, _, found) => {
    if (files && files.stderr.trim() !== '')
      throw new NotSeen(
        `${found.root}: ${files.stderr.trim().split('\n')[0]}; set connection.sudo: true, or grant the audit account read access`,
      );
    const lines = (files?.stdout ?? '').split('\n');
    return new Map(unread(found).flatMap((f, i) => (lines[i] ? [[f.path, lines[i].slice(0, 64)]] : [])));
  },
});
