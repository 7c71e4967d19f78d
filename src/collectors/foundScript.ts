/**
 * The script of round 1, one per product. Everything that decides where the configuration lies is read first: the
 * environment and the command line of the running server, or the unit files it will be started with. What is listed
 * and read then is a superset, every directory and file that these texts could name; `found.ts` decides by the rules of
 * the product which of it is in force. So no rule of a product stands here in shell.
 */

import { UNIT_DIRECTORIES } from '../formats/systemdDropIns.js';
import { type Raw, raw, SPACE, shell } from '../model/collector.js';
import type { Profile } from '../products/profile.js';
import { commandLine, inMain, listingScript, MOST_ENTRIES, STAT, textFinder } from './listing.js';

/**
 * The first trace that is there, to `seen`. Homes may be on a file server that is gone: once something hangs, and each
 * request is asked alone, they are given two seconds.
 */
function firstOf(traces: readonly string[]): string {
  const homes = traces.filter((t) => t.startsWith('/home/'));
  const look = (paths: readonly string[]): Raw =>
    raw(`for t in ${paths.map((t) => `"$R"${t}`).join(' ')}; do [ -e "$t" ] && seen=\${t#"$R"} && break; done`);
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
const ARGUMENTS =
  raw(shell`{ IFS= read -r a; case $a in =*) a=-;; esac; printf '%s\n' "$a"; held=; while IFS= read -r a; do
case $held:$a in *:--*|:*|*:-*) [ -z "$held" ] || printf '%s\n' "$held"; held=; case $a in --*=*) printf '%s\n' "$a";; --*) held=$a;; *) echo -;; esac;;
*) printf '%s=%s\n' "$held" "$a"; held=;; esac; done; [ -z "$held" ] || printf '%s\n' "$held"; }`);

/**
 * Before the rules of the mask, so that one awk does for all: a line that begins with `=` is ours, and `=section NAME`
 * begins anew. Of the environment only variables of the product go on. Of the unit the unit's files come first, then
 * files of variables: of these only variables of the product leave the node with their values, and those that the command
 * line is made of. Every line stays a line.
 */
const SECTIONS = String.raw`
/^=section / { section = $2; plain = section == "environment" || section == "arguments"; reset(); file = ""; n0 = groovy = 0; print "=" section; next }
/^=/ { print; next }
section == "environment" && $0 !~ wanted { next }
section == "units" {
  unitAt = index(substr($0, skip), ":") + skip - 1; unitFile = substr($0, 1, unitAt); text = substr($0, unitAt + 1)
  if (unitFile ~ /[.](service|conf):$/) {
    if (text ~ /^[ 	]*Exec/ || unitMore) for (; match(text, /[$][{]?[A-Za-z_][A-Za-z0-9_]*/); text = substr(text, RSTART + RLENGTH)) { word = substr(text, RSTART, RLENGTH); gsub(/[{$]/, "", word); unitUses[word] }
    unitMore = $0 ~ /\$/
  } else {
    word = text; sub(/^[ 	]*(export[ 	]+)?/, "", word)
    if (match(word, /^[A-Za-z_][A-Za-z0-9_]*[ 	]*=/)) { word = substr(word, 1, RLENGTH); variable = word; sub(/[ 	]*=$/, "", variable); shown = variable "=" ~ wanted || variable in unitUses; $0 = unitFile (shown ? text : word) }
    else $0 = unitFile (shown ? text : "")
  }
}
`;

/** Patterns of `case` for a text in which one of these names occurs; any text, where the expression is more than names. */
const mentions = (names: string, before = ''): Raw =>
  raw(
    /^[\w|-]+$/.test(names)
      ? names
          .split('|')
          .map((n) => shell`*${`${before}${n}`}*`)
          .join('|')
      : '*',
  );

/** Lines of a main file that the shell reads itself. */
const MOST_LINES = 100;

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
env=; args=; nl='
'
if [ -n "$pid" ]; then
  t=$(printf '\0=arguments\0' | S cat -- "$R/proc/$pid/environ" - "$R/proc/$pid/cmdline" 2>/dev/null | tr '\n\0' '\001\n')
  env=\${t%%"$nl=arguments"*}; args=\${t#"$env$nl=arguments"}; args=\${args#"$nl"}
  while case $env in *"$nl") ;; *) false;; esac; do env=\${env%"$nl"}; done
  case $nl$env in *"$nl="*) env=$(printf '%s\n' "$env" | sed '/^=/d');; esac
