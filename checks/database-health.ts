import {
  count,
  defineCheck,
  everyNode,
  type Finding,
  fail,
  faults,
  found,
  type Profile,
  pass,
  settings,
  skip,
  unknown,
} from 'ha-preflight';
import { rdsHost } from 'ha-preflight/probes/aws';
import { type DatabaseProbe, database, databaseTarget, type SeenDatabase } from 'ha-preflight/probes/database';

/** Connections a node keeps: Workbench's default was 20, later ones fewer (sources F8). */
const poolOf = (text: string | undefined): number => Number(/^\s*pool-size\s*=\s*(\d+)/m.exec(text ?? '')?.[1] ?? 20);

/** RDS refuses `alter system`: settings of its servers are in parameter groups. */
function allowMore(connections: number, rds: string | undefined): string {
  if (rds === undefined)
    return `alter system set max_connections = ${connections};    -- as superuser in psql, then restart PostgreSQL; on a managed server change this parameter with its provider`;
  const kind = /\.cluster-/.test(rds) ? 'db-cluster' : 'db';
  return `aws rds modify-${kind}-parameter-group --${kind}-parameter-group-name GROUP --parameters ParameterName=max_connections,ParameterValue=${connections},ApplyMethod=pending-reboot    # GROUP: the parameter group of ${rds}, which must not be a default one; then reboot the instance`;
}

/** Tables that show which product owns the database, where that is known. */
const OWN: Readonly<Record<string, RegExp>> = {
  workbench: /\.(schema_version|active_session_metadata|licensed_users)$/,
};

/** Empty, or the product's own. `started`: the product runs somewhere, so it has made its tables. */
function contents(
  product: string,
  { name, tables }: SeenDatabase,
  started: boolean,
  nodes: readonly string[],
): Finding {
  const about = {
    nodes,
    subject: 'contents',
    requirements: ['WB-13', 'PPM-AWS-12'],
    observed: count(tables.length, 'table'),
  };
  if (tables.length === 0) return pass(`database ${name} is empty, as it must be before the first start`, about);
  const own = OWN[product];
  if (own && !tables.some((t) => own.test(t)))
    return fail(`database ${name} holds tables of another program: ${tables.slice(0, 5).join(', ')}`, {
      ...about,
      expected: 'an empty database, or a database that only this product uses',
    });
  if (own || started) return pass(`database ${name} is set up: ${count(tables.length, 'table')}`, about);
  return unknown(`database ${name} holds ${count(tables.length, 'table')} of an unknown owner: look at \\dt in psql`, {
    ...about,
    severity: 'warning',
  });
}

/** What the product's documents say of the version of the server. */
function versionFindings(seen: SeenOn, profile: Profile, release: string | undefined, now: Date): Finding[] {
  const about = {
    severity: 'warning' as const,
    requirements: ['WB26-01', 'CONN26-01', 'PPM26-02', 'X-04'],
    subject: 'version',
  };
  const said = seen.map((s) => ({
    ...s,
    said: profile.postgres?.(Math.floor(s.value.version / 10_000), release, now),
  }));
  const open = said.filter((s) => s.said && 'open' in s.said);
  const first = open[0]?.said;
  return [
    ...faults(
      said.map((s) => ({ node: s.node, value: s.said })),
      (v) => (v && 'problem' in v ? { problem: v.problem, observed: v.problem } : undefined),
      { ...about, expected: said.flatMap((s) => (s.said && 'expected' in s.said ? s.said.expected : []))[0] ?? '' },
    ),
    ...(first && 'open' in first
      ? [unknown(first.open, { ...about, nodes: open.map((s) => s.node), subject: 'version unverified' })]
      : []),
  ];
}

type SeenOn = readonly { readonly node: string; readonly value: SeenDatabase }[];

/** A setting of the account that asks says nothing of the product's own. */
function ofAccount(seen: SeenOn): Finding[] {
  const on = seen.filter((s) => s.value.readOnlyAccount !== undefined && !s.value.standby);
  const [account] = on.map((s) => s.value.readOnlyAccount);
  if (account === undefined) return [];
  return [
    unknown(
      `transactions of the account ${account}, which the inventory names, are read-only by a setting of that account: whether the product may write is not known; give an account without default_transaction_read_only, or database: { fromNodes: true }`,
      { nodes: on.map((s) => s.node), subject: 'account', requirements: ['X-04'] },
    ),
  ];
}

const writes = (seen: SeenOn): Finding =>
  everyNode(
    'the database is a primary and accepts writes',
    seen,
    (d) =>
      d.standby
        ? { problem: 'the database is a standby, which accepts no writes', observed: `${d.address}:${d.port}` }
        : d.readOnly
          ? { problem: 'every transaction is read-only by default', observed: 'transaction_read_only = on' }
          : undefined,
    {
      subject: 'writes',
      requirements: ['X-04'],
      expected: 'a primary',
      details: seen.flatMap(({ node, value: { channel } }) =>
        channel === 'plain' ? [`the session of this audit through ${node} was not encrypted`] : [],
      ),
    },
  );

