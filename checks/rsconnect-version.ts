import { defineCheck, effective, everyNode, type Fact, list, type Problem, sift, skip, unknown } from 'ha-preflight';
import { versions } from 'ha-preflight/collectors/versions';
import { gcfgBoolean } from 'ha-preflight/formats/gcfg';
import { compareVersions } from 'ha-preflight/formats/version';

/** The setting's history: required, then the default, then unknown to the product (sources T16). */
const DEFAULT_FROM = '1.7.4';
const REMOVED_IN = '1.7.8';

const NAME = 'EnforceMinRsconnectVersion';

/** The setting of one node. */
interface Given {
  readonly release: string;
  readonly value: string | undefined;
  readonly doubt: string | undefined;
}

const isRemoved = (release: string): boolean => compareVersions(release, REMOVED_IN) >= 0;
const isDefault = (release: string): boolean => compareVersions(release, DEFAULT_FROM) >= 0;

/** Why nobody knows what the setting does; of a release that does not have it, it stops the server whatever it says. */
function doubtOf({ release, value, doubt }: Given): string | undefined {
  if (isRemoved(release) || value === undefined) return undefined;
  return doubt ?? (gcfgBoolean(value) === undefined ? `${NAME} = ${value} is not a boolean` : undefined);
}

function problemOf({ release, value }: Given): Problem | undefined {
  if (isRemoved(release))
    return value === undefined
      ? undefined
      : { problem: `LoadBalancing.${NAME} no longer exists in ${release} and stops the server` };
  if (value === undefined ? isDefault(release) : gcfgBoolean(value)) return undefined;
  return {
    problem: 'old publishing clients are accepted',
    observed: value === undefined ? `${NAME} is not set` : `${NAME} = ${value}`,
  };
}

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
        const fact: Fact<Given> =
          release === undefined
            ? { unseen: 'the release is not known, and the setting depends on it' }
            : { value: { release, value, doubt } };
        return { node: n.node, fact };
      }),
      'release unknown',
    );
    const on = seen.map((s) => s.node);
    if (seen.length === 0) return findings;
    if (new Set(seen.map((s) => s.value.release)).size > 1)
      return [...findings, skip('the nodes run different versions: see product-version', { nodes: on })];
    if (seen.every((s) => s.value.value === undefined && isDefault(s.value.release)))
      return [...findings, skip(`old clients are refused by default from release ${DEFAULT_FROM} on`, { nodes: on })];
    const open = seen.filter((s) => doubtOf(s.value) !== undefined);
    const known = seen.filter((s) => !open.includes(s));
    if (open.length > 0)
      findings.push(
        unknown(
          `whether old publishing clients are refused is not known: ${list([...new Set(open.map((o) => doubtOf(o.value)!))])}`,
          { nodes: open.map((o) => o.node), subject: 'value' },
        ),
      );
    return known.length === 0
      ? findings
      : [...findings, everyNode('the setting is right for this release', known, problemOf)];
  },
  remediation:
    'ha-preflight settings INVENTORY --match EnforceMinRsconnectVersion    # before 1.7.4 set LoadBalancing.EnforceMinRsconnectVersion = true; from 1.7.8 on remove it; restart Connect',
});
