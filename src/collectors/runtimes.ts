/** R, Python and Quarto on the node: those in the vendor's usual places, and whether the configured ones are there. */

import { defineCollector, shell } from '../model/collector.js';
import { type Found, settingsOf } from '../products/profile.js';

export interface Runtimes {
  /** Programs in the usual places, by path. */
  readonly installed: readonly string[];
  /** Configured paths that do not exist. */
  readonly missing: readonly string[];
}

const script = (
  configured: readonly string[],
): string => shell`for p in "$R"/opt/R/*/bin/R "$R"/opt/python/*/bin/python3 "$R"/opt/quarto/*/bin/quarto "$R"/usr/bin/R "$R"/usr/local/bin/R "$R"/usr/bin/quarto "$R"/usr/local/bin/quarto; do
  [ -e "$p" ] && printf '=at %s\n' "\${p#"$R"}"; done
for p in ${configured}; do [ -e "$R$p" ] || printf '=missing %s\n' "$p"; done; :`;

export const runtimes = defineCollector<Runtimes, Found>({
  id: 'runtimes',
  requests: (_, found) => ({ all: { first: script(settingsOf(found).runtimes), script: '', timeoutSeconds: 5 } }),
  parse({ all }) {
    const of = (name: string): string[] =>
      all!.stdout.split('\n').flatMap((l) => (l.startsWith(`=${name} `) ? [l.slice(name.length + 2)] : []));
    return { installed: of('at').sort(), missing: of('missing') };
  },
});
