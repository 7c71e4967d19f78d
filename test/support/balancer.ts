/** What a load balancer answered, for tests: by the node behind each answer. */

import type { BalancerProbe, HttpReply, SetCookie } from '../../src/probes/http.js';

export const cookie = (name: string, value: string, prefix?: string): SetCookie => ({
  name,
  value,
  ...(prefix && { prefix }),
});

export const reply = (node: string, { status = 200, error, code, ...over }: Partial<HttpReply> = {}): HttpReply => ({
  ...(error === undefined ? { status } : { error, code: code ?? 'ECONNREFUSED' }),
  ms: 1,
  traits: { 'header server': 'same', 'header x-served-by': `is ${node}`, body: 'same' },
  cookies: [],
  ...over,
});

interface Told {
  readonly nodes?: readonly string[];
  /** The node behind each request of each session. */
  readonly jars: readonly (readonly string[])[];
  readonly control: readonly string[];
  /** Cookies set on the first answer of a session and on every one without cookies. */
  readonly set?: (node: string, index: number) => readonly SetCookie[];
  /** Cookies nodes set themselves. */
  readonly own?: readonly SetCookie[];
  readonly trait?: 'none' | 'every answer';
}

export function probeOf({
  nodes = ['n1', 'n2', 'n3'],
  jars,
  control,
  set = () => [],
  own = [],
  trait,
}: Told): BalancerProbe {
  let count = 0;
  const of = (node: string, cookies: readonly SetCookie[]): HttpReply => {
    const told = reply(node, { cookies });
    if (trait === undefined) return told;
    return { ...told, traits: { body: trait === 'none' ? 'same' : `answer ${count++}` } };
  };
  return {
    nodes: Object.fromEntries(nodes.map((n) => [n, Array.from({ length: 5 }, () => of(n, own))])),
    jars: jars.map((jar, i) => jar.map((node, j) => of(node, j === 0 ? set(node, i) : []))),
    control: control.map((node, i) => of(node, set(node, 100 + i))),
  };
}
