import { defineCheck, effective, type Finding, faults, found, list, settings, unknown } from 'ha-preflight';
import { versions } from 'ha-preflight/collectors/versions';
import { boostBoolean, boostNumber } from 'ha-preflight/formats/boostOptions';
import { hideMasks, isMasked } from 'ha-preflight/formats/masked';
import { early, edit, enabled, get, marked, type Nodes, of, remarked, warn, whole } from './support/balancing.js';

/** The methods that Workbench documents; with any other it does not start. */
const METHODS = ['sessions', 'system-load', 'user-hash', 'custom'];

/** Documented places of the diagnostics; what another word does is not. */
const PLACES = ['tmp', 'stderr'];

/** Settings that are judged below. */
const JUDGED = ['balancer', 'verify-ssl-certs', 'timeout', 'diagnostics'] as const;

/** Without quotes, and in small letters. */
const plain = (value: string): string => value.replace(/^"(.*)"$/, '$1').toLowerCase();

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

/** Whether a value is neither what is documented nor plainly wrong: "sessions" and Sessions, 30s, a quoted 0. */
const ODD: Readonly<Record<(typeof JUDGED)[number], (value: string) => boolean>> = {
  // a masked value may be any
  balancer: (value) => isMasked(value) || (!METHODS.includes(value) && METHODS.includes(plain(value))),
  'verify-ssl-certs': (value) => boostBoolean(value) === undefined,
  timeout: (value) => !((boostNumber(value) ?? -1) >= 0),
  diagnostics: (value) => value !== '' && !PLACES.includes(value),
};

const isOdd = (name: (typeof JUDGED)[number], value: string | undefined): boolean =>
  value !== undefined && ODD[name](value);

const spellings = (nodes: Nodes): Finding[] =>
  nodes.flatMap((n) => {
    const odd = JUDGED.flatMap((name) => {
      const value = get(n, `load-balancer:${name}`);
      return isOdd(name, value) ? [hideMasks(`${name}=${value}`)] : [];
    });
    return odd.map((text) =>
      unknown(`${n.node}: whether the product takes ${text} is not documented`, {
        nodes: [n.node],
        subject: `${n.node} ${text}`,
        severity: 'warning',
      }),
    );
  });

const marks = (nodes: Nodes): Finding[] => {
  const there = nodes.filter(marked);
  return there.length === 0
    ? []
    : [
        unknown(
          `load-balancer of ${list(there.map((n) => n.node))} begins with a byte-order mark: whether the product takes it for a part of the first name is not documented: save the file without it`,
          { subject: 'byte-order mark', nodes: there.map((n) => n.node), severity: 'warning' },
        ),
      ];
};

const method = (nodes: Nodes): Finding[] =>
  faults(
    of(nodes, (n) => get(n, 'load-balancer:balancer')),
    (value) =>
      value === undefined || METHODS.includes(value) || isOdd('balancer', value)
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
    const value = get(n, 'load-balancer:timeout') ?? '10';
    const seconds = boostNumber(value);
    return seconds === undefined || isOdd('timeout', value) || (seconds > 0 && seconds <= 60)
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

/** What is asked of every cluster. */
const QUESTIONS = [enabled, early, marks, spellings, remarks, method, certificates, headers, timeout, diagnostics];

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
