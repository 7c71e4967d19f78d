/** Compares where users log in to: their home directories and shells. Used by `user-ids`. */

import { command, type Finding, list, same, withFix } from 'ha-preflight';
import type { User } from 'ha-preflight/collectors/accounts';
import { plainPath } from 'ha-preflight/formats/paths';
import type { NodeAccounts } from './accountIds.js';

const RULES = 'its rules for homes and shells (override_homedir, override_shell)';
const DIRECTORY = `where a directory service has the account: ${RULES}`;

/** An empty shell is /bin/sh (passwd(5)); on merged systems /bin is /usr/bin, and /sbin /usr/sbin. */
const shellOf = ({ shell }: User): string => (shell || '/bin/sh').replace(/^\/usr\/(?=s?bin\/)/, '/');
/** Undefined in evidence of releases that did not ask for it. */
const homeOf = ({ home }: User): string | undefined => (home ? plainPath(home) : home);

const WHAT = [
  { what: 'home directory', of: homeOf },
  { what: 'login shell', of: shellOf },
] as const;

/** A user who exists everywhere with the same ids, and starts somewhere else on some nodes. */
export function loginFindings(
  users: readonly string[],
  nodes: readonly NodeAccounts[],
  reference: string | undefined,
  blamed: ReadonlySet<string>,
): Finding[] {
  const compared = [...new Set(users)].filter((u) => !blamed.has(`user ${u}`)).sort();
  return WHAT.flatMap(({ what, of }): Finding[] => {
    // a rule of the directory that one node has differently shows in every user: one finding
    const differing = compared.flatMap((user) => {
      const held = nodes.flatMap((n) => {
        const account = n.accounts.users.get(user);
        const key = account && of(account);
        return key === undefined ? [] : [{ node: n.node, key, shown: key || 'none' }];
      });
      const finding = held.length < 2 ? undefined : same(`the ${what} of user ${user}`, held, reference, {});
      return finding?.status === 'fail' ? [{ user, held, finding }] : [];
    });
    const [first, ...rest] = differing;
    if (!first) return [];
    const { user, held, finding } = first;
    const about = { subject: what, severity: 'warning' as const, requirements: ['WB-03'] };
    const remediation = `${of === homeOf ? 'sudo usermod -d HOME NAME' : 'sudo usermod -s SHELL NAME'}    # on the nodes named; ${DIRECTORY}`;
    if (rest.length > 0)
      return [
        {
          ...finding,
          ...about,
          nodes: [...new Set(differing.flatMap((d) => d.finding.nodes ?? []))],
          message: `the ${what} of ${list(differing.map((d) => d.user))} is not the same on every node`,
          details: differing.map((d) => `${d.user}: ${d.held.map((h) => `${h.node} ${h.shown}`).join(', ')}`),
        },
      ];
    const right = held.find((h) => !finding.nodes?.includes(h.node))?.key;
    // usermod changes only what is in the node's own files
    const mapped = nodes.flatMap((n) =>
      finding.nodes?.includes(n.node) && n.accounts.users.get(user)?.fromDirectory ? [n.node] : [],
    );
    if (mapped.length > 0)
      return [
        {
          ...finding,
          ...about,
          remediation: `user ${user} comes from a directory service on ${list(mapped)}: compare ${RULES} there and on a good node`,
        },
      ];
    return !right
      ? [{ ...finding, ...about, remediation }]
      : [
          withFix(
            { ...finding, ...about },
            () =>
              of === homeOf ? command`sudo usermod -d ${right} ${user}` : command`sudo usermod -s ${right} ${user}`,
            DIRECTORY,
          ),
        ];
  });
}
