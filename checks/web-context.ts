import { defineCheck, distinct, faults, skip } from 'ha-preflight';
import { mongo } from 'ha-preflight/collectors/mongo';
import { last } from 'ha-preflight/formats/settings';

const KEY = 'deployr.server.policy.override.web.context';

export default defineCheck({
  id: 'web-context',
  title: 'The web context of every DeployR server is its own address',
  severity: 'critical',
  proof: 'declared',
  tags: ['configuration'],
  requirements: ['DEPLOYR-03'],
  rationale:
    'A server sends its clients to its web context. A standby whose web context is the primary sends clients back to the server that failed; without a web context a server guesses its address.',
  products: ['deployr'],
  needs: { mongo },
  judge(nodes, { cluster }) {
    const servers = nodes.flatMap(({ node, mongo: { server } }) =>
      server ? [{ node, value: last(server, KEY)?.value }] : [],
    );
    if (servers.length === 0)
      return skip('no DeployR server is configured on these nodes', { nodes: nodes.map((n) => n.node) });
    if (cluster.mode === 'load-balanced')
      return skip('behind a load balancer the web context is the address of the load balancer', {
        nodes: servers.map((s) => s.node),
      });
    const findings = faults(
      servers,
      (url) => (url ? undefined : { problem: `${KEY} is not set`, observed: 'not set' }),
      {
        subject: 'unset',
        expected: `${KEY} = "http://ADDRESS:8000/deployr"`,
      },
    );
    const named = servers.flatMap(({ node, value }) =>
      value ? [{ node, key: value.replace(/\/+$/, '').toLowerCase() }] : [],
    );
    if (named.length > 1 || findings.length === 0) findings.push(distinct('the web context', named));
    return findings;
  },
  remediation: `set ${KEY} in deployr.groovy on the nodes named to the address of the server itself, and restart the server`,
});
