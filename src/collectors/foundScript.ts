/**
 * The script of round 1, one per product. Everything that decides where the configuration lies is read first: the
 * environment and the command line of the running server, or the unit files it will be started with. What is listed
 * and read then is a superset, every directory and file that these texts could name; `found.ts` decides by the rules of
 * the product which of it is in force. So no rule of a product stands here in shell.
 */

import { UNIT_DIRECTORIES } from '../formats/systemdDropIns.js';
import { unitSpecifiers } from '../formats/systemdWords.js';
import { type Raw, raw, shell } from '../model/collector.js';
import type { Request } from '../model/evidence.js';
import type { Profile } from '../products/profile.js';
import { FOUND } from './foundFunctions.js';
import { commandLine, depthOf, listingScript, textFinder } from './listing.js';

/**
 * The first trace that is there, to `seen`; a link that leads nowhere is there too. Homes may be on a file server that is
 * gone: once something hangs, and each request is asked alone, they are given two seconds.
 */
function firstOf(traces: readonly string[]): string {
  const homes = traces.filter((t) => t.startsWith('/home/'));
  const look = (paths: readonly string[]): Raw =>
    raw(
      `for t in ${paths.map((t) => `"$R"${t}`).join(' ')}; do { [ -e "$t" ] || [ -L "$t" ]; } && seen=\${t#"$R"} && break; done`,
    );
  if (homes.length === 0) return look(traces).text;
  return shell`if [ -n "$HA_ALONE" ] && command -v timeout >/dev/null; then seen=$(timeout -s KILL 2 sh -c ${`${look(homes).text}; printf %s "$seen"`}); [ $? != 137 ] || echo '=stuck /home'
else ${look(homes)}; fi
[ -n "$seen" ] || ${look(traces.filter((t) => !homes.includes(t)))}`;
}

/** Directories of systemd in which a site's or a package's unit files are; the others hold what systemd makes itself. */
const DIRECTORIES = UNIT_DIRECTORIES.filter((d) => !/system\.control|transient|generator|attached/.test(d));

/** Patterns of the unit's files in one directory. */
function unitPatterns(unit: string): string[] {
  const prefixes = [...unit.matchAll(/-/g)].map((m) => unit.slice(0, m.index + 1));
  return [`${unit}.service`, ...[unit, ...prefixes].map((n) => `${n}.service.d/*.conf`), 'service.d/*.conf'];
}

/** What the unit's name puts in for `%n` and the like, for sed; the host's name and `%%` (here `%_`) come behind it. */
const specifiers = (unit: string): string =>
  ['s/%%/%_/g', ...Object.entries(unitSpecifiers(`${unit}.service`)).map(([letter, v]) => `s|%${letter}|${v}|g`)].join(
    ';',
  );

/** The words of a set of patterns that are files of this node. */
const paths = (names: readonly string[]): Raw => raw(names.map((n) => `"$R"${n}`).join(' '));

/** Whether the product is there. */
const detection = (profile: Profile): string => shell`root=${profile.root}; seen=
${raw(firstOf(profile.traces))}
said="=present $seen"
running ${`${profile.processes.map((p) => `|${p}`).join('')}|`}
[ -n "$seen$pid" ] || { printf '%s\n' "$said"; false; }`;

/** Lines begin with `=` (ours), `~` (a stat), `|`, `+` or a digest (masked text): no file content can look like ours. */
const script = (
  profile: Profile,
): string => shell`for t in awk find grep head sed sha256sum stat tr; do command -v $t >/dev/null || said="$said$nl=missing $t"; done
[ -z "$HA_REFUSED" ] || said="$said$nl=refused $HA_REFUSED"
${raw(profile.rootAbove === undefined ? '' : `[ -z "$seen" ] || root=\${seen%${'/*'.repeat(profile.rootAbove)}}`)}
environment
u=; files=; specifiers=${specifiers(profile.unit)}
if [ -z "$env" ] || [ -z "$args" ]; then
  set --
  for d in ${DIRECTORIES}; do
    for f in ${raw(
      unitPatterns(profile.unit)
        .map((p) => `"$R$d/"${p}`)
        .join(' '),
    )}; do
      # what is in a folder we may not enter may be there
      if exists "$f" || { [ -d "\${f%/*}" ] && ! [ -x "\${f%/*}" ]; }; then set -- "$@" "$f"; fi
    done
  done
  for f in ${paths([...['default', 'sysconfig'].map((d) => `/etc/${d}/${profile.unit}`), ...(profile.environmentFiles ?? [])])}; do
    ! exists "$f" || set -- "$@" "$f"
  done
  units "$@"
fi
dirs=$root moved=
${raw(profile.directoryVariables === undefined ? '' : directories(profile.directoryVariables))}
${raw(profile.movingOptions === undefined ? '' : movedFiles(profile))}
texts() { S ${raw(commandLine(textFinder(profile)))}; }
found() { ${raw(listingScript(profile))}
}
isText() { case $1 in *:*|${raw('*/'.repeat(depthOf(profile)))}*) false;; ${raw(profile.texts.map((t) => t.pattern.replaceAll(/[^\w.*?[\]!/-]/g, '\\$&')).join('|'))}) ;; *) false;; esac; }
few=${profile.listed === undefined ? '' : '1'}
variables=${profile.variables}; IFS=$nl; set -f; set -- $dirs; set +f; IFS=$b
report "$@"`;

const directories = (names: string): string =>
  shell`! mentions "$env$u" ${names} || dirs=$( { { printf '%s\n' "$env"; planned; } | candidates ${names} | sed 'p;s,/*$,/rstudio,'; echo "$root"; } | awk '{ sub(/\/+$/, ""); gsub(/\/\/+/, "/") } !seen[$0]++')`;

const movedFiles = ({ movingOptions = '', movedFrom = '', required: [main], product }: Profile): string => shell`
from=${movedFrom}; IFS=$nl; set -f; set -- ${movingOptions}; for d in $dirs; do set -- "$@" "$R$d/"${main ?? product}; done; set +f; IFS=$b
naming "$@"; moved`;

/** What asks a node for one product. */
export const foundRequest = (profile: Profile): Request => ({
  base: [FOUND],
  first: detection(profile),
  script: script(profile),
  allowExit: 'any',
});
