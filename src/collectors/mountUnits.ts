/** What mounts shared storage at the next boot, and whether the service waits for it. */

import { type FstabEntry, parseFstab } from '../formats/fstab.js';
import { addressOf, foldHost } from '../formats/hostName.js';
import { unescapeOctal } from '../formats/mountinfo.js';
import { tidyPath } from '../formats/paths.js';
import { defineCollector, shell } from '../model/collector.js';
import type { Found } from '../products/profile.js';

export interface MountUnits {
  /** Entries of /etc/fstab that are mounted at boot; `point` after links. */
  readonly fstab: readonly FstabEntry[];
  /** Entries that only another unit mounts, or a person. */
  readonly notAtBoot?: readonly FstabEntry[];
  /** Addresses of the servers that only fstab names, as the node resolves them; none for a name without an address. */
  readonly servers: ReadonlyMap<string, readonly string[]>;
  /** Mount points of automounters. */
  readonly autofs: readonly string[];
  /** systemd's mount and automount units that are enabled or generated, by name. */
  readonly units: readonly string[];
  /** Those that are not: they are mounted where another unit needs them. */
  readonly disabled?: readonly string[];
  /** Of these, the ones that nobody can enable, since they have no [Install] section: some other unit may need them. */
  readonly withoutInstall?: readonly string[];
  /** What the mount units of the site mount, by name, as far as their own files say it alone. */
  readonly sources?: ReadonlyMap<string, { readonly source: string; readonly type?: string }>;
  /** Paths and units the product's service waits for; undefined where there is no systemd. */
  readonly waitsFor?: readonly string[];
  /** Paths and units that are started with the product's service. */
  readonly pulls?: readonly string[];
  /** What shows that the node is a container: then what runs the container mounts its volumes. */
  readonly container?: string;
}

/** A unit's name for a path, as systemd-escape -p makes it. */
export const unitName = (path: string): string =>
  path === '/'
    ? '-'
    : [...path.replace(/^\/+|\/+$/g, '').replace(/\/+/g, '/')]
        .map((c, i) =>
          c === '/'
            ? '-'
            : /[A-Za-z0-9:_]/.test(c) || (c === '.' && i > 0)
              ? c
              : [...new TextEncoder().encode(c)].map((b) => `\\x${b.toString(16).padStart(2, '0')}`).join(''),
        )
        .join('');

/**
 * /etc/fstab without comments and credentials: of these neither names nor values are needed here, nor is a value with an
 * escaped blank, which is a command. Behind it mount points that are not in the mount table, and servers that it does not
 * name, a few. Last the kernel's tables without passwords, of statistics only the options (`m` is 2).
 */
const TABLE = String.raw`m == 2 && !/^device |opts:/ { next }
m { shown = $0; gsub(/\/\/[^\/ :]*:[^ ]*@/, "//", shown); gsub(/(pass|pwd|secret|token)[a-z0-9_]*=[^, ]*/, "masked", shown); kernel[++rows] = shown }
m > 1 { next }
m { line[rows] = $0; point[$5]; for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "autofs") auto = auto $5 "\n"; next }
/^# UNCONFIGURED FSTAB/ { print; next } /^[ \t]*#/ { print "#"; next }
$2 ~ /^\// { p = $2; sub(/\/+$/, "", p); if (!(p in point) && !index(p, "\\")) unmounted = unmounted p "\n" }
$1 ~ /^[A-Za-z0-9._-]+(@[a-z0-9]+)?:/ { s = $1; sub(/[@:].*/, "", s); if (!seen[s]++ && asked++ < 8) {
  for (i = rows; i > 0 && !index(line[i], " " s ":"); i--); if (!i) unnamed = unnamed s "\n" } }
NF > 3 { n = split($4, o, ","); $4 = ""; for (i = 1; i <= n; i++) { k = tolower(o[i]); sub(/=.*/, "", k); $4 = $4 (i > 1 ? "," : "") (k != tolower(o[i]) && (k ~ /pass|psk|user|cred|secret|token|key|sig/ || index(o[i], "\\")) ? "masked" : o[i]) } }
{ sub(/\/\/[^\/ :]*:[^ ]*@/, "//", $1); sub(/\/\/[^\/@]*@/, "//", $1); sub(/^[^\/@]*:[^\/@]*@/, "", $1); print }
END { printf "\n=autofs\n%s=unmounted\n%s=unnamed\n%s", auto, unmounted, unnamed
  print "=kernel"; for (i = 1; i <= rows; i++) print kernel[i] }`;

