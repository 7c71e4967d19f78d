import { type Finding, list, unknown, verb } from 'ha-preflight';
import type { Clock } from 'ha-preflight/collectors/clock';

interface Read {
  readonly node: string;
  readonly clock: Clock;
}
interface Reading {
  readonly node: string;
  readonly low: number;
  readonly high: number;
}

/** Why a node's daemon answers for nothing. */
const without = ({ node, clock: { source } }: Read): string =>
  `${node}: ${'value' in source ? `${source.value.said}, without a bound of its error` : source.unseen}`;

const WAY_OUT = 'run ha-preflight check where the nodes can be reached';

/**
 * Clocks whose readings another program carried here. When a script ran is known to lie between its writing and the
 * arrival of its answer: that shows clocks that are far apart, and rarely that they are near. Then the bounds count
 * that the nodes' own time daemons report (offset, root delay and dispersion), where each node has one: a daemon can
 * be wrong, so what was read goes first, and such a pass is called declared.
 */
export function relayedFinding(nodes: readonly Read[], among: (readings: readonly Reading[]) => Finding): Finding {
  const read = among(nodes.map(({ node, clock: { low, high } }) => ({ node, low, high })));
  if (read.status !== 'unknown') return read;
  const lacking = nodes.filter(({ clock }) => !clock.own);
  if (lacking.length > 0)
    return unknown(
      `the answers were relayed, and the time ${verb(lacking.length, 'daemon', 'daemons')} of ${list(lacking.map((n) => n.node))} ${verb(lacking.length, 'gives', 'give')} no bound: ${WAY_OUT}`,
      { nodes: nodes.map(({ node }) => node), details: [...(read.details ?? []), ...lacking.map(without)] },
    );
  const own = among(nodes.map(({ node, clock }) => ({ node, ...clock.own! })));
  if (own.status === 'pass')
    return { ...own, message: `${own.message}, by the bounds that their own time daemons report`, proof: 'declared' };
  return unknown(
    `the answers were relayed, and by the bounds that their time daemons report, the clocks of ${list(own.nodes ?? [])} may differ too much: ${WAY_OUT}`,
    { nodes: own.nodes ?? [], details: own.details ?? [] },
  );
}
