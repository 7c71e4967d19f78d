import check from '../../checks/cluster-state.js';
import type { ClusterState } from '../../src/collectors/clusterState.js';
import type { BalancedNode, ListedNode } from '../../src/formats/listNodes.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

/** The tests' now, and a configuration of an hour before. */
const NOW = Date.parse('2026-01-01T00:00:00Z');
const CHANGED = NOW / 1000 - 3600;
const row = (host: string, status = 'Online', lastSeen = '2025-Dec-31 23:59:30'): ListedNode => ({
  id: 1,
  host,
  port: 8787,
  status,
  lastSeen,
});
const busy = (host: string, over: Partial<BalancedNode> = {}): BalancedNode => ({
  host,
  port: 8787,
  load: [0.1, 0.2, 0.3],
  sessions: 0,
  ...over,
});
const LISTED = [row('a'), row('b'), row('c')];
const STATUS = [busy('a'), busy('b'), busy('c')];

const node = (name: string, state: Partial<ClusterState> = {}, utcOffset = 0, files = {}) => {
  const found = foundOf('workbench', files);
  return {
    found: { ...found, tree: found.tree.map((e) => ({ ...e, modified: CHANGED })) },
    effective: effectiveOf(found),
    host: { name, utcOffset },
    state: { running: true, started: CHANGED + 60, ...state },
  };
};
const asked = (
  nodes: readonly ListedNode[],
  status: readonly BalancedNode[] = STATUS,
  protocol = 'Http',
  more: Partial<ClusterState> = {},
) => node('a', { listed: { value: { protocol, nodes } }, status: { value: { nodes: status } }, ...more });
const rest = { b: node('b'), c: node('c') };

