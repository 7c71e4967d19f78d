/** /etc/fstab. Source: fstab(5), systemd.mount(5). */

import { blankWords } from './blanks.js';
import { optionsOf, unescapeOctal } from './mountinfo.js';
import { tidyPath } from './paths.js';
import { linesOf } from './settings.js';

export interface FstabEntry {
  readonly source: string;
  /** Absolute, without doubled and trailing slashes. */
  readonly point: string;
  readonly type: string;
  /** By name; a bare option has the value `''`. */
  readonly options: ReadonlyMap<string, string>;
  /** Mounted at boot, at the first use, or with a unit that the entry names; `noauto` alone is none of these. */
  readonly atBoot: boolean;
  /** 1-based. */
  readonly line: number;
}

/** Options by which a unit that is started mounts the entry. */
const STARTED_WITH = ['x-systemd.wanted-by', 'x-systemd.required-by'] as const;

/** Whether systemd mounts the entry at the first use, in its present or its first spelling. */
export const isAutomount = (options: FstabEntry['options']): boolean =>
  options.has('x-systemd.automount') || options.get('comment') === 'systemd.automount';

/** Entries that mount a directory; swap and lines without a mount point are left out. */
export const parseFstab = (text: string): FstabEntry[] =>
  linesOf(text).flatMap((content, i): FstabEntry[] => {
    const [source = '', rawPoint = '', type = 'auto', rawOptions = 'defaults'] = blankWords(content).map(unescapeOctal);
    if (source.startsWith('#') || !rawPoint.startsWith('/') || type === 'swap') return [];
    const options = optionsOf(rawOptions);
    const atBoot = !options.has('noauto') || isAutomount(options) || STARTED_WITH.some((name) => options.has(name));
    return [{ source, point: tidyPath(rawPoint), type, options, atBoot, line: i + 1 }];
  });
