/** What Workbench says of its own cluster, and since when it runs. Read-only; asked on few nodes, all answer from one database. */

import { type BalancedNodes, type ListedNodes, listNodes, loadBalancerStatus } from '../formats/listNodes.js';
import { defineCollector, living, shell } from '../model/collector.js';
import type { Asking, Fact, Response } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import { minutesEast } from './host.js';

export interface ClusterState {
  readonly running: boolean;
  /** When the server process started, seconds since 1970. */
  readonly started?: number;
  /** Absent where it was not asked: on a node that is not among the first, or does not run. */
  readonly listed?: Fact<ListedNodes>;
  /** By the node's own clock when it was asked, milliseconds since 1970. */
  readonly now?: number;
  /** Of the node's time zone, in which it lists times: minutes east of UTC. */
  readonly utcOffset?: number;
  readonly status?: Fact<BalancedNodes>;
}

/** So many nodes of the inventory are asked. */
const ASKED = 2;

/** Whether this node is asked for the list of nodes. */
export const listsNodes = ({ cluster, node }: Asking, found: Found): boolean =>
  found.running.length > 0 && cluster.nodes.findIndex((n) => n.name === node) < ASKED;

const PROGRAM = '/usr/lib/rstudio-server/bin/rstudio-server';

/** Bytes of the list that are read: a shell holds them. */
const MOST_LISTED = 65_536;

/** The list of nodes in `listed`, for all who need it, and how the program ended; `now`, when it was asked. */
export const LISTED = shell`nl='
' now= listed= ended=0
[ -n "$R" ] || { now=$(date '+=now %s %z'); listed=$( { S ${PROGRAM} list-nodes; printf '\n=ended %s\n' $?; } | head -c ${MOST_LISTED})
  case $listed in *"$nl=ended "*) ended=\${listed##*=ended }; listed=\${listed%"$nl=ended "*}; listed=\${listed%"$nl"};;
  *) ended=1; echo 'the list is longer than any cluster needs' >&2;; esac; }`;

/** Ticks since boot, made seconds since 1970 by the time of the boot; 100 ticks a second on every Linux there is. */
const started = (pid: number): string =>
  shell`b=$(sed -n 's/^btime //p' "$R/proc/stat"); read -r l <"$R"${`/proc/${pid}/stat`} && set -- \${l##*)} && echo $((b + \${20} / 100))`;

const factOf = <T>({ exit, stdout, stderr }: Response, what: string, read: (text: string) => T): Fact<T> => {
  if (exit !== 0) return { unseen: `${what}: ${stderr.trim().split('\n')[0] || `ended with ${exit}`}` };
  return { value: read(stdout) };
};

export const clusterState = defineCollector<ClusterState, Found>({
  id: 'cluster-state',
  requests: (asking, found) => {
    const pid = found.running[0]?.pid;
    if (pid === undefined) return {};
    const { port, certificate } = settingsOf(found);
    const url = `${certificate ? 'https' : 'http'}://localhost:${port}/load-balancer/status`;
    return {
      started: { script: started(pid), direct: true, allowExit: 'any' },
      ...(listsNodes(asking, found) && {
        nodes: {
          base: [LISTED],
          script: living('list-nodes', `printf '%s\\n' "$now" "$listed"; exit $ended`),
          allowExit: 'any' as const,
          optional: true,
        },
        // its own certificate need not cover localhost; a proxy would ask itself
        status: {
          script: living('load-balancer-status', shell`curl -qskf --noproxy '*' -m 5 ${url}`),
          allowExit: 'any' as const,
          optional: true,
        },
      }),
    };
  },
  parse({ started: since, nodes, status }, _, found) {
    const seconds = Number(since?.stdout.trim() || Number.NaN);
    const [, asked, zone] = /^=now (\d+)(?: (\S+))?$/m.exec(nodes?.stdout ?? '') ?? [];
    return {
      running: found.running.length > 0,
      ...(seconds > 0 && { started: seconds }),
      ...(asked && { now: Number(asked) * 1000 }),
      ...(zone && { utcOffset: minutesEast(zone) }),
      ...(nodes && {
        listed: factOf(nodes, 'rstudio-server list-nodes', (text) => listNodes(text.replace(/^=now .*\n/, ''))),
      }),
      ...(status && { status: factOf(status, '/load-balancer/status', loadBalancerStatus) }),
    };
  },
});
