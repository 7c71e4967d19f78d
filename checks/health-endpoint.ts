import {
  command,
  defineCheck,
  everyNode,
  type Finding,
  fail,
  found,
  list,
  pass,
  settings,
  skip,
  unknown,
  verb,
} from 'ha-preflight';
import { sameHost } from 'ha-preflight/formats/hostName';
import { balancerHealthUrl, type HttpReply, health, healthUrl, replyOf } from 'ha-preflight/probes/http';

const answered = ({ status, error, page }: HttpReply): string =>
  status
    ? `HTTP ${status}${status === 200 && page ? ' with a web page, such as a login' : ''}`
    : (error ?? 'no answer');
/** Nothing listens there, or a firewall is in between; any other error shows nothing about the node. */
const silent = ({ code }: HttpReply): boolean =>
  ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'timeout'].includes(code ?? '');

export default defineCheck({
  id: 'health-endpoint',
  title: 'Every node answers, and so does the load balancer',
  severity: 'info',
  tags: ['network', 'load-balancer'],
  requirements: ['RSPM-10', 'CONN-13', 'DEPLOYR-05'],
  rationale:
    'The load balancer sends users only to nodes that answer, and a standby helps only while it can be reached. The health path of each node is requested from this machine, and the same path at the address of the load balancer.',
  needs: { found, settings },
  asks: { health },
  judge(nodes, { cluster, product, services }) {
    const names = nodes.map((n) => n.node);
    const paths = [...new Set(nodes.flatMap((n) => n.settings.health ?? []))];
    if (paths.length === 0)
      return skip(
        product === 'workbench'
          ? 'no path shows the health of the node without a login: set server-health-check-enabled=1 in rserver.conf'
          : product !== 'deployr'
            ? 'its configuration names no path that shows the health of a node'
            : 'no server sets its web context with a port, so the address to request is not known',
        { nodes: names },
      );
    // DeployR has no health path: any answer from the server itself proves that it can be reached
    const well = ({ status = 0, page }: HttpReply): boolean =>
      (status === 200 && !page) || (product === 'deployr' && status > 0 && status < 500);
    /** A redirect, a login, a rule or a limit of what stands in front: that shows nothing of the product's health. */
    const unclear = (reply: HttpReply): boolean =>
      reply.status === undefined
        ? !silent(reply)
        : !well(reply) &&
          ((reply.status >= 300 && reply.status < 400) || [200, 401, 403, 407, 429].includes(reply.status));
    /** The balancer may lead this path nowhere. */
    const unclearThere = (reply: HttpReply): boolean => unclear(reply) || reply.status === 404;
    const findings: Finding[] = [];
    const asked = nodes.flatMap(({ node, found: { running }, settings: s }) => {
      const url = healthUrl(cluster, node, s);
      const reply = url === undefined ? undefined : replyOf(services.health, url);
      if (!url || !reply) {
        const why = s.health === undefined ? 'no health path is configured' : 'a file tree has no network';
        findings.push(skip(`${node}: ${why}`, { nodes: [node], subject: `${node} not asked` }));
        return [];
      }
      return [{ node, url, reply, running: running.length > 0, listens: s.address }];
    });
    const judged = asked.filter(({ node, url, reply, running, listens }) => {
      if (reply.status !== undefined && !unclear(reply)) return true;
      const about = { nodes: [node], subject: `${node} silent` };
      if (unclear(reply)) findings.push(unknown(`${node}: ${url}: ${answered(reply)}`, about));
      else if (product === 'deployr' && cluster.mode !== 'primary-standby')
        findings.push(unknown(`${node}: ${url}: ${answered(reply)}; the server may listen on a different port`, about));
      else if (product !== 'deployr' && !running)
        findings.push(skip(`${node}: no answer, because the product is not running there`, about));
      else if (reply.behind !== undefined || cluster.nodes.find((n) => n.name === node)?.connection.jump)
        findings.push(unknown(`${node}: ${url} is behind ${reply.behind ?? 'a jump host'}: ${answered(reply)}`, about));
      else if (listens !== undefined && sameHost(listens) !== sameHost(new URL(url).hostname))
        findings.push(unknown(`${node}: ${url}: ${answered(reply)}; the product listens on ${listens} alone`, about));
      else return true;
      return false;
    });
    if (judged.length > 0)
      findings.push(
        everyNode(
          `${list(judged.map((j) => j.node))} ${verb(judged.length, 'answers', 'answer')} on ${paths.join(', ')}`,
          judged.map(({ node, url, reply }) => ({ node, value: { url, reply } })),
          ({ url, reply }) =>
            well(reply)
              ? undefined
              : {
                  problem: `${url} did not answer ${product === 'deployr' ? 'from the server itself' : '200'}`,
                  observed: answered(reply),
                },
          { expected: product === 'deployr' ? 'any answer from the server: a standby must be reachable' : 'HTTP 200' },
        ),
      );

    // a web context is not a path below the address of the load balancer
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
      else if (well(reply)) findings.push(pass(`${url} answers 200 through the load balancer`, about));
      else if (reply.status !== undefined && unclearThere(reply))
        findings.push(
          unknown(
            `${url}: ${answered(reply)}, which shows nothing of the nodes: in the inventory, give loadBalancer: the address at which users end up`,
            about,
          ),
        );
      // such as a name that this machine cannot resolve
      else if (unclear(reply))
        findings.push(unknown(`${url} could not be asked from this machine: ${answered(reply)}`, about));
      else if (up.length > 0)
        findings.push(
          fail(`${list(up)} ${verb(up.length, 'answers', 'answer')} directly, but ${url} does not answer 200`, {
            ...about,
            observed: answered(reply),
            expected: 'HTTP 200',
            remediation: `find out why the load balancer considers no node healthy: ${command`curl -i ${url}` ?? 'curl -i URL'}`,
          }),
        );
      else findings.push(unknown(`${url}: ${answered(reply)}, and no node was seen to answer directly`, about));
    }
    return findings;
  },
  remediation:
    'ss -ltnp    # on the nodes named: does the product run, and does it listen on an address that other machines reach?',
});
