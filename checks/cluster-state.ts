import {
  defineCheck,
  effective,
  everyNode,
  type Finding,
  fail,
  found,
  type Known,
  knows,
  list,
  minute,
  newestOf,
  pass,
  rowFindings,
  short,
  skip,
  told,
  unknown,
} from 'ha-preflight';
import { clusterState } from 'ha-preflight/collectors/clusterState';
import { host } from 'ha-preflight/collectors/host';

export default defineCheck({
  id: 'cluster-state',
  title: 'The cluster knows every node, and every node is online',
  severity: 'critical',
  tags: ['cluster'],
  requirements: ['WB-15', 'WB-16', 'WB-18', 'WB-38', 'WB-39', 'WB-40', 'WB-41', 'WB-42'],
  rationale:
    'Workbench keeps the list of its nodes in the database. A node with another key or protocol stays out, one that is gone is still asked for sessions, one whose configuration was changed runs on with the old one. ' +
    'rstudio-server list-nodes and /load-balancer/status are asked on a running node; their times are in the zone of the server.',
  products: ['workbench'],
  needs: { found, effective, host, state: clusterState },
  params: { maxMinutes: 2 },
  judge(nodes, { params, now, cluster }) {
    const running = nodes.filter((n) => n.state.running);
    if (running.length === 0)
      return skip('Workbench runs on no node: there is no cluster to look at', { nodes: nodes.map((n) => n.node) });
    const known = nodes.map(
      (n): Known => ({
        node: n.node,
        names: [
          n.effective.get('load-balancer:www-host-name')?.value,
          n.effective.get('rserver.conf:www-address')?.value,
          n.host.name,
          cluster.nodes.find((c) => c.name === n.node)?.host,
        ]
          .filter((name) => name !== undefined)
          .map(short),
      }),
    );
    const findings: Finding[] = [];
    const listed = told(running, (s) => s.listed);
    const status = told(running, (s) => s.status);
    if (listed.value === undefined || listed.value.nodes.length === 0)
      findings.push(
        unknown(listed.trouble ?? 'list-nodes was not asked: the first nodes of the inventory do not run', {
          nodes: running.map((n) => n.node),
          subject: 'list-nodes',
          requirements: ['WB-15', 'WB-16', 'WB-18', 'WB-41', 'WB-42'],
        }),
      );
    else {
      const { nodes: rows } = listed.value;
      const offset = nodes.find((n) => n.node === listed.by)!.host.utcOffset;
      const bad = rowFindings(rows, known, listed.by!, offset, now.getTime(), params.maxMinutes);
      const absent = running.filter(
        (n) =>
          !rows.some(
            (r) =>
              knows(known.find((k) => k.node === n.node)!, r.host) ||
              knows(known.find((k) => k.node === n.node)!, r.ipv4),
          ),
      );
      findings.push(...bad);
      const { protocol } = listed.value;
      const stranger = everyNode(
        '',
        running.map((n) => ({ node: n.node, value: n.effective.get('rserver.conf:ssl-enabled')?.value === '1' })),
        (tls) =>
          protocol !== undefined && /^https/i.test(protocol) !== tls
            ? {
                problem: `speaks ${tls ? 'HTTPS' : 'HTTP'}, the cluster ${protocol}`,
                observed: `ssl-enabled=${tls ? 1 : 0}`,
              }
            : undefined,
        { subject: 'protocol', requirements: ['WB-16'], expected: `the protocol of the cluster, ${protocol}` },
      );
      if (stranger.status === 'fail') findings.push(stranger);
      if (absent.length > 0)
        findings.push(
          fail(`${list(absent.map((n) => n.node))} runs, and the cluster's database does not know it`, {
            nodes: absent.map((n) => n.node),
            subject: 'absent',
            requirements: ['WB-39', 'WB-42'],
            expected: rows.map((r) => r.host).join(', '),
          }),
        );
      if (bad.length + absent.length === 0)
        findings.push(
          pass(`${rows.length} nodes, all online and seen lately`, {
            nodes: running.map((n) => n.node),
            subject: 'list-nodes',
            requirements: ['WB-15', 'WB-16', 'WB-18', 'WB-39', 'WB-41', 'WB-42'],
            details: rows.map((r) => `${r.host} ${r.status} ${r.lastSeen ?? ''}`.trim()),
          }),
        );
    }
    if (status.value === undefined)
      findings.push(
        unknown(status.trouble ?? '/load-balancer/status was not asked', {
          nodes: running.map((n) => n.node),
          subject: 'status',
          severity: 'warning',
          requirements: ['WB-39', 'WB-40'],
        }),
      );
    else {
      const blamed = new Set(findings.filter((f) => f.status === 'fail').flatMap((f) => f.nodes ?? []));
      const out = status.value
        .filter((s) => s.state !== undefined)
        .flatMap((s) => known.filter((k) => knows(k, s.host)).map((k) => ({ node: k.node, state: s.state! })))
        .filter((s) => !blamed.has(s.node));
      findings.push(
        out.length > 0
          ? fail(out.map((o) => `${o.node} is ${o.state}`).join(', '), {
              nodes: out.map((o) => o.node),
              subject: 'status',
              requirements: ['WB-39'],
              ...(out.every((o) => o.state === 'offline') && { severity: 'warning' as const }),
            })
          : pass(`load: ${status.value.map((s) => `${s.host} ${s.load?.join(' ') ?? '?'}`).join('; ')}`, {
              nodes: running.map((n) => n.node),
              subject: 'status',
              requirements: ['WB-39', 'WB-40'],
            }),
      );
      const busy = status.value.filter((s) => (s.load?.[2] ?? 0) > 1).map((s) => s.host);
      if (busy.length > 0)
        findings.push(
          fail(`${list(busy)} had more to do than processors for 15 minutes`, {
            nodes: known.filter((k) => busy.some((b) => knows(k, b))).map((k) => k.node),
            subject: 'load',
            severity: 'info',
            requirements: ['WB-40'],
          }),
        );
    }
    const since = running.flatMap((n) =>
      n.state.started === undefined
        ? []
        : [{ node: n.node, value: { started: n.state.started, newest: newestOf(n.found.tree) } }],
    );
    if (since.length > 0)
      findings.push(
        everyNode(
          'started after the last change of the configuration',
          since,
          ({ started, newest }) =>
            newest && newest.modified > started + 1
              ? {
                  problem: `${newest.path} was changed after the server started: it runs with the old configuration`,
                  observed: `${minute(newest.modified)} changed, ${minute(started)} started`,
                }
              : undefined,
          {
            subject: 'restart',
            severity: 'warning',
            requirements: ['WB-38'],
            remediation: 'sudo rstudio-server restart    # on the nodes named',
          },
        ),
      );
    else
      findings.push(
        unknown('since when the server runs cannot be told', {
          nodes: running.map((n) => n.node),
          subject: 'restart',
          severity: 'warning',
          requirements: ['WB-38'],
        }),
      );
    return findings;
  },
  remediation:
    'rstudio-server list-nodes; curl -s http://localhost:8787/load-balancer/status    # on a good node; then restart the nodes named: rstudio-server restart',
});
