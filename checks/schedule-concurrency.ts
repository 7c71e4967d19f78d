import { atLeastOne, defineCheck, effective, list, unknown } from 'ha-preflight';

export default defineCheck({
  id: 'schedule-concurrency',
  title: 'At least one node runs scheduled jobs',
  severity: 'critical',
  proof: 'declared',
  tags: ['configuration'],
  requirements: ['CONN-28', 'CONN-29', 'CONN-30'],
  rationale:
    'A node with Applications.ScheduleConcurrency = 0 runs no scheduled jobs. When all nodes have this setting, no scheduled job ever runs.',
  products: ['connect'],
  needs: { effective },
  judge(nodes, { unseen }) {
    const values = nodes.map((n) => {
      const { value = '2', doubt } = n.effective.get('applications.scheduleconcurrency') ?? {};
      return { node: n.node, value, doubt };
    });
    // what the product makes of such a value is not documented
    const isCount = (value: string): boolean =>
      /^(\d+|0x[\da-f]+)$/i.test(value) && Number.isSafeInteger(Number(value));
    const odd = values.filter((v) => !isCount(v.value));
    if (odd.length > 0 && !values.some((v) => !odd.includes(v) && Number(v.value) > 0)) {
      const nodes = odd.map((v) => v.node);
      return unknown(`ScheduleConcurrency ${list([...new Set(odd.map((v) => v.value))])} is not a number of jobs`, {
        nodes,
      });
    }
    const open = values.filter((v) => v.doubt !== undefined);
    if (open.length > 0 && !values.some((v) => v.doubt === undefined && Number(v.value) > 0))
      return unknown(`whether scheduled jobs run is not known: ${list([...new Set(open.map((v) => v.doubt!))])}`, {
        nodes: open.map((v) => v.node),
      });
    // a node that could not be read may be the one that runs the jobs
    const finding = atLeastOne(
      'scheduled jobs run',
      values.map((v) => ({ node: v.node, holds: Number(v.value) > 0 })),
      {
        details: values.map((v) => `${v.node}: ScheduleConcurrency ${v.value}`),
        expected: 'a value other than 0 on at least one node',
      },
    );
    return finding.status === 'fail' && unseen.length > 0 ? { ...finding, status: 'unknown' as const } : finding;
  },
  remediation:
    'ha-preflight settings INVENTORY --match ScheduleConcurrency    # then remove Applications.ScheduleConcurrency = 0 from rstudio-connect.gcfg on at least one node, and restart Connect there',
});
