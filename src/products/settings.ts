/** What the configuration of a product says: the shape that every product's settings have. */

import type { Fact } from '../model/evidence.js';

/** A key the product reads, as this node's own configuration resolves it. */
export interface KeySpec {
  /** The product's name for it: the subject of verdicts, the same on every node. */
  readonly name: string;
  /** Absolute path; undefined when the key is `inline`. */
  readonly path?: string;
  /** The masked value, where the configuration or the environment holds the key itself. */
  readonly inline?: string;
  /** Why this path: the setting, or the default. */
  readonly because: string;
  /** Accounts that may own it, first the expected one. */
  readonly owners: readonly string[];
  /** Account that must be able to read it, where that is not root. */
  readonly reader?: string;
  /** Of a private key: the public key next to it. */
  readonly publicPath?: string;
  /** Characters above which, and alphabet outside of which, the product refuses it. */
  readonly maxCharacters?: number;
  readonly alphabet?: 'base64';
  /** Bytes below which the document is violated, and below which the product itself refuses. */
  readonly minBytes: number;
  readonly enforcedBytes?: number;
  /**
   * `required`: a node without it fails. `generated`: the product makes it at its first start in shared storage.
   * `perhaps elsewhere`: the release keeps it in `where`. `unverified`: nobody could confirm what its absence means.
   */
  readonly presence: 'required' | 'generated' | 'perhaps elsewhere' | 'unverified';
  /** From this release on its absence on every node means something else; where the release is not known, it is not known. */
  readonly since?: { readonly release: string; readonly presence: 'perhaps elsewhere' | 'unverified' };
  /** Where the product keeps the key when it is in no file. */
  readonly where?: string;
  /** `pem` files are structured: length and distinct characters do not show their strength. */
  readonly kind: 'random' | 'pem';
  /** `raw`: every byte counts as it is. `spaceless`: but white space. `decoded`: the product reads hexadecimal or base64. */
  readonly encoding: 'raw' | 'spaceless' | 'decoded';
  /** Whether the configuration names the path, and does not leave it to the default. */
  readonly explicit?: boolean;
  /** Why the product does not start with these settings. */
  readonly refused?: string;
  /** Why it is not known whether the product uses this key. */
  readonly doubt?: string;
  /** Why it is not known where the key of this node is. */
  readonly lost?: string;
  /** Whether equality is judged by `s3-encryption-key` instead of `shared-keys`. */
  readonly forS3?: boolean;
}

/** A path the product's nodes share, and which setting says so. */
export interface SharedPath {
  readonly setting: string;
  readonly path: string;
  /** Why it is not known whether the product uses it. */
  readonly doubt?: string;
}

/** Where one of the product's databases is, as configured; no credential. */
export interface Endpoint {
  /** `database`, or what else the product keeps in one: `usage data`, `instrumentation`. */
  readonly role: string;
  /** Of several servers all of them, with commas, in the order in which they are tried. */
  readonly host: string;
  /** One for all servers, or one for each. */
  readonly port: string;
  readonly name: string;
  /** Schemas in which tables are looked for, where the address names them. */
  readonly searchPath?: string;
  /** Which of several servers is used, where the configuration says so. */
  readonly targetSessionAttrs?: string;
  /** Its transactions write nothing, by `default_transaction_read_only`. */
  readonly readOnly?: true;
  /** Why it is not known which server is reached: drivers differ, or a variable of the service may count. */
  readonly doubt?: string;
}

export interface S3Class {
  /** Storage class, or `default`. */
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Of `default`: the classes on S3 without a section. */
  readonly classes?: readonly string[];
}

/** What a node's own configuration says, defaults applied. */
export interface Settings {
  /** A separate fact: database.conf is often readable by root alone, where the rest is not. */
  readonly database: Fact<{ readonly provider: string; readonly because: string }>;
  readonly keys: readonly KeySpec[];
  /** File that holds the database's address and credential. */
  readonly databaseFile: string;
  /** Absent where the configuration does not contain the address. */
  readonly endpoints: Fact<readonly Endpoint[]>;
  readonly shared: readonly SharedPath[];
  /** Paths that no two nodes may share. */
  readonly own: readonly SharedPath[];
  readonly s3: readonly S3Class[];
  /** Variables about S3 of which nobody knows whether the product reads them. */
  readonly s3Doubt?: string;
  /** What variables of the AWS SDK say of settings of S3; whether they count where the configuration says nothing is not known. */
  readonly s3Environment?: Readonly<Record<string, string>>;
  /** Where SQLite files would be; the name may be a shell pattern. */
  readonly sqlite: readonly string[];
  /** Paths of R, Python and Quarto that the configuration names. */
  readonly runtimes: readonly string[];
  /** File of the server's certificate, where it speaks TLS itself. */
  readonly certificate?: string;
  /** The only address the product listens on; absent: all of its node. */
  readonly address?: string;
  /** TCP port the product listens on. */
  readonly port: number;
  /** The Job Launcher, where it is used; its port, where it listens to more than its own node. */
  readonly launcher?: Fact<{ readonly port?: number }>;
  /** Whether that port speaks TLS. */
  readonly tls?: boolean;
  /** Path that answers 200, without a login, while the product is well; of DeployR one that answers at all. */
  readonly health?: string;
  readonly serviceAccounts: readonly string[];
  /** Groups whose members use the product. */
  readonly groups: readonly string[];
  /** Users share projects, which needs access control lists on the file system of the homes. */
  readonly sharesProjects?: boolean;
  /** Files in which the server may write down each request; the first that is there counts. */
  readonly accessLogs?: readonly string[];
  /** Provider of a second database for audit records, where it is configured. */
  readonly auditProvider?: string;
  /** Its nodes exclude each other by locks on files of the shared directories. */
  readonly takesLocks?: boolean;
}

/** Bytes at the end of an access log that are read. */
export const LOG_BYTES = 4 << 20;

/** A setting in force. */
export interface Effective {
  readonly value: string;
  /** Where it comes from: file and line, a variable, the command line. */
  readonly because: string;
  /** A line of the file that is a name alone, without `=`: the value is `true` only where the product wants a boolean. */
  readonly bare?: true;
  /** What the value would be without what is named in `because`, and where that stands. */
  readonly overrides?: { readonly value: string; readonly because: string };
  /** Set by a variable or the command line: the configuration files do not show it. */
  readonly beside?: true;
  /** Why nobody can say that the product reads it. */
  readonly doubt?: string;
}

/** Settings by name, as the product itself reads them; a key that is not there has no entry. */
export type EffectiveSettings = ReadonlyMap<string, Effective>;
