import { defineCheck, distinct, effective, type Finding, faults, found, list, unknown } from 'ha-preflight';
import { type Host, host } from 'ha-preflight/collectors/host';
import {
  addressOf,
  foldHost,
  isContainerHost,
  isEveryAddress,
  isHostForm,
  isLinkLocal,
  isLoopback,
  sameHost,
} from 'ha-preflight/formats/hostName';
import { withoutRemark } from 'ha-preflight/formats/keyValue';
import { placesOf } from 'ha-preflight/products/installed';

interface Given {
  readonly host: string;
  readonly address: string;
  readonly by: string;
  readonly explicit: boolean;
}

const keyOf = ({ host, address }: Given): string => `${sameHost(host)}${address.slice(host.length)}`;

/** A short name and a long one that begins with it: whether they are one machine depends on the resolver. */
const mayBeOne = (a: string, b: string): boolean => a !== b && (a.startsWith(`${b}.`) || b.startsWith(`${a}.`));

/** How Workbench chooses the address that it gives to the other nodes. */
function givenAddress(get: (key: string) => string | undefined, hostName: string): Given {
  const port = get('rserver.conf:www-port') ?? '8787';
  // a name has no blanks: a remark may follow it
  const named = withoutRemark(get('load-balancer:www-host-name'));
  if (named) return { host: named, address: `${named}:${port}`, by: 'www-host-name', explicit: true };
  const bound = get('rserver.conf:www-address');
  if (bound && !isEveryAddress(bound))
    return { host: bound, address: `${bound}:${port}`, by: 'www-address', explicit: true };
  return { host: hostName, address: `${hostName}:${port}`, by: 'the host name', explicit: false };
}

interface At extends Given {
  readonly node: string;
}

/** The names of a node by the inventory, and its own. */
interface Machine {
  readonly node: string;
  readonly names: readonly string[];
}

/** What tells a machine from the others, whatever runs on it. */
function ofMachines(nodes: readonly { node: string; host: Host }[]): Finding[] {
  const names = distinct(
    'the host name',
    nodes.map((n) => ({ node: n.node, key: foldHost(n.host.name), shown: n.host.name })),
    { subject: 'host name', requirements: ['X-01'] },
  );
  const ids = distinct(
    'the machine-id',
    nodes.flatMap((n) =>
      n.host.machineId ? [{ node: n.node, key: n.host.machineId, shown: 'the same machine-id' }] : [],
    ),
    {
      subject: 'machine-id',
      severity: 'warning',
      requirements: ['X-01'],
      remediation:
        'sudo rm -f /etc/machine-id /var/lib/dbus/machine-id; sudo systemd-machine-id-setup    # on all nodes named except one; then reboot',
    },
  );
  return ids.status === 'fail' ? [names, ids] : [names];
}

/** No two nodes give the same address. `explicit`: those that a file chooses, and others that are the same as one. */
function ofDistinct(explicit: readonly At[], remediation: string): Finding[] {
  if (explicit.length === 0) return [];
  const same = distinct(
    'the address that a node gives to the others',
    explicit.map((g) => ({ node: g.node, key: keyOf(g), shown: g.address })),
    { subject: 'address', proof: 'declared', requirements: ['WB-21'], remediation },
  );
  const names = explicit.map((g) => ({ ...g, name: sameHost(g.host) })).filter((g) => addressOf(g.name) === undefined);
  const unclear = names.filter((a) => names.some((b) => b.node !== a.node && mayBeOne(a.name, b.name)));
  if (unclear.length === 0) return [same];
  return [
    same,
    unknown(
      `the addresses ${list(unclear.map((u) => `${u.address} (${u.node})`))} may be one machine by a short and a long name: getent hosts ${unclear.map((u) => u.host).join(' ')}`,
      { subject: 'address unclear', nodes: unclear.map((u) => u.node), requirements: ['WB-21'] },
    ),
  ];
}

/** The address by which another node is reached, and not this one: files that were mixed up. */
function ofAnother(explicit: readonly At[], machines: readonly Machine[], remediation: string): Finding[] {
  // a loopback address is reported as that, and one that two nodes give as the same
  const keys = explicit.map(keyOf);
  const shared = new Set(keys.filter((key, i) => keys.indexOf(key) !== i));
  const values = explicit.flatMap((g, i) => {
    if (isLoopback(g.host) || shared.has(keys[i]!)) return [];
    const name = sameHost(g.host);
    const means = (m: Machine): boolean => m.names.includes(name);
    const own = machines.some((m) => m.node === g.node && means(m));
    return [{ node: g.node, value: { ...g, other: own ? undefined : machines.find(means)?.node } }];
  });
  return faults(
    values,
    ({ other, by, host, address }) =>
      other === undefined ? undefined : { problem: `${by} is ${host}, which is ${other}`, observed: address },
    {
      subject: 'address of another',
      proof: 'declared',
      requirements: ['WB-21'],
      remediation,
      expected: 'the name or address of the node itself',
    },
  );
}

