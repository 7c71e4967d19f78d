import {
  count,
  defineCheck,
  type EffectiveSettings,
  effective,
  everyNode,
  faults,
  list,
  type Problem,
  skip,
  unknown,
} from 'ha-preflight';
import { type Certificate, certificate, type Dated } from 'ha-preflight/collectors/certificates';
import { addressOf } from 'ha-preflight/formats/hostName';
import { withoutRemark } from 'ha-preflight/formats/keyValue';

const DAY = 86_400_000;
const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Of the server's own, or of the one that issued it: without either, no client comes to a root that it trusts. */
function outOfDate({ from, to, subject }: Dated, what: string, now: number, days: number): Problem | undefined {
  const is = (problem: string): Problem => ({
    problem: `${what} ${problem}`,
    observed: `${subject}, ${day(from)} to ${day(to)}`,
  });
  if (now < from) return is(`is not valid before ${day(from)}`);
  if (now > to) return is(`expired on ${day(to)}`);
  return now > to - days * DAY ? is(`expires on ${day(to)}`) : undefined;
}

function trouble(served: Certificate, name: string | undefined, now: number, days: number): Problem | undefined {
  const { path, subject, covers, issuers } = served;
  const [issuer] = issuers;
  return (
    outOfDate(served, path, now, 0) ??
    (name !== undefined && !covers(name)
      ? { problem: `${path} does not cover ${name}`, observed: subject }
      : undefined) ??
    outOfDate(served, path, now, days) ??
    (issuer && outOfDate(issuer, `the certificate of the issuer in ${path}`, now, days))
  );
}

/** The name that other nodes connect to; undefined where it is more than a name, which node-address reports. */
function nameOf(effective: EffectiveSettings): string | undefined {
  const name = withoutRemark(effective.get('load-balancer:www-host-name')?.value);
  return name && (addressOf(name) !== undefined || !/[:/\s]/.test(name)) ? name : undefined;
}

export default defineCheck({
  id: 'certificates',
  title: "Each node's certificate is valid and covers its name",
  severity: 'warning',
  tags: ['tls'],
  requirements: ['X-16'],
  rationale:
    'The certificate of one node can expire unnoticed while the other nodes answer, and so can that of its issuer, which the node sends along. Where Workbench nodes connect to each other over TLS, the certificate of each must cover its www-host-name.',
  needs: { effective, certificate },
  params: { warnDays: 30 },
  judge(nodes, { params, now }) {
    const serving = nodes.flatMap((n) =>
      n.certificate.served
        ? [
            {
              node: n.node,
              value: n.certificate.served,
              name: nameOf(n.effective),
            },
          ]
        : [],
    );
    const missing = faults(
      nodes.map((n) => ({ node: n.node, value: n.certificate.missing })),
      (path) => (path === undefined ? undefined : { problem: `${path} does not exist`, observed: 'missing' }),
      {
        subject: 'missing',
        expected: 'the certificate that the configuration names',
        remediation: 'install the certificate and its key on the nodes named, and restart the product',
      },
    );
    if (serving.length === 0 && missing.length > 0) return missing;
    if (serving.length === 0)
      return skip(
        'no node names a certificate to serve: look at the certificates where TLS ends, such as the load balancer',
        {
          nodes: nodes.map((n) => n.node),
        },
      );
    const names = new Map(serving.map((s) => [s.node, s.name]));
    const valid = everyNode(
      `every certificate is valid until ${day(Math.min(...serving.flatMap((s) => [s.value.to, ...s.value.issuers.slice(0, 1).map((i) => i.to)])))} at least`,
      serving,
      (served, node) => trouble(served, names.get(node), now.getTime(), params.warnDays),
      { expected: `valid for ${count(params.warnDays, 'more day')}, and for the name of the node` },
    );
    const higher = serving.flatMap(({ node, value: { path, issuers } }) =>
      issuers.slice(1).flatMap((issuer) => {
        const old = outOfDate(issuer, path, now.getTime(), 0);
        return old ? [{ node, shown: `${old.problem} (${issuer.subject})` }] : [];
      }),
    );
    const indirect =
      higher.length === 0
        ? []
        : [
            unknown(
              `an intermediate certificate in ${list(higher.map((h) => h.shown))}: whether every client knows another way to a root is not visible from here`,
              { nodes: [...new Set(higher.map((h) => h.node))], subject: 'intermediate' },
            ),
          ];
    return [...missing, valid, ...indirect];
  },
  remediation:
    'openssl x509 -in CERTIFICATE -noout -subject -dates -ext subjectAltName    # on the nodes named; then install a new certificate and restart the product',
});
