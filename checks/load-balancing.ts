import {
  command,
  defineCheck,
  type EffectiveSettings,
  effective,
  everyNode,
  type Finding,
  type Found,
  faults,
  found,
  list,
  type Problem,
  type Settings,
  settings,
  unknown,
  withFix,
} from 'ha-preflight';
import { type Versions, versions } from 'ha-preflight/collectors/versions';
import { boostBoolean, boostNumber } from 'ha-preflight/formats/boostOptions';
import { withoutRemark } from 'ha-preflight/formats/keyValue';
import { compareVersions } from 'ha-preflight/formats/version';
import { pathOf, placesOf } from 'ha-preflight/products/installed';

/** The methods that Workbench documents; with any other it does not start. */
const METHODS = ['sessions', 'system-load', 'user-hash', 'custom'];

/** Documented places of the diagnostics; what another word does is not. */
const PLACES = ['tmp', 'stderr'];

/** Settings that are judged below. */
const JUDGED = ['balancer', 'verify-ssl-certs', 'timeout', 'diagnostics'] as const;

/** Without quotes, and in small letters. */
const plain = (value: string): string => value.replace(/^"(.*)"$/, '$1').toLowerCase();

const SWITCH = 'rserver.conf:load-balancing-enabled';

/** The first release that has it: sources T18. */
const SWITCH_FROM = '2023.09';

interface Node {
  readonly node: string;
  readonly found: Found;
  readonly effective: EffectiveSettings;
  readonly settings: Settings;
  readonly versions: Versions;
}
type Nodes = readonly Node[];

const releaseOf = ({ versions: v }: Node): string | undefined => v.program ?? v.package;
const hasSwitch = (n: Node): boolean => compareVersions(releaseOf(n) ?? SWITCH_FROM, SWITCH_FROM) >= 0;

const whole = (n: Node, key: string): string | undefined => n.effective.get(key)?.value;
const remarked = (n: Node, key: string): boolean => withoutRemark(whole(n, key)) !== whole(n, key);
/** A value with a remark behind it is not judged: see `remarks`. */
const get = (n: Node, key: string): string | undefined => (remarked(n, key) ? undefined : whole(n, key));
const of = <T>(nodes: Nodes, read: (n: Node) => T) => nodes.map((n) => ({ node: n.node, value: read(n) }));

/** What corrects a setting of a file. */
const edit = (nodes: Nodes, what: string, file = 'load-balancer'): string =>
  `${what} in ${placesOf(nodes, file)} on the nodes named, then: sudo rstudio-server restart`;

const warn = (
  nodes: Nodes,
  subject: string,
  requirement: string,
  remediation: string,
  judge: (n: Node) => Problem | undefined,
): Finding[] =>
  faults(
    of(nodes, (n) => n),
    judge,
    { subject, severity: 'warning', requirements: [requirement], remediation },
  );

const hasFile = (n: Node): boolean => n.found.tree.some((e) => e.path === 'load-balancer');
/** By the switch, else by the file, which may be empty; undefined without both. */
const switchOf = (n: Node): string | undefined =>
  (hasSwitch(n) ? get(n, SWITCH) : undefined) ?? (hasFile(n) ? '1' : undefined);

/** The switch says otherwise than the file, and whether this release has it is not known. */
function undated(n: Node): boolean {
  const value = get(n, SWITCH);
  return releaseOf(n) === undefined && value !== undefined && (boostBoolean(value) === true) !== hasFile(n);
}

/** Whether each node balances. */
function enabled(nodes: Nodes): Finding[] {
  const unlisted = nodes.filter((n) => n.found.treeTrouble !== undefined && switchOf(n) === undefined);
  const unclear = nodes.filter((n) => n.found.treeTrouble === undefined && undated(n));
  const seen = nodes.filter((n) => !unlisted.includes(n) && !unclear.includes(n));
  const on = everyNode(
    'load balancing is enabled',
    of(seen, switchOf),
    (value) =>
      value !== undefined && boostBoolean(value) === true
        ? undefined
        : {
            problem: value === undefined ? 'the file load-balancer does not exist' : `load-balancing-enabled=${value}`,
            observed: 'disabled',
          },
    { requirements: ['WB-19'], expected: 'the file load-balancer (it may be empty), or load-balancing-enabled=1' },
  );
  return [
    ...(seen.length > 0 ? [enabling(nodes, on)] : []),
    ...unlisted.map((n) =>
      unknown(`${n.node}: whether the file load-balancer exists is not known: ${n.found.treeTrouble}`, {
        nodes: [n.node],
        subject: `${n.node} not listed`,
      }),
    ),
    ...unclear.map((n) =>
      unknown(
        `${n.node}: load-balancing-enabled=${get(n, SWITCH)}, and the file load-balancer ${hasFile(n) ? 'exists' : 'does not exist'}: the option decides from ${SWITCH_FROM} on, and the release of this node is not known`,
        { nodes: [n.node], subject: `${n.node} release`, requirements: ['WB-19'] },
      ),
    ),
  ];
}

/** The same finding, with what switches it on: the switch where one is used, else the file. */
function enabling(nodes: Nodes, on: Finding): Finding {
  if (on.status !== 'fail') return on;
  const disabled = nodes.filter((n) => on.nodes?.includes(n.node));
  if (nodes.some((n) => whole(n, SWITCH) !== undefined) && disabled.every(hasSwitch))
    return {
      ...on,
      remediation: `set load-balancing-enabled=1 in ${placesOf(disabled, 'rserver.conf')} on the nodes named, or delete the line where the file load-balancer is to decide; then: sudo rstudio-server restart`,
    };
  const created = (node: string) =>
    command`sudo touch ${pathOf(nodes.find((n) => n.node === node)!.found, 'load-balancer')}`;
  return disabled.every((n) => switchOf(n) === undefined) ? withFix(on, created, 'then restart the product') : on;
}

