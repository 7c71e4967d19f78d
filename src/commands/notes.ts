/** What a reader of the result must know, and no report format has a place for: lines for standard error. */

import { type AnyCheck, holdsFor } from '../check.js';
import type { Evidence } from '../model/evidence.js';
import type { Cluster } from '../model/inventory.js';
import type { Report, Reports } from '../model/report.js';
import type { Plan } from '../plan.js';
import type { Profile } from '../products/profile.js';
import { safe } from '../reporters/text.js';

interface Key {
  readonly key: string;
  /** Whether the inventory has it. */
  readonly given: (cluster: Cluster) => unknown;
  /** Whether anything of the product reads it, however that is configured; `checks` are those that hold for it. */
  readonly read: (profile: Profile, checks: readonly AnyCheck[], cluster: Cluster) => unknown;
}

const needs = (checks: readonly AnyCheck[], id: string): boolean =>
  checks.some((check) => (Object.values(check.needs) as { id: string }[]).some((collector) => collector.id === id));
const asks = (checks: readonly AnyCheck[], via: string): boolean =>
  checks.some((check) => (Object.values(check.asks ?? {}) as { via: string }[]).some((probe) => probe.via === via));

const KEYS: readonly Key[] = [
  { key: 'mode', given: ({ mode }) => mode, read: ({ modes }) => modes },
  { key: 's3', given: ({ s3 }) => s3, read: (_, checks) => asks(checks, 's3') },
  {
    key: 'database',
    given: ({ database: { url, urls, fromNodes } }) => url ?? urls ?? fromNodes,
    read: ({ database }) => database?.kind === 'postgresql',
  },
  ...['usage', 'instrumentation'].map(
    (name): Key => ({
      key: `database.urls.${name}`,
      given: ({ database: { urls } }) => urls?.[name],
      read: ({ database }) => database?.kind !== 'postgresql' || database.more?.includes(name),
    }),
  ),
  {
    key: 'storage',
    given: ({ storage }) => storage.homes !== undefined || storage.paths.length > 0,
    read: (_, checks) => needs(checks, 'storage'),
  },
  { key: 'users', given: ({ users }) => users.length > 0, read: (_, checks) => needs(checks, 'accounts') },
  {
    key: 'grid',
    given: ({ nodes }) => nodes.some(({ grid }) => grid !== undefined),
    read: (_, checks, { mode }) => mode === 'load-balanced' && checks.some(({ id }) => id === 'grid-nodes'),
  },
];

const unread = (cluster: Cluster, key: string, reason: string, participle = 'judged'): string =>
  `${safe(cluster.name)}: ${key} is not ${participle}: ${reason}`;

/** Parts of the inventory that say how to use another part, which is not there. */
const idle = ({ database: { url, urls, fromNodes, hosts, cleartext } }: Cluster): string[] =>
  url === undefined && urls === undefined && fromNodes !== true
    ? [...(hosts === undefined ? [] : ['database.hosts']), ...(cleartext === true ? ['database.cleartext'] : [])]
    : [];

/** Parts of the inventory that nothing of the product reads; of no product where the inventory does not name it. */
export function unreadKeys({ cluster, checks, catalogue }: Plan, product = cluster.product): string[] {
  const alone = idle(cluster).map((key) =>
    unread(cluster, key, 'it is of use only with database.url, database.urls or database.fromNodes'),
  );
  const profile = product === undefined ? undefined : catalogue.profiles.get(product);
  if (!profile) return alone;
  const its = checks.filter((check) => holdsFor(check, profile));
  const keys = KEYS.filter(({ given, read }) => given(cluster) && !read(profile, its, cluster)).map(({ key }) => key);
  const params = Object.keys(cluster.params).filter((id) => !its.some((check) => check.id === id));
  const waivers = new Set(cluster.waivers.map(({ check }) => check).filter((id) => !its.some((c) => c.id === id)));
  return [
    ...alone,
    ...[...waivers].map((id) =>
      unread(cluster, `the waiver of ${safe(id)}`, `${profile.product} has no check of that name`, 'used'),
    ),
    ...[...keys, ...params.map((id) => `params.${safe(id)}`)].map((key) =>
      unread(cluster, key, `no check of ${profile.product}${key === 'grid' ? ' in this mode' : ''} reads it`),
    ),
  ];
}

/** What an inventory names to be asked, and how a question about it begins. */
const NAMED: readonly (readonly [key: string, asked: (cluster: Cluster) => string | undefined])[] = [
  ['loadBalancer.url', ({ loadBalancer: { url } }) => url && new URL(url).host],
  ['s3', ({ s3 }) => s3 && 's3:'],
  ['database.url', ({ database }) => database.url && 'database:url'],
  ['database.urls.usage', ({ database }) => database.urls?.usage && 'database:usage'],
  ['database.urls.instrumentation', ({ database }) => database.urls?.instrumentation && 'database:instrumentation'],
];

/** Parts of the inventory that nothing was asked about: an operator would believe that they were judged. */
export function ignoredKeys(plan: Plan, { cluster, services, nodes }: Evidence, { cluster: found }: Report): string[] {
  const never = unreadKeys(plan, found.product);
  // without an answer of a node it is not known what is to be asked
  if (!Object.values(nodes).some(({ reached }) => reached)) return never;
  const questions = Object.keys(services);
  const said = (key: string): boolean =>
    [key, key.split('.')[0]].some((part) => never.some((line) => line.startsWith(`${safe(cluster.name)}: ${part} `)));
  const unasked = NAMED.flatMap(([key, asked]) => {
    const words = asked(cluster);
    return words === undefined || said(key) || questions.some((question) => question.includes(words))
      ? []
      : [unread(cluster, key, `as ${found.product} is configured, no check asks it`)];
  });
  return [...never, ...unasked];
}

/** Code-scanning services refuse a SARIF file in which a result has no place in a file. */
export function placeless(report: Report | Reports): string[] {
  const reports = 'reports' in report ? report.reports : [report];
  const bare = reports.filter(({ cluster }) => cluster.inventory === undefined);
  return bare.length === 0
    ? []
    : [
        `SARIF: without an inventory file no result has a location, and GitHub refuses such a file: write an inventory with ha-preflight init`,
      ];
}
