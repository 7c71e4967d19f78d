import { command, defineCheck, everyNode, type Finding, fail, found, list, skip, unknown, withFix } from 'ha-preflight';
import { type DatabasePassword, databasePassword } from 'ha-preflight/collectors/databasePassword';
import { isMasked } from 'ha-preflight/formats/masked';
import { compareVersions } from 'ha-preflight/formats/version';

const VARIABLE = 'WORKBENCH_POSTGRES_PASSWORD';

interface At {
  readonly node: string;
  readonly password: DatabasePassword;
}

const nodesOf = (all: readonly At[]): string[] => all.map((n) => n.node);

/** Taken out in 2023.09, back in 2023.12 (release notes). */
const refuses = (release: string): boolean =>
  compareVersions(release, '2023.09') >= 0 && compareVersions(release, '2023.12') < 0;

/** Whether the release takes encrypted passwords at all. */
function ofRelease(encrypted: readonly At[], release: string | undefined): Finding[] {
  if (encrypted.length === 0 || release === undefined || !refuses(release)) return [];
  return [
    fail(`the database password is encrypted, and release ${release} refuses encrypted passwords`, {
      subject: 'refused',
      nodes: nodesOf(encrypted),
      requirements: ['WB26-06'],
      expected: 'a password in clear text with mode 0600, or release 2023.12 or later',
      remediation: 'write the password in clear text to database.conf (mode 0600), or upgrade to 2023.12 or later',
    }),
  ];
}

/** Whether each password was encrypted with the key of its node. */
function ofKey(compared: readonly At[], unkeyed: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  if (compared.length > 0)
    findings.push(
      everyNode(
        'the password was encrypted with the key of the node',
        compared.map((n) => ({ node: n.node, value: n.password.kind })),
        (kind) =>
          kind === 'differs'
            ? { problem: 'the password in database.conf was encrypted with a different key' }
            : undefined,
        {
          subject: 'encrypted',
          requirements: ['WB-20', 'WB-28'],
          expected: "a password encrypted with this node's secure-cookie-key",
        },
      ),
    );
  if (unkeyed.length > 0)
    findings.push(
      unknown(`the key could not be read on ${list(unkeyed)}: see key-file`, { nodes: unkeyed, subject: 'unkeyed' }),
    );
  return findings;
}

/** Whether the release reads the only password that these nodes have, a variable. */
function ofVariable(nodes: readonly string[], release: string | undefined): Finding[] {
  if (nodes.length === 0 || release === undefined || compareVersions(release, '2024.04') >= 0) return [];
  return [
    unknown(
      `${VARIABLE} is the only password on ${list(nodes)}, and it counts from release 2024.04 on: whether the database lets release ${release} in without a password is not visible. Write password= to database.conf (mode 0600), or upgrade`,
      { subject: 'variable', nodes, requirements: ['WB-28'] },
    ),
  ];
}

/** Whether others can read a password in clear text. */
function ofMode(plain: readonly At[]): Finding[] {
  if (plain.length === 0) return [];
  return [
    withFix(
      everyNode(
        'only root can read the password',
        plain.map((n) => ({ node: n.node, value: n.password.mode })),
        (mode) =>
          (mode & 0o077) !== 0
            ? {
                problem: 'database.conf holds the password in clear text, and other users can read it',
                observed: `mode ${mode.toString(8).padStart(4, '0')}`,
              }
            : undefined,
        {
          subject: 'plain',
          severity: 'info',
          requirements: ['WB-28'],
          expected: 'mode 0600, or an encrypted password',
        },
      ),
      (node) => command`sudo chmod 0600 ${plain.find((n) => n.node === node)!.password.path}`,
    ),
  ];
}

export default defineCheck({
  id: 'database-password',
  title: 'The database password was encrypted with the key of the node',
  severity: 'critical',
  tags: ['keys', 'database'],
  requirements: ['WB-20', 'WB-28', 'WB26-06'],
  rationale:
    'An encrypted password in database.conf can be decrypted only with the secure cookie key that encrypted it, and carries a checksum of that key. A node with a different key does not start. The comparison is made on the node.',
  products: ['workbench'],
  needs: { password: databasePassword, found },
  judge(nodes, { release }) {
    const of = (...kinds: string[]) => nodes.filter((n) => kinds.includes(n.password.kind));
    // a password may also stand in the address, and there the variable is not needed
    const byVariable = of('none').filter(
      (n) => n.found.environment.has(VARIABLE) && !isMasked(n.found.texts.get('database.conf') ?? ''),
    );
    const findings = [
      ...ofRelease(of('fits', 'differs', 'unkeyed'), release),
      ...ofKey(of('fits', 'differs'), nodesOf(of('unkeyed'))),
      ...ofVariable(nodesOf(byVariable), release),
      ...ofMode(of('plain')),
    ];
    return findings.length > 0
      ? findings
      : skip('database.conf holds no password', { nodes: nodes.map((n) => n.node) });
  },
  remediation:
    'rstudio-server encrypt-password    # on a node with the right key; then put the result into database.conf of the nodes named',
});
