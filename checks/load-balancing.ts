import { command, defineCheck, effective, everyNode, faults, found, type Problem, withFix } from 'ha-preflight';
import { boostBoolean, boostNumber } from 'ha-preflight/formats/boostOptions';
import { pathOf } from 'ha-preflight/products/installed';

/** The methods that Workbench documents; with any other it does not start. */
const METHODS = ['sessions', 'system-load', 'user-hash', 'custom'];

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
  needs: { found, effective },
  judge(nodes) {
    const get = (n: (typeof nodes)[number], key: string) => n.effective.get(key)?.value;
    const of = <T>(read: (n: (typeof nodes)[number]) => T) => nodes.map((n) => ({ node: n.node, value: read(n) }));
    const warn = (subject: string, requirement: string, judge: (n: (typeof nodes)[number]) => Problem | undefined) =>
      faults(
        of((n) => n),
        judge,
        { subject, severity: 'warning', requirements: [requirement] },
      );
    const switchOf = (n: (typeof nodes)[number]): string | undefined =>
      get(n, 'rserver.conf:load-balancing-enabled') ??
      (n.found.tree.some((e) => e.path === 'load-balancer') ? '1' : undefined);
    const on = everyNode(
      'load balancing is enabled',
      of(switchOf),
      (value) =>
        value !== undefined && boostBoolean(value) === true
          ? undefined
          : {
              problem:
                value === undefined ? 'the file load-balancer does not exist' : `load-balancing-enabled=${value}`,
              observed: 'disabled',
            },
      { requirements: ['WB-19'], expected: 'the file load-balancer (it may be empty), or load-balancing-enabled=1' },
    );
    const method = faults(
      of((n) => get(n, 'load-balancer:balancer')),
      (value) =>
        value === undefined || METHODS.includes(value)
          ? undefined
          : { problem: `balancer=${value} does not exist`, observed: value },
      {
        subject: 'balancer',
        severity: 'warning',
        requirements: ['WB-50'],
        expected: METHODS.join(', '),
      },
    );
    const certificates = faults(
      of((n) => get(n, 'load-balancer:verify-ssl-certs')),
      (value) =>
        value !== undefined && boostBoolean(value) === false
          ? { problem: 'the certificates of other nodes are not verified', observed: `verify-ssl-certs=${value}` }
          : undefined,
      {
        subject: 'verify-ssl-certs',
        requirements: ['WB-44'],
        expected: 'the default, or verify-ssl-certs=1',
      },
    );
    const headers = warn('headers', 'WB-22', (n) =>
      /^\s*\[(nodes|config)\]/m.test(n.found.texts.get('load-balancer') ?? '')
        ? { problem: 'load-balancer still has a [nodes] or [config] header' }
        : undefined,
    );
    const timeout = warn('timeout', 'WB-43', (n) => {
      // what is not a number is the parser's affair: config-syntax
      const seconds = boostNumber(get(n, 'load-balancer:timeout') ?? '10');
      return seconds === undefined || (seconds > 0 && seconds <= 60)
        ? undefined
        : {
            problem: `a node waits ${seconds === 0 ? 'without a time limit' : `${seconds} s`} for another node`,
            observed: `timeout=${seconds}`,
          };
    });
    const diagnostics = warn('diagnostics', 'WB-48', (n) =>
      get(n, 'load-balancer:diagnostics')
        ? { problem: 'diagnostics are still on', observed: `diagnostics=${get(n, 'load-balancer:diagnostics')}` }
        : undefined,
    );
    const absent = nodes.filter((n) => on.nodes?.includes(n.node) && switchOf(n) === undefined);
    const created = (node: string) =>
      command`sudo touch ${pathOf(nodes.find((n) => n.node === node)!.found, 'load-balancer')}`;
    const enabled = absent.length === on.nodes?.length ? withFix(on, created, 'then restart the product') : on;
    return [enabled, ...method, ...certificates, ...headers, ...timeout, ...diagnostics];
  },
  remediation:
    'sudo touch /etc/rstudio/load-balancer && sudo rstudio-server restart    # on the nodes named; the file may be empty',
});
