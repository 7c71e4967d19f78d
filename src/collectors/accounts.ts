/**
 * Users and groups: those of the node's own files, and by name through its name service (LDAP, SSSD). One question per
 * name, and the answer belongs to the question: a directory answers in its own spelling (`jdoe` → `jdoe@example.com`).
 * Names can hold blanks, so members are split at commas only, and lines are the frame. Source: docs/sources.md F17.
 */

import { linesOf } from '../formats/settings.js';
import { defineCollector, shell } from '../model/collector.js';
import { type Found, settingsOf } from '../products/profile.js';

export interface User {
  /** As the node spells it; the key in `users` is the name that was asked for. */
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home?: string;
  readonly shell?: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
  /** Not in the node's own files. A directory may be told to leave the members out (ignore_group_members of SSSD). */
  readonly fromDirectory?: boolean;
}

export interface Accounts {
  readonly users: ReadonlyMap<string, User>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Names that were looked up; one of these that is not in `users` or `groups` does not exist on the node. */
  readonly asked: {
    readonly users: readonly string[];
    readonly groups: readonly string[];
    /** Members of those groups, as this node lists them. */
    readonly members: readonly string[];
  };
  /** All groups of a user, by the user's name: through the name service, or by the files of a tree. */
  readonly groupsOf: ReadonlyMap<string, readonly Group[]>;
}

/** Fields of a line of passwd and of group: their number distinguishes the two. */
const PASSWD = 7;
const GROUP = 4;
/** Members of the admitted groups that are looked up, and users whose groups are: each is a question to the directory. */
const MOST_MEMBERS = 500;
const MOST_USERS = 20;

/** Lines without enough fields, and those that only include a directory (`+`), are skipped, as the C library does. */
const entries = (text: string, count: number): string[][] =>
  linesOf(text)
    .map((l) => l.split(':'))
    .filter((f) => f.length === count && /^\d+$/.test(f[2] ?? '') && !/^[+-]|^$/.test(f[0]!));

const userOf = ([name, , uid, gid, , home, shell]: string[]): User => ({
  name: name!,
  uid: Number(uid),
  gid: Number(gid),
  ...(home && { home }),
  ...(shell !== undefined && { shell: shell.trim() }),
});
const groupOf = ([name, , gid, members]: string[]): Group => ({
  name: name!,
  gid: Number(gid),
  members: members!.split(',').filter(Boolean),
});

/** By name; of two lines with one name the first counts, as in the C library. */
function firsts<T extends { readonly name: string }>(all: readonly T[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const one of all) if (!found.has(one.name)) found.set(one.name, one);
  return found;
}

/** Answers by kind of question and name. */
function answered(text: string): { files: string; answers: ReadonlyMap<string, ReadonlyMap<string, string>> } {
  const [files = '', ...sections] = text.split(/^(?==(?:user|group|member|groups|gid) )/m);
  const answers = new Map<string, Map<string, string>>();
  for (const section of sections) {
    const [, kind, name, rest] = /^=(\w+) (.*)\n?([\s\S]*)$/.exec(section)!;
    const ofKind = answers.get(kind!) ?? new Map<string, string>();
    answers.set(kind!, ofKind.set(name!, rest!));
  }
  return { files, answers };
}

/** Enumeration of a directory is usually off, so named accounts are asked for by name. In a tree the files are all. */
const script = (users: readonly string[], groups: readonly string[]): string => {
  const members =
    groups.length === 0
      ? ':'
      : shell`getent group ${groups} | cut -d: -f4 | tr , '\n' | sort -u | head -n ${MOST_MEMBERS} |
while IFS= read -r m; do [ -z "$m" ] || ask member passwd "$m" || exit; done || exit`;
  return `cat "$R/etc/passwd" || exit; echo; cat "$R/etc/group" || exit
[ -n "$R" ] && exit 0
command -v getent >/dev/null || { echo 'getent is missing: accounts could not be looked up' >&2; exit 127; }
${shell`# getent ends with 2 when a name is not found: that is an answer
ask() { printf '=%s %s\n' "$1" "$3"; getent "$2" "$3"; r=$?; [ $r = 0 ] || [ $r = 2 ] || return $r; }
for u in ${users}; do ask user passwd "$u" || exit; done
for g in ${groups}; do ask group group "$g" || exit; done`}
${members}
${shell`ids=; for u in ${users.slice(0, MOST_USERS)}; do i=$(id -G -- "$u" 2>/dev/null) || continue; printf '=groups %s\n%s\n' "$u" "$i"; ids="$ids $i"; done
for g in $(printf '%s\n' $ids | sort -un | head -n ${MOST_MEMBERS}); do ask gid group "$g" || exit; done; :`}`;
};

export const accounts = defineCollector<Accounts, Found>({
  id: 'accounts',
  requests: ({ cluster }, found) => {
    const { groups, serviceAccounts } = settingsOf(found);
    return {
      files: { script: script([...new Set([...cluster.users, ...serviceAccounts])], [...new Set(groups)]) },
    };
  },
  parse({ files: answer }, { cluster }, found) {
    const { groups: wanted, serviceAccounts } = settingsOf(found);
    const { files, answers } = answered(answer!.stdout);
    const users = firsts(entries(files, PASSWD).map(userOf));
    const groups = firsts(entries(files, GROUP).map(groupOf));
    const local = [...groups.values()];
    for (const [name, text] of [...(answers.get('user') ?? []), ...(answers.get('member') ?? [])]) {
      const [line] = entries(text, PASSWD);
      if (line) users.set(name, userOf(line));
      else users.delete(name);
    }
    for (const [name, text] of answers.get('group') ?? []) {
      const [line] = entries(text, GROUP);
      if (line) groups.set(name, { ...groupOf(line), ...(!groups.has(line[0]!) && { fromDirectory: true }) });
      else groups.delete(name);
    }
    const members = answers.has('member')
      ? [...answers.get('member')!.keys()]
      : [...new Set(wanted.flatMap((g) => groups.get(g)?.members ?? []))];
    const byId = new Map(
      [...(answers.get('gid') ?? [])].flatMap(([gid, text]): [number, Group][] => {
        const [line] = entries(text, GROUP);
        return line ? [[Number(gid), groupOf(line)]] : [];
      }),
    );
    const mine = (user: string): readonly Group[] => {
      const ids = answers.get('groups')?.get(user);
      if (ids !== undefined)
        return ids
          .split(/\s+/)
          .filter(Boolean)
          .flatMap((id) => byId.get(Number(id)) ?? []);
      const gid = users.get(user)?.gid;
      return local.filter((g) => g.gid === gid || g.members.includes(user));
    };
    const asked = [...new Set([...cluster.users, ...serviceAccounts])];
    return {
      users,
      groups,
      asked: { users: asked, groups: wanted, members },
      groupsOf: new Map([...asked, ...members].filter((u) => users.has(u)).map((u) => [u, mine(u)])),
    };
  },
});