/** The switch in a release that does not have it. */
const early = (nodes: Nodes): Finding[] =>
  warn(nodes, 'switch', 'WB-19', edit(nodes, 'delete the line load-balancing-enabled', 'rserver.conf'), (n) =>
    hasSwitch(n) || whole(n, SWITCH) === undefined
      ? undefined
      : {
          problem: `load-balancing-enabled is an option from ${SWITCH_FROM} on: an earlier server does not start with it, and the file load-balancer decides`,
          observed: releaseOf(n)!,
        },
  );

const remarks = (nodes: Nodes): Finding[] =>
  JUDGED.flatMap((name) => {
    const key = `load-balancer:${name}`;
    const there = nodes.filter((n) => remarked(n, key));
    return there.length === 0
      ? []
      : [
          unknown(
            `${name}=${whole(there[0]!, key)} (${list(there.map((n) => n.node))}): whether the product reads the remark as part of the value is not documented: put it on a separate line`,
            { subject: `${name} remark`, nodes: there.map((n) => n.node), severity: 'warning' },
          ),
        ];
  });

/** "sessions" and Sessions, of which no document says whether they are sessions. */
const spellings = (nodes: Nodes): Finding[] =>
  nodes.flatMap((n) => {
    const [balancer, diagnostics] = [get(n, 'load-balancer:balancer'), get(n, 'load-balancer:diagnostics')];
    const odd = [
      ...(balancer !== undefined && !METHODS.includes(balancer) && METHODS.includes(plain(balancer))
        ? [`balancer=${balancer}`]
        : []),
      ...(diagnostics && !PLACES.includes(diagnostics) ? [`diagnostics=${diagnostics}`] : []),
    ];
    return odd.map((text) =>
      unknown(`${n.node}: whether the product takes ${text} is not documented`, {
        nodes: [n.node],
        subject: `${n.node} ${text}`,
        severity: 'warning',
      }),
    );
  });

const method = (nodes: Nodes): Finding[] =>
  faults(
    of(nodes, (n) => get(n, 'load-balancer:balancer')),
    (value) =>
      value === undefined || METHODS.includes(plain(value))
        ? undefined
        : { problem: `balancer=${value} does not exist`, observed: value },
    {
      subject: 'balancer',
      severity: 'warning',
      requirements: ['WB-50'],
      expected: METHODS.join(', '),
      remediation: edit(nodes, `set balancer= to one of ${METHODS.join(', ')}`),
    },
  );

const certificates = (nodes: Nodes): Finding[] =>
  faults(
    of(nodes, (n) => get(n, 'load-balancer:verify-ssl-certs')),
    (value) =>
      value !== undefined && boostBoolean(value) === false
        ? { problem: 'the certificates of other nodes are not verified', observed: `verify-ssl-certs=${value}` }
        : undefined,
    {
      subject: 'verify-ssl-certs',
      // it applies where nodes connect over HTTPS
      ...(!nodes.some((n) => n.settings.tls) && { severity: 'warning' as const }),
      requirements: ['WB-44'],
      expected: 'the default, or verify-ssl-certs=1',
      remediation: edit(nodes, 'delete the line verify-ssl-certs'),
    },
  );

const headers = (nodes: Nodes): Finding[] =>
  warn(nodes, 'headers', 'WB-22', edit(nodes, 'delete the lines [nodes], those of the hosts, and [config]'), (n) =>
    /^\s*\[(nodes|config)\]/m.test(n.found.texts.get('load-balancer') ?? '')
      ? { problem: 'load-balancer still has a [nodes] or [config] header' }
      : undefined,
  );

const timeout = (nodes: Nodes): Finding[] =>
  warn(nodes, 'timeout', 'WB-43', edit(nodes, 'delete the line timeout'), (n) => {
    // what is not a number is the parser's affair: config-syntax
    const seconds = boostNumber(get(n, 'load-balancer:timeout') ?? '10');
    return seconds === undefined || (seconds > 0 && seconds <= 60)
      ? undefined
      : {
          problem: `a node waits ${seconds === 0 ? 'without a time limit' : `${seconds} s`} for another node`,
          observed: `timeout=${seconds}`,
        };
  });

const diagnostics = (nodes: Nodes): Finding[] =>
  warn(nodes, 'diagnostics', 'WB-48', edit(nodes, 'delete the line diagnostics'), (n) => {
    const place = get(n, 'load-balancer:diagnostics') ?? '';
    return PLACES.includes(place)
      ? { problem: 'diagnostics are still on', observed: `diagnostics=${place}` }
      : undefined;
  });

/** What is judged of a node, in the order of the document. */
const QUESTIONS = [enabled, early, spellings, remarks, method, certificates, headers, timeout, diagnostics];

export default defineCheck({
  id: 'load-balancing',
  title: 'Load balancing is enabled and correctly configured',
  severity: 'critical',
  tags: ['configuration'],
  requirements: ['WB-19', 'WB-22', 'WB-43', 'WB-44', 'WB-48', 'WB-50'],
  rationale:
    'Without the file load-balancer (or load-balancing-enabled=1 from 2023.09 on) every node is a separate server. ' +
    'Certificates that nodes do not verify, a method that does not exist, and diagnostics that were left on are reported too.',
  products: ['workbench'],
  needs: { found, effective, settings, versions },
  judge: (nodes) => QUESTIONS.flatMap((ask) => ask(nodes)),
  remediation:
    'sudo touch /etc/rstudio/load-balancer    # on the nodes named, in the directory that config-directory names; the file may be empty; then: sudo rstudio-server restart',
});
