/**
 * Whether a load balancer keeps a session on one node, from what it answered. A node is recognised by what only that node answers
 * when asked itself; else by what the balancer puts on its answers. Source: docs/sources.md F18.
 */

import type { BalancerProbe, HttpReply } from 'ha-preflight/probes/http';
import {
  ALB,
  alive,
  all,
  type Backend,
  cookieNames,
  INSERTED,
  ownCookies,
  sound,
  uniqueOf,
  type Witness,
  witnessOf,
} from './witness.js';

/** How a cookie says which node a session belongs to. */
export type CookieKind = 'ALB' | 'insert' | 'prefix' | 'balancer' | 'application';

export type Stickiness =
  | { readonly kind: 'cookie'; readonly cookie: string; readonly by: CookieKind; readonly chance: number }
  /** Everything from here went to one node, cookie or not, while others were alive. */
  | { readonly kind: 'address'; readonly backend: string }
  | {
      readonly kind: 'none';
      readonly moved: number;
      readonly sessions: number;
      readonly backends: readonly string[];
      readonly hints: readonly string[];
    }
  | { readonly kind: 'unclear'; readonly why: string };

export interface BalancerSight {
  readonly stickiness: Stickiness;
  /** How the nodes were recognised. */
  readonly told?: string;
  /** Whether the backends are nodes of the inventory, by name. */
  readonly named: boolean;
  /** Who answered, in the order they did. */
  readonly backends: readonly string[];
  /** Nodes whose answers are recognised. */
  readonly recognised: readonly string[];
  /** An answer came from none of them: perhaps from a node that did not answer when it was asked itself. */
  readonly foreign: boolean;
  /** How likely it is to miss one of so many nodes by chance, dealt out evenly. */
  readonly missChance: number;
  /** Answers of the balancer itself instead of a node, and missing answers. */
  readonly failures: readonly string[];
}

/** A probability below this is not a coincidence. */
const RARE = 0.001;
/** One value for each backend, one backend for each value. */
function tells(probe: BalancerProbe, seen: Witness, pick: (r: HttpReply) => string | undefined): boolean {
  const pairs = probe.jars.flatMap((jar, i) =>
    jar.flatMap((r, j) => {
      const [value, backend] = [pick(r), seen.jars[i]![j]];
      return value !== undefined && backend !== undefined ? [{ value, backend }] : [];
    }),
  );
  const values = uniqueOf(pairs.map((p) => p.value)).length;
  return (
    values > 1 &&
    values === uniqueOf(pairs.map((p) => p.backend)).length &&
    values === uniqueOf(pairs.map((p) => `${p.value} ${p.backend}`)).length
  );
}

/** The cookie that most likely does it; undefined where none is sent back. */
function stickyCookie(probe: BalancerProbe, seen: Witness): { cookie: string; by: CookieKind } | undefined {
  const own = ownCookies(probe);
  const order: readonly CookieKind[] = ['ALB', 'insert', 'prefix', 'balancer', 'application'];
  const kinds = cookieNames(probe.jars.flat()).map((cookie): { cookie: string; by: CookieKind } => {
    const of = (r: HttpReply) => r.cookies.find((c) => c.name === cookie);
    const foreign = own !== undefined && !own.includes(cookie);
    if (ALB.test(cookie)) return { cookie, by: 'ALB' };
    if ((foreign || INSERTED.test(cookie)) && tells(probe, seen, (r) => of(r)?.value)) return { cookie, by: 'insert' };
    if (tells(probe, seen, (r) => of(r)?.prefix)) return { cookie, by: 'prefix' };
    return { cookie, by: foreign || INSERTED.test(cookie) ? 'balancer' : 'application' };
  });
  return kinds.sort((a, b) => order.indexOf(a.by) - order.indexOf(b.by))[0];
}

/**
 * How likely every session stays on its node by chance: each request at random, as often to a node as requests without
 * a cookie went there. With n nodes dealt out evenly that is (1/n)^(sessions*(requests-1)).
 */
export function chanceOf(jars: readonly (readonly Backend[])[], control: readonly Backend[]): number {
  const seen = (values: readonly Backend[]): string[] => values.filter((v) => v !== undefined);
  // a session's first request has no cookie yet
  const free = [...seen(control), ...jars.flatMap((j) => seen(j).slice(0, 1))];
  const shares = uniqueOf(free).map((b) => free.filter((x) => x === b).length / free.length);
  return jars
    .map((j) => seen(j).length)
    .filter((requests) => requests > 1)
    .reduce((product, requests) => product * shares.reduce((sum, p) => sum + p ** requests, 0), 1);
}

/** `10^11`, or the number where it is small. */
export const oneIn = (chance: number): string => {
  const runs = Math.floor(1 / chance + 1e-6);
  return runs < 10_000 ? String(runs) : `10^${Math.floor(-Math.log10(chance) + 1e-9)}`;
};

