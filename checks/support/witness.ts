/** Which node gave each answer of a load balancer: by what only that node answers, else by what the balancer adds. */

import type { BalancerProbe, HttpReply } from 'ha-preflight/probes/http';

/** Headers by which a balancer or proxy names who answered. `via` names proxies on the way: RFC 9110, 7.6.3. */
const NAMING = /^header (server|x-(served|backend|upstream|server|node|host|instance|pod|container)[a-z-]*)$/;
export const ALB = /^AWSALB(CORS|TG|TGCORS|APP-\d+)?$/;
/** Cookies of balancers by their usual names. */
export const INSERTED =
  /^(SERVERID|SRV|SRVID|ROUTEID|BIGipServer.*|lb|route|sticky|SERVER_?USED|ApplicationGatewayAffinity.*)$/i;

export type Backend = string | undefined;
export interface Witness {
  readonly told: string;
  readonly named: boolean;
  readonly jars: readonly (readonly Backend[])[];
  readonly control: readonly Backend[];
  /** The cookie of the balancer says otherwise, so the header perhaps names proxies in front. */
  readonly contradicted?: string;
}

export const all = (probe: BalancerProbe): HttpReply[] => [...probe.jars.flat(), ...probe.control];
/** Of a node, as far as the status shows: a gateway that finds none, or has counted too many requests, answers itself. */
export const sound = (r: HttpReply): boolean => r.status !== undefined && ![429, 502, 503, 504].includes(r.status);
export const uniqueOf = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Nodes that answered by themselves every time. */
export const alive = (probe: BalancerProbe) =>
  Object.entries(probe.nodes).filter(([, replies]) => replies.length > 1 && replies.every(sound));

const witness = (probe: BalancerProbe, told: string, named: boolean, of: (reply: HttpReply) => Backend): Witness => ({
  told,
  named,
  jars: probe.jars.map((j) => j.map(of)),
  control: probe.control.map(of),
});

/** By a header or a body that is the same in all answers of one node and another on each. */
function byNodes(probe: BalancerProbe): Witness | undefined {
  const nodes = alive(probe);
  if (nodes.length < 2) return undefined;
  const replies = all(probe).filter(sound);
  const candidates = Object.keys(nodes[0]![1][0]!.traits).flatMap((trait) => {
    const of = nodes.map(([node, own]) => ({ node, values: uniqueOf(own.map((r) => r.traits[trait])) }));
    const names = new Map(of.flatMap(({ node, values }) => (values.length === 1 ? [[values[0], node] as const] : [])));
    if (names.size < nodes.length || names.has(undefined)) return [];
    const hits = replies.filter((r) => names.has(r.traits[trait])).length;
    // another value of a header is a node of which the inventory does not know, or that did not answer itself
    const strangers = uniqueOf(replies.flatMap((r) => r.traits[trait] ?? [])).filter((v) => !names.has(v));
    const foreign = trait === 'body' || strangers.length > Object.keys(probe.nodes).length ? [] : strangers;
    for (const [i, value] of foreign.entries()) names.set(value, `another (${i + 1})`);
    return hits > 0 ? [{ trait, names, hits }] : [];
  });
  const best = candidates.sort((a, b) => b.hits - a.hits)[0];
  return best && witness(probe, best.trait, true, (r) => (sound(r) ? best.names.get(r.traits[best.trait]) : undefined));
}

/** A few values for many answers name nodes; one names none, many are of the answers themselves. */
const few = (values: readonly string[], probe: BalancerProbe): boolean =>
  values.length > 1 && values.length <= Math.max(2, Object.keys(probe.nodes).length);

const numbered = (values: readonly string[]): Map<string, string> =>
  new Map(values.map((value, i) => [value, `backend ${i + 1}`]));

/** By a header that the balancer or the nodes name themselves in. */
function byHeader(probe: BalancerProbe): Witness | undefined {
  const replies = all(probe).filter(sound);
  const trait = Object.keys(replies[0]?.traits ?? {}).find((name) => {
    const values = replies.map((r) => r.traits[name]);
    return NAMING.test(name) && values.every((v) => v !== undefined) && few(uniqueOf(values as string[]), probe);
  });
  if (trait === undefined) return undefined;
  const names = numbered(uniqueOf(replies.map((r) => r.traits[trait]!)));
  return witness(probe, trait, false, (r) => (sound(r) ? names.get(r.traits[trait]!) : undefined));
}

export const cookieNames = (replies: readonly HttpReply[]): string[] =>
  uniqueOf(replies.flatMap((r) => r.cookies.filter((c) => !c.unsent).map((c) => c.name)));
/** Cookies nodes set by themselves; undefined where none could be asked. */
export const ownCookies = (probe: BalancerProbe): readonly string[] | undefined => {
  const nodes = alive(probe);
  return nodes.length > 0 ? cookieNames(nodes.flatMap(([, r]) => r)) : undefined;
};

/** By the balancer's cookie: few values, one for each node. Set again only where the node is another, so it holds until then. */
function byCookie(probe: BalancerProbe): Witness | undefined {
  const own = ownCookies(probe);
  const valueIn = (r: HttpReply, name: string) => r.cookies.find((c) => c.name === name)?.value;
  const name = cookieNames(probe.control).find(
    (n) =>
      !ALB.test(n) &&
      (own ? !own.includes(n) : INSERTED.test(n)) &&
      probe.control.filter(sound).every((r) => valueIn(r, n) !== undefined) &&
      few(uniqueOf(all(probe).flatMap((r) => valueIn(r, n) ?? [])), probe),
  );
  if (name === undefined) return undefined;
  const names = numbered(uniqueOf(all(probe).flatMap((r) => valueIn(r, name) ?? [])));
  return {
    told: `the cookie ${name}`,
    named: false,
    control: probe.control.map((r) => names.get(valueIn(r, name) ?? '')),
    jars: probe.jars.map((jar) => {
      let held: Backend;
      return jar.map((r) => {
        held = names.get(valueIn(r, name) ?? '') ?? held;
        return sound(r) ? held : undefined;
      });
    }),
  };
}

/** Whether two views name the same backends, if by other names, wherever both name one. */
function agree(a: Witness, b: Witness): boolean {
  const of = ({ jars, control }: Witness): Backend[] => [...jars.flat(), ...control];
  const others = of(b);
  const pairs = of(a).flatMap((one, i) => (one && others[i] ? [{ one, other: others[i] }] : []));
  const kinds = uniqueOf(pairs.map(({ one, other }) => `${one} ${other}`)).length;
  return (
    kinds === uniqueOf(pairs.map(({ one }) => one)).length && kinds === uniqueOf(pairs.map(({ other }) => other)).length
  );
}

/** By a header, unless a cookie says otherwise. */
function byBalancer(probe: BalancerProbe): Witness | undefined {
  const [header, cookie] = [byHeader(probe), byCookie(probe)];
  if (!header || !cookie) return header ?? cookie;
  return agree(header, cookie) ? header : { ...header, contradicted: cookie.told };
}

/** Undefined where nothing distinguishes them. */
export const witnessOf = (probe: BalancerProbe): Witness | undefined => byNodes(probe) ?? byBalancer(probe);
