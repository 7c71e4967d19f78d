import { defineCheck, type Finding, fail, groupsOf, list, pass, settings, skip, unknown } from 'ha-preflight';
import {
  type BucketTrial,
  type BucketView,
  bucketName,
  buckets,
  bucketTrials,
  probeName,
  type Refusal,
} from 'ha-preflight/probes/s3';

const READ = ['RSPM-19', 'PPM-AWS-13', 'PPM-AWS-14'];
const WRITE = ['RSPM-19', 'PPM-AWS-13'];
const GRANT: Readonly<Record<string, string>> = {
  PUT: 's3:PutObject',
  HEAD: 's3:GetObject',
  DELETE: 's3:DeleteObject',
};

const refused = (said: object | undefined): said is Refusal =>
  said !== undefined && 'status' in said && 'error' in said;

/** What else is known of the bucket; a permission that is not granted is not a fault. */
function details({ location, versioning, encryption }: BucketView): string[] {
  const line = <T extends object>(
    what: string,
    said: T | Refusal | undefined,
    grant: string,
    read: (s: T) => string,
  ) =>
    said === undefined
      ? []
      : refused(said)
        ? [
            `${what}: not visible (${said.status} ${said.error}${said.status === 403 ? `; grant ${grant} to see it` : ''})`,
          ]
        : [`${what}: ${read(said)}`];
  return [
    ...line('region', location, 's3:GetBucketLocation', (s) => s.region || 'the default'),
    ...line('versioning', versioning, 's3:GetBucketVersioning', (s) => s.status.toLowerCase()),
    // the store knows encryption, and this bucket has none
    ...line(
      'encryption',
      refused(encryption) && encryption.status === 404 ? { algorithms: [] } : encryption,
      's3:GetEncryptionConfiguration',
      (s) => list(s.algorithms) || 'none is reported',
    ),
  ];
}

/** An endpoint whose store gives each bucket a region. What another store calls its place need not be what a request is to name. */
const ofAws = (endpoint: string | undefined): boolean =>
  !endpoint || /^(?:https?:\/\/)?[^/]*\.amazonaws\.com(?:\.cn)?(?:[:/]|$)/i.test(endpoint);

/** What the bucket answered, for the nodes that are configured with it. `signed`: the requests named the region of the nodes. */
function read(
  bucket: Readonly<Record<string, string>>,
  nodes: readonly string[],
  sight: BucketView,
  signed: boolean,
): Finding {
  const about = { nodes, subject: `bucket ${bucketName(bucket)}`, requirements: READ };
  const { head, location } = sight;
  if (refused(head)) {
    const why = `${bucketName(bucket)} answers ${head.status} ${head.error}`.trim();
    // AWS says where a bucket is also to those whom it refuses
    const elsewhere = ofAws(bucket.endpoint) && head.region && bucket.region && head.region !== bucket.region;
    if (head.status === 404 || head.status === 301 || elsewhere)
      return fail(
        `the bucket configured on ${list(nodes)} ${head.status === 404 ? 'does not exist' : `is in another region${head.region ? `, ${head.region}` : ''}`}: ${why}`,
        { ...about, observed: why, expected: 'HTTP 200' },
      );
    return unknown(
      head.status === 403 ? `${why}: grant s3:ListBucket on it to the credentials of this audit` : why,
      about,
    );
  }
  // an empty location is AWS's first region, and EU its old name of another; of another store an empty one says nothing
  const told = location && !refused(location) ? location.region.replace(/^EU$/, 'eu-west-1') : undefined;
  const region = told === '' && !bucket.endpoint ? 'us-east-1' : told || head.region;
  if (region && bucket.region && region !== bucket.region && !ofAws(bucket.endpoint) && !signed)
    return unknown(
      `the store calls the place of the bucket ${region}, and the configuration of ${list(nodes)} says ${bucket.region}: whether it takes requests for that is not known; give s3: { credentials } in the inventory, without a region`,
      { ...about, observed: region, details: details(sight) },
    );
  if (region && bucket.region && region !== bucket.region && ofAws(bucket.endpoint))
    return fail(`the bucket of ${list(nodes)} is in ${region}, but the configuration says ${bucket.region}`, {
      ...about,
      observed: region,
      expected: bucket.region,
      details: details(sight),
    });
  return pass(`the bucket of ${list(nodes)} answers (${bucketName(bucket)})`, { ...about, details: details(sight) });
}