function hintsOf(probe: BalancerProbe): string[] {
  const cookies = all(probe).flatMap((r) => r.cookies);
  if (cookies.length === 0)
    return [
      'no answer set a cookie; a balancer that keeps sessions only after a login looks the same as one that keeps none',
    ];
  const unsent = uniqueOf(
    cookies.flatMap((c) => (c.unsent ? [`the cookie ${c.name} is not sent back: ${c.unsent}`] : [])),
  );
  return [...unsent, `cookies set: ${uniqueOf(cookies.map((c) => c.name)).join(', ')}`];
}

const APART = 'make each node send a header with its name, such as X-Served-By';

function judged(probe: BalancerProbe, seen: Witness, backends: readonly string[]): Stickiness {
  if (seen.contradicted !== undefined)
    return {
      kind: 'unclear',
      why: `the ${seen.told} and ${seen.contradicted} do not name the same backends, so one of them perhaps names proxies in front of the balancer: ${APART}, or look at the settings of the balancer`,
    };
  const moved = seen.jars.filter((jar) => uniqueOf(jar.filter((b) => b !== undefined)).length > 1).length;
  const sessions = seen.jars.length;
  if (moved > 1) return { kind: 'none', moved, sessions, backends, hints: hintsOf(probe) };
  if (moved === 1)
    return {
      kind: 'unclear',
      why: `one of ${sessions} sessions moved to another node, and the others stayed: perhaps a node failed in between; run the check again`,
    };
  const cookie = stickyCookie(probe, seen);
  const [only] = backends;
  if (backends.length === 1) {
    const others = alive(probe).filter(([node]) => node !== only);
    if (others.length === 0)
      return {
        kind: 'unclear',
        why: `${only} is the only node that answers: run the check again when the other nodes answer`,
      };
    // a cookie of the application alone is on every balancer
    if (cookie && cookie.by !== 'application')
      return {
        kind: 'unclear',
        why: `every request went to ${only}, also those without a cookie, so whether ${cookie.cookie} keeps a session there is not visible: run the check from several addresses, or while more than one node is registered`,
      };
    return { kind: 'address', backend: only! };
  }
  const chance = chanceOf(seen.jars, seen.control);
  if (chance > RARE)
    return {
      kind: 'unclear',
      why: `no session left its node, but that also happens by chance once in ${oneIn(chance)} runs: run the check again`,
    };
  return cookie
    ? { kind: 'cookie', ...cookie, chance }
    : {
        kind: 'unclear',
        why: 'sessions stay on their node although no cookie is sent back: ask the operator of the balancer how',
      };
}

/** As from HTTP to HTTPS, or to a login: nothing else is answered there. */
const redirected = (replies: readonly HttpReply[]): boolean =>
  replies.some(sound) && replies.filter(sound).every(({ status = 0 }) => status >= 300 && status < 400);

/** What follows from the answers. */
export function stickinessOf(probe: BalancerProbe): BalancerSight {
  const replies = all(probe);
  const failures = uniqueOf(replies.filter((r) => !sound(r)).map((r) => (r.status ? `HTTP ${r.status}` : r.error!)));
  const seen = witnessOf(probe);
  if (!seen) {
    const cookies = cookieNames(replies);
    const set = cookies.length > 0 ? ` (cookies set: ${cookies.join(', ')})` : '';
    const why = redirected(replies)
      ? `${uniqueOf(replies.filter(sound).map((r) => `HTTP ${r.status}`)).join(', ')}: every answer is a redirect, perhaps of the balancer itself, and shows no node: in the inventory, give loadBalancer: the address at which users end up`
      : replies.some(sound)
        ? `which node answered is not visible, or it was always the same node${set}: ${APART}, or look at the settings of the balancer`
        : `no node answered through the balancer: ${failures.join(', ')}`;
    return {
      stickiness: { kind: 'unclear', why },
      named: false,
      backends: [],
      recognised: [],
      foreign: true,
      missChance: 1,
      failures,
    };
  }
  const free = [...seen.control, ...seen.jars.map((j) => j[0])].filter((b) => b !== undefined);
  const backends = uniqueOf([...seen.control, ...seen.jars.flat()].filter((b) => b !== undefined));
  const recognised = seen.named ? alive(probe).map(([node]) => node) : [];
  const byReply = [...seen.jars.flat(), ...seen.control];
  const nodes = Math.max(2, Object.keys(probe.nodes).length);
  return {
    stickiness: judged(probe, seen, backends),
    told: seen.told,
    named: seen.named,
    backends,
    recognised,
    foreign: replies.some((r, i) => sound(r) && !recognised.includes(byReply[i] ?? '')),
    missChance: nodes * (1 - 1 / nodes) ** free.length,
    failures,
  };
}
