import {
  defineCheck,
  type Finding,
  fail,
  type Has,
  list,
  type Settings,
  same,
  settings,
  skip,
  unknown,
  verb,
} from 'ha-preflight';
import { isContainerHost, isLoopbackUrl } from 'ha-preflight/formats/hostName';
import { isUnfilled } from 'ha-preflight/formats/settings';
import { endpointUrl } from 'ha-preflight/probes/s3';
import { webAddress } from './support/sense.js';

const NOT_SET = 'not set';
const NOT_THERE = 'not on S3';
const NO_KEY = [NOT_SET, NOT_THERE];

/** A KMS key without the account and region that an ARN adds. */
const keyName = (id: string): string => id.replace(/^arn:aws[\w-]*:kms:[^:]*:[^:]*:(?:key\/)?/, '');

/** Whether these may name one KMS key: by its id and by an alias, each with or without account and region. */
function mayBeOneKey(ids: readonly string[]): boolean {
  const places = (field: number): number =>
    new Set(ids.flatMap((id) => (id.startsWith('arn:') ? [id.split(':')[field]] : []))).size;
  // a key belongs to one account, and to one region unless it was made for several
  const several = ids.some((id) => /\bmrk-|alias\//.test(id));
  if (places(4) > 1 || (places(3) > 1 && !several)) return false;
  const names = [...new Set(ids.map(keyName))];
  const aliases = names.filter((name) => name.startsWith('alias/'));
  return aliases.length < 2 && names.length - aliases.length < 2 && !ids.some((id) => NO_KEY.includes(id));
}

/** The names that S3 of AWS has in a region: also for IPv6, for FIPS, and through a VPC endpoint (docs/sources.md 10.6). */
const AWS =
  /^(?:https:\/\/)?(?:bucket\.vpce-[\w-]+\.)?s3(?:-fips)?(?:\.dualstack)?\.([a-z0-9-]+)(?:\.vpce)?\.amazonaws\.com(?:\.cn)?(?::443)?\/?$/i;

/** What an endpoint names, in one spelling; those of AWS in the region lead where none does. */
function endpointName(endpoint: string, region: string | undefined): string {
  const host = AWS.exec(endpoint)?.[1];
  return host !== undefined && host.toLowerCase() === region ? NOT_SET : webAddress(endpoint);
}

/** Whether these may be one endpoint: some with a scheme, and the others without. */
function mayBeOneEndpoint(endpoints: readonly string[]): boolean {
  const hosts = new Set(endpoints.map((endpoint) => webAddress(endpoint).replace(/^https?:\/\/|\/$/g, '')));
  return hosts.size === 1 && new Set(endpoints.flatMap((e) => /^https?:/i.exec(e)?.[0].toLowerCase() ?? [])).size < 2;
}

/** Whether these may be one prefix: objects have no folders, so it depends on how the product joins the two. */
const mayBeOnePrefix = (prefixes: readonly string[]): boolean =>
  !prefixes.includes(NOT_THERE) &&
  new Set(prefixes.map((prefix) => (prefix === NOT_SET ? '' : prefix.replace(/^\/+|\/+$/g, '')))).size === 1;

/** Settings whose values may differ and yet mean one thing, and how to see it. */
const MAY_BE_ONE: Readonly<
  Record<string, { readonly of: (values: readonly string[]) => boolean; readonly see: string }>
> = {
  keyid: { of: mayBeOneKey, see: 'which may name one key: compare what aws kms describe-key prints for each' },
  endpoint: { of: mayBeOneEndpoint, see: 'which may name one server: write it in one way on every node' },
  prefix: { of: mayBeOnePrefix, see: 'which may name one place: write it in one way on every node' },
};

const ONE_BUCKET = ['RSPM-08', 'RSPM-19', 'PPM-AWS-13'];

type Section = Readonly<Record<string, string>>;

/** What one node sets for one class of storage. */
interface Used {
  readonly node: string;
  /** Of the class itself. */
  readonly own: Section | undefined;
  /** With what the common section adds. */
  readonly together: Section;
  /** Without a section for the class, so that it may use the common one. */
  readonly bare: boolean;
  /** Variables of the AWS SDK. */
  readonly environment: Section | undefined;
}

const usedOn = (
  name: string,
  { node, settings: { s3, s3Environment } }: { node: string; settings: Settings },
): Used => {
  const own = s3.find((c) => c.name === name)?.settings;
  const common = s3.find((c) => c.name === 'default');
  return {
    ...{ node, own, environment: s3Environment },
    together: { ...common?.settings, ...own },
    bare: !own && common?.classes?.includes(name) === true,
  };
};

const onItself = ({ own }: Used): boolean => onItsMachine(endpointUrl(own ?? {}));

/** One setting of a class. `here`: every node has the class, by a section for it or by the common one. */
function compareKey(
  key: string,
  what: string,
  used: readonly Used[],
  here: boolean,
  reference: string | undefined,
): Finding {
  const values = used.map((n): Required<Has> => {
    const shown = n.own ? (n.own[key] ?? NOT_SET) : NOT_THERE;
    if (key !== 'endpoint') return { node: n.node, key: shown, shown };
    return { node: n.node, key: onItself(n) ? 'loopback' : endpointName(shown, n.together.region), shown };
  });
  const about = {
    subject: `${what} ${key}`,
    requirements: key === 'keyid' ? ['RSPM-19', 'PPM-AWS-14'] : ONE_BUCKET,
  };
  const finding = same(`${key} of ${what}`, values, reference, about);
  if (finding.status !== 'fail') return finding;
  const lacking = used.filter((n) => n.own?.[key] === undefined);
  const perhaps = used.map((n) => n.together[key] ?? n.environment?.[key]);
  if (here && perhaps[0] !== undefined && new Set(perhaps).size === 1)
    return unknown(
      `${key} of ${what} is not set on ${list(lacking.map((n) => n.node))}, where ${
        lacking.every((n) => n.together[key] !== undefined) ? '[S3Storage]' : 'a variable of the AWS SDK'
      } says the same as on the other nodes: whether it is taken from there is not documented: write it in the section on every node`,
      { ...about, nodes: lacking.map((n) => n.node) },
    );
  const shown = [...new Set(values.map((v) => v.shown))];
  const mayBeOne = MAY_BE_ONE[key];
  return mayBeOne?.of(shown)
    ? unknown(`${key} of ${what} is written in different ways (${list(shown)}), ${mayBeOne.see}`, {
        ...about,
        nodes: values.map((v) => v.node),
      })
    : finding;
}

/** What no bucket, region, endpoint or key has: a variable or a placeholder that nobody filled in, quotes, a bucket as a URL. */
const NO_NAME = /[<>${}"'\u2018-\u201f\s]|^s3:\/\/|%[a-z_]{3,}%/i;
/** A path, or the ARN of a bucket; an access point has an ARN with a `/`, and is used by it. */
const NO_BUCKET = /^(?!arn:[^/]*:accesspoint).*\/|^arn:[^:]*:s3:::/;
/** An availability zone, or a region in capitals, which is signed as it is written. */
const NO_REGION = /^[a-z]{2}(-[a-z]+)+-\d+[a-z]$|[A-Z]/;
const isWebAddress = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url);

/** What the settings make of every word for it; false is as good as not set. */
const isTrue = (value: string): boolean => value === 'true';

/** By setting, whether its value can mean what it is for. */
const FITS: Readonly<Record<string, (value: string, section: Section) => boolean>> = {
  bucket: (value) => !NO_NAME.test(value) && !NO_BUCKET.test(value),
  // of a store other than AWS any word may be a region
  region: (value, { endpoint }) => !NO_NAME.test(value) && (endpoint !== undefined || !NO_REGION.test(value)),
  endpoint: (value, section) => !NO_NAME.test(value) && isWebAddress(endpointUrl({ ...section, endpoint: value })!),
  keyid: (value) => !NO_NAME.test(value),
  prefix: (value) => !isUnfilled(value),
  profile: (value) => !isUnfilled(value),
  s3forcepathstyle: isTrue,
  enablesharedconfig: isTrue,
  disablessl: isTrue,
};

/** On the node, or on the machine below a container. */
const onItsMachine = (url: string | undefined): boolean =>
  url !== undefined && (isLoopbackUrl(url) || (URL.canParse(url) && isContainerHost(new URL(url).hostname)));

/** What all nodes have alike must name one bucket, and not one on each node. */
function oneForAll(what: string, keys: readonly string[], used: readonly Used[]): Finding {
  const nodes = used.map((n) => n.node);
  const first = used[0]!;
  if (used.every(onItself))
    return unknown(
      `endpoint of ${what} is ${first.own!.endpoint}, so each node asks a server on itself: compare what the servers name as their cluster (MinIO: mc admin info)`,
      { nodes, subject: `${what} endpoint`, requirements: ONE_BUCKET },
    );
  if (!first.together.bucket)
    return fail(`${what} names no bucket, although storage classes are on S3`, {
      nodes,
      subject: `${what} bucket`,
      requirements: ['RSPM-08', 'RSPM-19'],
      observed: 'no Bucket',
      expected: '[S3Storage] Bucket, the same on every node',
      remediation:
        'ha-preflight settings INVENTORY --match storage    # then set Bucket in [S3Storage] of rstudio-pm.gcfg on every node, and restart Package Manager',
    });
  const odd = Object.entries(first.together).find(([key, value]) => FITS[key]?.(value, first.together) === false)?.[0];
  if (odd !== undefined)
    return unknown(
      `${odd} of ${what} is ${first.together[odd]}, which ${FITS[odd] === isTrue ? 'is not a boolean' : 'cannot name one'}: what the product makes of it is not documented: write the real ${odd} on every node`,
      { nodes, subject: `${what} ${odd}`, requirements: odd === 'keyid' ? ['RSPM-19', 'PPM-AWS-14'] : ONE_BUCKET },
    );
  const alike = nodes.map((node) => ({ node, key: '', shown: '' }));
  return {
    ...same(what, alike, undefined, { subject: what }),
    details: keys.map((k) => `${k} ${first.own?.[k] ?? ''}`),
  };
}

/** One class of storage on all nodes. */
function judgeClass(name: string, used: readonly Used[], reference: string | undefined): Finding[] {
  const what = name === 'default' ? 'S3Storage' : `S3Storage "${name}"`;
  const bare = used.filter((n) => n.bare).map((n) => n.node);
  const here = used.every((n) => n.own || n.bare);
  const inForce = new Set(used.map((n) => JSON.stringify(Object.entries(n.together).sort())));
  if (bare.length > 0 && inForce.size === 1 && here)
    return [
      unknown(
        `${list(bare)} ${verb(bare.length, 'has', 'have')} no section ${what}, and in [S3Storage] what the others have in it: whether the class takes its settings from there is not documented: write the section on every node, or on none`,
        { nodes: bare, subject: what, requirements: ONE_BUCKET },
      ),
    ];
  const keys = [...new Set(used.flatMap((n) => Object.keys(n.own ?? {})))].sort();
  const bad = keys.map((key) => compareKey(key, what, used, here, reference)).filter((f) => f.status !== 'pass');
  return bad.length > 0 ? bad : [oneForAll(what, keys, used)];
}

export default defineCheck({
  id: 's3-settings',
  title: 'Every node uses the same bucket in the same way',
  severity: 'critical',
  proof: 'declared',
  tags: ['s3', 'configuration'],
  requirements: ['RSPM-08', 'RSPM-19', 'PPM-AWS-13', 'PPM-AWS-14'],
  rationale:
    'With a different bucket, prefix or KMS key on one node, the packages that this node writes are missing on the other nodes, or not readable there.',
  products: ['package-manager'],
  needs: { settings },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const open = nodes.filter((n) => n.settings.s3Doubt !== undefined);
    if (open.length > 0)
      return unknown(
        `the bucket of ${list(open.map((n) => n.node))} is set by variables: ${open[0]!.settings.s3Doubt}; set [Storage] and [S3Storage] in rstudio-pm.gcfg to be sure`,
        { nodes: open.map((n) => n.node), subject: 'variables', severity: 'warning' },
      );
    if (nodes.every((n) => n.settings.s3.length === 0))
      return skip('no storage class is on S3', { nodes: nodes.map((n) => n.node) });
    const classes = [...new Set(nodes.flatMap((n) => n.settings.s3.map((c) => c.name)))];
    return classes.flatMap((name) =>
      judgeClass(
        name,
        nodes.map((n) => usedOn(name, n)),
        cluster.reference,
      ),
    );
  },
  remediation:
    'ha-preflight settings INVENTORY --match S3Storage    # then copy the section [S3Storage] from a good node to the nodes named, and restart Package Manager',
});