/** The result of writing one object. */
function written(target: string, nodes: readonly string[], { key, failed, left, interrupted }: BucketTrial): Finding {
  const about = { nodes, subject: target, requirements: WRITE };
  const rest =
    left === 'object'
      ? `; ${key} may have been left behind: remove it`
      : left
        ? `; an old version of ${key} is left (grant s3:DeleteObjectVersion)`
        : '';
  if (!failed) return pass(`one object was written, read and removed (${key})${rest}`, about);
  if (interrupted) return unknown(`interrupted while writing ${key}${rest || ', which was removed'}`, about);
  if (failed.step === 'HEAD' && failed.status === 404)
    return fail(`the store accepted ${key} but does not have it afterwards${rest}`, {
      ...about,
      observed: failed.why,
      expected: 'HTTP 200',
      remediation: 'ask the operator of the object store: every write must be visible to every reader at once',
    });
  const what = `${failed.step} of ${key}: ${failed.why}${rest}`;
  return unknown(
    failed.status === 403 ? `${what}; grant ${GRANT[failed.step]} to the credentials of this audit` : what,
    about,
  );
}

export default defineCheck({
  id: 's3-bucket',
  title: 'The bucket exists, is in its region, and accepts writes',
  severity: 'critical',
  tags: ['s3'],
  requirements: READ,
  rationale:
    'When the bucket is missing or in another region, no node starts. The bucket is asked from the machine that runs ha-preflight, with the credentials of the inventory; what these may not read is unknown. With --active one object below PREFIX/temp is written, read and removed, as the product itself does.',
  products: ['package-manager'],
  needs: { settings },
  asks: { buckets, bucketTrials },
  judge(nodes, { cluster, services }) {
    const configured = nodes.flatMap((n) =>
      n.settings.s3.flatMap((c) => (c.settings.bucket ? [{ node: n.node, bucket: c.settings }] : [])),
    );
    const names = [...new Set(configured.map((c) => c.node))];
    if (names.length === 0) {
      const none = nodes.every((n) => n.settings.s3.length === 0);
      return skip(none ? 'no storage class is on S3' : 'the configuration names no bucket: see s3-settings', {
        nodes: nodes.map((n) => n.node),
      });
    }
    if (!cluster.s3)
      return skip('the bucket was not asked: give s3: { credentials: default } in the inventory', { nodes: names });
    const of = (
      name: typeof bucketName,
    ): { name: string; nodes: string[]; bucket: Readonly<Record<string, string>> }[] =>
      groupsOf(configured.map((c) => ({ node: c.node, key: name(c.bucket) }))).map((g) => ({
        name: g.key,
        nodes: [...new Set(g.nodes)],
        bucket: configured.find((c) => name(c.bucket) === g.key)!.bucket,
      }));
    const signed = cluster.s3.region === undefined && cluster.s3.credentials !== 'anonymous';
    return [
      ...of(bucketName).map(({ name, nodes: on, bucket }) => {
        const answer = services.buckets.get(name) ?? { unseen: `${name} was not asked` };
        return 'unseen' in answer
          ? unknown(answer.unseen, { nodes: on, subject: `bucket ${name}`, requirements: READ })
          : read(bucket, on, answer.value, signed);
      }),
      ...of(probeName).map(({ name, nodes: on }) => {
        const answer = services.bucketTrials.get(name);
        const about = { nodes: on, subject: name, requirements: WRITE };
        if (answer === undefined) return skip('no write was tried: --active writes one object and removes it', about);
        return 'unseen' in answer ? unknown(answer.unseen, about) : written(name, on, answer.value);
      }),
    ];
  },
  remediation:
    'aws s3 ls s3://BUCKET    # then correct Bucket, Region or Endpoint in [S3Storage] of /etc/rstudio-pm/rstudio-pm.gcfg on the nodes named, and restart Package Manager',
});
