import { defineCheck, effective, everyNode, list, sift, skip, unknown } from 'ha-preflight';
import { versions } from 'ha-preflight/collectors/versions';
import { gcfgBoolean } from 'ha-preflight/formats/gcfg';
import { compareVersions } from 'ha-preflight/formats/version';

/** The setting's history: required, then the default, then unknown to the product (sources T16). */
const DEFAULT_FROM = '1.7.4';
const REMOVED_IN = '1.7.8';

export default defineCheck({
  id: 'rsconnect-version',
  title: 'Old publishing clients are refused',
  severity: 'critical',
  proof: 'declared',
  tags: ['configuration'],
  requirements: ['CONN-09'],
  rationale:
    'Clients before rsconnect 0.8.3 lose their session behind a load balancer. Before release 1.7.4 EnforceMinRsconnectVersion must be set. Release 1.7.8 removed the setting, and an unknown setting stops the server.',
  products: ['connect'],
  needs: { effective, versions },
  judge(nodes) {
    const { seen, findings } = sift(
      nodes.map((n) => {
        const release = n.versions.program ?? n.versions.package;
        const { value, doubt } = n.effective.get('loadbalancing.enforceminrsconnectversion') ?? {};
        return {
          node: n.node,
          fact:
            release === undefined
              ? { unseen: 'the release is not known, and the setting depends on it' }
              : { value: { release, value, doubt } },
        };
      }),
      'release unknown',
    );
    if (seen.length === 0) return findings;
    if (new Set(seen.map((s) => s.value.release)).size > 1)
      return [
        ...findings,
        skip('the nodes run different versions: see product-version', { nodes: seen.map((s) => s.node) }),
      ];
    if (seen.every((s) => s.value.value === undefined && compareVersions(s.value.release, DEFAULT_FROM) >= 0))
      return [
        ...findings,
        skip(`old clients are refused by default from release ${DEFAULT_FROM} on`, { nodes: seen.map((s) => s.node) }),
      ];
    const exists = compareVersions(seen[0]!.value.release, REMOVED_IN) < 0;
    // what the product makes of such a value is not documented
    const open = seen.flatMap(({ node, value: { value, doubt } }) => {
      if (!exists || value === undefined) return [];
      const why =
        doubt ??
        (gcfgBoolean(value) === undefined ? `EnforceMinRsconnectVersion = ${value} is not a boolean` : undefined);
      return why === undefined ? [] : [{ node, why }];
    });
    const known = seen.filter((s) => !open.some((o) => o.node === s.node));
    if (open.length > 0)
      findings.push(
        unknown(
          `whether old publishing clients are refused is not known: ${list([...new Set(open.map((o) => o.why))])}`,
          {
            nodes: open.map((o) => o.node),
            subject: 'value',
          },
        ),
      );
    if (known.length === 0) return findings;
    return [
      ...findings,
      everyNode('the setting is right for this release', known, ({ release, value }) => {
        if (!exists)
          return value === undefined
            ? undefined
            : {
                problem: `LoadBalancing.EnforceMinRsconnectVersion no longer exists in ${release} and stops the server`,
              };
        if (value === undefined)
          return compareVersions(release, DEFAULT_FROM) >= 0
            ? undefined
            : { problem: 'old publishing clients are accepted', observed: 'EnforceMinRsconnectVersion is not set' };
        return gcfgBoolean(value)
          ? undefined
          : { problem: 'old publishing clients are accepted', observed: `EnforceMinRsconnectVersion = ${value}` };
      }),
    ];
  },
  remediation:
    'ha-preflight settings INVENTORY --match EnforceMinRsconnectVersion    # before 1.7.4 set LoadBalancing.EnforceMinRsconnectVersion = true; from 1.7.8 on remove it; restart Connect',
});
