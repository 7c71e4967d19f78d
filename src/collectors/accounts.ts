/**
 * Users and groups: those of the node's own files, and by name through its name service (LDAP, SSSD). One question per
 * name, and the answer belongs to the question: a directory answers in its own spelling (`jdoe` → `jdoe@example.com`).
 * Names can hold blanks, so members are split at commas only, and lines are the frame. Source: docs/sources.md F17.
 */

import { linesOf } from '../formats/settings.js';
import { defineCollector, shell } from '../model/collector.js';
import type { Asking } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import { MOST_MEMBERS, namesOf } from './nameService.js';

export interface User {
  /** As the node spells it; the key in `users` is the name that was asked for. */
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home?: string;
  readonly shell?: string;
  /** Not in the node's own files: usermod cannot change it. */
  readonly fromDirectory?: boolean;
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
  /** Of a node tree: sources of nsswitch.conf that could not be asked, so a name that is not in the files may exist. */
  readonly unasked?: { readonly user?: string; readonly group?: string };
  /** First uid of people's accounts there (UID_MIN of login.defs). */
  readonly firstPerson?: number;
  /** All groups of a user, by the user's name: through the name service, or by the files of a tree. */
  readonly groupsOf: ReadonlyMap<string, readonly Group[]>;
}

/** Fields of a line of passwd and of group: their number distinguishes the two. */
const PASSWD = 7;
const GROUP = 4;
/** Users whose groups are looked up. */
const MOST_USERS = 20;

/** The C library takes white space before a member for nothing. */
const named = (names: readonly string[]): string[] => names.map((name) => name.trimStart()).filter(Boolean);

/** Lines without enough fields, and those that only include a directory (`+`), are skipped, as the C library does. */
const entries = (text: string, count: number): string[][] =>
  linesOf(text)
    .map((l) => l.split(':'))
    .filter((f) => f.length === count && /^\d+$/.test(f[2] ?? '') && !/^[+-]|^$/.test(f[0]!));

const userOf = ([name, , uid, gid, , home, shell]: string[]): User => ({
  name: name!,
  uid: Number(uid),
  gid: Number(gid),
  ...(home !== undefined && { home }),
  ...(shell !== undefined && { shell: shell.trim() }),
});
const groupOf = ([name, , gid, members]: string[]): Group => ({
  name: name!,
  gid: Number(gid),
  members: named(members!.split(',')),
});

/** By name; of two lines with one name the first counts, as in the C library. */
function firsts<T extends { readonly name: string }>(all: readonly T[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const one of all) if (!found.has(one.name)) found.set(one.name, one);
  return found;
}

/** Answers by kind of question and name. */
function answered(text: string): { files: string; answers: ReadonlyMap<string, ReadonlyMap<string, string>> } {
  const [files = '', ...sections] = text.split(/^(?==(?:user|group|member|groups|gid) |=members$)/m);
  const answers = new Map<string, Map<string, string>>();
  for (const section of sections) {
    const [, kind, name, rest] = /^=(\w+) ?(.*)\n?([\s\S]*)$/.exec(section)!;
    const ofKind = answers.get(kind!) ?? new Map<string, string>();
    answers.set(kind!, ofKind.set(name!, rest!));
  }
  return { files, answers };
}

/** As this node lists them; undefined in a tree. Evidence of earlier releases has the account of each. */
function membersOf(answers: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] | undefined {
  const names = answers.get('members')?.get('');
  if (names !== undefined) return [...new Set(named(linesOf(names)))].sort();
  const accounts = answers.get('member');
  return accounts && [...accounts.keys()].sort();
}

/** Accounts that are looked up: those of the inventory, and those the product runs as. */
const usersOf = ({ cluster }: Asking, found: Found): string[] => [
  ...new Set([...cluster.users, ...settingsOf(found).serviceAccounts]),
];

/** What is common to all who ask for accounts. */
export const namesFor = (asking: Asking, found: Found): string =>
  namesOf(usersOf(asking, found), [...new Set(settingsOf(found).groups)]);

/** Where systemd's source of groups has more than the files: records, and services that have some. Source: nss-systemd(8), userdbctl(1). */
const RECORDS = ['etc', 'run', 'run/host', 'usr/lib', 'usr/local/lib', 'run/systemd'].map((d) => `/${d}/userdb`);
/** Services of systemd that put no account into a group: sources F17. */
const WITHOUT_MEMBERS = ['DynamicUser', 'NameServiceSwitch', 'DropIn', 'Multiplexer'].map((s) => `io.systemd.${s}`);

/**
 * Enumeration of a directory is usually off, so named accounts are asked for by name. In a tree the files are all. Where
 * the files are the only source of groups, they say who is in them. Of more groups than are looked up every node takes the
 * same ones, the first in order.
 */
