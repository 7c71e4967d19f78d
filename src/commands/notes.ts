/** What a reader of the result must know, and no report format has a place for: lines for standard error. */

import { holdsFor } from '../check.js';
import type { Report, Reports } from '../model/report.js';
import type { Plan } from '../plan.js';
import type { Probe, Via } from '../probes/probe.js';
import { safe } from '../reporters/text.js';

/** What an inventory asks for that only a check with such a probe looks at. */
const ASKED: readonly (readonly [via: Via, key: (plan: Plan) => string | undefined])[] = [
  ['http', ({ cluster }) => cluster.loadBalancer.url && 'loadBalancer.url'],
  ['s3', ({ cluster }) => cluster.s3 && 's3'],
  ['database', ({ cluster: { database } }) => (database.url ?? database.urls) && 'database'],
];

/** Parts of the inventory that no check of the product judges: an operator would believe in them. */
export function ignoredKeys(plan: Plan, { cluster }: Report): string[] {
  const profile = plan.catalogue.profiles.get(cluster.product);
  if (!profile) return [];
  const vias = new Set(
    plan.checks
      .filter((check) => holdsFor(check, profile))
      .flatMap((check) => Object.values((check.asks ?? {}) as Record<string, Probe<unknown>>).map(({ via }) => via)),
  );
  const keys = ASKED.flatMap(([via, key]) => (vias.has(via) ? [] : (key(plan) ?? [])));
  return keys.map((key) => `${safe(cluster.name)}: ${key} is not judged: no check of ${cluster.product} asks it`);
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
