import { count, defineCheck, everyNode, list, settings, sift, unknown } from 'ha-preflight';
import { isUnfilled } from 'ha-preflight/formats/settings';

export default defineCheck({
  id: 'postgres-backend',
  title: 'The database is PostgreSQL',
  severity: 'critical',
  proof: 'declared',
  tags: ['database'],
  requirements: ['RSPM-05', 'CONN-02', 'WB-12', 'WB26-03'],
  rationale:
    'SQLite is a file on one node, so nodes with SQLite are separate servers, not a cluster. SQLite is the default of every product, so a missing or commented setting means SQLite. ' +
    'The setting is read as the product reads it: in Workbench the first of two equal settings counts, and database.conf has no comments; in the other products the last one counts, and environment variables win.',
  when: (profile) => profile.database?.kind === 'postgresql',
  needs: { settings },
  judge(nodes, { profile }) {
    const accepted = profile.database?.words ?? [];
    const { seen: values, findings } = sift(
      nodes.map((n) => ({ node: n.node, fact: n.settings.database })),
      'provider unseen',
    );
    const open = values.filter((v) => v.value.provider === 'unverified');
    const isAccepted = (provider: string): boolean => accepted.includes(provider);
    // with what is not a letter before it too: a quote that the format does not have, a blank that is not one
    const isAlike = (provider: string): boolean =>
      isUnfilled(provider) || accepted.some((word) => provider.replace(/^[^\w]+/, '').startsWith(word));
    const alike = values.filter(({ value: { provider } }) => !isAccepted(provider) && isAlike(provider));
    const known = values.filter((v) => v.value.provider !== 'unverified' && !alike.includes(v));
    if (alike.length > 0)
      findings.push(
        unknown(
          `whether the product takes ${alike[0]!.value.provider} for PostgreSQL is not documented (${alike[0]!.value.because}): write Provider = ${accepted[0]}`,
          { nodes: alike.map((a) => a.node), subject: 'provider spelling' },
        ),
      );
    if (open.length > 0)
      findings.push(
        unknown(`${open[0]!.value.because}: set provider=${accepted[0]} to be sure`, {
          nodes: open.map((o) => o.node),
          subject: 'provider unverified',
        }),
      );
    if (known.length > 0)
      findings.push(
        everyNode(
          `PostgreSQL is configured on ${count(known.length, 'node')}`,
          known,
          ({ provider, because }) =>
            isAccepted(provider)
              ? undefined
              : { problem: `the database is ${provider || 'not named'}: ${because}`, observed: provider },
          { expected: accepted.join(' or '), details: known.map((k) => `${k.node}: ${k.value.because}`) },
        ),
      );
    const loose = nodes.filter((n) => !['postgresql', undefined].includes(n.settings.auditProvider));
    if (loose.length > 0)
      findings.push(
        unknown(
          `audit-database.conf of ${list(loose.map((n) => n.node))} does not name PostgreSQL, and in a cluster the audit database must be PostgreSQL: whether the release reads this file is not confirmed`,
          { nodes: loose.map((n) => n.node), subject: 'audit database', requirements: ['WB26-03'] },
        ),
      );
    return findings;
  },
  remediation:
    'ha-preflight settings INVENTORY --match provider    # then set the provider to PostgreSQL in the database configuration of the nodes named, migrate what SQLite holds, and restart the product',
});
