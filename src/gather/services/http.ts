/**
 * HTTP as from a browser without a login: read-only GETs, each on a separate connection, redirects not followed.
 * Of a load balancer so many that chance is ruled out, in random order: a balancer that deals its nodes out in turn
 * would otherwise give each of several sessions in step the same node every time. Source: docs/sources.md F18.
 */

import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { Answer } from '../../model/evidence.js';
import type { BalancerProbe, HttpReply, SetCookie } from '../../probes/http.js';
import type { ServiceQuestion } from '../../probes/probe.js';
import { limiter } from '../lib/limiter.js';
import { oneLine } from '../lib/oneLine.js';
import type { ServiceContext } from './context.js';
import { getOnce } from './httpRequest.js';
import { really } from './httpRoute.js';

const JARS = 8;
const EACH = 4;
/** Requests without cookies; more where more nodes are to be seen at all. */
const CONTROL = 12;
const MOST_CONTROL = 60;
/** As many as a browser keeps of one site, each as long. */
const MOST_COOKIES = 50;
const MOST_COOKIE_BYTES = 4096;
/** For everything asked of the load balancer, at most. */
const BUDGET_MS = 60_000;
/** After this many requests without an answer, nothing answers there. */
const GIVE_UP = 4;
const NODES_AT_ONCE = 8;
/** Of a node's own answers, before and after those of the balancer: what is not the same in all says nothing of it. */
const [BEFORE, AFTER] = [3, 2];

/** Headers of a single answer, not of who gave it. */
const FLEETING =
  /^(set-cookie|date|expires|age|connection|keep-alive)$|time|runtime|duration|request-?id|correlation|trace|nonce/;

interface Asked {
  readonly key: Buffer;
  readonly jar?: Map<string, string>;
  /** In place of the URL's own, to ask a node what the balancer would. */
  readonly host?: string;
  /** Reasons not to believe a certificate, by origin: asked once more without, and from then on. */
  readonly distrusted: Map<string, string>;
  readonly signal?: AbortSignal | undefined;
}

/** How a page for people begins. */
const PAGE = /^\uFEFF?\s*(<!--.*?-->\s*)?<(!doctype html|html)\b/is;

const digest = (key: Buffer, text: string | Buffer): string =>
  createHmac('sha256', key).update(text).digest('hex').slice(0, 12);

/** RFC 6265, 5.1.4, and 5.2.4: what does not begin with a slash counts as not given. */
function isForPath(path: string, { pathname }: URL): boolean {
  const folder = path.startsWith('/') ? path.replace(/\/$/, '') : '';
  return pathname === folder || pathname.startsWith(`${folder}/`);
}

/** Takes a cookie into the jar as a browser does, and says why it would not be sent back. */
function keep(jar: Map<string, string> | undefined, line: string, url: URL, key: Buffer): SetCookie | undefined {
  const [pair = '', ...rest] = line.split(';').map((p) => p.trim());
  const at = pair.indexOf('=');
  if (at < 1) return undefined;
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  const attributes = new Map(
    rest.map((a): [string, string] => {
      const [word = '', ...of] = a.split('=');
      return [word.toLowerCase(), of.join('=')];
    }),
  );
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase();
  const ends = attributes.has('max-age')
    ? Number(attributes.get('max-age')) <= 0
    : Date.parse(attributes.get('expires') ?? '') < Date.now();
  const unsent = ends
    ? 'expired'
    : attributes.has('secure') && url.protocol === 'http:'
      ? 'Secure, but the URL is http'
      : !isForPath(attributes.get('path') ?? '', url)
        ? 'for another path'
        : domain && url.hostname !== domain && !url.hostname.endsWith(`.${domain}`)
          ? 'for another domain'
          : undefined;
  if (unsent === undefined && jar && (jar.has(name) || jar.size < MOST_COOKIES)) jar.set(name, value);
  else if (ends) jar?.delete(name);
  const tilde = value.indexOf('~');
  return {
    name: oneLine(name, 64),
    value: digest(key, value),
    ...(tilde > 0 && { prefix: digest(key, value.slice(0, tilde)) }),
    ...(unsent && { unsent }),
  };
}