function ofForm(explicit: readonly At[], ownName: string): Finding[] {
  const odd = explicit.filter((g) => !isHostForm(g.host));
  if (odd.length === 0) return [];
  return [
    unknown(
      `${list(odd.map((g) => `${g.by}=${g.host} (${g.node})`))}: this is not a host name or an address alone, and what the product makes of the rest is not documented: ${ownName}`,
      { subject: 'address odd', nodes: odd.map((g) => g.node), requirements: ['WB-21'] },
    ),
  ];
}

/** An address that means a different machine, or none, where another node asks for it. */
function ofPlace(explicit: readonly At[], ownName: string): Finding[] {
  const findings = [
    { subject: 'address of a container', is: isContainerHost, what: 'the machine on which a container runs' },
    { subject: 'address link-local', is: isLinkLocal, what: 'an address that holds on one link alone' },
  ];
  return findings.flatMap(({ subject, is, what }) => {
    const such = explicit.filter((g) => is(g.host));
    if (such.length === 0) return [];
    return [
      unknown(
        `${list(such.map((g) => `${g.by}=${g.host} (${g.node})`))}: this is ${what}, and whether the other nodes reach this node by it is not visible: ${ownName}`,
        { subject, nodes: such.map((g) => g.node), requirements: ['WB-21'] },
      ),
    ];
  });
}

/** The others reach it: no loopback address, and one that was chosen. */
function ofReach(given: readonly At[], remediation: string): Finding[] {
  const values = given.map((g) => ({ node: g.node, value: g }));
  const about = { proof: 'declared', requirements: ['WB-21'], remediation } as const;
  return [
    ...faults(
      values,
      (g) =>
        g.explicit && isLoopback(g.host)
          ? { problem: `${g.by} is ${g.host}, which leads each other node to itself`, observed: g.address }
          : undefined,
      { ...about, subject: 'address loopback', expected: 'a name or address that the other nodes reach' },
    ),
    ...faults(
      values,
      (g) => (g.explicit ? undefined : { problem: 'the address is guessed from the host name', observed: g.address }),
      {
        ...about,
        subject: 'address guessed',
        severity: 'warning',
        expected: 'www-host-name in load-balancer, or www-address in rserver.conf',
      },
    ),
  ];
}

export default defineCheck({
  id: 'node-address',
  title: 'Every node has its own name and address',
  severity: 'critical',
  severityFor: { connect: 'warning', 'package-manager': 'warning', deployr: 'warning' },
  tags: ['network'],
  requirements: ['WB-21', 'X-01'],
  rationale:
    'Workbench nodes find each other by the address that each node gives: www-host-name, else www-address, else the host name, else the last IPv4 address. ' +
    "Lock files carry the host name and a process number, so two nodes with the same name mistake each other's locks for their own. Cloned machines have the same machine-id.",
  needs: { host, effective, found },
  minimumNodes: 2,
  judge(nodes, { product, cluster }) {
    const found = ofMachines(nodes);
    if (product !== 'workbench') return found;
    const ownName = `set www-host-name in ${placesOf(nodes, 'load-balancer')} to the name of the node itself, then: sudo rstudio-server restart`;
    const given = nodes.map((n) => ({
      node: n.node,
      ...givenAddress((key) => n.effective.get(key)?.value, n.host.name),
    }));
    const machines = nodes.map((n) => ({
      node: n.node,
      names: [cluster.nodes.find((c) => c.name === n.node)?.host ?? n.node, n.host.name].map(sameHost),
    }));
    // a chosen address can also be the one another node has by its name
    const taken = new Set(given.filter((g) => g.explicit).map(keyOf));
    const explicit = given.filter((g) => g.explicit || taken.has(keyOf(g)));
    return [
      ...found,
      ...ofDistinct(explicit, ownName),
      ...ofAnother(explicit, machines, ownName),
      ...ofForm(explicit, ownName),
      ...ofPlace(explicit, ownName),
      ...ofReach(given, ownName),
    ];
  },
  remediation: 'sudo hostnamectl set-hostname NAME    # a different name on each of the nodes named',
});
