import { type Cluster, command, defineCheck, distinct, faults, list, skip, unknown } from 'ha-preflight';
import { mongo } from 'ha-preflight/collectors/mongo';
import { foldHost, isLoopback, shortHost } from 'ha-preflight/formats/hostName';
import { last, unknownValue } from 'ha-preflight/formats/settings';
import { sure } from './support/mongoFiles.js';

const KEY = 'deployr.server.policy.override.web.context';

/** Host of a web context, as DNS compares it. */
const hostOf = (url: string): string => (URL.canParse(url) ? foldHost(new URL(url).hostname) : '');

/** One address has one spelling: without case, default port and final slash. */
const normal = (url: string): string =>
  (URL.canParse(url) ? new URL(url).href.replace(new URL(url).hostname, hostOf(url)) : url)
    .replace(/\/+$/, '')
    .toLowerCase();

/** A host, and a longer name that begins with it. */
const mayBeOne = (a: string, b: string): boolean =>
  a !== b && shortHost(a) === shortHost(b) && [a, b].includes(shortHost(a));

type Node = Cluster['nodes'][number];
const isNamed = ({ host, name }: Node, wanted: string): boolean => [host, name].map(foldHost).includes(wanted);
const isShort = ({ host, name }: Node, wanted: string): boolean =>
  [host, name].map((text) => shortHost(foldHost(text))).includes(shortHost(wanted));

/** The one node of the inventory that this host is. */
function only({ nodes }: Cluster, is: (node: Node, host: string) => boolean, host: string): Node | undefined {
  const [node, ...more] = nodes.filter((n) => is(n, host));
  return more.length === 0 ? node : undefined;
}

export default defineCheck({
  id: 'web-context',
  title: 'The web context of every DeployR server is its own address',
  severity: 'critical',
  proof: 'declared',
  tags: ['configuration'],
  requirements: ['DEPLOYR-03'],
  rationale:
    'A server sends its clients to its web context. A standby whose web context is the primary sends clients back to the server that failed; without a web context a server guesses its address.',
  products: ['deployr'],
  needs: { mongo },
  judge(nodes, { cluster }) {
    const servers = nodes.flatMap(({ node, mongo: { server } }) => (server ? [{ node, value: server }] : []));
    if (servers.length === 0)
      return skip('no DeployR server is configured on these nodes', { nodes: nodes.map((n) => n.node) });
    if (cluster.mode === 'load-balanced')
      return skip('behind a load balancer the web context is the address of the load balancer', {
        nodes: servers.map((s) => s.node),
      });
    const { seen, findings } = sure(servers, 'unread', (server) => {
      const why = unknownValue(server, KEY);
      return why === undefined ? undefined : `deployr.groovy ${why}`;
    });
    const told = seen.map(({ node, value }) => ({ node, value: last(value, KEY)?.value }));
    const unset = faults(told, (url) => (url ? undefined : { problem: `${KEY} is not set`, observed: 'not set' }), {
      subject: 'unset',
      expected: `${KEY} = "http://ADDRESS:8000/deployr"`,
    });
    findings.push(...unset);
    const named = told.flatMap(({ node, value }) => (value ? [{ node, key: normal(value), shown: value }] : []));
    findings.push(
      ...faults(
        named.map(({ node, shown }) => ({ node, value: shown })),
        (url, node) => {
          if (isLoopback(hostOf(url)))
            return { problem: `the web context is ${hostOf(url)}, which leads each client to itself`, observed: url };
          const own = cluster.nodes.find((n) => n.name === node);
          const other = own && [isNamed, isShort].map((is) => only(cluster, is, hostOf(url))).find(Boolean);
          return other && other !== own
            ? { problem: `the web context is the address of ${other.name}`, observed: url }
            : undefined;
        },
        { subject: 'of another node', expected: 'the address of the server itself' },
      ),
    );
    if (named.length === 0 || (named.length === 1 && findings.length > 0)) return findings;
    const apart = distinct('the web context', named);
    const vague = named.filter((n) => named.some((m) => mayBeOne(hostOf(n.shown), hostOf(m.shown))));
    if (apart.status === 'fail' || vague.length === 0) return [...findings, apart];
    const ask = command`getent ahosts ${hostOf(vague[0]!.shown)}` ?? 'getent ahosts HOST';
    return [
      ...findings,
      unknown(
        `whether ${list(vague.map((n) => `${n.shown} (${n.node})`))} are one address is not visible: compare ${ask} on each node`,
        { nodes: vague.map((n) => n.node), subject: 'names' },
      ),
    ];
  },
  remediation:
    'grep -n web.context deployr.groovy    # on the nodes named: set deployr.server.policy.override.web.context to the address of the server itself, and restart the server',
});
