import {
  type Cluster,
  command,
  defineCheck,
  everyNode,
  type Finding,
  fail,
  found,
  list,
  type Product,
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

/** DeployR has no health path: any answer from the server itself proves that it can be reached. */
const isWell = ({ status = 0, page }: HttpReply, product: Product): boolean =>
  product === 'deployr' ? status > 0 && status < 500 : status === 200 && !page;

/** Nothing listens there, or a firewall is in between; any other error shows nothing about the node. */
const SILENT = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'timeout']);

/**
 * A redirect, a login, a rule or a limit of what stands in front, or a request it does not take, such as one without a
 * certificate or without TLS: that shows nothing of the product's health. 404 is judged where it comes from a node.
 */
const isUnclear = (reply: HttpReply, product: Product): boolean =>
  reply.status === undefined
    ? !SILENT.has(reply.code ?? '')
    : !isWell(reply, product) &&
      (reply.status === 200 || (reply.status >= 300 && reply.status < 500 && reply.status !== 404));

interface Asked {
  readonly node: string;
  readonly url: string;
  readonly reply: HttpReply;
  readonly running: boolean;
  /** The one address that the product listens on; absent: all. */
  readonly listens: string | undefined;
}

/** Why the answer of a node shows nothing of it; undefined: it can be judged. */
function unjudged({ node, url, reply, running, listens }: Asked, product: Product, cluster: Cluster) {
  if (reply.status !== undefined && !isUnclear(reply, product)) return undefined;
  const about = { nodes: [node], subject: `${node} silent` };
  const said = `${url}: ${answered(reply)}`;
  if (isUnclear(reply, product)) return unknown(`${node}: ${said}`, about);
  if (product === 'deployr' && cluster.mode !== 'primary-standby')
    return unknown(`${node}: ${said}; the server may listen on a different port`, about);
  if (product !== 'deployr' && !running)
    return skip(`${node}: no answer, because the product is not running there`, about);
  if (reply.behind !== undefined || cluster.nodes.find((n) => n.name === node)?.connection.jump)
    return unknown(`${node}: ${url} is behind ${reply.behind ?? 'a jump host'}: ${answered(reply)}`, about);
  if (listens !== undefined && sameHost(listens) !== sameHost(new URL(url).hostname))
    return unknown(`${node}: ${said}; the product listens on ${listens} alone`, about);
  return undefined;
}

/** One path at the address of the load balancer. `up`: the nodes that answer it directly; `names`: all. */
function throughBalancer(
  url: string,
  reply: HttpReply,
  product: Product,
  up: readonly string[],
  names: readonly string[],
): Finding {
  const about = { subject: 'load balancer', nodes: names };
  if (isWell(reply, product)) return pass(`${url} answers 200 through the load balancer`, about);
  // the balancer may lead this path nowhere
  if (reply.status !== undefined && (isUnclear(reply, product) || reply.status === 404))
    return unknown(
      `${url}: ${answered(reply)}, which shows nothing of the nodes: in the inventory, give loadBalancer: the address at which users end up`,
      about,
    );
  // such as a name that this machine cannot resolve
  if (isUnclear(reply, product))
    return unknown(`${url} could not be asked from this machine: ${answered(reply)}`, about);
  if (up.length === 0) return unknown(`${url}: ${answered(reply)}, and no node was seen to answer directly`, about);
  return fail(`${list(up)} ${verb(up.length, 'answers', 'answer')} directly, but ${url} does not answer 200`, {
    ...about,
    observed: answered(reply),
    expected: 'HTTP 200',
    remediation: `find out why the load balancer considers no node healthy: ${command`curl -i ${url}` ?? 'curl -i URL'}`,
  });
}

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
    const findings: Finding[] = [];
    const asked = nodes.flatMap(({ node, found: { running }, settings: s }): Asked[] => {
      const url = healthUrl(cluster, node, s);
      const reply = url === undefined ? undefined : replyOf(services.health, url);
      if (url && reply) return [{ node, url, reply, running: running.length > 0, listens: s.address }];
      const why = s.health === undefined ? 'no health path is configured' : 'a file tree has no network';
      findings.push(skip(`${node}: ${why}`, { nodes: [node], subject: `${node} not asked` }));
      return [];
    });
    const open = new Map(asked.map((a) => [a, unjudged(a, product, cluster)]));
    findings.push(...[...open.values()].flatMap((finding) => finding ?? []));
    const judged = asked.filter((a) => !open.get(a));
    if (judged.length > 0)
      findings.push(
        everyNode(
          `${list(judged.map((j) => j.node))} ${verb(judged.length, 'answers', 'answer')} on ${paths.join(', ')}`,
          judged.map(({ node, url, reply }) => ({ node, value: { url, reply } })),
          ({ url, reply }) =>
            isWell(reply, product)
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
    const up = judged.filter((j) => isWell(j.reply, product)).map((j) => j.node);
    for (const path of paths) {
      const url = balancerHealthUrl(cluster, path);
      const reply = url === undefined ? undefined : replyOf(services.health, url);
      findings.push(
        url && reply
          ? throughBalancer(url, reply, product, up, names)
          : skip('the load balancer was not asked: give loadBalancer: { url: https://... } in the inventory', {
              subject: 'load balancer',
              nodes: names,
            }),
      );
    }
    return findings;
  },
  remediation:
    'ss -ltnp    # on the nodes named: does the product run, and does it listen on an address that other machines reach?',
});
