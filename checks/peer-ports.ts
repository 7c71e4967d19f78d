import {
  count,
  defineCheck,
  type EffectiveSettings,
  effective,
  everyNode,
  type Finding,
  found,
  list,
  type Settings,
  settings,
  sift,
  skip,
  unknown,
  verb,
} from 'ha-preflight';
import { host } from 'ha-preflight/collectors/host';
import { INSTALL_MEANS } from 'ha-preflight/collectors/opening';
import { type Peer, peers } from 'ha-preflight/collectors/peers';
import { isEveryAddress, isLoopback, sameHost } from 'ha-preflight/formats/hostName';
import { knownNodes, knows } from './support/nodeNames.js';

interface Tried extends Peer {
  readonly node: string;
  readonly by: string;
  /** It is the address that the node gives to the others, and not one of the inventory. */
  readonly given: boolean;
}

const REACHED = {
  product: { port: 'port', about: {} },
  launcher: { port: 'the port of the Launcher,', about: { subject: 'launcher', requirements: ['WB26-07'] } },
};

const STATE = { open: 'open', refused: 'refused', silent: 'no answer', nameless: 'cannot be resolved' };

/** Whether all nodes reach this program on each of these nodes. */
function reached(of: Peer['of'], on: readonly string[], all: readonly Tried[]): Finding[] {
  const tried = all.filter((t) => t.of === of);
  const judged = on.filter((node) => tried.some((t) => t.node === node));
  if (judged.length === 0) return [];
  const { port, about } = REACHED[of];
  return [
    everyNode(
      `${count(tried.length, 'connection')} between nodes ${verb(tried.length, 'was', 'were')} accepted`,
      judged.map((node) => ({ node, value: tried.filter((t) => t.node === node && t.state !== 'open') })),
      (closed) =>
        closed.length > 0
          ? {
              problem: `${list([...new Set(closed.map((c) => c.by))])} cannot reach ${port} ${closed[0]!.port}`,
              observed: closed.map((c) => `${c.by} to ${c.address}:${c.port} ${STATE[c.state]}`).join(', '),
            }
          : undefined,
      { ...about, expected: `port ${tried[0]!.port} open between all nodes` },
    ),
  ];
}

interface Listener {
  readonly settings: Settings;
  readonly effective: EffectiveSettings;
}

/** Where the program says that it listens, if that is not where it was tried. */
function otherwise(t: Tried, { settings: { port, launcher }, effective }: Listener): string | undefined {
  const ofLauncher = launcher && 'value' in launcher ? launcher.value.port : undefined;
  const given = t.of === 'launcher' ? (ofLauncher ?? t.port) : port;
  const bound = effective.get(t.of === 'launcher' ? 'launcher.conf:server.address' : 'rserver.conf:www-address');
  const address = bound?.value && !isEveryAddress(bound.value) && !isLoopback(bound.value) ? bound.value : t.address;
  const open = t.state === 'open' || sameHost(address) === sameHost(t.address);
  return t.given || (given === t.port && open) ? undefined : `${t.node} listens on ${address}:${given}`;
}

/** What the nodes really use decides: an address of the inventory only where they give each other none. */
const isDecisive = (t: Tried, all: readonly Tried[]): boolean =>
  t.given || t.of === 'launcher' || !all.some((other) => other.given && other.by === t.by && other.node === t.node);

/** The inventory's names that nodes cannot resolve say nothing of the ports. */
function unresolved(nameless: readonly Tried[]): Finding[] {
  if (nameless.length === 0) return [];
  const by = [...new Set(nameless.map((t) => t.by))];
  return [
    unknown(
      `${list(by)} cannot resolve ${list([...new Set(nameless.map((t) => t.address))])}: in the inventory, give the nodes addresses that they can resolve`,
      { nodes: by, subject: 'nameless' },
    ),
  ];
}