/** `needed`: connections that all nodes may open together. `host`: of RDS, where it is one. */
const connections = (seen: SeenOn, needed: number, nodes: number, host: string | undefined): Finding[] => {
  const opens = `${count(nodes, 'node')} may open ${count(needed, 'connection')}`;
  const ofServer = faults(
    seen,
    (d) => {
      const room = d.maxConnections - d.reserved;
      return needed > room
        ? {
            problem: `${opens}, and the server allows ${room}`,
            observed: `max_connections = ${d.maxConnections}`,
          }
        : undefined;
    },
    {
      subject: 'connections',
      severity: 'warning',
      requirements: ['X-04'],
      expected: `max_connections of at least ${needed + 10}`,
      remediation: allowMore(needed + 10, host),
    },
  );
  const ofDatabase = faults(
    seen,
    ({ name, databaseConnections: most }) =>
      most !== undefined && needed > most
        ? { problem: `${opens}, and the database ${name} takes ${most}`, observed: `connection limit ${most}` }
        : undefined,
    {
      subject: 'connections of the database',
      severity: 'warning',
      requirements: ['X-04'],
      expected: `a connection limit of at least ${needed + 10}, or none`,
      remediation: `alter database NAME connection limit ${needed + 10};    -- as its owner in psql; -1 takes the limit away`,
    },
  );
  return [...ofServer, ...ofDatabase];
};

const encoding = (seen: SeenOn): Finding[] =>
  faults(
    seen,
    (d) =>
      d.encoding === 'UTF8'
        ? undefined
        : { problem: `the encoding of the database is ${d.encoding}`, observed: d.encoding },
    { subject: 'encoding', severity: 'warning', requirements: ['X-04'], expected: 'UTF8' },
  );

/** Whether a notification through one node is heard through another. */
function notifications({ nodes, heard }: NonNullable<DatabaseProbe['notified']>): Finding {
  const about = { nodes, subject: 'notifications', requirements: ['X-03'] };
  if (heard === true) return pass('a notification from one node reaches the other', about);
  const severity = 'warning';
  return heard === false
    ? fail('notifications between nodes are lost: look for a pooler in transaction mode in front of the database', {
        ...about,
        severity,
        expected: 'a direct connection, or a pooler in session mode',
      })
    : unknown(`notifications could not be tried: ${heard}`, { ...about, severity });
}

export default defineCheck({
  id: 'database-health',
  title: 'The database accepts writes and has connections for every node',
  severity: 'critical',
  tags: ['database'],
  requirements: ['X-03', 'X-04', 'WB-13', 'WB26-01', 'CONN26-01', 'PPM-AWS-12', 'PPM26-02'],
  rationale:
    'A standby answers reads and refuses writes; a pooler in transaction mode loses the notifications that nodes send each other; a database with too few connections refuses the nodes that start last. The database is asked through every node with the credential of the inventory, read-only.',
  when: (profile) => profile.database?.kind === 'postgresql',
  needs: { found, settings },
  asks: { database },
  judge(nodes, { product, services, profile, release, now }) {
    const answer = services.database.get(databaseTarget('database'));
    const names = nodes.map((n) => n.node);
    if (answer === undefined)
      return skip(
        'the database was not asked: give a credential with database: { url: { env: PGURL } } in the inventory, or let ha-preflight read it on the nodes with database: { fromNodes: true }',
        { nodes: names },
      );
    if ('unseen' in answer) return unknown(answer.unseen, { nodes: names });
    const probe = answer.value;
    const sights = names.flatMap((node) => {
      const sight = probe.sights[node];
      return sight ? [{ node, sight }] : [];
    });
    const blind = sights.flatMap(({ node, sight }) => ('trouble' in sight ? [{ node, why: sight.trouble }] : []));
    const seen = sights.flatMap(({ node, sight }) => ('trouble' in sight ? [] : [{ node, value: sight }]));
    const findings: Finding[] = blind.map(({ node, why }) =>
      unknown(`${node}: ${why}`, { nodes: [node], subject: `${node} unseen` }),
    );
    if (seen.length === 0) return findings;
    const pools = nodes.map((n) => (product === 'workbench' ? poolOf(n.found.texts.get('database.conf')) : 0));
    const needed = pools.reduce((sum, pool) => sum + pool, 0);
    const writable = seen.find((s) => !s.value.standby) ?? seen[0]!;
    const openTo = seen.filter((s) => s.value.standby || s.value.readOnlyAccount === undefined);
    const runs = nodes.some((n) => n.found.running.length > 0);
    return [
      ...findings,
      ...ofAccount(seen),
      ...(openTo.length > 0 ? [writes(openTo)] : []),
      ...connections(seen, needed, nodes.length, nodes.map((n) => rdsHost(n.settings)).find(Boolean)),
      ...encoding(seen),
      ...versionFindings(seen, profile, release, now),
      ...(probe.notified ? [notifications(probe.notified)] : []),
      contents(
        product,
        writable.value,
        runs,
        seen.map((s) => s.node),
      ),
    ];
  },
  remediation:
    "psql -h HOST -c 'select pg_is_in_recovery()'    # f: this is the primary; point the nodes named at it (host, port or DNS name of the database in their configuration), and restart the product there",
});
