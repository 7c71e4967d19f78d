/** A report as a hostile node would like it to be. */

import type { Report } from '../../src/model/report.js';
import { report, verdict } from './reports.js';

/** Everything that could break out of a format, in every string a node or a stranger has a say in. */
export const POISON = `\u001b[31mred\u001b]0;title\u0007\u0000\u009b1m\u202egnp\u2066]]></testcase><!--&"'\r\n##teamcity[x]\u2028\ufffe\ud800`;
export const hostile: Report = report(
  [
    verdict('clock-skew', 'fail', {
      nodes: [POISON],
      message: POISON,
      observed: POISON,
      expected: POISON,
      details: [POISON],
      remediation: POISON,
      title: POISON,
      requirements: [POISON],
    }),
    verdict('clock-skew', 'unknown', { nodes: ['wb1'], message: POISON, remediation: POISON }),
    verdict('clock-skew', 'unknown', { nodes: [POISON, 'x'], message: POISON, details: [POISON] }),
    verdict('key-file', 'fail', { message: POISON, waiver: { reason: POISON, until: '2027-01-01', by: POISON } }),
    verdict('user-ids', 'skip', { message: POISON }),
    verdict('user-ids', 'pass', { message: POISON }),
    verdict('user-ids', 'fail', { severity: 'info', message: POISON }),
  ],
  {
    cluster: {
      name: POISON,
      product: POISON,
      edition: POISON,
      nodes: [
        { name: POISON, host: POISON, reached: false, reason: POISON },
        { name: 'wb1', host: POISON, reached: true, reason: POISON },
      ],
    },
    tool: { name: 'ha-preflight', version: POISON },
    gate: { result: 'fail', failOn: 'critical', exitCode: 1 },
  },
);
