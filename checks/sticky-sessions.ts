import { type Cluster, count, defineCheck, type Finding, fail, found, list, pass, skip, unknown } from 'ha-preflight';
import { type BalancerProbe, balancer, stickinessTarget } from 'ha-preflight/probes/http';
import { type BalancerSight, type CookieKind, oneIn, stickinessOf } from './support/stickiness.js';

const STICKY = ['CONN-10', 'DEPLOYR-10'];
const BY_COOKIE = [...STICKY, 'CONN-18'];
const REGISTERED = ['DEPLOYR-11', 'CONN-13'];

const WORDS: Readonly<Record<CookieKind, string>> = {
  ALB: 'of the AWS load balancer',
  insert: 'that the balancer inserts',
  prefix: 'to which the balancer adds the node',
  balancer: 'of the balancer',
  application: 'of the application',
};

/** What was seen, and of whom. */
interface Seen {
  readonly probe: BalancerProbe;
  readonly is: BalancerSight;
  /** All nodes that were asked about. */
  readonly names: readonly string[];
  readonly product: string;
  readonly requests: number;
  readonly details: readonly string[];
}

/** Whether sessions stay on their node, and by what. */
function kept({ probe, is: { stickiness: s, named }, names, product, requests, details }: Seen): Finding[] {
  const about = { nodes: names, requirements: BY_COOKIE, details };
  switch (s.kind) {
    case 'unclear':
      return [unknown(s.why, { ...about, requirements: [...BY_COOKIE, ...REGISTERED] })];
    case 'cookie':
      return [
        pass(
          `${probe.jars.length} sessions stayed on their node by the cookie ${s.cookie} ${WORDS[s.by]}; without stickiness this result would appear by chance once in ${oneIn(s.chance)} runs`,
          about,
        ),
      ];
    case 'address': {
      const stay = pass(`sessions stay on ${s.backend}, which answered all ${requests} requests from this machine`, {
        ...about,
        requirements: STICKY,
      });
      const byAddress = fail(
        `all ${requests} requests from this machine went to ${s.backend}, and the balancer set no cookie: it uses the source address, prefers this node, or has no other`,
        {
          ...about,
          subject: 'by address',
          severity: 'warning',
          requirements: ['CONN-18'],
          expected: 'stickiness by a cookie',
        },
      );
      return product === 'connect' ? [stay, byAddress] : [stay];
    }
    case 'none':
      return [
        fail(`${s.moved} of ${s.sessions} sessions moved from one node to another`, {
          ...about,
          nodes: named ? names.filter((n) => s.backends.includes(n)) : names,
          observed: `answered by ${list(s.backends)}`,
          expected: 'each session on one node, by a cookie',
          details: [...details, ...s.hints],
        }),
      ];
  }
}

/** Whether every node of the inventory is behind the balancer. */
function registered({ is, names, product, requests }: Seen, { nodes, loadBalancer: { url } }: Cluster): Finding[] {
  const { stickiness: s, named, backends, recognised, foreign, missChance } = is;
  if (s.kind === 'unclear') return [];
  const about = {
    subject: 'registered',
    requirements: REGISTERED,
    expected: 'every node of the inventory behind the load balancer',
    ...(product === 'connect' && { severity: 'warning' as const }),
  };
  const missing = nodes.map((n) => n.name).filter((n) => !backends.includes(n));
  const hidden = named && foreign && s.kind !== 'address' ? missing.filter((n) => !recognised.includes(n)) : [];
  const gone = missing.filter((n) => !hidden.includes(n));
  const [they, them] = hidden.length === 1 ? ['it', 'it'] : ['they', 'them'];
  const unrecognised =
    hidden.length === 0
      ? []
      : [
          unknown(
            `whether ${list(hidden)} answered through the load balancer is not visible: asked directly from this machine, ${they} did not answer, so nothing is known by which to recognise ${them}`,
            { ...about, subject: 'not recognised', nodes: hidden },
          ),
        ];
  const doubt = !named
    ? `${count(backends.length, 'node')} answered, but by which name in the inventory is not known`
    : s.kind === 'address'
      ? `whether the balancer also uses ${list(missing)} is not visible from this address`
      : gone.length > 0 && missChance > 0.01
        ? `${list(gone)} did not answer, perhaps by chance: run the check again`
        : undefined;
  if (doubt !== undefined)
    return [...unrecognised, unknown(doubt, { ...about, nodes: names.filter((n) => !named || gone.includes(n)) })];
  if (gone.length > 0)
    return [
      ...unrecognised,
      fail(`${list(gone)} never answered through the load balancer`, {
        ...about,
        nodes: gone,
        observed: `${requests} requests, answered by ${list(backends)}`,
        remediation: `register the nodes named as backends of ${url}, and make sure that its health check accepts them`,
      }),
    ];
  return missing.length === 0
    ? [pass('every node answered through the load balancer', { ...about, nodes: names })]
    : unrecognised;
}

export default defineCheck({
  id: 'sticky-sessions',
  title: 'The load balancer keeps each session on one node, by a cookie',
  severity: 'critical',
  tags: ['network', 'load-balancer'],
  requirements: ['CONN-10', 'CONN-18', 'CONN-13', 'DEPLOYR-10', 'DEPLOYR-11'],
  rationale:
    'A session exists only on the node where it began: a request that reaches another node ends in an error or a new login. ' +
    'The check makes eight sessions of four requests each, mixed at random with requests that have no cookie, and sees whether a session stays on its node, and by which cookie. ' +
    'A node is recognised by what only that node answers when it is asked directly. The check is read-only and does not log in.',
  products: ['connect', 'deployr'],
  needs: { found },
  asks: { balancer },
  judge(nodes, { cluster, product, services }) {
    const names = nodes.map((n) => n.node);
    const { url } = cluster.loadBalancer;
    if (product === 'deployr' && cluster.mode === 'primary-standby')
      return skip('only one server is active at a time, so sessions cannot move', { nodes: names });
    const answer = url === undefined ? undefined : services.balancer.get(stickinessTarget(url));
    if (answer === undefined)
      return skip('the load balancer was not asked: give loadBalancer: { url: https://... } in the inventory', {
        nodes: names,
      });
    if ('unseen' in answer) return unknown(answer.unseen, { nodes: names });

    const probe = answer.value;
    const is = stickinessOf(probe);
    const requests = probe.jars.flat().length + probe.control.length;
    const trouble = probe.control.find((r) => r.trouble)?.trouble;
    const details = [
      ...(is.told ? [`nodes recognised by ${is.told}`] : []),
      ...(is.failures.length > 0
        ? [`some of ${requests} requests did not reach a node: ${is.failures.join(', ')}`]
        : []),
      ...(trouble ? [`the certificate of ${url} is not trusted: ${trouble}`] : []),
    ];
    const seen: Seen = { probe, is, names, product, requests, details };
    return [...kept(seen), ...registered(seen, cluster)];
  },
  remediation:
    "curl -sI URL    # through the load balancer, which must set a cookie: haproxy 'cookie SERVERID insert indirect nocache' and a cookie on each server; AWS target group stickiness.enabled=true, stickiness.type=lb_cookie",
});
