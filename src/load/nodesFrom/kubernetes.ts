/** Pods as nodes: which of those that kubectl lists can be audited, and how each is reached. */

import { UsageError } from '../../model/inventory.js';
import { isMap } from '../isMap.js';
import type { RawKubernetes, RawNode } from '../raw.js';

export interface Pods {
  readonly nodes: readonly RawNode[];
  /** Pods that are no nodes, and why. */
  readonly leftOut: readonly string[];
}

const context = ({ context: name }: RawKubernetes): string[] => (name === undefined ? [] : [`--context=${name}`]);

/** Seconds that kubectl may wait for the API server. */
const REQUEST_SECONDS = 30;

/** Lists the pods. Values are joined to their options, so that none can be taken for another option. */
export const listPods = (of: RawKubernetes): string[] => [
  'kubectl',
  ...context(of),
  `--namespace=${of.namespace}`,
  `--request-timeout=${REQUEST_SECONDS}s`,
  'get',
  'pods',
  `--selector=${of.selector}`,
  '--output=json',
];

const shellIn = (of: RawKubernetes, pod: string, container: string): string[] => [
  'kubectl',
  ...context(of),
  `--namespace=${of.namespace}`,
  'exec',
  '-i',
  pod,
  '-c',
  container,
  '--',
  'sh',
  '-s',
];

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

type Map = Readonly<Record<string, unknown>>;
const map = (value: unknown): Map => (isMap(value) ? value : {});
const maps = (value: unknown): Map[] => (Array.isArray(value) ? value.filter(isMap) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Why a pod cannot be audited now; undefined when it can. */
function unready(metadata: Map, status: Map): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return 'is being deleted';
  const waiting = maps(status.containerStatuses).flatMap((c) => text(map(map(c.state).waiting).reason) || []);
  const phase = text(status.phase) || 'unknown';
  if (phase !== 'Running') return [`is ${phase}`, ...waiting].join(', ');
  const ready = maps(status.conditions).find((c) => c.type === 'Ready');
  return ready?.status === 'True' ? undefined : ['is not ready', ...waiting].join(', ');
}

/** The container to look into, or why it is not known. */
function containerOf(
  of: RawKubernetes,
  metadata: Map,
  spec: Map,
): { readonly name: string } | { readonly why: string } {
  const names = maps(spec.containers).map((c) => text(c.name));
  const wanted = of.container ?? (text(map(metadata.annotations)[DEFAULT_CONTAINER]) || undefined);
  if (wanted !== undefined)
    return names.includes(wanted) ? { name: wanted } : { why: `has no container ${wanted}, only ${names.join(', ')}` };
  if (names.length === 1) return { name: names[0]! };
  return { why: `has the containers ${names.join(', ')}: name one as container` };
}

/** Nodes of what `kubectl get pods -o json` printed. UsageError when it is anything else. */
export function podsOf(printed: string, of: RawKubernetes): Pods {
  let answer: unknown;
  try {
    answer = JSON.parse(printed);
  } catch {
    answer = undefined;
  }
  if (!isMap(answer) || !Array.isArray(answer.items))
    throw new UsageError('kubectl did not print a list of pods as JSON');
  const nodes: RawNode[] = [];
  const leftOut: string[] = [];
  for (const pod of maps(answer.items)) {
    const [metadata, spec, status] = [map(pod.metadata), map(pod.spec), map(pod.status)];
    const name = text(metadata.name);
    const why = unready(metadata, status);
    const container = why === undefined ? containerOf(of, metadata, spec) : { why };
    if ('why' in container) leftOut.push(`${name} ${container.why}`);
    else
      nodes.push({
        name,
        ...(text(status.podIP) !== '' && { host: text(status.podIP) }),
        connection: { type: 'command', argv: shellIn(of, name, container.name) },
      });
  }
  return { nodes, leftOut };
}
