/** The folders above the users' homes, and a few homes, from the answer to `homesRequest` (storageScript.ts). */

import { mountHolding } from '../formats/mountinfo.js';
import { isInside, tidyPath } from '../formats/paths.js';
import type { Response } from '../model/evidence.js';
import type { MountTable } from './mountTable.js';
import { type Look, placeFrom, type Wanted } from './storagePlace.js';

const wanted = (path: string): Wanted => ({ setting: 'home directories', path, role: 'homes' });

const ANSWERED = /^=(home|user|with|none) (.*)$/;

/** Whether something is mounted below the folder, or will be when it is asked for. */
const holdsMounts = ({ mounts }: MountTable, folder: string): boolean =>
  mounts.some((m) => isInside(m.point, folder)) || mountHolding(mounts, folder)?.type === 'autofs';

/**
 * By path. `home`: a folder, behind it homes in it. A home that is a mount, or may be one, was looked at like any path
 * (`user`). Of a home on the device of its folder (`with`) only the attributes were read, and where nothing is (`none`)
 * the folder says which mount it would be on. `configured`: the inventory's folder of homes, which is asked for by itself.
 */
export function homePlaces(answer: Response | undefined, table: MountTable, configured?: string): Map<string, Look> {
  const places = new Map<string, Look>();
  if (answer?.exit === -1 && (configured === undefined || holdsMounts(table, tidyPath(configured))))
    places.set('home directories', {
      wanted: wanted('home directories'),
      unseen: `home directories: ${answer.stderr}`,
    });
  if (!answer || answer.exit === -1) return places;
  let folder: { path: string; lines: string[] } = { path: '', lines: [] };
  for (const part of answer.stdout.split(/^(?==(?:home|user|with|none) )/m)) {
    const [head = '', ...lines] = part.split('\n');
    const [, kind, path = ''] = ANSWERED.exec(head) ?? [];
    if (kind === undefined) continue;
    if (kind === 'home') {
      folder = { path, lines };
      if (configured === undefined) places.set(path, placeFrom(wanted(path), lines, answer.stderr, table));
      continue;
    }
    if (configured !== undefined && !isInside(path, tidyPath(configured))) continue;
    const told = folder.lines.filter((l) => /^=(?:stat|at|space) /.test(l));
    const own =
      kind === 'user'
        ? lines
        : kind === 'with'
          ? [...lines, `=at ${path}`, ...told.filter((l) => l.startsWith('=space '))]
          : ['=missing', ...told];
    places.set(path, placeFrom({ ...wanted(path), folder: configured ?? folder.path }, own, answer.stderr, table));
  }
  return places;
}
