import { count, defineCheck, effective, everyNode, faults, type Problem, skip } from 'ha-preflight';
import { type Certificate, certificate } from 'ha-preflight/collectors/certificates';
import { withoutRemark } from 'ha-preflight/formats/keyValue';

const DAY = 86_400_000;
const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

function trouble(
  { path, from, to, subject, covers }: Certificate,
  name: string | undefined,
  now: number,
  days: number,
) {
  const is = (problem: string): Problem => ({
    problem: `${path} ${problem}`,
    observed: `${subject}, ${day(from)} to ${day(to)}`,
  });
  if (now < from) return is(`is not valid before ${day(from)}`);
  if (now > to) return is(`expired on ${day(to)}`);
  if (name !== undefined && !covers(name)) return is(`does not cover ${name}`);
  return now > to - days * DAY ? is(`expires on ${day(to)}`) : undefined;
}

export default defineCheck({
  id: 'certificates',
  title: "Each node's certificate is valid and covers its name",
  severity: 'warning',
  tags: ['tls'],
  requirements: ['X-16'],
  rationale:
    'The certificate of one node can expire unnoticed while the other nodes answer. Where Workbench nodes connect to each other over TLS, the certificate of each must cover its www-host-name.',
  needs: { effective, certificate },
  params: { warnDays: 30 },
  judge(nodes, { params, now }) {
    const serving = nodes.flatMap((n) =>
      n.certificate.served
        ? [
            {
              node: n.node,
              value: n.certificate.served,
              name: withoutRemark(n.effective.get('load-balancer:www-host-name')?.value),
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
      return skip('no node serves TLS itself: look at the certificates where TLS ends, such as the load balancer', {
        nodes: nodes.map((n) => n.node),
      });
    const names = new Map(serving.map((s) => [s.node, s.name]));
    const valid = everyNode(
      `every certificate is valid until ${day(Math.min(...serving.map((s) => s.value.to)))} at least`,
      serving,
      (served, node) => trouble(served, names.get(node), now.getTime(), params.warnDays),
      { expected: `valid for ${count(params.warnDays, 'more day')}, and for the name of the node` },
    );
    return [...missing, valid];
  },
  remediation:
    'openssl x509 -in CERTIFICATE -noout -subject -dates -ext subjectAltName    # on the nodes named; then install a new certificate and restart the product',
});
