import { command, defineCheck, type Finding, faults, list, same, skip, unknown } from 'ha-preflight';
import { addresses } from 'ha-preflight/collectors/addresses';

export default defineCheck({
  id: 'name-resolution',
  title: 'Every node resolves the configured names to the same addresses',
  severity: 'warning',
  tags: ['network', 'database'],
  requirements: ['X-06'],
  rationale:
    'The same name in the configuration of all nodes can still lead to two servers: through an old /etc/hosts, a different resolver, or a search domain. Nodes with no address in common are reported by database-same.',
  needs: { addresses },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const names = [...new Set(nodes.flatMap((n) => [...n.addresses.keys()]))].sort();
    if (names.length === 0)
      return skip('the configuration does not name another host', { nodes: nodes.map((n) => n.node) });
    return names.flatMap((name): Finding[] => {
      const naming = nodes.filter((n) => n.addresses.has(name));
      const asked = naming.flatMap((n) => {
        const found = n.addresses.get(name);
        return found ? [{ node: n.node, value: found }] : [];
      });
      const open = naming.filter((n) => n.addresses.get(name) === undefined).map((n) => n.node);
      const ask = command`getent ahosts ${name}` ?? 'getent ahosts NAME';
      const unasked =
        open.length > 0
          ? [
              unknown(
                `/etc/hosts of ${list(open)} does not decide what ${name} is, and DNS cannot be asked in a tree of files: ${ask}, on each node`,
                { nodes: open, subject: `${name} unasked` },
              ),
            ]
          : [];
      const unresolved = faults(
        asked,
        (found) => (found.length === 0 ? { problem: `${name} has no address` } : undefined),
        {
          subject: `${name} unknown`,
          expected: `an address for ${name}`,
          remediation: `${ask}    # on the nodes named; look at /etc/resolv.conf and /etc/hosts`,
        },
      );
      if (unresolved.length > 0) return [...unresolved, ...unasked];
      if (asked.length < 2 && open.length > 0) return unasked;
      if (asked.length === 1)
        return [
          skip(`only ${asked[0]!.node} names ${name}, so there is nothing to compare`, {
            nodes: [asked[0]!.node],
            subject: name,
          }),
        ];
      const overlapping = asked.filter((a) => asked.every((b) => a.value.some((address) => b.value.includes(address))));
      return [
        ...unasked,
        overlapping.length < 2
          ? skip(`${name} is a different host on each node: see database-same`, { subject: name })
          : same(
              `the address of ${name}`,
              overlapping.map((a) => ({ node: a.node, key: a.value.join(', ') })),
              cluster.reference,
              {
                subject: name,
                remediation: `${ask}    # on the nodes named and on a good one; then correct /etc/hosts or the resolver`,
              },
            ),
      ];
    });
  },
  remediation: 'getent ahosts NAME    # on the nodes named and on a good one; then correct /etc/hosts or the resolver',
});
