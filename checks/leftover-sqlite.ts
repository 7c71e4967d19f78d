import { defineCheck, everyNode, found, list, pass, settings, sift, skip, unknown, verb } from 'ha-preflight';
import { leftovers } from 'ha-preflight/collectors/leftovers';

export default defineCheck({
  id: 'leftover-sqlite',
  title: 'No SQLite database is written in addition to PostgreSQL',
  severity: 'warning',
  tags: ['database'],
  requirements: ['RSPM-23', 'CONN-24', 'WB-14'],
  rationale:
    'A SQLite file that changed after PostgreSQL was configured shows that a node still writes there, or does so again: this data is missing in PostgreSQL.',
  when: (profile) => profile.database?.kind === 'postgresql',
  needs: { found, settings, leftovers },
  judge(nodes) {
    const onPostgres = nodes.filter(
      ({ settings: { database: d } }) => 'value' in d && /^postgres/.test(d.value.provider),
    );
    const { findings: blind } = sift(
      nodes.map((n) => ({ node: n.node, fact: n.settings.database })),
      'provider unseen',
    );
    if (onPostgres.length === 0)
      return blind.length > 0
        ? blind
        : skip('PostgreSQL is not configured: see postgres-backend', { nodes: nodes.map((n) => n.node) });
    const all = onPostgres.map((n) => {
      const files = n.leftovers.filter((f) => f.bytes > 0);
      const configured = n.found.tree.filter((e) => n.found.profile.databaseScope.file === e.path);
      const since = Math.max(0, ...configured.map((e) => e.modified));
      const because = 'value' in n.settings.database ? n.settings.database.value.because : '';
      return { node: n.node, because, value: { files, newer: files.filter((f) => f.modified > since) } };
    });
    // a variable has no time, and that of the file is not its
    const timeless = all.filter((v) => v.value.newer.length > 0 && /^environment variable/.test(v.because));
    const open = timeless.map(({ node, because, value: { newer } }) =>
      unknown(
        `${node}: whether ${list(newer.map((f) => f.path))} changed after PostgreSQL was configured is not known: ${because} selects it`,
        { nodes: [node], subject: `${node} since` },
      ),
    );
    const values = all.filter((v) => !timeless.includes(v));
    if (values.length === 0) return [...blind, ...open];
    const finding = everyNode(
      'no SQLite file is newer than the configuration',
      values,
      ({ newer }) =>
        newer.length > 0
          ? {
              problem: `${list(newer.map((f) => f.path))} ${verb(newer.length, 'was', 'were')} written after PostgreSQL was configured`,
              observed: newer
                .map((f) => `${f.path} changed ${new Date(f.modified * 1000).toISOString().slice(0, 16)}Z`)
                .join(', '),
            }
          : undefined,
      {
        expected: 'no SQLite database, or one from before the migration',
        details: values.flatMap((v) => v.value.files.map((f) => `${v.node}: ${f.path}, ${f.bytes} bytes`)),
      },
    );
    return [
      ...blind,
      ...open,
      finding.status === 'pass' ? pass(finding.message, { nodes: finding.nodes!, details: finding.details! }) : finding,
    ];
  },
  remediation:
    'sudo fuser -v FILE    # the process that writes the file: restart the product, and migrate the data in the file',
});
