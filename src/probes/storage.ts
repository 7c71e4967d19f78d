/** What was tried on shared storage with `--active`, and which question asks for it. Used by the checks of storage and clocks. */

import { defineProbe, json } from './probe.js';

/** A new file that is still unseen after this is said to take longer; the kernel's default is 60 s. */
export const LONGEST_MS = 15_000;

export interface LockTrial {
  readonly holder: string;
  /** Why the holder got no lock; then no other node tried. */
  readonly trouble?: string;
  /** By node: `refused`, `got`, or what was said. */
  readonly tries: Readonly<Record<string, string>>;
  /** Milliseconds until another node got it after its release, and after its holder was killed; null: not in time. */
  readonly freedMs?: number | null;
  readonly killedMs?: number | null;
}

export interface PlaceTrial {
  /** Who made the folder and the marker. */
  readonly writer?: string;
  /** Why a node could not take part. */
  readonly trouble: Readonly<Record<string, string>>;
  /** By node: `seen`, `absent`, or what it read in its place. */
  readonly markers: Readonly<Record<string, string>>;
  /** Milliseconds a new file stayed unseen by a node that had looked for it before; null: longer than was waited. */
  readonly unseenMs: Readonly<Record<string, number | null>>;
  /** `uid:gid` of the marker as each node shows it. */
  readonly owners: Readonly<Record<string, string>>;
  /** Milliseconds the file server is ahead of each node. */
  readonly clocks: Readonly<Record<string, { readonly low: number; readonly high: number }>>;
  /** By node: `ok`, or why a file could not be given to its own owner. */
  readonly chown: Readonly<Record<string, string>>;
  readonly locks: Readonly<Record<string, LockTrial>>;
  /** A folder that could not be removed. */
  readonly left?: { readonly nodes: readonly string[]; readonly name: string };
}

/** By setting. */
export type StorageTrial = Readonly<Record<string, PlaceTrial>>;

/** Where the answer is found. */
export const TRIAL = 'shared';

/** One question for all shared directories: several checks read its answer. */
export const storageTrials = defineProbe<StorageTrial>({
  via: 'storage',
  questions(cluster, installed) {
    const places = new Map<string, Record<string, string>>();
    const add = (setting: string, node: string, path: string): void => {
      const paths = places.get(setting) ?? {};
      paths[node] = path;
      places.set(setting, paths);
    };
    let locks = false;
    for (const [node, settings] of installed) {
      locks ||= settings.takesLocks === true;
      for (const { setting, path, doubt } of settings.shared)
        if (path.startsWith('/') && doubt === undefined) add(setting, node, path);
      if (cluster.storage.homes !== undefined) add('storage.homes', node, cluster.storage.homes);
      for (const path of cluster.storage.paths) add(`storage.paths ${path}`, node, path);
    }
    const shared = [...places].filter(([, paths]) => Object.keys(paths).length > 1);
    if (shared.length === 0) return [];
    return [
      {
        target: TRIAL,
        options: { places: shared.map(([setting, paths]) => ({ setting, paths, locks })) },
        writes: true,
      },
    ];
  },
  parse: json,
});