fi
home=/root user=root host=
of() { case $nl$env in *"$nl$1="*) v=$nl$env; v=\${v#*"$nl$1="}; v=\${v%%"$nl"*};; *) v=;; esac; }
[ -z "$env" ] || { of HOME; home=$v; of USER; user=$v; }
if [ -n "$R" ]; then host=$(sed -n '/^[[:space:]]*\(#\|$\)/!{s/[[:space:]]//g;p;q;}' "$R/etc/hostname" 2>/dev/null); else read -r host </proc/sys/kernel/hostname; fi
echo "=home $home"; echo "=user $user"; echo "=host $host"
u=; files=; s=${SPACE}
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
    { u=$(S grep -saH '' "$@"); } 2>/dev/null
    k=$#; b=$IFS; IFS=$nl; set -f
    for l in $u; do
      l=\${l#"$R"}; l=\${l#*:}; while case $l in [$s]*) ;; *) false;; esac; do l=\${l#?}; done
      case $l in EnvironmentFile=*) ;; *) continue;; esac
      l=\${l#EnvironmentFile=}; set +f; for f in "$R"\${l#-}; do [ -e "$f" ] && set -- "$@" "$f"; done; set -f
    done
    set +f; IFS=$b
    for f; do files="$files$nl=unit $f"; [ -r "$f" ] || S test -r "$f" || files="$files$nl=unread $f"; done
    [ $# = $k ] || { shift $k; u=$u$nl$(S grep -saH '' "$@"); } 2>/dev/null
  fi
fi
${raw(profile.directoryVariables === undefined ? '' : candidates('candidates', profile.directoryVariables))}
dirs=$root
${raw(
  profile.directoryVariables === undefined
    ? ''
    : `case $env$u in ${mentions(profile.directoryVariables).text}) dirs=$( { printf '%s\\n' "$env" "$u" | candidates | sed 'p;s,/*$,/rstudio,'; echo "$root"; } | awk '{ sub(/\\/+$/, ""); gsub(/\\/\\/+/, "/") } !seen[$0]++');; esac`,
)}
${raw(moved(profile))}
b=$IFS; IFS='
'
set -f; set -- $dirs; set +f; IFS=$b
# what lies in a folder we may not enter can be there
absent() { [ ! -d "$1" ] && case $(stat -- "$1" 2>&1) in *'No such file'*|*'Not a directory'*) true;; *) false;; esac; }
{ echo '=section environment'; [ -z "$env" ] || printf '=process\n%s\n' "$env"
  echo '=section arguments'; [ -z "$args" ] || printf '%s\n' "$args" | ${ARGUMENTS}
  printf '=section units%s\n' "$files"; [ -z "$u" ] || printf '%s\n' "$u"
  echo '=section texts'; for d; do at="$R$d"; absent "$at" || S ${raw(commandLine(textFinder(profile)))}; done
  [ -n "$moved" ] && printf '%s\n' "$moved" | while IFS= read -r f; do S grep -saH '' -- "$R$f"; done; } 2>/dev/null | tr '\000' '\001' |
  awk -v skip=$((\${#R} + 1)) -v wanted=${`^(${profile.variables})`} -- ${SECTIONS}"$HA_MASK"
lines() { i=0; l=; while [ $i -le ${MOST_ENTRIES} ] && IFS= read -r x; do l=$l$x$nl; i=$((i + 1)); done; printf %s "$l"; }
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
b=$IFS; IFS=$nl; set -f; set --; for d in $dirs; do set -- "$@" "$R$d/"${main}; done; set +f; IFS=$b
m=; k=$#
for f; do
  if [ -f "$f" ] && [ -r "$f" ]; then
    i=0; while [ $i -lt ${MOST_LINES} ] && { IFS= read -r l || [ -n "$l" ]; }; do case $l in ${mentions(movingOptions)}) m=$m$l$nl;; esac; i=$((i + 1)); done <"$f"
    [ $i -lt ${MOST_LINES} ] || set -- "$@" "$f"
  elif [ ! -e "$f" ] && ! [ -x "\${f%/*}" ] || [ -f "$f" ]; then set -- "$@" "$f"; fi
done
shift $k; [ $# = 0 ] || { m=$m$(S grep ${inMain(movingOptions)} -- "$@"); } 2>/dev/null
moved=$(case $args$u in ${mentions(movingOptions, '--')}) { printf '%s\n' "$args" | tr '\n' ' '; echo; printf '%s\n' "$u"; } | options;; esac; [ -z "$m" ] || printf '%s\n' "$m" | settings)
[ -n "$moved" ] && moved=$( { printf '%s\n' "$moved"; printf '%s\n' "$moved" | while IFS= read -r f; do S cat -- "$R$f" 2>/dev/null | settings; done; } | awk '!seen[$0]++')`;
}
