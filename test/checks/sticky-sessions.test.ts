import check from '../../checks/sticky-sessions.js';
import type { Unseen } from '../../src/model/evidence.js';
import type { BalancerProbe } from '../../src/probes/http.js';
import type { Found } from '../../src/products/profile.js';
import { testCheck } from '../../src/testing.js';
import { cookie, probeOf, reply } from '../support/balancer.js';
import { foundOf } from '../support/facts.js';

const URL = 'https://connect.example.com/';
const ABC = ['n1', 'n2', 'n3'];
const EVEN = Array.from({ length: 15 }, (_, i) => ABC[i % 3]!);
const STAY = Array.from({ length: 8 }, (_, i) => Array<string>(4).fill(ABC[i % 3]!));
const TURN = Array.from({ length: 8 }, (_, i) => Array.from({ length: 4 }, (_, j) => ABC[(i + j) % 3]!));
const ONE = {
  jars: Array.from({ length: 8 }, () => Array<string>(4).fill('n1')),
  control: Array<string>(12).fill('n1'),
};
const TWO = (n: string): string => (n === 'n3' ? 'n1' : n);

const insert = { set: (node: string) => [cookie('SERVERID', node)] };
const connect = Object.fromEntries(ABC.map((n) => [n, { found: foundOf('connect') }]));
const deployr = Object.fromEntries(ABC.map((n) => [n, { found: foundOf('deployr') }]));
const given = (nodes: Readonly<Record<string, { found: Found | Unseen }>>, probe?: BalancerProbe | string) => ({
  nodes,
  cluster: { loadBalancer: { url: URL } },
  services:
    probe === undefined
      ? {}
      : {
          [`http:sessions at ${URL}`]:
            typeof probe === 'string' ? { unseen: probe } : { exit: 0, stdout: JSON.stringify(probe), stderr: '' },
        },
});
const gone = given(deployr, probeOf({ jars: TURN.map((j) => j.map(TWO)), control: EVEN.map(TWO) }));
/** All by a cookie; this node does not answer when it is asked itself. */
function silentOf(silent: string, trait: string): BalancerProbe {
  const told = (n: string) => reply(n, { traits: { [trait]: `is ${n}` }, cookies: [cookie('SERVERID', n)] });
  return {
    nodes: Object.fromEntries(
      ABC.map((n) => [n, n === silent ? [reply(n, { error: 'timeout' })] : Array.from({ length: 5 }, () => told(n))]),
    ),
    jars: STAY.map((jar) => jar.map(told)),
    control: EVEN.map(told),
  };
}

testCheck(check, {
  pass: [
    {
      name: 'by a cookie, and every node answers',
      ...given(connect, probeOf({ jars: STAY, control: EVEN, ...insert })),
      on: ABC,
      message: /by the cookie SERVERID that the balancer inserts; without stickiness .* once in 10\^\d+ runs/,
    },
    {
      name: 'an ALB',
      ...given(connect, probeOf({ jars: STAY, control: EVEN, set: (_, i) => [cookie('AWSALB', `${i}`)] })),
      message: /by the cookie AWSALB of the AWS load balancer/,
    },
    {
      name: "the application's cookie, DeployR",
      ...given(
        deployr,
        probeOf({ jars: STAY, control: EVEN, set: (_, i) => [cookie('app', `${i}`)], own: [cookie('app', 'x')] }),
      ),
      product: 'deployr',
      message: /the cookie app of the application/,
    },
    {
      name: 'a certificate that is not believed is told beside',
      ...given(connect, {
        ...probeOf({ jars: STAY, control: EVEN, ...insert }),
        control: EVEN.map((n) => reply(n, { trouble: 'self-signed certificate' })),
      }),
      message: /is not trusted: self-signed/,
    },
  ],
  fail: [
    {
      name: 'sessions go from node to node',
      ...given(connect, probeOf({ jars: TURN, control: EVEN })),
      on: ABC,
      severity: 'critical',
      message: /8 of 8 sessions/,
    },
    {
      name: 'the address of the client decides: a warning',
      ...given(connect, probeOf(ONE)),
      beside: ['pass', 'unknown'],
      severity: 'warning',
      message: /all 44 requests from this machine went to n1/,
    },
    {
      name: 'a Connect node that never answers: a warning',
      ...given(connect, probeOf({ jars: STAY.map((j) => j.map(TWO)), control: EVEN.map(TWO), ...insert })),
      on: ['n3'],
      severity: 'warning',
      message: /n3 never answered/,
    },
    {
      name: 'a node that answers neither the balancer nor this machine',
      ...given(connect, {
        ...probeOf({ jars: STAY.map((j) => j.map(TWO)), control: EVEN.map(TWO), ...insert }),
        nodes: { ...probeOf({ jars: [], control: [] }).nodes, n3: [reply('n3', { error: 'timeout' })] },
      }),
      on: ['n3'],
      message: /n3 never answered/,
    },
    { name: 'a DeployR server that never answers', ...gone, product: 'deployr', on: ABC, severity: 'critical' },
  ],
  unknown: [
    { name: 'the balancer does not answer', ...given(connect, 'nobody there'), on: ABC, message: /nobody there/ },
    {
      name: 'nodes that answer alike',
      ...given(connect, probeOf({ jars: TURN, control: EVEN, trait: 'none' })),
      on: ABC,
      message: /X-Served-By/,
    },
    {
      name: 'which of the nodes answer is not told by name',
      ...given(connect, { ...probeOf({ jars: STAY, control: EVEN, ...insert }), nodes: { n1: [], n2: [], n3: [] } }),
      beside: ['pass'],
      message: /3 nodes answered, but by which name/,
    },
    {
      name: 'by address: who else is registered cannot be seen, DeployR',
      ...given(deployr, probeOf(ONE)),
      product: 'deployr',
      beside: ['pass'],
      on: ['n2', 'n3'],
    },
    ...['header x-served-by', 'body'].map((trait) => ({
      name: `a node that answers the balancer and not this machine, told by ${trait}`,
      ...given(connect, silentOf('n3', trait)),
      beside: ['pass'] as const,
      on: ['n3'],
      message: /whether n3 answered through the load balancer is not visible/,
    })),
    {
      name: 'too few requests to see every node',
      ...given(connect, probeOf({ jars: STAY.map((j) => j.map(TWO)), control: [], ...insert })),
      beside: ['pass'],
      on: ['n3'],
      message: /perhaps by chance/,
    },
    {
      name: 'a node that was not seen',
      ...given({ ...connect, n3: { found: { unseen: 'no sudo' } } }, probeOf({ jars: STAY, control: EVEN, ...insert })),
      beside: ['pass'],
      on: ['n3'],
    },
  ],
  skip: [
    { name: 'no load balancer in the inventory', nodes: connect, message: /loadBalancer: \{ url:/ },
    {
      name: 'primary and standby',
      ...given(deployr, probeOf({ jars: TURN, control: EVEN })),
      cluster: { loadBalancer: { url: URL }, mode: 'primary-standby' },
      product: 'deployr',
    },
  ],
});
