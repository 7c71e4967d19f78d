/** The result of a run, as every reporter gets it. Field names are a contract (`src/schema/report.schema.json`). */

import type { Severity, Status, Verdict } from './verdict.js';

export type Gone = Pick<Verdict, 'id' | 'severity' | 'nodes' | 'message' | 'fingerprint'> & {
  /** Not checked this time, so it may be there still. */
  readonly unseen?: true;
};

export interface Gate {
  readonly result: 'pass' | 'fail' | 'unknown';
  readonly failOn: 'critical' | 'warning';
  readonly exitCode: number;
  /** Why it is unknown although no critical check is: no check passed or failed. */
  readonly reason?: string;
  /** Present: only what is new or worse than an older report counts. */
  readonly baseline?: {
    /** When the evidence of the older report was gathered. */
    readonly startedAt: string;
    readonly new: number;
    readonly worse: number;
    readonly mended: number;
    /** Fingerprints of what is new or worse. */
    readonly counted: readonly string[];
    /** By fingerprint, what is not as it was: new, worse, or another in some way. */
    readonly changes?: Readonly<Record<string, 'new' | 'worse' | 'changed'>>;
    /** Fails and unknowns of the older report that this one does not have. */
    readonly gone?: readonly Gone[];
  };
}

export interface Summary {
  readonly pass: number;
  /** Fails that no waiver covers. */
  readonly fail: number;
  readonly skip: number;
  readonly unknown: number;
  readonly waived: number;
  /** Nodes that were not reached, so that nothing about them was judged. Absent in reports of older versions. */
  readonly unreached?: number;
}

export interface Report {
  readonly schema: 'ha-preflight/report/1';
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly cluster: {
    readonly name: string;
    readonly product: string;
    readonly edition?: string;
    /** Path as given, with forward slashes, and the line of the cluster's name; absent without an inventory. */
    readonly inventory?: { readonly file: string; readonly line: number };
    readonly nodes: readonly {
      readonly name: string;
      readonly host: string;
      readonly reached: boolean;
      readonly reason?: string;
      /** Where it stands in the inventory. */
      readonly line?: number;
      /** How `host` is reached by SSH; absent for a node that is reached in another way. */
      readonly ssh?: { readonly user?: string; readonly port?: number; readonly jump?: string };
    }[];
  };
  readonly gate: Gate;
  readonly summary: Summary;
  readonly verdicts: readonly Verdict[];
  /** Every requirement of the product; `skip` without checks: nothing looked at it. */
  readonly requirements: readonly {
    readonly id: string;
    readonly level: string;
    readonly status: Status;
    readonly checks: readonly string[];
    /** Only a person can attest it. */
    readonly guidance?: true;
  }[];
}

/** Several inventories in one run. */
export interface Reports {
  readonly schema: 'ha-preflight/reports/1';
  readonly reports: readonly Report[];
  readonly gate: Gate;
}

export interface ReporterOptions {
  readonly color: boolean;
  /** Columns; reporters wrap to it. */
  readonly width: number;
  /** -1 quiet, 0 normal, 1 verbose. */
  readonly verbosity: number;
  /** Address of the document a requirement is from, for terminals that show links. */
  readonly link?: (requirement: string) => string | undefined;
  /** Why a check is there and how to fix what it finds, and the document it cites: for formats that describe their rules. */
  readonly explain?: (check: string) => { readonly text: string; readonly address?: string } | undefined;
}

/** Pure: the same report gives the same text. */
export type Reporter = (report: Report | Reports, options: ReporterOptions) => string;

export const severityRank: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };
