/** One database, asked through every node. */

import type { Answer, Answers } from '../model/evidence.js';
import type { Cluster } from '../model/inventory.js';
import type { Endpoint, Settings } from '../products/profile.js';
import type { ServiceQuestion } from './probe.js';

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
