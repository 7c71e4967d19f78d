/** One database as every node reaches it, and the conclusions. Used by `database-same` and `database-health`. */

import type { ServiceQuestion } from '../model/check.js';
import type { Answer, Answers } from '../model/evidence.js';
import type { Cluster } from '../model/inventory.js';
import type { Finding } from '../model/verdict.js';
import { distinct, list, same, sift } from '../relations.js';
import type { Endpoint, Settings } from './profile.js';

/** A server as one node reaches it. */
export interface SeenDatabase {
  readonly system: string;
  readonly name: string;
  readonly oid: string;
  /** Such as 150008 for 15.8. */
  readonly version: number;
  readonly standby: boolean;
  readonly readOnly: boolean;
  readonly started: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly encoding: string;
  readonly maxConnections: number;
  readonly reserved: number;
  readonly connections: number;
  readonly ssl: boolean;
  /** Relations of others than PostgreSQL itself, `schema.name`. */
  readonly tables: readonly string[];
}

export type DatabaseSight = SeenDatabase | { readonly trouble: string };

export interface DatabaseProbe {
  readonly sights: Readonly<Record<string, DatabaseSight>>;
  /** By node: equal numbers were proven to be one database by a lock. */
  readonly groups: Readonly<Record<string, number>>;
  /** Why the proof failed, by node. */
  readonly trouble: Readonly<Record<string, string>>;
  /** Whether a notification of one node reached the other; a sentence where it could not be tried. */
  readonly notified?: { readonly nodes: readonly string[]; readonly heard: boolean | string };
}

/** Name of the credential in the inventory for each database a product keeps. */
const CREDENTIAL: Readonly<Record<string, string>> = {
  database: 'url',
  'usage data': 'usage',
  instrumentation: 'instrumentation',
};

/** One question for each database whose credential the inventory names. */
export function databaseQuestions(cluster: Cluster, installed: ReadonlyMap<string, Settings>): ServiceQuestion[] {
  return Object.entries(CREDENTIAL).flatMap(([role, target]): ServiceQuestion[] => {
    const known = target === 'url' ? cluster.database.url : cluster.database.urls?.[target];
    const endpoints = Object.fromEntries(
      [...installed].flatMap(([node, { endpoints: e }]): [string, Endpoint][] => {
        const found = 'value' in e ? e.value.find((x) => x.role === role) : undefined;
        return found && /^\d+(,\d+)*$/.test(found.port) ? [[node, found]] : [];
      }),
    );
    const files = Object.fromEntries([...installed].map(([node, s]) => [node, s.databaseFile]));
    const consent = cluster.database.fromNodes === true && cluster.product !== 'deployr';
    return (known || consent) && Object.keys(endpoints).length > 0
      ? [{ via: 'database', target, options: { endpoints, ...(!known && { files }) } }]
      : [];
  });
}

/** The probe of a database by its role; undefined where it was not asked. */
export function probeOf(services: Answers, role: string): DatabaseProbe | { readonly unseen: string } | undefined {
  const answer: Answer | undefined = services[`database:${CREDENTIAL[role] ?? role}`];
  if (answer === undefined) return undefined;
  if ('unseen' in answer) return answer;
  return JSON.parse(answer.stdout) as DatabaseProbe;
}

/** How two different databases are related, to show what happened. */
function likeness(a: SeenDatabase, b: SeenDatabase): string {
  if (a.standby !== b.standby) return 'a standby of that database';
  if (a.system !== b.system) return 'a different server';
  return a.oid !== b.oid || a.name !== b.name
    ? 'a different database of the same server'
    : 'a copy, restored or cloned from that database';
}

/**
 * What the lock proved: the nodes to which it was refused reach the same database. `apiece`: each must have its own.
 */
export function provenFindings(
  role: string,
  probe: DatabaseProbe,
  nodes: readonly string[],
  {
    apiece,
    reference,
    requirements,
  }: { readonly apiece: boolean; readonly reference: string | undefined; readonly requirements: readonly string[] },
): Finding[] {
  const about = { subject: role, requirements, proof: 'measured' as const };
  const sight = (node: string) => probe.sights[node] as SeenDatabase;
  const values = Object.entries(probe.groups).map(([node, group]) => ({
    node,
    key: String(group),
    shown: `${sight(node).name} at ${sight(node).address ?? 'a local socket'}:${sight(node).port ?? ''}`,
  }));
  const blind = nodes.flatMap((node) => {
    const s = probe.sights[node];
    const why = s === undefined ? 'was not asked through this node' : 'trouble' in s ? s.trouble : probe.trouble[node];
    return why === undefined ? [] : [{ node, fact: { unseen: `the ${role}: ${why}` } }];
  });
  const findings = sift(blind, `${role} unproven`).findings.map(
    (f): Finding => ({ ...f, ...about, subject: f.subject! }),
  );
  if (values.length < 2) return findings;
  if (apiece) return [...findings, distinct(`the ${role}`, values, about)];
  const finding = same(`the ${role}`, values, reference, about);
  if (finding.status === 'pass')
    return [
      ...findings,
      {
        ...finding,
        message: `${list(finding.nodes ?? [])} use one ${role}: a lock held through one node is refused to the others`,
      },
    ];
  const right = values.find((v) => !finding.nodes?.includes(v.node)) ?? values[0]!;
  return [
    ...findings,
    {
      ...finding,
      details: values
        .filter((v) => v.key !== right.key)
        .map((v) => `${v.node}: ${likeness(sight(v.node), sight(right.node))} (as ${right.node} reaches it)`),
    },
  ];
}
