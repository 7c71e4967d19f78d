/** The paths the product's nodes share (or must not share): what is there, which mount really holds it, and its identity. */

import { type Mount, mountHolding, parseMountinfo, parseMountstats } from '../formats/mountinfo.js';
import { defineCollector, raw, shell } from '../model/collector.js';
import type { Asking, Response, Unseen } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';

/** What a path is for. `homes`: home directories. `own`: one node's alone (Connect's metrics). */
export type Role = 'shared' | 'homes' | 'own';

export interface Wanted {
  readonly setting: string;
  readonly path: string;
  readonly role: Role;
}

export interface Held extends Wanted {
  readonly missing?: false;
  /** After links. */
  readonly resolved: string;
  readonly mount: Mount;
  /** From mountstats where the kernel gives them (it prints defaults too), else from mountinfo. */
  readonly options: ReadonlyMap<string, string>;
  /** The directory's inode; on NFS the server's own number, so the same on every client. */
  readonly inode: string;
  /** When it was last changed, as fine as the file system keeps it. */
  readonly changed: string;
  /** Numeric owner and group. */
  readonly uid: number;
  readonly gid: number;
  /** Some entries by name, with their inodes. */
  readonly entries: ReadonlyMap<string, string>;
  /** Of the file system: blocks and inodes, all and free. */
  readonly space?: {
    readonly blocks: number;
    readonly available: number;
    readonly inodes: number;
    readonly inodesFree: number;
  };
}

/** The node answered that nothing is at the path. */
export interface Missing extends Wanted {
  readonly missing: true;
  /** The mount the path would be on. */
  readonly mount?: Mount;
}

export type Place = Held | Missing;

/** What could not be seen still has a name. */
export type Look = { readonly value: Place } | (Unseen & { readonly wanted?: Wanted });

/** Entries that are looked at: enough to distinguish two directories, few enough for a large one. */
const ENTRIES = 64;

/**
 * Looks at the directory `$p` (the root prefix included). `stat` first: it makes an automounter mount, so that the mount
 * table, read last, shows the truth. Of what is missing the nearest folder above it is looked at.
 */
const LOOK = raw(shell`look() {
  if ! e=$(S stat -L -c '=stat %d|%i|%u|%g|%z' -- "$p/." 2>&1); then
    case $e in *'No such file'*|*'Not a directory'*) echo =missing;; *) printf '=trouble %s\n' "$e"; return;; esac
    until e=$(S stat -L -c '=stat %d|%i|%u|%g|%z' -- "$p/." 2>/dev/null) || [ "$p" = "$R" ]; do p=\${p%/*}; done
  fi
  printf '%s\n' "$e"
  if r=$(cd -- "$p/" 2>/dev/null && pwd -P || S readlink -f -- "$p"); then printf '=at %s\n' "$r"; fi
  if [ -n "$R" ]; then cat "$R/.fake-space" 2>/dev/null; else S stat -f -c '=space %b %a %c %d' -- "$p/." 2>/dev/null; fi
  { S ls -1aiU -- "$p/" 2>/dev/null || S ls -1ai -- "$p/"; } | head -n ${ENTRIES}
}`);

const wanted = ({ cluster }: Asking, found: Found): Wanted[] => {
  const { shared, own } = settingsOf(found);
  const { homes, paths } = cluster.storage;
  return [
    ...shared.map((s): Wanted => ({ ...s, role: 'shared' })),
    ...own.map((s): Wanted => ({ ...s, role: 'own' })),
    ...(homes === undefined ? [] : [{ setting: 'storage.homes', path: homes, role: 'homes' as const }]),
    ...paths.map((path): Wanted => ({ setting: 'storage.paths', path, role: 'shared' })),
  ];
};

/** Folders that hold the home directories of the inventory's users, and of members of the groups the product admits. */
function homesScript({ cluster }: Asking, found: Found): string | undefined {
  const { groups } = settingsOf(found);
  if (!found.profile.sharesHomes || cluster.storage.homes !== undefined) return undefined;
  if (cluster.users.length + groups.length === 0) return undefined;
  return shell`${LOOK}
entry() { if [ -n "$R" ]; then grep "^$2:" "$R/etc/$1"; else getent "$1" "$2"; fi; }
for u in ${cluster.users} $(for g in ${groups}; do entry group "$g"; done | cut -d: -f4 | tr ',' ' '); do entry passwd "$u"; done |
cut -d: -f6 | sed -n 's,^\(/.*\)/[^/]*/*$,\1,p' | sort | uniq -c | sort -rn | head -n 3 |
while read -r _ h; do printf '=home %s\n' "$h"; p="$R$h"; look; done`;
}

interface Table {
  readonly mounts: readonly Mount[];
  readonly stats: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Of a node tree, where it lies on this machine: paths and devices of the tree are not this machine's. */
  readonly tree?: string;
}

