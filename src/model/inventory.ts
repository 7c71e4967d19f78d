/** What is audited. Plain data: the inventory file after validation, with every default filled in. */

/** Id of a product: the name of its folder in `src/products`, or what a plugin calls it. */
export type Product = string;

/** Where a secret is; the inventory never holds one. `file` is resolved against the inventory's folder. */
export type SecretSource = { readonly env: string } | { readonly file: string };

/** How a shell on a node is got. Paths are absolute and `~` is already expanded. */
export interface Connection {
  readonly type: 'auto' | 'ssh' | 'openssh' | 'local' | 'command';
  readonly user?: string;
  readonly port?: number;
  readonly identityFile?: string;
  /** Passphrase of an encrypted `identityFile`. */
  readonly passphrase?: SecretSource;
  readonly knownHosts?: string;
  /** Default `strict`. The other two are reported with every run. */
  readonly hostKeyCheck?: 'strict' | 'accept-new' | 'off';
  /** Alternative to the user's own `~/.ssh/config`. */
  readonly configFile?: string;
  /** `[user@]host[:port]` of a jump host. */
  readonly jump?: string;
  readonly sudo?: boolean | { readonly password: SecretSource };
  /** `local` and `command`: a mounted image or node tree to look at instead of `/`. */
  readonly root?: string;
  /** `command`: any argv whose process is a POSIX shell that reads its standard input. */
  readonly argv?: readonly string[];
}

export interface Node {
  readonly name: string;
  readonly host: string;
  readonly connection: Connection;
  /** DeployR: the server's grid nodes. */
  readonly grid?: readonly string[];
}

/** An accepted failure. `until` is an ISO date; the waiver holds to the end of that day, UTC. */
export interface Waiver {
  readonly check: string;
  readonly nodes?: readonly string[];
  /** Only the failure about this: a setting, an account, a path, as the report names it. */
  readonly subject?: string;
  readonly reason: string;
  readonly until: string;
  readonly by?: string;
}

export interface Cluster {
  readonly name: string;
  /** The inventory file, absent for an ad-hoc cluster (`--nodes`). */
  readonly file?: string;
  /** Where in it things stand, as a report names it: path as given, one-based lines, those of the nodes in their order. */
  readonly inventory?: {
    readonly file: string;
    readonly line: number;
    readonly nodes: readonly number[];
    readonly waivers?: readonly number[];
  };
  readonly product?: Product;
  /** The nodes have other products, too: each is a cluster of this name, and the product tells them apart. */
  readonly sideBySide?: true;
  readonly mode?: 'primary-standby' | 'load-balanced';
  readonly nodes: readonly Node[];
  /** Name of the node to believe in a tie. */
  readonly reference?: string;
  readonly time: {
    /** NTP servers as `host` or `host:port`. */
    readonly servers: readonly string[];
    /** Milliseconds. */
    readonly warnSkewMs: number;
    readonly maxSkewMs: number;
  };
  readonly database: {
    readonly url?: SecretSource;
    readonly urls?: Readonly<Record<string, SecretSource>>;
    /** Further names of the servers that the URLs name: the password may be sent there, too. */
    readonly hosts?: readonly string[];
    /** Consent to send the password to a server that has not proven who it is. */
    readonly cleartext?: boolean;
    /** Consent to read the product's own credential on each node, for as long as it is used. */
    readonly fromNodes?: boolean;
  };
  readonly storage: { readonly homes?: string; readonly paths: readonly string[] };
  readonly users: readonly string[];
  readonly s3?: {
    readonly endpoint?: string;
    readonly region?: string;
    /** `default`: the AWS SDK's own chain; `anonymous`: none. */
    readonly credentials:
      | 'default'
      | 'anonymous'
      | { readonly accessKeyId: SecretSource; readonly secretAccessKey: SecretSource };
    readonly forcePathStyle?: boolean;
  };
  readonly loadBalancer: { readonly url?: string };
  /** Thresholds by check id, laid over the check's own defaults. */
  readonly params: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly waivers: readonly Waiver[];
  readonly plugins: readonly string[];
}

/** An inventory, flag or plugin that cannot be used: exit code 2, and nothing has been contacted. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The least a cluster is. */
export const bareCluster = (nodes: readonly string[], over: Partial<Cluster> = {}): Cluster => ({
  name: 'test',
  nodes: nodes.map((name) => ({ name, host: name, connection: { type: 'local' as const } })),
  time: { servers: [], warnSkewMs: 500, maxSkewMs: 2000 },
  database: {},
  storage: { paths: [] },
  users: [],
  loadBalancer: {},
  params: {},
  waivers: [],
  plugins: [],
  ...over,
});
