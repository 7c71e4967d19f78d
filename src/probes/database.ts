/** One database, asked through every node. */

import type { Endpoint } from '../products/settings.js';
import { defineProbe, json } from './probe.js';

/** A server as one node reaches it. */
export interface SeenDatabase {
  readonly system: string;
  readonly name: string;
  readonly oid: string;
  /** Such as 150008 for 15.8. */
  readonly version: number;
  readonly standby: boolean;
  readonly readOnly: boolean;
  /** The account of the inventory, where its transactions are read-only by a setting of that account. */
  readonly readOnlyAccount?: string;
  readonly started: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly encoding: string;
  readonly maxConnections: number;
  /** Of these, kept for superusers and, since PostgreSQL 16, for a role. */
  readonly reserved: number;
  /** How many this database alone takes, where it has such a limit. */
  readonly databaseConnections?: number;
  readonly connections: number;
  readonly ssl: boolean;
  /** How far the connection of this audit could be believed; absent in older evidence. */
  readonly channel?: 'plain' | 'encrypted' | 'verified';
  /** Relations of others than PostgreSQL itself, `schema.name`. */
  readonly tables: readonly string[];
}

export type DatabaseView = SeenDatabase | { readonly trouble: string };

export interface DatabaseProbe {
  readonly sights: Readonly<Record<string, DatabaseView>>;
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

/** Where the answer about a database is found, by its role. */
export const databaseTarget = (role: string): string => CREDENTIAL[role] ?? role;

/** One question for each database whose credential the inventory names, or lets us read on the nodes. */
export const database = defineProbe<DatabaseProbe>({
  via: 'database',
  questions: (cluster, installed) =>
    Object.entries(CREDENTIAL).flatMap(([role, target]) => {
      const known = target === 'url' ? cluster.database.url : cluster.database.urls?.[target];
      const endpoints = Object.fromEntries(
        [...installed].flatMap(([node, { database: d, endpoints: e }]): [string, Endpoint][] => {
          if ('value' in d && /^(mongodb|dataSource)$/.test(d.value.provider)) return [];
          const found = 'value' in e ? e.value.find((x) => x.role === role) : undefined;
          return found && /^\d+(,\d+)*$/.test(found.port) ? [[node, found]] : [];
        }),
      );
      const files = Object.fromEntries([...installed].map(([node, s]) => [node, s.databaseFile]));
      const consent = cluster.database.fromNodes === true;
      return (known || consent) && Object.keys(endpoints).length > 0
        ? [{ target, options: { endpoints, ...(!known && { files }) } }]
        : [];
    }),
  parse: json,
});