/**
 * Read once for all who ask for it, after the paths were looked at, which is what an automounter waits for. In `table`, the
 * kernel's tables in `kernel`.
 */
export const MOUNT_TABLE = shell`nl='
'
set --; p="$R/proc/self"; [ ! -r "$p/mountinfo" ] || set -- m=1 "$p/mountinfo"
[ ! -r "$p/mountstats" ] || set -- "$@" m=2 "$p/mountstats"; f="$R/proc/fs/nfsfs/volumes"; [ ! -r "$f" ] || set -- "$@" m=3 "$f"
f="$R/etc/fstab"; [ ! -r "$f" ] || set -- "$@" m=0 "$f"
table=$($HA_AWK ${TABLE} "$@"); set --
# the short one first: dash takes the square of its length to cut it off
kernel=$table; table=\${table%%"$nl=kernel"*}; kernel=\${kernel#"$table$nl=kernel"}; kernel=\${kernel#"$nl"}`;

/**
 * A mount point of fstab that is not in the mount table may be a link to one that is; the others are not looked at,
 * since their server may be gone. Servers that the mount table does not name are resolved, to compare them by address.
 */
const script = (unit: string): string => shell`nl='
'
t=$table; u=\${t##*"$nl=unmounted"}; s=\${u#*"$nl=unnamed"}; u=\${u%%"$nl=unnamed"*}
said="\${t%"$nl=unmounted"*}$nl=links"
linked() { q=$1; while [ -n "$q" ] && [ "$q" != "$R" ]; do [ ! -L "$q" ] || return 0; q=\${q%/*}; done; return 1; }
b=$IFS; IFS=$nl; set -f
for p in $u; do linked "$R$p" && r=$(readlink -f -- "$R$p") && r=\${r#"$R"} && [ "$r" != "$p" ] && said="$said$nl$p $r"; done
said="$said$nl=servers"
for s in $s; do
  if [ -n "$R" ]; then a=$(awk -v n="$s" '{ sub(/#.*/, ""); for (i = 2; i <= NF; i++) if (tolower($i) == tolower(n)) print $1 }' "$R/etc/hosts")
  elif [ -z "$HA_ALONE" ]; then a=$(getent ahosts "$s")
  elif command -v timeout >/dev/null; then a=$(timeout 2 getent ahosts "$s")
  else a=; fi
  for l in $a; do s="$s \${l%% *}"; done; said="$said$nl$s"; done
IFS=$b; set +f; c=
{ read -r c <"$R/proc/1/comm"; } 2>/dev/null
printf '%s\n=first\n%s\n=sources\n' "$said" "$c"
d="$R"/etc/systemd/system
for u in "$d"/*.mount; do
  [ -f "$u" ] && [ -r "$u" ] && [ ! -d "$u.d" ] || continue
  while IFS= read -r l || [ -n "$l" ]; do case $l in *//*@*|*:*@*) ;; What*=*|Type*=*) echo "\${u##*/} $l";; esac; done <"$u"
done
echo =units
if [ -n "$R" ]; then
  for u in "$d"/*.mount "$d"/*.automount; do
    [ -e "$u" ] || continue
    u=\${u##*/} e=disabled
    for w in "$d"/*.wants/"$u" "$d"/*.requires/"$u"; do [ ! -L "$w" ] && [ ! -e "$w" ] || e=; done
    echo "$u $e"
  done
  set --; for f in "$R"/usr/lib/systemd/system/${unit}.service "$R"/etc/systemd/system/${unit}.service "$R"/etc/systemd/system/${unit}.service.d/*.conf; do [ -e "$f" ] && set -- "$@" "$f"; done
  [ $# -eq 0 ] || { echo =waits; for f; do sed -e :a -e '/^[[:blank:]]*[#;]/d' -e '/\\\$/{' -e N -e 's/\\\n/ /' -e ta -e '}' "$f"; echo; done | grep -E '^[[:blank:]]*((Requires|Wants)(MountsFor)?|BindsTo|After)[[:blank:]]*='; }
elif [ -d /run/systemd/system ] && command -v systemctl >/dev/null; then
  systemctl list-unit-files --type=mount,automount --no-legend --no-pager 2>/dev/null
  w=$(systemctl show -p LoadState -p RequiresMountsFor -p WantsMountsFor -p Requires -p Wants -p BindsTo -p After ${unit}); case $w in *=loaded*) echo =waits; printf '%s\n' "$w";; esac
fi; :`;

