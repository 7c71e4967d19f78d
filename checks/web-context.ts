import { defineCheck, distinct, everyNode, type Finding, skip } from 'ha-preflight';
import { mongo } from 'ha-preflight/collectors/mongo';
import { last } from 'ha-preflight/formats/settings';

const KEY = 'deployr.server.policy.override.web.context';

export default defineCheck({
  id: 'web-context',
  title: 'Every DeployR server names its own address',
  severity: 'critical',
  proof: 'declared',
  tags: ['configuration'],
  requirements: ['DEPLOYR-03'],
  rationale:
    'Clients are sent to the web context a server names. A standby that names the primary sends them back to the server that is gone; one that names nothing guesses.',
  products: ['deployr'],
  needs: { mongo },
  judge(nodes, { cluster }) {
    const servers = nodes.flatMap(({ node, mongo: { server } }) =>
      server ? [{ node, value: last(server, KEY)?.value }] : [],
    );
    if (servers.length === 0)
      return skip('no DeployR server is set up on these nodes', { nodes: nodes.map((n) => n.node) });
    if (cluster.mode === 'load-balanced')
      return skip('behind a load balancer its address is the one to name', { nodes: servers.map((s) => s.node) });
    const set = everyNode(
      '',
      servers,
      (url) => (url ? undefined : { problem: `${KEY} is not set`, observed: 'not set' }),
      { subject: 'unset', expected: `${KEY} = "http://ADDRESS:8000/deployr"` },
    );
    const named = servers.flatMap(({ node, value }) =>
      value ? [{ node, key: value.replace(/\/+$/, '').toLowerCase() }] : [],
    );
    const findings: Finding[] = set.status === 'fail' ? [set] : [];
    if (named.length > 1 || findings.length === 0) findings.push(distinct('the web context', named));
    return findings;
  },
  remediation: `set ${KEY} in deployr.groovy to the address of the server itself, on the nodes named, and restart it`,
});
