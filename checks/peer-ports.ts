import { count, defineCheck, everyNode, type Finding, found, list, skip, unknown, verb } from 'ha-preflight';
import { peers } from 'ha-preflight/collectors/peers';

export default defineCheck({
  id: 'peer-ports',
  title: 'The nodes reach each other on the port of the product',
  severity: 'warning',
  tags: ['network'],
  requirements: ['X-05', 'WB-21'],
  rationale:
    'A node passes each request to the node that runs the session. With a firewall between them, users see error 502 for some of their sessions. Each node opens a connection to its neighbours in the inventory and closes it.',
  products: ['workbench'],
  needs: { found, peers },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const running = nodes.filter((n) => n.found.running.length > 0).map((n) => n.node);
    if (running.length === 0)
      return skip('Workbench runs on no node, so there is nothing to connect to', { nodes: nodes.map((n) => n.node) });
    const tried = nodes.flatMap((n) =>
      n.peers.filter((p) => running.includes(p.node)).map((p) => ({ ...p, by: n.node })),
    );
    const findings: Finding[] = [];
    const nameless = tried.filter((t) => t.state === 'nameless');
    if (nameless.length > 0)
      findings.push(
        unknown(
          `${list([...new Set(nameless.map((t) => t.by))])} cannot resolve ${list([...new Set(nameless.map((t) => t.address))])}: in the inventory, give the nodes addresses that they can resolve`,
          { nodes: [...new Set(nameless.map((t) => t.by))], subject: 'nameless' },
        ),
      );
    const known = tried.filter((t) => t.state !== 'nameless');
    const judged = running.filter((node) => known.some((t) => t.node === node));
    if (judged.length > 0)
      findings.push(
        everyNode(
          `${count(known.length, 'connection')} between nodes ${verb(known.length, 'was', 'were')} accepted`,
          judged.map((node) => ({ node, value: known.filter((t) => t.node === node && t.state !== 'open') })),
          (closed) =>
            closed.length > 0
              ? {
                  problem: `${list(closed.map((c) => c.by))} cannot reach port ${closed[0]!.port}`,
                  observed: closed
                    .map((c) => `${c.by} to ${c.address}:${c.port} ${c.state === 'refused' ? 'refused' : 'no answer'}`)
                    .join(', '),
                }
              : undefined,
          { expected: `port ${known[0]!.port} open between all nodes` },
        ),
      );
    return findings.length > 0
      ? findings
      : unknown(`no connection could be tried from ${list(nodes.map((n) => n.node))}: install bash and timeout there`, {
          nodes: nodes.map((n) => n.node).filter((n) => cluster.nodes.some((c) => c.name === n)),
        });
  },
  remediation:
    'ss -ltn    # on the nodes named: rserver must listen on www-port (8787 by default), and the firewall must open it to all nodes',
});