/** Words between blanks; a path with a blank stands in quotes. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((m) => m[1]?.replace(/\\(.)/g, '$1') ?? m[2]!);

/** Of lines `Name=words`, the words of these names. */
const wordsUnder = (lines: string, names: RegExp): string[] =>
  lines.split('\n').flatMap((line) => {
    const [, name = '', words = ''] = /^[ \t]*(\w+)[ \t]*=(.*)$/.exec(line) ?? [];
    return names.test(name) ? wordsOf(words) : [];
  });
const WAITS = /^((Requires|Wants)MountsFor|After)$/;
const PULLS = /^((Requires|Wants)(MountsFor)?|BindsTo)$/;

/**
 * States of unit files that systemd starts at boot; of a node tree none is printed. The others that can be started wait
 * for a unit that needs them. What is left (masked, transient, enabled or linked at run time) is gone after a reboot.
 */
const AT_BOOT = new Set(['', 'enabled', 'generated']);
const WHERE_NEEDED = new Set(['disabled', 'static', 'linked', 'indirect']);

/** systemd and init run the mounts of a machine; an image for containers has a file that nobody filled in. */
const INIT = /^(systemd|init|)$/;
const STUB = /^# UNCONFIGURED FSTAB/m;

export const mountUnits = defineCollector<MountUnits, Found>({
  id: 'mount-units',
  requests: (_, found) => ({
    all: { base: [MOUNT_TABLE], first: script(found.profile.unit), script: '', timeoutSeconds: 5 },
  }),
  parse({ all }) {
    const [fstab = '', ...sections] = all!.stdout.split(/^=(?=(?:autofs|links|servers|first|sources|units|waits)$)/m);
    const part = (name: string): string | undefined =>
      sections.find((s) => s === name || s.startsWith(`${name}\n`))?.slice(name.length + 1);
    const lines = (name: string): string[] => (part(name) ?? '').split('\n').filter(Boolean);
    const links = new Map(
      lines('links').map((l): [string, string] => [l.slice(0, l.indexOf(' ')), l.slice(l.indexOf(' ') + 1)]),
    );
    const first = part('first')?.trim() ?? '';
    const waits = part('waits');
    // each with its state
    const states = lines('units').map((l) => l.trim().split(/\s+/));
    const sources = new Map<string, { source: string; type?: string }>();
    for (const line of lines('sources')) {
      const [, name = '', key, value = ''] = /^(\S+) (What|Type)[ \t]*=[ \t]*(.*?)[ \t\r]*$/.exec(line) ?? [];
      if (key === 'What') sources.set(name, { ...sources.get(name), source: value });
      else if (key === 'Type' && value) sources.set(name, { source: '', ...sources.get(name), type: value });
    }
    const entries = parseFstab(fstab).map((e) => ({ ...e, point: tidyPath(links.get(e.point) ?? e.point) }));
    const atBoot = entries.filter((e) => e.atBoot);
    const notAtBoot = entries.filter((e) => !e.atBoot && !atBoot.some((other) => other.point === e.point));
    // systemd makes a unit of each entry, and starts that of `noauto` only where another unit needs it
    const idle = new Set(notAtBoot.map((e) => `${unitName(e.point)}.mount`));
    const container = !INIT.test(first)
      ? `process 1 is ${first}`
      : STUB.test(fstab) && entries.length === 0
        ? '/etc/fstab is that of an image'
        : undefined;
    return {
      fstab: atBoot,
      ...(notAtBoot.length > 0 && { notAtBoot }),
      servers: new Map(
        lines('servers').map((l): [string, string[]] => {
          const [name = '', ...addresses] = l.split(' ');
          return [foldHost(name), [...new Set(addresses.map((a) => addressOf(a) ?? a))].sort()];
        }),
      ),
      autofs: lines('autofs').map(unescapeOctal),
      units: states.flatMap(([name = '', state = '']) =>
        !AT_BOOT.has(state) || (state === 'generated' && idle.has(name)) ? [] : [name],
      ),
      disabled: states.flatMap(([name = '', state = '']) => (WHERE_NEEDED.has(state) ? [name] : [])),
      withoutInstall: states.flatMap(([name = '', state]) => (state === 'static' ? [name] : [])),
      sources,
      ...(waits !== undefined && {
        waitsFor: wordsUnder(waits, WAITS),
        pulls: wordsUnder(waits, PULLS),
      }),
      ...(container !== undefined && { container }),
    };
  },
});
