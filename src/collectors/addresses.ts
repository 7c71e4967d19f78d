/** What the names in the product's configuration mean on the node. */

import { sameHost } from '../formats/hostName.js';
import { defineCollector, shell } from '../model/collector.js';
import { isLoopback } from '../products/endpoints.js';
import { type Found, settingsOf } from '../products/profile.js';

/**
 * Addresses by name, in one spelling, sorted; empty for a name the node cannot resolve. Undefined in a node tree for a name that is not in
 * its /etc/hosts, unless nsswitch.conf has no other source of hosts, and for any where it asks another one first: DNS cannot
 * be asked there. What systemd-resolved answers it takes from /etc/hosts, too. Source: nsswitch.conf(5), nss-resolve(8).
 */
export type Addresses = ReadonlyMap<string, readonly string[] | undefined>;

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
[ -z "$R" ] || grep -Eqs '^[[:blank:]]*hosts:([[:blank:]]+(files|myhostname))*[[:blank:]]*(#.*)?$' "$R/etc/nsswitch.conf"; others=$?
[ -z "$R" ] || ! grep -Eqs '^[[:blank:]]*hosts:([[:blank:]]+(\[[^]]*]|(my|lib)[a-z_]*|mdns[46]?_minimal|resolve))*[[:blank:]]+(dns|nis|nisplus|ldap|sss|winbind|wins|mdns[46]?|db)([[:blank:]]|$)' "$R/etc/nsswitch.conf"; first=$?
for n in ${names}; do printf '=name %s\n' "$n"
if [ -z "$R" ]; then getent ahosts "$n"; else
a=$(awk -v n="$n" '{ gsub(/#.*|\r/, ""); for (i = 2; i <= NF; i++) if (tolower($i) == tolower(n)) print $1 }' "$R/etc/hosts" 2>/dev/null)
if [ $first != 0 ]; then echo '=unasked'; elif [ -n "$a" ]; then printf '%s\n' "$a"; elif [ $others != 0 ]; then echo '=unasked'; fi; fi; done; :`,
        timeoutSeconds: 8,
      },
    };
  },
  parse({ resolved }) {
    const byName = new Map<string, string[] | undefined>();
    let name = '';
    for (const line of (resolved?.stdout ?? '').split('\n')) {
      if (line.startsWith('=name ')) {
        name = line.slice(6);
        byName.set(name, []);
      } else if (line === '=unasked') byName.set(name, undefined);
      else if (line !== '') byName.get(name)?.push(sameHost(line.split(' ')[0]!));
    }
    return new Map([...byName].map(([n, list]) => [n, list && [...new Set(list)].sort()]));
  },
});
