/** The EC2 instance the node is, by its metadata service (IMDSv2: the token is short-lived and stays on the node). */

import { defineCollector, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';

export interface Instance {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  /** Public addresses of its interfaces. */
  readonly publicAddresses: readonly string[];
  readonly cpus: number;
  /** GiB. */
  readonly memory: number;
}

/** A container on an instance is none: its nodes may be anywhere, and often cannot ask. */
const HERE = shell`if [ -z "$R" ] && [ -n "$KUBERNETES_SERVICE_HOST" ] || [ -e "$R/.dockerenv" ] || [ -e "$R/run/.containerenv" ]; then echo =elsewhere; false
else v=; for f in sys_vendor bios_version; do { read -r l <"$R/sys/class/dmi/id/$f" && v="$v $l"; } 2>/dev/null; done
case $v in *Amazon*|*amazon*) ;; *) echo =elsewhere; false;; esac; fi`;
const SCRIPT = shell`printf '=cpus %s\n=memory %s\n' "$(grep -c '^processor' "$R/proc/cpuinfo")" "$(awk '/^MemTotal:/ { print $2 }' "$R/proc/meminfo")"
if [ -n "$R" ]; then cat "$R/.fake-imds" 2>/dev/null || { echo 'a file tree has no imds' >&2; exit 99; }; exit 0; fi
command -v curl >/dev/null 2>&1 || { echo 'curl is missing' >&2; exit 127; }
b=http://169.254.169.254/latest
curl() { command curl -q --noproxy '*' "$@"; }
t=$(curl -sf -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $b/api/token) || { echo 'the metadata service does not answer' >&2; exit 98; }
g() { printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$t" | curl -sf -m 2 -K - "$b/meta-data/$1"; }
echo "=id $(g instance-id)"; echo "=type $(g instance-type)"; echo "=zone $(g placement/availability-zone)"
for m in $(g network/interfaces/macs/); do for a in $(g "network/interfaces/macs/$m/public-ipv4s"); do echo "=public $a"; done; done; :`;

/** Undefined: the node is no EC2 instance. */
export const instance = defineCollector<{ readonly of?: Instance }>({
  id: 'instance',
  requests: { metadata: { first: HERE, script: SCRIPT, timeoutSeconds: 8 } },
  parse({ metadata }) {
    const lines = metadata!.stdout.split('\n');
    if (lines.includes('=elsewhere')) return {};
    const all = (name: string): string[] =>
      lines.flatMap((l) => (l.startsWith(`=${name} `) ? [l.slice(name.length + 2).trim()] : [])).filter(Boolean);
    const [id, type, zone] = ['id', 'type', 'zone'].map((name) => all(name)[0]);
    if (!id || !type || !zone)
      throw new NotSeen(
        'the metadata service of the instance returns no data: check whether it is disabled, or has hop limit 1',
      );
    return {
      of: {
        id,
        type,
        zone,
        publicAddresses: all('public'),
        cpus: Number(all('cpus')[0]),
        memory: Number(all('memory')[0]) / 2 ** 20,
      },
    };
  },
});
