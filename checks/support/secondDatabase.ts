/** A second database of a product, such as that of the metrics of Connect. Used by `database-same`. */

import { type Finding, list, type Settings, unknown } from 'ha-preflight';

/** Nodes without a second address, where the others give it that of their database: whether that is the default is not documented. */
export function perhapsDefault(
  role: string,
  nodes: readonly { readonly node: string; readonly settings: Settings }[],
  about: Partial<Finding>,
): Finding | undefined {
  const read = nodes.flatMap(({ node, settings: { endpoints: e } }) =>
    'value' in e
      ? [{ node, main: e.value.find((x) => x.role === 'database'), own: e.value.find((x) => x.role === role) }]
      : [],
  );
  const silent = read.filter(({ own }) => own === undefined).map((r) => r.node);
  const given = read.filter(({ own }) => own !== undefined);
  const again = given.every(({ main, own }) => JSON.stringify({ ...main, role }) === JSON.stringify(own));
  if (role === 'database' || silent.length === 0 || given.length === 0 || !again) return undefined;
  return unknown(
    `${list(given.map((g) => g.node))} keep the ${role} in the database itself, and ${list(silent)} give no address for it: whether that means the same is not documented; set it on every node`,
    { ...about, nodes: silent },
  );
}
