/** What a reader of the result must know, and no report format has a place for: lines for standard error. */

import type { Evidence } from '../model/evidence.js';
import type { Cluster } from '../model/inventory.js';
import type { Report, Reports } from '../model/report.js';
import { safe } from '../reporters/text.js';

/** What an inventory names to be asked, and how a question about it begins. */
const NAMED: readonly (readonly [key: string, asked: (cluster: Cluster) => string | undefined])[] = [
  ['loadBalancer.url', ({ loadBalancer: { url } }) => url && new URL(url).host],
  ['s3', ({ s3 }) => s3 && 's3:'],
  ['database', ({ database }) => (database.url ?? database.urls) && 'database:'],
];

/** Parts of the inventory that nothing was asked about: an operator would believe that they were judged. */
export function ignoredKeys({ cluster, services, nodes }: Evidence, { cluster: { product } }: Report): string[] {
  // without an answer of a node it is not known what is to be asked
  if (!Object.values(nodes).some(({ reached }) => reached)) return [];
  const questions = Object.keys(services);
  return NAMED.flatMap(([key, asked]) => {
    const words = asked(cluster);
    return words === undefined || questions.some((question) => question.includes(words))
      ? []
      : [`${safe(cluster.name)}: ${key} is not judged: as ${product} is configured, no check asks it`];
  });
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