/** Never rejects. */
async function attempt(url: URL, { key, jar, host, distrusted, signal }: Asked): Promise<HttpReply> {
  const started = performance.now();
  const trouble = distrusted.get(url.origin);
  const cookie = [...(jar ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  const got = await getOnce(url, {
    headers: { ...(host && { host }), ...(cookie && { cookie }) },
    trust: trouble === undefined,
    signal,
  });
  const ms = Math.round(performance.now() - started);
  const told = trouble === undefined ? {} : { trouble };
  if ('error' in got) return { ...got, ms, traits: {}, cookies: [], ...told };
  const lines = (got.headers['set-cookie'] ?? []).slice(0, MOST_COOKIES).filter((l) => l.length <= MOST_COOKIE_BYTES);
  const cookies = lines.flatMap((line) => keep(jar, line, url, key) ?? []);
  const headers = Object.entries(got.headers).filter(([name]) => !FLEETING.test(name));
  return {
    status: got.status,
    ms,
    traits: {
      ...Object.fromEntries(headers.map(([n, v]) => [`header ${oneLine(n, 64)}`, digest(key, String(v))])),
      ...(got.body && { body: digest(key, got.body) }),
    },
    cookies,
    ...(got.body && PAGE.test(got.body.toString('utf8')) && { page: true }),
    ...told,
  };
}

async function get(url: URL, asked: Asked): Promise<HttpReply> {
  const reply = await attempt(url, asked);
  if (!/CERT|SIGNATURE/.test(reply.code ?? '') || asked.distrusted.has(url.origin)) return reply;
  asked.distrusted.set(url.origin, reply.error!);
  return attempt(url, asked);
}

function shuffled<T>(items: readonly T[]): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

async function askBalancer(
  url: URL,
  endpoints: Readonly<Record<string, string>>,
  { signal, timeoutMs = BUDGET_MS }: ServiceContext,
): Promise<BalancerProbe> {
  const ends = performance.now() + Math.min(BUDGET_MS, timeoutMs);
  const asked: Asked = { key: randomBytes(32), distrusted: new Map(), signal };
  const nodes: Record<string, HttpReply[]> = Object.fromEntries(Object.keys(endpoints).map((n) => [n, []]));
  const atOnce = limiter(NODES_AT_ONCE);
  const own = (times: number) =>
    Promise.all(
      Object.entries(endpoints).map(([node, at]) =>
        atOnce(async () => {
          const replies = nodes[node]!;
          for (let i = 0; i < times && performance.now() < ends && replies.every((r) => r.status !== undefined); i++)
            replies.push(await get(new URL(at), { ...asked, host: url.host }));
        }),
      ),
    );
  await own(BEFORE);
  const jars = Array.from({ length: JARS }, () => ({ jar: new Map<string, string>(), replies: [] as HttpReply[] }));
  const control: HttpReply[] = [];
  const lone = Math.min(MOST_CONTROL, Math.max(CONTROL, 5 * Object.keys(endpoints).length));
  const turns = shuffled([
    ...jars.flatMap((jar) => Array.from({ length: EACH }, () => jar)),
    ...Array.from({ length: lone }, () => undefined),
  ]);
  let answered = 0;
  for (const [turn, session] of turns.entries()) {
    if (signal?.aborted || performance.now() > ends || (turn >= GIVE_UP && answered === 0)) break;
    const reply = await get(url, session ? { ...asked, jar: session.jar } : asked);
    if (reply.status !== undefined) answered++;
    (session?.replies ?? control).push(reply);
  }
  if (answered > 0) await own(AFTER);
  return { nodes, jars: jars.map((j) => j.replies), control };
}

/** With `options.url` a load balancer and its nodes (`options.endpoints`): a `BalancerProbe`; else one GET: a `HttpReply`. */
export async function askHttp({ target, options }: ServiceQuestion, context: ServiceContext): Promise<Answer> {
  const { signal } = context;
  const answer = (of: BalancerProbe | HttpReply): Answer => ({ exit: 0, stdout: JSON.stringify(of), stderr: '' });
  if (options?.url === undefined) {
    const { url, behind } =
      options?.node === undefined ? { url: new URL(target) } : really(target, options.node, context);
    const reply = await get(url, { key: randomBytes(32), distrusted: new Map(), signal });
    return answer({ ...reply, traits: {}, cookies: [], ...(behind !== undefined && { behind }) });
  }
  const url = new URL(String(options.url));
  const endpoints = Object.entries(options.endpoints as Readonly<Record<string, string>>).map(([node, at]) => [
    node,
    really(at, node, context).url.href,
  ]);
  const probe = await askBalancer(url, Object.fromEntries(endpoints), context);
  const all = [...probe.jars.flat(), ...probe.control];
  if (all.every((r) => r.status === undefined))
    return { unseen: `${url.href} does not answer: ${all[0]?.error ?? 'interrupted'}` };
  return answer(probe);
}
