/** Users and groups: those of the node's own files, and by name through its name service (LDAP, SSSD). */

import { linesOf } from '../formats/settings.js';
import { defineCollector, raw, shell } from '../model/collector.js';
import { type Found, settingsOf } from '../products/profile.js';

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface Accounts {
  readonly users: ReadonlyMap<string, User>;
  readonly groups: ReadonlyMap<
    string,
    { readonly name: string; readonly gid: number; readonly members: readonly string[] }
  >;
  /** Names that were looked up; one of these that is not in `users` or `groups` does not exist on the node. */
  readonly asked: { readonly users: readonly string[]; readonly groups: readonly string[] };
}

/** Fields of a line of passwd and of group: their number distinguishes the two. */
const PASSWD = 7;
const GROUP = 4;

const entries = (text: string, count: number): string[][] =>
  linesOf(text)
    .map((l) => l.split(':'))
    .filter((f) => f.length === count && /^\d+$/.test(f[2] ?? ''));

/** Enumeration of a directory is usually off, so named accounts are asked for by name (sources F17). */
export const accounts = defineCollector<Accounts, Found>({
  id: 'accounts',
  requests: ({ cluster }, found) => {
    const { groups, serviceAccounts } = settingsOf(found);
    const users = [...cluster.users, ...serviceAccounts];
    // without a name getent would list a whole directory
    const members = groups.length > 0 ? shell`$(getent group ${groups} | cut -d: -f4 | tr ',' ' ')` : '';
    const asked = groups.length > 0 ? shell`getent group ${groups}` : ':';
    return {
      files: {
        // getent ends with 2 when one of several names is not found: that is an answer
        script: shell`cat "$R/etc/passwd" || exit; echo; cat "$R/etc/group" || exit
[ -n "$R" ] && exit 0
getent passwd ${users} ${raw(members)}; r=$?; [ $r = 0 ] || [ $r = 2 ] || exit $r
${raw(asked)}; r=$?; [ $r = 2 ] && r=0; exit $r`,
      },
    };
  },
  parse: ({ files }, { cluster }, found) => ({
    users: new Map(
      entries(files!.stdout, PASSWD).map(([name, , uid, gid]) => [
        name!,
        { name: name!, uid: Number(uid), gid: Number(gid) },
      ]),
    ),
    groups: new Map(
      entries(files!.stdout, GROUP).map(([name, , gid, members]) => [
        name!,
        { name: name!, gid: Number(gid), members: members!.split(',').filter(Boolean) },
      ]),
    ),
    asked: { users: [...cluster.users, ...settingsOf(found).serviceAccounts], groups: settingsOf(found).groups },
  }),
});
