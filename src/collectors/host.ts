/** Who the node is, and what it runs on. */

import { defineCollector, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';

export interface Host {
  readonly name: string;
  /** `/etc/machine-id`; undefined where there is none. */
  readonly machineId?: string;
  /** ID and VERSION_ID of os-release, such as `debian 12`. */
  readonly os?: string;
  /** As `uname -m` spells it. */
  readonly architecture?: string;
  /** Minutes east of UTC, in evidence of earlier releases; now the answer that has times in it says so. */
  readonly utcOffset?: number;
}

const SCRIPT = shell`if [ -n "$R" ]; then n=$(sed -n 's/^[[:space:]]*//; s/[[:space:]]*$//; /^#/d; /./{p;q;}' "$R/etc/hostname"); a=$(sed -n 's/^Architecture: //p' "$R/var/lib/dpkg/status" 2>/dev/null | sort | uniq -c | sort -rn | awk '$2 != "all" { print $2; exit }')
else
  { read -r n </proc/sys/kernel/hostname && [ -n "$n" ]; } 2>/dev/null || n=$(hostname)
  { read -r a </proc/sys/kernel/arch && [ -n "$a" ]; } 2>/dev/null || a=$(uname -m); fi
m=; { read -r m <"$R/etc/machine-id"; } 2>/dev/null
printf '=name %s\n=arch %s\n=machine %s\n' "$n" "$a" "$m"
{ while IFS= read -r l || [ -n "$l" ]; do printf '%s\n' "$l"; done <"$R/etc/os-release"; } 2>/dev/null; :`;

/** What dpkg calls differently from the kernel. */
const KERNEL: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', ppc64el: 'ppc64le' };

/** Minutes east of UTC of a zone as `date +%z` prints it. */
export function minutesEast(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

export const host = defineCollector<Host>({
  id: 'host',
  requests: { identity: { first: SCRIPT, script: '', direct: true } },
  parse({ identity }) {
    const { stdout } = identity!;
    const value = (name: string): string | undefined =>
      new RegExp(`^=${name} (.+)$`, 'm').exec(stdout)?.[1]?.trim() || undefined;
    // a shell reads it: the last assignment counts, in either kind of quotes
    const release = (name: string): string | undefined => {
      const raw = [...stdout.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].at(-1)?.[1]?.trim() ?? '';
      return /^'([^']*)'$/.exec(raw)?.[1] ?? (raw.replace(/^"(.*)"$/, '$1').replace(/\\(["$`\\])/g, '$1') || undefined);
    };
    const name = value('name');
    if (name === undefined) throw new NotSeen('the host name of the node could not be read');
    const machineId = value('machine');
    const arch = value('arch');
    const architecture = arch && (KERNEL[arch] ?? arch);
    const os = [release('ID'), release('VERSION_ID')].filter(Boolean).join(' ');
    const zone = value('zone');
    return {
      name,
      ...(machineId && machineId !== 'uninitialized' && { machineId }),
      ...(os && { os }),
      ...(architecture && { architecture }),
      ...(zone !== undefined && { utcOffset: minutesEast(zone) }),
    };
  },
});
