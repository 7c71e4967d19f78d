/** What a check says. */

export const STATUSES = ['pass', 'fail', 'skip', 'unknown'] as const;
export type Status = (typeof STATUSES)[number];
/** critical = the document says must, warning = should, info = no demand. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
/** measured = seen on the running system; declared = concluded from configuration text alone. */
export type Proof = 'measured' | 'declared';

/** One setting; `value` is for people, never a secret. */
export interface Difference {
  readonly key: string;
  readonly values: readonly {
    readonly nodes: readonly string[];
    readonly value: string;
    /** Where the value comes from. */
    readonly origin?: string;
  }[];
}

/** What a check's `judge` returns. The judge loop adds what every verdict of the check has in common. */
export interface Finding {
  readonly status: Status;
  /** One sentence: what was seen. */
  readonly message: string;
  /** fail: the deviants only (all of them in a tie); pass: those compared; none for a finding about no node. */
  readonly nodes?: readonly string[];
  /** The setting, path or account it is about; makes the fingerprint. Absent: the check as a whole. */
  readonly subject?: string;
  readonly observed?: string;
  readonly expected?: string;
  readonly details?: readonly string[];
  /** Settings that are not the same on all nodes, and who has what. */
  readonly differences?: readonly Difference[];
  /** What to do, in words; replaces the check's own, and what is made of `fixes`. */
  readonly remediation?: string;
  /** The commands that fix it, as data; the text to paste is made of them. */
  readonly fixes?: readonly Fix[];
  /** May lower the check's severity, never raise it. */
  readonly severity?: Severity;
  readonly proof?: Proof;
  /** Requirement ids this finding is about, when it is not about all the check cites. */
  readonly requirements?: readonly string[];
}

/** Commands that fix it, and where to run them. */
export interface Fix {
  /** None: they are run on the operator's own machine. */
  readonly nodes: readonly string[];
  /** Each one line; none where it has to be done by hand, which the note says. */
  readonly commands: readonly string[];
  readonly note?: string;
}

/** A finding as reported. Field names are a contract: see the report schema. */
export interface Verdict {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly severity: Severity;
  readonly proof: Proof;
  readonly nodes: readonly string[];
  /** The setting, path or account it is about, as a waiver names it. */
  readonly subject?: string;
  readonly message: string;
  readonly observed?: string;
  readonly expected?: string;
  readonly details?: readonly string[];
  readonly differences?: readonly Difference[];
  readonly requirements: readonly string[];
  readonly remediation?: string;
  /** The same as commands, each with the nodes to run it on. */
  readonly fixes?: readonly Fix[];
  readonly fingerprint: string;
  readonly waiver?: { readonly reason: string; readonly until: string; readonly by?: string };
}

type Rest = Omit<Finding, 'status' | 'message'>;
export const pass = (message: string, rest: Rest = {}): Finding => ({ status: 'pass', message, ...rest });
export const fail = (message: string, rest: Rest = {}): Finding => ({ status: 'fail', message, ...rest });
export const skip = (message: string, rest: Rest = {}): Finding => ({ status: 'skip', message, ...rest });
export const unknown = (message: string, rest: Rest = {}): Finding => ({ status: 'unknown', message, ...rest });