testCheck(check, {
  pass: [
    { name: 'all online', nodes: { a: asked(LISTED), ...rest }, on: ['a', 'b', 'c'] },
    {
      name: 'listed by name, and balanced by address',
      nodes: {
        a: asked(
          [row('a'), { ...row('b'), ipv4: '192.0.2.2' }, { ...row('c'), ipv4: '192.0.2.3' }],
          [busy('a'), busy('192.0.2.2'), busy('192.0.2.3')],
        ),
        ...rest,
      },
    },
    {
      name: 'the node that answers is not on its own page',
      nodes: { a: asked(LISTED, [busy('b'), busy('c')]), ...rest },
    },
    {
      name: 'in the zone of the server',
      nodes: {
        a: {
          ...asked([
            row('a', 'Online', '2026-Jan-01 00:59:30'),
            row('b', 'Online', '2026-Jan-01 00:59:30'),
            row('c', 'Online', '2026-Jan-01 00:59:30'),
          ]),
          host: { name: 'a', utcOffset: 60 },
        },
        ...rest,
      },
    },
    {
      name: 'in the zone in which it was asked',
      nodes: {
        a: asked(
          LISTED.map((r) => ({ ...r, lastSeen: '2026-Jan-01 00:59:30' })),
          STATUS,
          'Http',
          { utcOffset: 60 },
        ),
        ...rest,
      },
    },
    {
      name: "by the node's own clock",
      nodes: {
        a: asked(
          LISTED.map((r) => ({ ...r, lastSeen: '2025-Jan-01 00:00:00' })),
          STATUS,
          'Http',
          { now: Date.parse('2025-01-01T00:01:00Z') },
        ),
        ...rest,
      },
    },
    {
      name: 'when it was last seen is not listed',
      nodes: { a: asked(LISTED.map(({ lastSeen: _, ...r }) => r)), ...rest },
      message: /^all online: 3 listed/,
    },
  ],
  fail: [
    {
      name: 'another key',
      nodes: { a: asked([row('a'), row('b', 'Invalid secure cookie key'), row('c')]), ...rest },
      on: ['b'],
      severity: 'critical',
    },
    {
      name: 'not resolved',
      nodes: { a: asked([row('a'), row('b', 'Failed to resolve'), row('c')]), ...rest },
      on: ['b'],
    },
    {
      name: 'offline',
      nodes: { a: asked([row('a'), row('b', 'Offline'), row('c')]), ...rest },
      on: ['b'],
      severity: 'warning',
    },
    {
      name: 'not seen for long',
      nodes: { a: asked([row('a'), row('b', 'Online', '2025-Dec-31 23:00:00'), row('c')]), ...rest },
      on: ['b'],
      message: /60 minutes/,
    },
    {
      name: 'a stranger',
      nodes: { a: asked([...LISTED, row('old', 'Offline')]), ...rest },
      on: ['a'],
      message: /old.*not in the inventory/,
      severity: 'warning',
    },
    {
      name: 'a running node over which the others do not balance',
      nodes: { a: asked(LISTED, [busy('a'), busy('c')]), ...rest },
      on: ['b'],
      message: /^a balances over a and c and not over b, where Workbench runs/,
      severity: 'warning',
      beside: ['pass'],
    },
    {
      name: 'runs and is not listed',
      nodes: { a: asked([row('a'), row('c')]), ...rest },
      on: ['b'],
      message: /does not list/,
    },
    { name: 'another protocol', nodes: { a: asked(LISTED, STATUS, 'Https'), ...rest }, on: ['a', 'b', 'c'] },
    {
      name: 'unreachable',
      nodes: { a: asked(LISTED, [busy('a'), busy('b', { state: 'unreachable' }), busy('c')]), ...rest },
      on: ['b'],
      severity: 'critical',
    },
    {
      name: 'busy',
      nodes: { a: asked(LISTED, [busy('a'), busy('b', { load: [2, 2, 2] }), busy('c')]), ...rest },
      on: ['b'],
      severity: 'info',
    },
    {
      name: 'not restarted',
      nodes: { a: asked(LISTED), b: node('b', { started: CHANGED - 60 }), c: node('c') },
      on: ['b'],
      severity: 'warning',
    },
  ],
  unknown: [
    {
      name: 'online twice, under two ports',
      nodes: {
        a: asked([row('a'), { ...row('b'), ipv4: '192.0.2.2' }, row('c'), { ...row('b'), id: 7, port: 8788 }]),
        ...rest,
      },
      on: ['b'],
      severity: 'warning',
      message:
        /^b is online twice, as b 192\.0\.2\.2 port 8787 \(ID 1\) and as b port 8788 \(ID 7\): whether one is left over/,
      beside: ['pass'],
    },
    {
      name: 'addresses on the page of which none is known',
      nodes: { a: asked(LISTED, [busy('a'), busy('192.0.2.2'), busy('192.0.2.3')]), ...rest },
      on: ['b', 'c'],
      message: /give these nodes their www-host-name/,
      beside: ['pass'],
    },
    {
      name: 'list-nodes is denied',
      nodes: {
        a: node('a', { listed: { unseen: 'permission denied' }, status: { value: { nodes: STATUS } } }),
        ...rest,
      },
      on: ['a', 'b', 'c'],
      message: /permission denied/,
      beside: ['pass'],
    },
    {
      name: 'the status page is denied',
      nodes: {
        a: { ...asked(LISTED), state: { ...asked(LISTED).state, status: { unseen: 'ended with 22' } } },
        ...rest,
      },
      on: ['a', 'b', 'c'],
      beside: ['pass'],
    },
    {
      name: 'a row is not understood: it may be that of b',
      nodes: {
        a: node('a', {
          listed: { value: { nodes: [row('a'), row('c')], trouble: 'not understood: 2 b ?' } },
          status: { value: { nodes: STATUS } },
        }),
        ...rest,
      },
      on: ['a', 'b', 'c'],
      message: /not understood: 2 b/,
      beside: ['pass'],
    },
    {
      name: 'a state that is not known',
      nodes: { a: asked(LISTED, [busy('a'), busy('b', { state: 'draining' }), busy('c')]), ...rest },
      on: ['a', 'b', 'c'],
      message: /b has the state "draining", which this program does not know/,
      severity: 'warning',
      beside: ['pass'],
    },
    {
      name: 'the unreachable node is not one of the inventory',
      nodes: { a: asked(LISTED, [...STATUS, busy('10.0.0.9', { state: 'unreachable' })]), ...rest },
      on: ['a', 'b', 'c'],
      message: /10.0.0.9 is unreachable, and is not a name of a node/,
      severity: 'warning',
      beside: ['pass'],
    },
    {
      name: 'a line of the status page is not understood',
      nodes: {
        a: node('a', {
          listed: { value: { nodes: LISTED } },
          status: { value: { nodes: STATUS, trouble: 'not understood: b:1 ?' } },
        }),
        ...rest,
      },
      on: ['a', 'b', 'c'],
      message: /not understood: b:1/,
      beside: ['pass'],
    },
    { name: 'nobody is listed', nodes: { a: asked([]), ...rest }, on: ['a', 'b', 'c'], beside: ['pass'] },
    {
      name: 'since when is not told',
      nodes: { a: asked(LISTED), b: { ...node('b'), state: { running: true } }, c: node('c') },
      on: ['b'],
      beside: ['pass'],
    },
  ],
  skip: [{ name: 'not started', nodes: { a: node('a', { running: false }), b: node('b', { running: false }) } }],
});
