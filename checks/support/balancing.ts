/** Whether Workbench balances, by its switch or its file, and how its settings are read. Used by `load-balancing`. */

import {
  command,
  type EffectiveSettings,
  everyNode,
  type Finding,
  type Found,
  faults,
  type Problem,
  type Settings,
  unknown,
  withFix,
} from 'ha-preflight';
import type { Versions } from 'ha-preflight/collectors/versions';
import { boostBoolean } from 'ha-preflight/formats/boostOptions';
import { withoutRemark } from 'ha-preflight/formats/keyValue';
import { compareVersions } from 'ha-preflight/formats/version';
import { pathOf, placesOf } from 'ha-preflight/products/installed';

const SWITCH = 'rserver.conf:load-balancing-enabled';

/** The first release that has it: sources T18. */
const SWITCH_FROM = '2023.09';

interface Node {
  readonly node: string;
  readonly found: Found;
  readonly effective: EffectiveSettings;
  readonly settings: Settings;
  readonly versions: Versions;
}
export type Nodes = readonly Node[];

const releaseOf = ({ versions: v }: Node): string | undefined => v.program ?? v.package;
const hasSwitch = (n: Node): boolean => compareVersions(releaseOf(n) ?? SWITCH_FROM, SWITCH_FROM) >= 0;

export const whole = (n: Node, key: string): string | undefined => n.effective.get(key)?.value;
export const remarked = (n: Node, key: string): boolean => withoutRemark(whole(n, key)) !== whole(n, key);
/** The mark that editors of Windows put before the first letter of a file. */
const MARK = '\ufeff';
export const marked = ({ found }: Node): boolean => found.texts.get('load-balancer')?.startsWith(MARK) === true;
/** Whether the name is the one that a mark stands before. */
const isBehindMark = (n: Node, key: string): boolean =>
  marked(n) && key === `load-balancer:${/^.\s*([^\s=]*)/.exec(n.found.texts.get('load-balancer')!)?.[1]}`;
/** A value with a remark behind it, or a mark before it, is not judged: see `remarks` and `marks`. */
export const get = (n: Node, key: string): string | undefined =>
  remarked(n, key) || isBehindMark(n, key) ? undefined : whole(n, key);
export const of = <T>(nodes: Nodes, read: (n: Node) => T) => nodes.map((n) => ({ node: n.node, value: read(n) }));

/** What corrects a setting of a file. */
export const edit = (nodes: Nodes, what: string, file = 'load-balancer'): string =>
  `${what} in ${placesOf(nodes, file)} on the nodes named, then: sudo rstudio-server restart`;

export const warn = (
  nodes: Nodes,
  subject: string,
  requirement: string,
  remediation: string,
  judge: (n: Node) => Problem | undefined,
): Finding[] =>
  faults(
    of(nodes, (n) => n),
    judge,
    { subject, severity: 'warning', requirements: [requirement], remediation },
  );

const hasFile = (n: Node): boolean => n.found.tree.some((e) => e.path === 'load-balancer');
/** By the switch, else by the file, which may be empty; undefined without both. */
const switchOf = (n: Node): string | undefined =>
  (hasSwitch(n) ? get(n, SWITCH) : undefined) ?? (hasFile(n) ? '1' : undefined);

/** The switch says otherwise than the file, and whether this release has it is not known. */
function undated(n: Node): boolean {
  const value = get(n, SWITCH);
  return releaseOf(n) === undefined && value !== undefined && (boostBoolean(value) === true) !== hasFile(n);
}

/** Whether each node balances. */
export function enabled(nodes: Nodes): Finding[] {
  const unlisted = nodes.filter((n) => n.found.treeTrouble !== undefined && switchOf(n) === undefined);
  const unclear = nodes.filter((n) => n.found.treeTrouble === undefined && undated(n));
  const seen = nodes.filter((n) => !unlisted.includes(n) && !unclear.includes(n));
  const on = everyNode(
    'load balancing is enabled',
    of(seen, switchOf),
    (value) =>
      value !== undefined && boostBoolean(value) === true
        ? undefined
        : {
            problem: value === undefined ? 'the file load-balancer does not exist' : `load-balancing-enabled=${value}`,
            observed: 'disabled',
          },
    { requirements: ['WB-19'], expected: 'the file load-balancer (it may be empty), or load-balancing-enabled=1' },
  );
  return [
    ...(seen.length > 0 ? [enabling(nodes, on)] : []),
    ...unlisted.map((n) =>
      unknown(`${n.node}: whether the file load-balancer exists is not known: ${n.found.treeTrouble}`, {
        nodes: [n.node],
        subject: `${n.node} not listed`,
      }),
    ),
    ...unclear.map((n) =>
      unknown(
        `${n.node}: load-balancing-enabled=${get(n, SWITCH)}, and the file load-balancer ${hasFile(n) ? 'exists' : 'does not exist'}: the option decides from ${SWITCH_FROM} on, and the release of this node is not known`,
        { nodes: [n.node], subject: `${n.node} release`, requirements: ['WB-19'] },
      ),
    ),
  ];
}

/** The same finding, with what switches it on: the switch where one is used, else the file. */
function enabling(nodes: Nodes, on: Finding): Finding {
  if (on.status !== 'fail') return on;
  const disabled = nodes.filter((n) => on.nodes?.includes(n.node));
  if (nodes.some((n) => whole(n, SWITCH) !== undefined) && disabled.every(hasSwitch))
    return {
      ...on,
      remediation: `set load-balancing-enabled=1 in ${placesOf(disabled, 'rserver.conf')} on the nodes named, or delete the line where the file load-balancer is to decide; then: sudo rstudio-server restart`,
    };
  const created = (node: string) =>
    command`sudo touch ${pathOf(nodes.find((n) => n.node === node)!.found, 'load-balancer')}`;
  return disabled.every((n) => switchOf(n) === undefined) ? withFix(on, created, 'then restart the product') : on;
}

/** The switch in a release that does not have it. */
export const early = (nodes: Nodes): Finding[] =>
  warn(nodes, 'switch', 'WB-19', edit(nodes, 'delete the line load-balancing-enabled', 'rserver.conf'), (n) =>
    hasSwitch(n) || whole(n, SWITCH) === undefined
      ? undefined
      : {
          problem: `load-balancing-enabled is an option from ${SWITCH_FROM} on: an earlier server does not start with it, and the file load-balancer decides`,
          observed: releaseOf(n)!,
        },
  );
