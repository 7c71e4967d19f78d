/** What the names in the product's configuration mean on the node. */

import { defineCollector, shell } from '../model/collector.js';
import { isLoopback } from '../products/endpoints.js';
import { type Found, settingsOf } from '../products/profile.js';

/** Addresses by name, sorted; empty for a name the node cannot resolve. */
export type Addresses = ReadonlyMap<string, readonly string[]>;

/** A literal address needs no resolver. */
const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);

/** Names of the databases' hosts, without what means the node itself. */
export const namesOf = (found: Found): string[] => {
  const { endpoints } = settingsOf(found);
  const hosts = 'value' in endpoints ? endpoints.value.flatMap((e) => e.host.split(',')) : [];
  return [...new Set(hosts)].filter((h) => h && !isLoopback(h) && !isAddress(h));
};

export const addresses = defineCollector<Addresses, Found>({
  id: 'addresses',
  requests: (_, found) => {
    const names = namesOf(found);
    if (names.length === 0) return {};
    return {
      resolved: {
        script: shell`[ -n "$R" ] || command -v getent >/dev/null || { echo 'getent is missing: names could not be resolved' >&2; exit 127; }
for n in ${names}; do printf '=name %s\n' "$n"
if [ -n "$R" ]; then awk -v n="$n" '{ sub(/#.*/, ""); for (i = 2; i <= NF; i++) if (tolower($i) == n) print $1 }' "$R/etc/hosts"; else getent ahosts "$n"; fi; done; :`,
        timeoutSeconds: 8,
      },
    };
  },
  parse({ resolved }) {
    const byName = new Map<string, string[]>();
    let name = '';
    for (const line of (resolved?.stdout ?? '').split('\n')) {
      if (line.startsWith('=name ')) {
        name = line.slice(6);
        byName.set(name, []);
      } else if (line !== '') byName.get(name)?.push(line.split(' ')[0]!);
    }
    return new Map([...byName].map(([n, list]) => [n, [...new Set(list)].sort()]));
  },
});
