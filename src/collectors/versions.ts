/** The product's version by its own program, by the package database, and whether the running process is that program. */

import { versionToken } from '../formats/version.js';
import { defineCollector, shell } from '../model/collector.js';
import type { Found } from '../products/profile.js';

export interface Versions {
  /** Complete token the program prints. */
  readonly program?: string;
  /** Why there is none. */
  readonly programTrouble?: string;
  /** True when the program was asked and did not answer: it hung, or printed without end. */
  readonly programSilent?: true;
  /** Complete token of the installed package. */
  readonly package?: string;
  /** What the package database says of a package whose installation did not end: `half-configured`, `unpacked`, … */
  readonly unfinished?: string;
  /** Server processes whose program file was replaced or removed since they started. */
  readonly outdated: readonly string[];
  /** True when the link of every server process could be read. */
  readonly processesSeen: boolean;
}

/** Lines behind a package's name among which its version is; dpkg keeps an order. */
const FIELDS = 20;

/**
 * dpkg or rpm; in a node tree the status file itself, since the tools of this machine need not be there. Here too, where
 * nothing is pending beside it: dpkg-query reads the whole database, which takes it three times as long.
 */
const packages = (names: readonly string[]): string => shell`known() { k=
  for f in /var/lib/dpkg/updates/*; do [ ! -e "$f" ] || f=; done
  if [ -z "$f" ] || [ ! -r /var/lib/dpkg/status ]; then k=$(dpkg-query -W -f ${'${db:Status-Status}:${Package}:${Version}\\n'} ${names} 2>/dev/null); return 0; fi
  b=$IFS; IFS='
'
  t=$(grep -A ${FIELDS} -xF ${names.flatMap((n) => ['-e', `Package: ${n}`])} /var/lib/dpkg/status)
  for n in ${[...names].sort()}; do for l in $t; do
    case $l in Package:*) p=\${l#Package: };; Status:*) s=\${l##* };; Version:*) [ "$p" != "$n" ] || k="$k $s:$n:\${l#Version: }";; esac; done; done; IFS=$b; }
some=
if [ -n "$R" ]; then
  awk -v want=${names.join(' ')} 'BEGIN { n = split(want, w, " "); for (i = 1; i <= n; i++) ok[w[i]] = 1 }
    /^Package: / { p = $2; i = 0; s = "" } /^Status: / { s = $4; i = s != "not-installed" && s != "config-files" }
    /^Version: / { if (ok[p] && i) print p, $2; if (ok[p] && i && s != "installed" && s !~ /^triggers/) print "=unfinished " s }' "$R/var/lib/dpkg/status" 2>/dev/null
elif command -v dpkg-query >/dev/null 2>&1 && known && for p in $k; do
  case $p in not-installed:*|config-files:*) continue;; installed:*|triggers-*) ;; *) echo "=unfinished \${p%%:*}";; esac
  p=\${p#*:}; echo "\${p%%:*} \${p#*:}"; some=1
done; [ -n "$some" ]; then :
elif command -v rpm >/dev/null 2>&1; then rpm -q --qf '%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\n' ${names} 2>/dev/null | grep -v 'not installed'
fi; :`;

/** `PID PROGRAM` by process. One that gives no link is found by asking for each. */
const links = (pids: readonly string[]): string => shell`set -- ${pids}; a=; b=$IFS; for p; do a="$a /proc/$p/exe"; done
[ -n "$R" ] || { l=$(S readlink $a 2>/dev/null) && IFS='
' && set -f && c=0 && for x in $l; do c=$((c + 1)); done && [ $c = $# ] && for x in $l; do printf '%s %s\n' "$1" "$x"; shift; done && exit; IFS=$b; }
for p; do printf '%s ' "$p"; S readlink "$R/proc/$p/exe" || echo; done`;

export const versions = defineCollector<Versions, Found>({
  id: 'versions',
  requests: (_, found) => ({
    ...(found.profile.versionCommand.length > 0 && {
      // a program of a foreign tree is never executed
      program: {
        script: shell`if [ -n "$R" ]; then exit 126; fi; [ -e ${found.profile.versionCommand[0]!} ] || exit 127; ${found.profile.versionCommand}`,
        allowExit: 'any',
        timeoutSeconds: 15,
        // of a program that hangs the package is known all the same
        optional: true,
      },
    }),
    ...(found.profile.packages.length > 0 && {
      package: { script: packages(found.profile.packages) },
    }),
    ...(found.running.length > 0 && {
      processes: {
        script: links(found.running.map((r) => String(r.pid))),
        direct: true,
        allowExit: 'any' as const,
      },
    }),
  }),
  parse({ program, package: installed, processes }, _, found) {
    const token = program?.exit === 0 ? versionToken(found.profile.version, program.stdout) : undefined;
    const command = found.profile.versionCommand.join(' ');
    const ofPackages = installed?.stdout ?? '';
    const packageToken = ofPackages
      .split('\n')
      .flatMap((l) =>
        l.includes(' ') && !l.startsWith('=')
          ? [versionToken(found.profile.version, l.slice(l.indexOf(' ') + 1)) ?? '']
          : [],
      )[0];
    const unfinished = /^=unfinished (.*)$/m.exec(ofPackages)?.[1];
    const links = (processes?.stdout ?? '').split('\n').flatMap((l) => {
      const m = /^(\d+) ?(.*)$/.exec(l);
      return m ? [{ pid: Number(m[1]), exe: m[2]! }] : [];
    });
    const trouble = !program
      ? `${found.profile.title} has no command that prints its version`
      : program.exit === 126
        ? 'programs of a file tree are not run'
        : program.exit === 127
          ? `${found.profile.versionCommand[0]} does not exist`
          : program.exit === -1
            ? `versions: ${program.stderr}`
            : `"${command}" ended with ${program.exit} and printed no version: ${(program.stderr || program.stdout).trim().split('\n')[0] ?? ''}`;
    return {
      ...(token !== undefined ? { program: token } : { programTrouble: trouble }),
      ...(program?.exit === -1 && { programSilent: true as const }),
      ...(packageToken && { package: packageToken }),
      ...(unfinished !== undefined && { unfinished }),
      outdated: links.filter((l) => l.exe.endsWith(' (deleted)')).map((l) => `pid ${l.pid}: ${l.exe}`),
      processesSeen:
        found.running.length > 0 && links.length === found.running.length && links.every((l) => l.exe !== ''),
    };
  },
});
