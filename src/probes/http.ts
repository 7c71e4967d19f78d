/** What is asked by HTTP from this machine, and what an answer is. Used by `sticky-sessions` and `health-endpoint`. */

import type { Cluster } from '../model/inventory.js';
import type { Settings } from '../products/settings.js';
import { type Asked, defineProbe, json } from './probe.js';

/** A cookie an answer sets. Its value is a session's secret: only a digest under a key of this question is kept. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Digest of what stands before the first `~`, where haproxy puts the server's name in front of another's cookie. */
  readonly prefix?: string;
  /** Why a browser would not send it back. */
  readonly unsent?: string;
}

export interface HttpReply {
  /** Absent: no answer, and `error` says why. */
  readonly status?: number;
  readonly error?: string;
  /** Of the error, such as ECONNREFUSED; `timeout`. */
  readonly code?: string;
  readonly ms: number;
  /** What the way there by SSH leads through: HTTP from here may not get there. */
  readonly behind?: string;
  /** Why the certificate was not believed; it was asked all the same. */
  readonly trouble?: string;
  /** The body is a page of HTML. */
  readonly page?: true;
  /** Digests of headers (`header NAME`) and of the body; within one question equal ones mean equal text. */
  readonly traits: Readonly<Record<string, string>>;
  readonly cookies: readonly SetCookie[];
}

/** What the load balancer answered, and what its nodes answer by themselves. */
export interface BalancerProbe {
  /** Own answers, by node, some before and some after the others. */
  readonly nodes: Readonly<Record<string, readonly HttpReply[]>>;
  /** Answers to one cookie jar each, in order. */
  readonly jars: readonly (readonly HttpReply[])[];
  /** Answers to requests without cookies. */
  readonly control: readonly HttpReply[];
}

/** What a node itself answers at, seen from here. */
export function ownUrl(cluster: Cluster, node: string, { port, tls }: Settings, path: string): string {
  const host = cluster.nodes.find((n) => n.name === node)?.host ?? node;
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
}

export const stickinessTarget = (url: string): string => `sessions at ${url}`;

/** Sessions of the load balancer, where the inventory names it. */
export const balancer = defineProbe<BalancerProbe>({
  via: 'http',
  questions(cluster, installed) {
    const { url } = cluster.loadBalancer;
    if (url === undefined) return [];
    const { pathname, search } = new URL(url);
    const endpoints = Object.fromEntries(
      [...installed].map(([node, settings]) => [node, ownUrl(cluster, node, settings, `${pathname}${search}`)]),
    );
    return [{ target: stickinessTarget(url), options: { url, endpoints } }];
  },
  parse: json,
});

/** The health URL of a node; undefined where it has no such path, or is a file tree that no server represents. */
export function healthUrl(cluster: Cluster, node: string, settings: Settings): string | undefined {
  const { url } = cluster.loadBalancer;
  // a file tree has no network, unless the inventory says that a cluster answers
  if (url === undefined && cluster.nodes.find((n) => n.name === node)?.connection.root) return undefined;
  return settings.health === undefined || !Number.isInteger(settings.port)
    ? undefined
    : ownUrl(cluster, node, settings, settings.health);
}

/** The same path below the address users open. */
export function balancerHealthUrl(cluster: Cluster, path: string): string | undefined {
  const { url } = cluster.loadBalancer;
  if (url === undefined) return undefined;
  const at = new URL(url);
  return `${at.origin}${at.pathname.replace(/\/+$/, '')}${path}`;
}

/** Each node's own health path, and the same path at the load balancer. */
export const health = defineProbe<HttpReply>({
  via: 'http',
  questions(cluster, installed) {
    const own = [...installed].flatMap(([node, settings]) => {
      const target = healthUrl(cluster, node, settings);
      return target === undefined ? [] : [{ target, options: { node } }];
    });
    const paths = [...new Set([...installed.values()].flatMap((s) => s.health ?? []))];
    const urls = paths.flatMap((path) => balancerHealthUrl(cluster, path) ?? []);
    return [...own, ...urls.map((target) => ({ target }))];
  },
  parse: json,
});

/** One answer; undefined where it was not asked. */
export function replyOf(asked: Asked<HttpReply>, url: string): HttpReply | undefined {
  const fact = asked.get(url);
  if (fact === undefined) return undefined;
  return 'unseen' in fact ? { error: fact.unseen, ms: 0, traits: {}, cookies: [] } : fact.value;
}