/** Tried where the program does not listen. */
function misdirected(elsewhere: readonly (Tried & { readonly at: string })[]): Finding[] {
  const [first] = elsewhere;
  if (!first) return [];
  return [
    unknown(
      `${first.by} tried ${first.address}:${first.port}, and ${first.at}: in the inventory, give the nodes the addresses that they listen on, or let the check run rstudio-server list-nodes`,
      { nodes: [...new Set(elsewhere.map((e) => e.node))], subject: 'elsewhere' },
    ),
  ];
}

const untried = (by: readonly string[], nodes = by, subject?: string): Finding =>
  unknown(`no connection could be tried from ${list(by)}: ${INSTALL_MEANS}`, { nodes, ...(subject && { subject }) });

export default defineCheck({
  id: 'peer-ports',
  title: 'The nodes reach each other on the ports of the product',
  severity: 'warning',
  tags: ['network'],
  requirements: ['X-05', 'WB-21', 'WB26-07'],
  rationale:
    'A node passes each request to the node that runs the session. With a firewall between them, users see error 502 for some of their sessions. Each node opens a connection to its neighbours in the inventory and closes it. Two nodes also try the addresses that the nodes give each other (rstudio-server list-nodes). The port of the Launcher is tried where it listens to other nodes.',
  products: ['workbench'],
  needs: { found, peers, host, effective, settings },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const running = nodes.filter((n) => n.found.running.length > 0).map((n) => n.node);
    if (running.length === 0)
      return skip('Workbench runs on no node, so there is nothing to connect to', { nodes: nodes.map((n) => n.node) });
    const portless = nodes
      .filter((n) => running.includes(n.node) && !Number.isInteger(n.settings.port))
      .map((n) => n.node);
    const owners = knownNodes(nodes, cluster);
    const tried = nodes
      .flatMap((n) =>
        n.peers.flatMap((p): Tried[] => {
          const node = p.node ?? owners.find((o) => knows(o, p.address))?.node;
          return node === undefined ? [] : [{ ...p, node, by: n.node, given: p.node === undefined }];
        }),
      )
      .filter((t) => t.node !== t.by && running.includes(t.node))
      .filter((t) => t.given || t.of === 'launcher' || !portless.includes(t.node));
    const decisive = tried
      .filter((t) => isDecisive(t, tried))
      .map((t) => ({ ...t, at: otherwise(t, nodes.find((n) => n.node === t.node)!) }));
    const elsewhere = decisive.flatMap((t) => (t.at === undefined ? [] : [{ ...t, at: t.at }]));
    const direct = decisive.filter((t) => t.at === undefined);
    const nameless = direct.filter((t) => t.state === 'nameless' && !t.given);
    const known = direct.filter((t) => !nameless.includes(t));
    // what others reach says nothing of what this node reaches
    const mute = nodes
      .filter((n) => running.includes(n.node) && n.peers.length === 0 && !portless.includes(n.node))
      .map((n) => n.node);
    const launchers = nodes.flatMap(({ node, settings: { launcher } }) => (launcher ? [{ node, fact: launcher }] : []));
    const findings: Finding[] = [
      ...(portless.length > 0
        ? [
            unknown(`the port of ${list(portless)} is not known: www-port in rserver.conf is not a number`, {
              nodes: portless,
              subject: 'port',
            }),
          ]
        : []),
      ...unresolved(nameless),
      ...misdirected(elsewhere),
      ...(mute.length > 0 && decisive.length > 0 ? [untried(mute, mute, 'untried')] : []),
      ...reached('product', running, known),
      ...reached('launcher', running, known),
      ...sift(launchers, 'launcher').findings,
    ];
    if (findings.length > 0) return findings;
    const names = nodes.map((n) => n.node);
    return untried(
      names,
      names.filter((name) => cluster.nodes.some((c) => c.name === name)),
    );
  },
  remediation:
    'ss -ltn    # on the nodes named: rserver must listen on www-port (8787 by default), the Launcher on its port (5559), and the firewall must open both to all nodes',
});
