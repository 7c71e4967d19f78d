/** The paths the product's nodes share (or must not share): what is there, which mount really holds it, and its identity. */

import { defineCollector } from '../model/collector.js';
import type { Asking } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import { mountTable } from './mountTable.js';
import { MOUNT_TABLE } from './mountUnits.js';
import { homePlaces } from './storageHomes.js';
import { type Look, placeFrom, type Wanted } from './storagePlace.js';
import { ahead, homesRequest, pathRequest, TABLES } from './storageScript.js';

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

/** By path (and setting, where two name one path). A path that hangs hides only itself. */
export const storage = defineCollector<ReadonlyMap<string, Look>, Found>({
  id: 'storage',
  requests: (asking, found) => {
    const paths = [...new Set(wanted(asking, found).map(({ path }) => path))];
    const homes = homesRequest(asking, found, paths);
    const base = homes === undefined && paths.length > 1 ? [ahead(paths)] : [];
    return {
      ...(homes !== undefined && { homes }),
      ...Object.fromEntries(paths.map((path, i) => [`path ${path}`, pathRequest(path, i, base)])),
      mounts: { base: [MOUNT_TABLE], first: TABLES, script: '', direct: true },
    };
  },
  parse(answers, asking, found) {
    const table = mountTable(answers.mounts!.stdout);
    const places = new Map<string, Look>();
    for (const about of wanted(asking, found)) {
      const { stdout, stderr } = answers[`path ${about.path}`]!;
      // two settings may name one path
      const key = places.has(about.path) ? `${about.path} (${about.setting})` : about.path;
      const { doubt: unseen } = about;
      places.set(
        key,
        unseen === undefined ? placeFrom(about, stdout.split('\n'), stderr, table) : { unseen, wanted: about },
      );
    }
    for (const [path, look] of homePlaces(answers.homes, table, asking.cluster.storage.homes))
      if (!places.has(path)) places.set(path, look);
    return places;
  },
});
