/** What Workbench's page for its own balancing says of the nodes. Used by `cluster-state`. */

import { type Finding, fail, list, pass, unknown, verb } from 'ha-preflight';
import { sameHost } from 'ha-preflight/formats/hostName';
import type { BalancedNode } from 'ha-preflight/formats/listNodes';
import { isOf, type Known, knows, mayBe } from './nodeNames.js';
import { type ClusterNode, told } from './workbenchState.js';

/** The nodes with the names and addresses that `list-nodes` has of them as well. */
export function listedNames(running: readonly ClusterNode[], known: readonly Known[]): Known[] {
  const rows = told(running, (s) => s.listed).value?.nodes ?? [];
  return known.map((k) => {
    const more = rows
      .filter((r) => isOf(r, k))
      .flatMap(({ host, ipv4 }) => (ipv4 === undefined ? [host] : [host, ipv4]));
    return { ...k, names: [...k.names, ...more.map(sameHost)] };
  });
}

const mean = (s: BalancedNode): string => `${s.host} ${s.load?.join(' ') ?? '?'}`;

/** What a state of the status page means for the verdict; another one is not known. */
const STATES: ReadonlyMap<string, 'critical' | 'warning'> = new Map([
  ['unreachable', 'critical'],
  ['offline', 'warning'],
]);

interface Page {
  /** Who answered. */
  readonly by: string;
  readonly states: readonly BalancedNode[];
  /** Where Workbench runs. */
  readonly nodes: readonly string[];
  readonly known: readonly Known[];
  /** Nodes that have been reported by their row of `list-nodes`. */
  readonly blamed: readonly string[];
}

const named = (states: readonly BalancedNode[], known: readonly Known[]): string[] =>
  known.filter((k) => states.some((s) => knows(k, s.host))).map((k) => k.node);

const unseen = (why: string, nodes: readonly string[], subject = 'status'): Finding =>
  unknown(`/load-balancer/status: ${why}`, {
    nodes,
    subject,
    requirements: ['WB-39', 'WB-40'],
    severity: 'warning',
  });

/** Which nodes are unreachable or offline. */
function ofStates({ states, nodes, known, blamed }: Page): Finding[] {
  const bad = [...STATES].flatMap(([state, severity]): Finding[] => {
    const these = named(
      states.filter((s) => s.state === state),
      known,
    ).filter((node) => !blamed.includes(node));
    return these.length === 0
      ? []
      : [fail(`${state}: ${list(these)}`, { nodes: these, subject: state, requirements: ['WB-39'], severity })];
  });
  const strange = states.filter(
    (s) => s.state !== undefined && (!STATES.has(s.state) || !known.some((k) => knows(k, s.host))),
  );
  return [
    ...bad,
    ...strange.map(({ host, state }) =>
      unseen(
        STATES.has(state!)
          ? `${host} is ${state}, and is not a name of a node in the inventory`
          : `${host} has the state "${state}", which this program does not know`,
        nodes,
        `status ${host}`,
      ),
    ),
  ];
}

/** Which nodes the page leaves out. `trouble`: why it may not be whole. */
function ofAbsent({ by, states, nodes, known, blamed }: Page, trouble: string | undefined): Finding[] {
  // of the node that answered no document says that it lists itself
  const absent = known.filter(
    (k) => nodes.includes(k.node) && k.node !== by && !blamed.includes(k.node) && !states.some((s) => knows(k, s.host)),
  );
  const strangers = states.filter((s) => !known.some((k) => knows(k, s.host)));
  const open = absent.filter((k) => strangers.some((s) => mayBe(s, k))).map((k) => k.node);
  const gone = absent.map((k) => k.node).filter((node) => !open.includes(node));
  const doubtful = strangers.filter((s) => absent.some((k) => mayBe(s, k))).map((s) => s.host);
  const findings: Finding[] = [];
  if (trouble !== undefined) findings.push(unseen(trouble, nodes));
  else if (gone.length > 0)
    findings.push(
      fail(`${by} balances over ${list(states.map((s) => s.host))} and not over ${list(gone)}, where Workbench runs`, {
        nodes: gone,
        subject: 'not balanced',
        requirements: ['WB-39'],
        severity: 'warning',
        expected: 'every node at /load-balancer/status',
      }),
    );
  if (open.length > 0)
    findings.push(
      unseen(
        `whether ${list(doubtful)} ${verb(doubtful.length, 'is', 'are')} ${list(open)} is not known: give these nodes their www-host-name`,
        open,
        'status names',
      ),
    );
  return findings;
}

/** Which nodes have more to do than processors for it. */
function ofLoad({ states, known }: Page): Finding[] {
  const busy = states.filter((s) => (s.load?.[2] ?? 0) > 1);
  if (busy.length === 0) return [];
  return [
    fail(`more load than processors for 15 minutes: ${list(busy.map((b) => b.host))}`, {
      nodes: named(busy, known),
      subject: 'load',
      severity: 'info',
      requirements: ['WB-40'],
      observed: busy.map(mean).join('; '),
    }),
  ];
}

/** `/load-balancer/status`: which nodes are reachable, which are busy. `blamed` nodes have been reported by their row. */
export function statusFindings(
  running: readonly ClusterNode[],
  known: readonly Known[],
  blamed: readonly string[],
): Finding[] {
  const nodes = running.map((n) => n.node);
  const { by, value, trouble } = told(running, (s) => s.status);
  if (!value || value.nodes.length === 0) return [unseen(trouble ?? value?.trouble ?? 'no node is listed', nodes)];
  const page: Page = { by: by.node, states: value.nodes, nodes, known, blamed };
  const findings = [...ofStates(page), ...ofAbsent(page, value.trouble), ...ofLoad(page)];
  return findings.length > 0
    ? findings
    : [
        pass(`load: ${value.nodes.map(mean).join('; ')}`, {
          nodes,
          subject: 'status',
          requirements: ['WB-39', 'WB-40'],
        }),
      ];
}