/** `major:minor` of the number `stat` prints. */
const deviceOf = (number: number): string => `${(number >> 8) & 0xfff}:${(number & 0xff) | ((number >> 12) & 0xfff00)}`;

function placeFrom(about: Wanted, lines: readonly string[], stderr: string, table: Table): Look {
  const value = (name: string): string | undefined =>
    lines.find((l) => l.startsWith(`=${name} `))?.slice(name.length + 2);
  const where = `${about.path} (${about.setting})`;
  const [device, inode, uid, gid, changed] = value('stat')?.split('|') ?? [];
  const at = value('at');
  if (device === undefined || at === undefined)
    return { wanted: about, unseen: `${where}: ${value('trouble') ?? (stderr.trim().split('\n')[0] || 'no answer')}` };
  // a tree can share a folder outside of it through a link: to the node it is at its own path
  const { tree } = table;
  const below = tree === undefined || at === tree || at.startsWith(tree === '/' ? '/' : `${tree}/`);
  const resolved = tree === undefined || tree === '/' ? at : below ? at.slice(tree.length) || '/' : about.path;
  const mount = mountHolding(table.mounts, resolved, tree === undefined ? deviceOf(Number(device)) : undefined);
  if (lines.includes('=missing')) return { value: { ...about, missing: true, ...(mount && { mount }) } };
  if (!mount) return { wanted: about, unseen: `${where}: the mount that holds it is not in /proc/self/mountinfo` };
  const space = value('space')?.split(' ').map(Number);
  return {
    value: {
      ...about,
      resolved,
      mount,
      options: new Map([...mount.options, ...(table.stats.get(mount.point) ?? [])]),
      inode: inode!,
      changed: changed!,
      uid: Number(uid),
      gid: Number(gid),
      entries: new Map(
        lines.flatMap((l): [string, string][] => {
          const m = /^ *(\d+) (.+)$/.exec(l);
          return m && m[2] !== '.' && m[2] !== '..' ? [[m[2]!, m[1]!]] : [];
        }),
      ),
      ...(space?.length === 4 &&
        space.every(Number.isFinite) && {
          space: { blocks: space[0]!, available: space[1]!, inodes: space[2]!, inodesFree: space[3]! },
        }),
    },
  };
}

/** By path (and setting, where two name one path). A path that hangs hides only itself. */
export const storage = defineCollector<ReadonlyMap<string, Look>, Found>({
  id: 'storage',
  requests: (asking, found) => {
    const homes = homesScript(asking, found);
    return {
      ...Object.fromEntries(
        wanted(asking, found).map(({ path }) => [
          `path ${path}`,
          {
            script: shell`${LOOK}
p="$R"${path}; look`,
            timeoutSeconds: 5,
            optional: true,
          },
        ]),
      ),
      ...(homes !== undefined && { homes: { script: homes, timeoutSeconds: 5, optional: true } }),
      mounts: {
        script: `[ -r "$R/proc/self/mountinfo" ] || { echo "cannot read $R/proc/self/mountinfo" >&2; exit 1; }
cat "$R/proc/self/mountinfo" "$R/proc/self/mountstats" 2>/dev/null; if [ -n "$R" ]; then cd "$R" && pwd -P; fi; :`,
        direct: true,
      },
    };
  },
  parse(answers, asking, found) {
    const text = answers.mounts!.stdout;
    const tree = text
      .trimEnd()
      .split('\n')
      .findLast((l) => l.startsWith('/'));
    const table: Table = {
      // one is numbered, the other is not
      mounts: parseMountinfo(text.replace(/^\D.*$/gm, '')),
      stats: parseMountstats(text),
      ...(tree !== undefined && { tree }),
    };
    const places = new Map<string, Look>();
    for (const about of wanted(asking, found)) {
      const { stdout, stderr } = answers[`path ${about.path}`]!;
      // two settings may name one path
      const key = places.has(about.path) ? `${about.path} (${about.setting})` : about.path;
      places.set(key, placeFrom(about, stdout.split('\n'), stderr, table));
    }
    for (const [path, fact] of homePlaces(answers.homes, table)) if (!places.has(path)) places.set(path, fact);
    return places;
  },
});

function homePlaces(answer: Response | undefined, table: Table): [string, Look][] {
  if (!answer) return [];
  const about = (path: string): Wanted => ({ setting: 'home directories', path, role: 'homes' });
  if (answer.exit === -1)
    return [['home directories', { wanted: about('home directories'), unseen: `home directories: ${answer.stderr}` }]];
  return answer.stdout
    .split(/^=home /m)
    .slice(1)
    .map((part) => {
      const [path = '', ...lines] = part.split('\n');
      return [path, placeFrom(about(path), lines, answer.stderr, table)];
    });
}
