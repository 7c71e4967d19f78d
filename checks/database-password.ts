import { command, defineCheck, everyNode, type Finding, fail, found, list, skip, unknown, withFix } from 'ha-preflight';
import { databasePassword } from 'ha-preflight/collectors/databasePassword';
import { isMasked } from 'ha-preflight/formats/masked';
import { compareVersions } from 'ha-preflight/formats/version';

const VARIABLE = 'WORKBENCH_POSTGRES_PASSWORD';

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
    const findings: Finding[] = [];
    const encrypted = of('fits', 'differs');
    // taken out in 2023.09, back in 2023.12 (release notes)
    const refused =
      release !== undefined && compareVersions(release, '2023.09') >= 0 && compareVersions(release, '2023.12') < 0;
    if (refused && encrypted.length + of('unkeyed').length > 0)
      findings.push(
        fail(`the database password is encrypted, and release ${release} refuses encrypted passwords`, {
          subject: 'refused',
          nodes: of('fits', 'differs', 'unkeyed').map((n) => n.node),
          requirements: ['WB26-06'],
          expected: 'a password in clear text with mode 0600, or release 2023.12 or later',
          remediation: 'write the password in clear text to database.conf (mode 0600), or upgrade to 2023.12 or later',
        }),
      );
    if (encrypted.length > 0)
      findings.push(
        everyNode(
          'the password was encrypted with the key of the node',
          encrypted.map((n) => ({ node: n.node, value: n.password.kind })),
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
    const unkeyed = of('unkeyed').map((n) => n.node);
    if (unkeyed.length > 0)
      findings.push(
        unknown(`the key could not be read on ${list(unkeyed)}: see key-file`, { nodes: unkeyed, subject: 'unkeyed' }),
      );
    // a password may also stand in the address, and there the variable is not needed
    const unread = of('none').filter(
      (n) => n.found.environment.has(VARIABLE) && !isMasked(n.found.texts.get('database.conf') ?? ''),
    );
    if (unread.length > 0 && release !== undefined && compareVersions(release, '2024.04') < 0) {
      const on = unread.map((n) => n.node);
      findings.push(
        unknown(
          `${VARIABLE} is the only password on ${list(on)}, and it counts from release 2024.04 on: whether the database lets release ${release} in without a password is not visible. Write password= to database.conf (mode 0600), or upgrade`,
          { subject: 'variable', nodes: on, requirements: ['WB-28'] },
        ),
      );
    }
    const plain = of('plain');
    if (plain.length > 0)
      findings.push(
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
      );
    return findings.length > 0
      ? findings
      : skip('database.conf holds no password', { nodes: nodes.map((n) => n.node) });
  },
  remediation:
    'rstudio-server encrypt-password    # on a node with the right key; then put the result into database.conf of the nodes named',
});
