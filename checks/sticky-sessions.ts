import { count, defineCheck, type Finding, fail, found, list, pass, skip, unknown } from 'ha-preflight';
import { balancer, stickinessTarget } from 'ha-preflight/probes/http';
import { type CookieKind, oneIn, stickinessOf } from './support/stickiness.js';

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
    const { stickiness: s, told, named, backends, recognised, foreign, missChance, failures } = stickinessOf(probe);
    const requests = probe.jars.flat().length + probe.control.length;
    const trouble = probe.control.find((r) => r.trouble)?.trouble;
    const details = [
      ...(told ? [`nodes recognised by ${told}`] : []),
      ...(failures.length > 0 ? [`some of ${requests} requests did not reach a node: ${failures.join(', ')}`] : []),
      ...(trouble ? [`the certificate of ${url} is not trusted: ${trouble}`] : []),
    ];
    const about = { nodes: names, requirements: BY_COOKIE, details };
    if (s.kind === 'unclear') return unknown(s.why, { ...about, requirements: [...BY_COOKIE, ...REGISTERED] });

    const findings: Finding[] = [];
    if (s.kind === 'cookie')
      findings.push(
        pass(
          `${probe.jars.length} sessions stayed on their node by the cookie ${s.cookie} ${WORDS[s.by]}; without stickiness this result would appear by chance once in ${oneIn(s.chance)} runs`,
          about,
        ),
      );
    if (s.kind === 'address') {
      findings.push(
        pass(`sessions stay on ${s.backend}, which answered all ${requests} requests from this machine`, {
          ...about,
          requirements: STICKY,
        }),
      );
      if (product === 'connect')
        findings.push(
          fail(
            `all ${requests} requests from this machine went to ${s.backend}, and the balancer set no cookie: it uses the source address, prefers this node, or has no other`,
            {
              ...about,
              subject: 'by address',
              severity: 'warning',
              requirements: ['CONN-18'],
              expected: 'stickiness by a cookie',
            },
          ),
        );
    }
    if (s.kind === 'none')
      findings.push(
        fail(`${s.moved} of ${s.sessions} sessions moved from one node to another`, {
          ...about,
          nodes: named ? names.filter((n) => s.backends.includes(n)) : names,
          observed: `answered by ${list(s.backends)}`,
          expected: 'each session on one node, by a cookie',
          details: [...details, ...s.hints],
        }),
      );

    const registered = {
      subject: 'registered',
      requirements: REGISTERED,
      expected: 'every node of the inventory behind the load balancer',
      ...(product === 'connect' && { severity: 'warning' as const }),
    };
    const missing = cluster.nodes.map((n) => n.name).filter((n) => !backends.includes(n));
    const hidden = named && foreign && s.kind !== 'address' ? missing.filter((n) => !recognised.includes(n)) : [];
    const gone = missing.filter((n) => !hidden.includes(n));
    if (hidden.length > 0)
      findings.push(
        unknown(
          `whether ${list(hidden)} answered through the load balancer is not visible: asked directly from this machine, ${hidden.length === 1 ? 'it' : 'they'} did not answer, so nothing is known by which to recognise ${hidden.length === 1 ? 'it' : 'them'}`,
          { ...registered, subject: 'not recognised', nodes: hidden },
        ),
      );
    const why = !named
      ? `${count(backends.length, 'node')} answered, but by which name in the inventory is not known`
      : s.kind === 'address'
        ? `whether the balancer also uses ${list(missing)} is not visible from this address`
        : gone.length > 0 && missChance > 0.01
          ? `${list(gone)} did not answer, perhaps by chance: run the check again`
          : undefined;
    if (why) findings.push(unknown(why, { ...registered, nodes: names.filter((n) => !named || gone.includes(n)) }));
    else if (gone.length > 0)
      findings.push(
        fail(`${list(gone)} never answered through the load balancer`, {
          ...registered,
          nodes: gone,
          observed: `${requests} requests, answered by ${list(backends)}`,
          remediation: `register the nodes named as backends of ${url}, and make sure that its health check accepts them`,
        }),
      );
    else if (missing.length === 0)
      findings.push(pass('every node answered through the load balancer', { ...registered, nodes: names }));
    return findings;
  },
  remediation:
    "curl -sI URL    # through the load balancer, which must set a cookie: haproxy 'cookie SERVERID insert indirect nocache' and a cookie on each server; AWS target group stickiness.enabled=true, stickiness.type=lb_cookie",
});
