/** R, Python and Quarto on the node: those in the vendor's usual places, and whether the configured ones are there. */

import { defineCollector, shell } from '../model/collector.js';
import { type Found, settingsOf } from '../products/profile.js';

export interface Runtimes {
  /** Programs in the usual places: `PATH`, or `PATH (VERSION)` where the path does not say the version. */
  readonly installed: readonly string[];
  /** Those of them whose version is not known. */
  readonly open: readonly string[];
  /** Configured paths that do not exist. */
  readonly missing: readonly string[];
}

/**
 * A path without a version may lead to one that has it, or to files that say it. Every link is followed inside the node:
 * that of a tree would lead to this machine.
 */
const script = (configured: readonly string[]): string => shell`inside() { q=; i=0; rest=$1
  while [ -n "$rest" ]; do
    rest=\${rest#/}; c=\${rest%%/*}; rest=\${rest#"$c"}
    if [ -L "$R$q/$c" ]; then
      i=$((i + 1)); [ $i -lt 40 ] || return 1
      t=$(readlink "$R$q/$c"); case $t in /*) q=;; esac; rest=/$t$rest
    else case $c in ''|.) ;; ..) q=\${q%/*};; *) q=$q/$c;; esac; fi
  done; [ -e "$R$q" ]; }
release() { for f in "$1"/library/base/DESCRIPTION "$1"/lib/R/library/base/DESCRIPTION "$1"/lib64/R/library/base/DESCRIPTION "$1"/share/version; do
  [ -r "$f" ] && { sed -n '/^Version: /{s///p;q;}; /^[0-9][0-9.]*$/{p;q;}' "$f"; return; }; done; }
for p in "$R"/opt/R/*/bin/R "$R"/opt/python/*/bin/python3 "$R"/opt/quarto/*/bin/quarto "$R"/usr/bin/R "$R"/usr/local/bin/R "$R"/usr/bin/quarto "$R"/usr/local/bin/quarto; do
  [ -e "$p" ] || [ -L "$p" ] || continue; p=\${p#"$R"}; inside "$p" || continue
  case $p in *[0-9].[0-9]*) echo "=at $p"; continue;; esac
  v=; case $q in *[0-9].[0-9]*) v=$q;; *) case $q in */bin/*) v=$(release "$R\${q%/bin/*}");; esac;; esac
  printf '=at %s\n' "$p\${v:+ ($v)}"; done
for p in ${configured}; do inside "$p" || printf '=missing %s\n' "$p"; done; :`;

/** The version alone: a path that has it may be any. */
const versioned = (line: string): string =>
  line.replace(/ \((.*)\)$/, (_, text: string) => ` (${/\d+(?:\.\d+)+/.exec(text)?.[0] ?? text})`);

export const runtimes = defineCollector<Runtimes, Found>({
  id: 'runtimes',
  requests: (_, found) => ({ all: { first: script(settingsOf(found).runtimes), script: '', timeoutSeconds: 5 } }),
  parse({ all }) {
    const of = (name: string): string[] =>
      all!.stdout.split('\n').flatMap((l) => (l.startsWith(`=${name} `) ? [l.slice(name.length + 2)] : []));
    const installed = of('at').map(versioned).sort();
    return { installed, open: installed.filter((line) => !/\d\.\d/.test(line)), missing: of('missing') };
  },
});
