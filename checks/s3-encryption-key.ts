import {
  defineCheck,
  type Finding,
  fail,
  groupsOf,
  list,
  pass,
  type ServiceQuestion,
  type Settings,
  sameKey,
  settings,
  skip,
  unknown,
} from 'ha-preflight';
import { keys } from 'ha-preflight/collectors/keys';
import { versions } from 'ha-preflight/collectors/versions';

/** One question for each distinct bucket configuration; the target names what decides where it goes. */
const bucketQuestion = (settings: Readonly<Record<string, string>>): ServiceQuestion => ({
  via: 's3',
  target: [settings.bucket, settings.region, settings.endpoint].filter(Boolean).join(' '),
  options: settings,
});

/** What the bucket answered, for the nodes that are configured with it. */
function bucketFinding(
  target: string,
  nodes: readonly string[],
  answer: { exit: number; stdout: string } | { unseen: string } | undefined,
): Finding {
  const subject = `bucket ${target}`;
  const requirements = ['RSPM-19'];
  if (answer === undefined)
    return skip(`the bucket was not asked (${target}): give s3: { credentials: default } in the inventory`, {
      nodes,
      subject,
      requirements,
    });
  if ('unseen' in answer) return unknown(answer.unseen, { nodes, subject, requirements });
  const said = JSON.parse(answer.stdout) as { region?: string; error?: string; status?: number };
  if (answer.exit === 0)
    return pass(`the bucket of ${list(nodes)} answers (${target})`, { nodes, subject, requirements });
  const why = `${target} answers ${said.status} ${said.error ?? ''}`.trim();
  if (said.status === 403)
    return unknown(`${why}: grant s3:ListBucket on it to the credentials of this audit`, {
      nodes,
      subject,
      requirements,
    });
  return fail(`the bucket configured on ${list(nodes)} does not exist or is in another region: ${why}`, {
    nodes,
    subject,
    requirements,
    observed: why,
    expected: 'HTTP 200',
  });
}

export default defineCheck({
  id: 's3-encryption-key',
  title: 'With storage on S3, every node encrypts with the same key',
  severity: 'critical',
  tags: ['keys', 's3'],
  requirements: ['RSPM-09', 'RSPM-19', 'PPM-AWS-06'],
  rationale:
    'What one node writes encrypted to the bucket the others must be able to read. A node without the key file makes a key of its own at its first start.',
  products: ['package-manager'],
  needs: { settings, keys, versions },
  minimumNodes: 2,
  asks: (cluster, configured: ReadonlyMap<string, Settings>) =>
    cluster.s3
      ? [...configured.values()].flatMap((s) =>
          s.s3.filter((c) => c.settings.bucket).map((c) => bucketQuestion(c.settings)),
        )
      : [],
  judge(nodes, { cluster, services }) {
    if (nodes.every((n) => n.settings.s3.length === 0))
      return skip('no storage class is on S3: shared-keys judges the key');
    const held = nodes.map((n) => ({
      node: n.node,
      fact: n.keys.get('encryption key') ?? { unseen: 'no encryption key is configured' },
      release: n.versions.program ?? n.versions.package,
    }));
    const buckets = groupsOf(
      nodes.flatMap((n) =>
        n.settings.s3.flatMap((c) =>
          c.settings.bucket ? [{ node: n.node, key: bucketQuestion(c.settings).target }] : [],
        ),
      ),
    );
    return [
      ...sameKey('encryption key', held, cluster).map((f) => ({ ...f, requirements: ['RSPM-09', 'PPM-AWS-06'] })),
      ...buckets.map(({ key, nodes: on }) => bucketFinding(key, [...new Set(on)], services[`s3:${key}`])),
    ];
  },
  remediation:
    'copy the key file from a good node to the nodes named, keep its owner and mode 0600, and restart the product there',
});
