/** What mounts shared storage at the next boot, and whether the service waits for it. */

import { linesOf } from '../formats/settings.js';
import { defineCollector, raw, shell } from '../model/collector.js';
import type { Found } from '../products/profile.js';

export interface MountUnits {
  /** Mount points of /etc/fstab. */
  readonly fstab: readonly string[];
  /** Mount points of automounters. */
  readonly autofs: readonly string[];
  /** systemd's mount and automount units that are enabled or generated, by name. */
  readonly units: readonly string[];
  /** Paths and units the product's service waits for; undefined where there is no systemd. */
  readonly waitsFor?: readonly string[];
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
              : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
        )
        .join('');

/** /etc/fstab without comments and credentials: of these neither names nor values are needed here. */
const FSTAB = String.raw`awk '/^[ \t]*#/ { print "#"; next } { gsub(/[A-Za-z0-9_.-]*(pass|user|cred|secret|token|key|sig)[A-Za-z0-9_.-]*=[^, \t]*/, "masked"); gsub(/\/\/[^\/@ \t]*@/, "//"); print }' "$R/etc/fstab" 2>/dev/null`;

const script = (unit: string): string => shell`${raw(FSTAB)}
echo; echo =autofs
awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "autofs") print $5 }' "$R/proc/self/mountinfo"
echo =units
if [ -n "$R" ]; then
  for u in "$R"/etc/systemd/system/*.mount "$R"/etc/systemd/system/*.automount; do [ -e "$u" ] && echo "\${u##*/}"; done
  set --; for f in "$R"/usr/lib/systemd/system/${unit}.service "$R"/etc/systemd/system/${unit}.service "$R"/etc/systemd/system/${unit}.service.d/*.conf; do [ -e "$f" ] && set -- "$@" "$f"; done
  [ $# -eq 0 ] || { echo =waits; grep -hE '^(RequiresMountsFor|After)=' "$@"; }
elif [ -d /run/systemd/system ] && command -v systemctl >/dev/null; then
  systemctl list-unit-files --type=mount,automount --no-legend --no-pager 2>/dev/null | awk '$2 != "disabled" && $2 != "masked" { print $1 }'
  systemctl show -p LoadState ${unit} | grep -q '=loaded' && { echo =waits; systemctl show -p RequiresMountsFor -p After ${unit}; }
fi; :`;

export const mountUnits = defineCollector<MountUnits, Found>({
  id: 'mount-units',
  requests: (_, found) => ({ all: { script: script(found.profile.unit), timeoutSeconds: 5 } }),
  parse({ all }) {
    const [fstab = '', rest = ''] = all!.stdout.split(/^=autofs$/m);
    const [autofs = '', more = ''] = rest.split(/^=units$/m);
    const [units = '', waits] = more.split(/^=waits$/m);
    const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);
    const decoded = (path: string): string =>
      path.replace(/\\([0-7]{3})/g, (_, o: string) => String.fromCharCode(Number.parseInt(o, 8)));
    return {
      fstab: linesOf(fstab).flatMap((line) => {
        const [source, point, , options = ''] = line.trim().split(/\s+/);
        return source && point && !source.startsWith('#') && !options.split(',').includes('noauto')
          ? [decoded(point)]
          : [];
      }),
      autofs: words(autofs).map(decoded),
      units: words(units),
      ...(waits !== undefined && { waitsFor: words(waits.replace(/^\w+=/gm, ' ')) }),
    };
  },
});
