import { defineCheck, everyNode, type Finding, fail, found, list, pass, settings, skip, unknown } from 'ha-preflight';
import { balancerHealthUrl, type HttpReply, health, healthUrl, replyOf } from 'ha-preflight/probes/http';

const answered = ({ status, error }: HttpReply): string => (status ? `HTTP ${status}` : (error ?? 'no answer'));
/** Nobody listens there, or nobody lets us through; any other error says nothing of the node. */
const silent = ({ code }: HttpReply): boolean =>
  ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'timeout'].includes(code ?? '');

export default defineCheck({
  id: 'health-endpoint',
  title: 'Every node answers by itself, and so does the load balancer',
  severity: 'info',
  tags: ['network', 'load-balancer'],
  requirements: ['RSPM-10', 'CONN-13', 'DEPLOYR-05'],
  rationale:
    "The nodes know nothing of each other: the load balancer finds out who answers, and a standby is of use only while it can be reached. Each node's own health path is asked from this machine, and the same path at the load balancer's address.",
  needs: { found, settings },
  asks: { health },
  judge(nodes, { cluster, product, services }) {
    const names = nodes.map((n) => n.node);
    const paths = [...new Set(nodes.flatMap((n) => n.settings.health ?? []))];
    if (paths.length === 0)
      return skip(
        product === 'workbench'
          ? 'there is no path that tells of health without a login: set server-health-check-enabled=1 in rserver.conf'
          : 'no server names its web context with a port, so where they answer is not known',
        { nodes: names },
      );
    // DeployR has no health path: any answer of its own tells that it can be reached
    const well = ({ status = 0 }: HttpReply): boolean =>
      status === 200 || (product === 'deployr' && status > 0 && status < 500);
    const findings: Finding[] = [];
    const asked = nodes.flatMap(({ node, found: { running }, settings: s }) => {
      const url = healthUrl(cluster, node, s);
      const reply = url === undefined ? undefined : replyOf(services.health, url);
      if (!url || !reply) {
        const why = s.health === undefined ? 'has no health path configured' : 'is a file tree, which has no network';
        findings.push(skip(`${node} ${why}`, { nodes: [node], subject: `${node} not asked` }));
        return [];
      }
      return [{ node, url, reply, running: running.length > 0 }];
    });
    const judged = asked.filter(({ node, url, reply, running }) => {
      if (reply.status !== undefined) return true;
      const about = { nodes: [node], subject: `${node} silent` };
      if (!silent(reply)) findings.push(unknown(`${node}: ${url}: ${answered(reply)}`, about));
      else if (product === 'deployr' && cluster.mode !== 'primary-standby')
        findings.push(unknown(`${node}: ${url}: ${answered(reply)}, and its port may be another`, about));
      else if (product !== 'deployr' && !running)
        findings.push(skip(`${node} does not answer: the product is not started there`, about));
      else if (reply.behind !== undefined || cluster.nodes.find((n) => n.name === node)?.connection.jump)
        findings.push(unknown(`${node}: ${url} is behind ${reply.behind ?? 'a jump host'}: ${answered(reply)}`, about));
      else return true;
      return false;
    });
    if (judged.length > 0)
      findings.push(
        everyNode(
          `${list(judged.map((j) => j.node))} answer on ${paths.join(', ')}`,
          judged.map(({ node, url, reply }) => ({ node, value: { url, reply } })),
          ({ url, reply }) =>
            well(reply) ? undefined : { problem: `${url} is not well from here`, observed: answered(reply) },
          { expected: product === 'deployr' ? 'any answer: the standby must be reachable' : 'HTTP 200' },
        ),
      );

    // a web context is no path below the address of the load balancer
    if (product === 'deployr') return findings;
    const up = judged.filter((j) => well(j.reply)).map((j) => j.node);
    for (const path of paths) {
      const url = balancerHealthUrl(cluster, path);
      const reply = url === undefined ? undefined : replyOf(services.health, url);
      const about = { subject: 'load balancer', nodes: names };
      if (!url || !reply)
        findings.push(
          skip('the load balancer was not asked: give loadBalancer: { url: https://... } in the inventory', about),
        );
      else if (well(reply)) findings.push(pass(`${url} answers through the load balancer`, about));
      else if (up.length > 0)
        findings.push(
          fail(`${list(up)} answer by themselves, and ${url} does not`, {
            ...about,
            observed: answered(reply),
            expected: 'HTTP 200',
            remediation: `see why the load balancer finds no node well: curl -i ${url}`,
          }),
        );
      else findings.push(unknown(`${url}: ${answered(reply)}, and no node was seen to answer`, about));
    }
    return findings;
  },
  remediation: 'see on the nodes named whether the product runs and listens beyond its own machine: ss -ltnp',
});
