/** What is asked of things that are not nodes. */

/**
 * A question that no single node answers: to something that is none (NTP server, object store, load balancer), or that
 * needs several nodes at once (one database through all of them, a file one writes and the others read). Asked once a
 * run, after the nodes.
 */
export interface ServiceQuestion {
  readonly via: 'ntp' | 's3' | 'database' | 'storage' | 'http' | 'aws';
  readonly target: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** It writes on shared storage or into a bucket: asked only with `--active`. */
  readonly writes?: boolean;
}