const script = (users: readonly string[]): string => shell`
adds_nothing() { set +f
  for d in ${RECORDS}; do [ ! -e "$d" ] || [ -r "$d" ] || return; for f in "$d"/*; do
    case $f in /run/systemd/userdb/*) for x in ${WITHOUT_MEMBERS}; do [ "\${f##*/}" != "$x" ] || continue 2; done;; esac
    [ ! -e "$f" ] || return; done; done; }
[ $unread = 0 ] || { cat "$R/etc/passwd" "$R/etc/group" >/dev/null && echo 'awk could not read passwd and group' >&2; exit 1; }
[ -z "$R" ] || { printf %s "$files"
  { while read -r d w; do case $d in passwd:|group:) set -f; for x in $w; do
    case $x in '#'*) break;; compat) grep -qs '^+' "$R/etc/\${d%:}" && echo "=unasked \${d%:} $x";; files|systemd|db|*'['*|*']'*|*=*) ;; *) echo "=unasked \${d%:} $x";; esac; done;; esac; done <"$R/etc/nsswitch.conf"; } 2>/dev/null
  exit 0; }
if [ $ended = 0 ]; then printf '%s%s\n' "$files" "$asked"; else printf %s "$files"; names || exit; fi
case $sources in 'files;') exit 0;; 'files systemd;'|'files [SUCCESS=merge] systemd;'|'files;files systemd') ! adds_nothing || exit 0;; esac
set -- ${users.slice(0, MOST_USERS)}
o=$(id -G -- "$@" 2>/dev/null); r=$?; n=0; IFS=$nl; for l in $o; do n=$((n + 1)); done
if [ $r = 0 ] && [ $n = $# ]; then said=; for l in $o; do said="$said=groups $1$nl$l$nl"; shift; done
else o=; said=; for u; do l=$(id -G -- "$u" 2>/dev/null) || continue; said="$said=groups $u$nl$l$nl"; o="$o $l"; done; fi
IFS=" $nl"; m=; n=0; for i in $o; do case " $m " in *" $i "*) ;; *) m="$m $i"; n=$((n + 1));; esac; done
[ $n -le ${MOST_MEMBERS} ] || m=$(printf '%s\n' $m | sort -n | head -n ${MOST_MEMBERS})
IFS=$nl; set -f; for l in $group; do i=\${l#*:*:}; i=\${i%%:*}
  case " $m " in *" $i "*) case $l in *:*:*:*:*|[+-]*) ;; *:*:$i:*) said="$said=gid $i$nl$l$nl"; m=" $m "; m="\${m%%" $i "*} \${m#*" $i "}";; esac;; esac; done
printf %s "$said"; IFS=" $nl"; set -- $m; IFS=$b; ask gid group '' "$@"`;

export const accounts = defineCollector<Accounts, Found>({
  id: 'accounts',
  requests: (asking, found) => ({
    files: { base: [namesFor(asking, found)], script: script(usersOf(asking, found)) },
  }),
  parse({ files: answer }, asking, found) {
    const { groups: wanted } = settingsOf(found);
    const { files, answers } = answered(answer!.stdout);
    const first = [...files.matchAll(/^[ \t]*UID_MIN[ \t]+(\d+)[ \t]*$/gm)].at(-1)?.[1];
    const own = firsts(entries(files, PASSWD).map(userOf));
    const users = new Map(own);
    const local = entries(files, GROUP).map(groupOf);
    const groups = firsts(local);
    for (const [name, text] of [...(answers.get('user') ?? []), ...(answers.get('member') ?? [])]) {
      const [line] = entries(text, PASSWD);
      if (line) users.set(name, { ...userOf(line), ...(!own.has(line[0]!) && { fromDirectory: true }) });
      else users.delete(name);
    }
    for (const [name, text] of answers.get('group') ?? []) {
      const [line] = entries(text, GROUP);
      if (line) groups.set(name, { ...groupOf(line), ...(!groups.has(line[0]!) && { fromDirectory: true }) });
      else groups.delete(name);
    }
    // a unit may name its account by the number, as getent takes it too
    for (const name of usersOf(asking, found)) {
      const numbered = [...own.values()].find((u) => String(u.uid) === name);
      if (numbered && !users.has(name)) users.set(name, numbered);
    }
    const members = membersOf(answers) ?? [...new Set(wanted.flatMap((g) => groups.get(g)?.members ?? []))];
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
      const { gid, name = user } = users.get(user) ?? {};
      return local.filter((g) => g.gid === gid || g.members.includes(user) || g.members.includes(name));
    };
    const asked = usersOf(asking, found);
    const source = (database: string): string | undefined =>
      new RegExp(`^=unasked ${database} (\\S+)$`, 'm').exec(answer!.stdout)?.[1];
    const [user, group] = [source('passwd'), source('group')];
    return {
      users,
      groups,
      asked: {
        users: asked,
        groups: wanted,
        members: user === undefined ? members : members.filter((m) => users.has(m)),
      },
      ...(first !== undefined && { firstPerson: Number(first) }),
      ...((user ?? group) !== undefined && {
        unasked: { ...(user !== undefined && { user }), ...(group !== undefined && { group }) },
      }),
      groupsOf: new Map([...asked, ...members].filter((u) => users.has(u)).map((u) => [u, mine(u)])),
    };
  },
});
