/**
 * The script of round 1, one per product. Everything that decides where the configuration lies is read first: the
 * environment and the command line of the running server, or the unit files it will be started with. What is listed
 * and read then is a superset, every directory and file that these texts could name; `found.ts` decides by the rules of
 * the product which of it is in force. So no rule of a product stands here in shell.
 */

import { UNIT_DIRECTORIES } from '../formats/systemdDropIns.js';
import { type Raw, raw, shell } from '../model/collector.js';
import type { Profile } from '../products/profile.js';
import { commandLine, listingScript, STAT, textFinder } from './listing.js';

/** The first trace that is there, to `seen`. Homes may be on a file server that is gone: they are given two seconds. */
function firstOf(traces: readonly string[]): string {
  const homes = traces.filter((t) => t.startsWith('/home/'));
  const look = (paths: readonly string[]): Raw =>
    raw(`for t in ${paths.map((t) => `"$R"${t}`).join(' ')}; do [ -e "$t" ] && seen=\${t#"$R"} && break; done`);
  if (homes.length === 0) return look(traces).text;
  return shell`if command -v timeout >/dev/null; then seen=$(timeout -s KILL 2 sh -c ${`${look(homes).text}; printf %s "$seen"`}); [ $? != 137 ] || echo '=stuck /home'
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

/**
 * Paths that a text could name as the value of one of these variables or options, one per line: split at colons, with
 * and without what stands behind a blank, quotes taken off, `$HOME` and the like put in.
 */
const candidates = (
  name: string,
  names: string,
): string => shell`${raw(name)}() { awk -v names=${names} -v h="$home" -v u="$user" -v n="$host" '
function put(v,   a, i, k) { k = split(v, a, ":"); for (i = 1; i <= k; i++) { v = a[i]
  gsub(/[$]([{]HOME[}]|HOME)/, h, v); gsub(/[$]([{]USER[}]|USER)/, u, v); gsub(/[$]([{]HOSTNAME[}]|HOSTNAME)/, n, v); sub(/^~\//, h "/", v)
  if (v ~ /^\// && !seen[v]++) print v } }
{ l = $0; while (match(l, "(" names ")[\"\047]?[ \t]*[= ][ \t]*")) { q = RSTART > 1 ? substr(l, RSTART - 1, 1) : ""; l = substr(l, RSTART + RLENGTH)
  if (q !~ /["\047]/) q = substr(l, 1, 1); v = l
  if (q ~ /["\047]/) { if (substr(v, 1, 1) == q) v = substr(v, 2); if (i = index(v, q)) v = substr(v, 1, i - 1); put(v) }
  else { sub(/[ \t\r]+$/, "", v); put(v); sub(/[ \t#].*/, "", v); put(v) } } }'; }`;

/** Arguments, one per line: a long option and its value in one, for the mask; what stands for itself may be anything. */
const ARGUMENTS = `NR == 1 { print; next }
/^--/ { if (held != "") print held; held = ""; if (index($0, "=")) print; else held = $0; next }
held != "" && !/^-/ { print held "=" $0; held = ""; next }
{ if (held != "") print held; held = ""; print "-" }
END { if (held != "") print held }`;

/**
 * Files of the unit first, then files of variables: of these only variables of the product leave the node with their
 * values, and those that the command line is made of. Every line stays a line.
 */
const VARIABLES = String.raw`{ at = index(substr($0, skip), ":") + skip - 1; f = substr($0, 1, at); l = substr($0, at + 1) }
f ~ /[.](service|conf):$/ {
  if (l ~ /^[ 	]*Exec/ || more) for (s = l; match(s, /[$][{]?[A-Za-z_][A-Za-z0-9_]*/); s = substr(s, RSTART + RLENGTH)) { n = substr(s, RSTART, RLENGTH); gsub(/[{$]/, "", n); used[n] }
  more = l ~ /\$/; print; next
}
{
  n = l; sub(/^[ 	]*(export[ 	]+)?/, "", n)
  if (match(n, /^[A-Za-z_][A-Za-z0-9_]*[ 	]*=/)) { n = substr(n, 1, RLENGTH); v = n; sub(/[ 	]*=$/, "", v); shown = v "=" ~ wanted || v in used; print f (shown ? l : n) }
  else print f (shown ? l : "")
}`;

/** Lines begin with `=` (ours), `~` (a stat), `|`, `+` or a digest (masked text): no file content can look like ours. */
export const foundScript = (profile: Profile): string => shell`
root=${profile.root}; seen=
${raw(firstOf(profile.traces))}
echo "=present $seen"
pid=
for d in "$R"/proc/[0-9]*; do
  read -r c <"$d/comm" || continue
  case $c in ${raw(profile.processes.map((p) => `'${p}'`).join('|') || "''")}) echo "=pid \${d##*/} $c"; [ "$c" = ${profile.processes[0] ?? ''} ] && pid=\${d##*/};; esac
done 2>/dev/null
[ -n "$seen$pid" ] || exit 0
for t in awk find grep head sed sha256sum stat tr; do command -v $t >/dev/null || echo "=missing $t"; done
echo "=format 2"; echo "=prefix $R"
${raw(profile.rootAbove === undefined ? '' : `[ -n "$seen" ] && root=\${seen%${'/*'.repeat(profile.rootAbove)}}`)}
echo "=root $root"
env=; args=; files=
if [ -n "$pid" ]; then
  env=$(S cat "$R/proc/$pid/environ" 2>/dev/null | tr '\n\0' '\001\n')
  args=$(S cat "$R/proc/$pid/cmdline" 2>/dev/null | tr '\n\0' '\001\n')
fi
home=/root user=root host=
[ -n "$env" ] && home=$(printf '%s\n' "$env" | sed -n 's/^HOME=//p') user=$(printf '%s\n' "$env" | sed -n 's/^USER=//p')
if [ -n "$R" ]; then host=$(sed -n '/^[[:space:]]*\(#\|$\)/!{s/[[:space:]]//g;p;q;}' "$R/etc/hostname" 2>/dev/null); else read -r host </proc/sys/kernel/hostname; fi
echo "=home $home"; echo "=user $user"; echo "=host $host"
echo "=environment"
[ -n "$env" ] && { echo =process; printf '%s\n' "$env" | grep -E ${`^(${profile.variables})`} | mask -v plain=1; }
echo "=arguments"
[ -n "$args" ] && printf '%s\n' "$args" | awk ${ARGUMENTS} | mask -v plain=1
echo "=units"
units=
if [ -z "$env" ] || [ -z "$args" ]; then
  set --
  for d in ${DIRECTORIES}; do
    for f in ${raw(
      unitPatterns(profile.unit)
        .map((p) => `"$R$d/"${p}`)
        .join(' '),
    )}; do
      # what is in a folder we may not enter may be there
      if [ -e "$f" ] || { [ -d "\${f%/*}" ] && ! [ -x "\${f%/*}" ]; }; then set -- "$@" "$f"; fi
    done
  done
  for f in ${raw([...['default', 'sysconfig'].map((d) => `"$R/etc/${d}/${profile.unit}"`), ...(profile.environmentFiles ?? []).map((f) => `"$R"${f}`)].join(' '))}; do
    [ -e "$f" ] && set -- "$@" "$f"
  done
  if [ $# -gt 0 ]; then
    named=$(S sed -n 's/^[[:space:]]*EnvironmentFile=-\{0,1\}//p' "$@" 2>/dev/null)
    b=$IFS; IFS='
'
    for p in $named; do for f in "$R"$p; do [ -e "$f" ] && set -- "$@" "$f"; done; done
    IFS=$b
    for f; do echo "=unit $f"; [ -r "$f" ] || S test -r "$f" || echo "=unread $f"; done
    units=$(S grep -sah '' "$@" 2>/dev/null)
    S grep -saH '' "$@" 2>/dev/null | awk -v skip=$((\${#R} + 1)) -v wanted=${`^(${profile.variables})`} ${VARIABLES} | mask -v skip=$((\${#R} + 1))
  fi
fi
${raw(profile.directoryVariables === undefined ? '' : candidates('candidates', profile.directoryVariables))}
dirs=$root
${raw(
  profile.directoryVariables === undefined
    ? ''
    : `dirs=$( { printf '%s\\n' "$env" "$units" | candidates | sed 'p;s,/*$,/rstudio,'; echo "$root"; } | awk '{ sub(/\\/+$/, ""); gsub(/\\/\\/+/, "/") } !seen[$0]++')`,
)}
${raw(moved(profile))}
b=$IFS; IFS='
'
set -f; set -- $dirs; set +f; IFS=$b
# what lies in a folder we may not enter can be there
absent() { [ ! -d "$1" ] && case $(stat -- "$1" 2>&1) in *'No such file'*|*'Not a directory'*) true;; *) false;; esac; }
echo "=texts"
{ for d; do at="$R$d"; absent "$at" || S ${raw(commandLine(textFinder(profile)))}; done
  [ -n "$moved" ] && printf '%s\n' "$moved" | while IFS= read -r f; do S grep -saH '' -- "$R$f"; done; } 2>/dev/null | tr '\000' '\001' | mask -v skip=$((\${#R} + 1))
echo "=tree"
for d; do at="$R$d"
  echo "=dir $d"
  [ "$d" = "$root" ] || ! absent "$at" || continue
  ${raw(listingScript(profile))}
done
echo "=moved"
[ -n "$moved" ] && printf '%s\n' "$moved" | while IFS= read -r f; do echo "=named $f"; S stat -L -c ${STAT} -- "$R$f"; done 2>&1
echo "=end"`;

/** Files that an option of the command line, of the unit or of the product's main file names, to `moved`. */
function moved({ movingOptions, required, product }: Profile): string {
  if (movingOptions === undefined) return 'moved=';
  const main = required[0] ?? product;
  return shell`${raw(candidates('options', `--(${movingOptions})`))}
${raw(candidates('settings', `^[ \\t]*(${movingOptions})`))}
moved=$( { printf '%s\n' "$args" | tr '\n' ' '; echo; printf '%s\n' "$units"; } | options
  printf '%s\n' "$dirs" | while IFS= read -r d; do S cat -- "$R$d/"${main} 2>/dev/null | settings; done)
[ -n "$moved" ] && moved=$( { printf '%s\n' "$moved"; printf '%s\n' "$moved" | while IFS= read -r f; do S cat -- "$R$f" 2>/dev/null | settings; done; } | awk '!seen[$0]++')`;
}
