/** The paths the product's nodes share: what is there, and the mount that really holds it. */

import { type Mount, mountHolding, parseMountinfo, parseMountstats } from '../formats/mountinfo.js';
import { defineCollector, shell } from '../model/check.js';
import type { Fact } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/found.js';
import type { SharedPath } from '../products/profile.js';

export interface Held {
  readonly setting: string;
  readonly path: string;
  /** After links. */
  readonly resolved: string;
  readonly mount: Mount;
  /** From mountstats where the kernel gives them (it prints defaults too), else from mountinfo. */
  readonly options: ReadonlyMap<string, string>;
}

/** Paths by setting: the product's own, and those of the inventory. */
const wanted = (found: Found, homes: string | undefined, more: readonly string[]): SharedPath[] => [
  ...settingsOf(found).shared,
  ...(homes === undefined ? [] : [{ setting: 'storage.homes', path: homes }]),
  ...more.map((path) => ({ setting: 'storage.paths', path })),
];

/** stat comes first: it makes an automounter mount, so that the table read after it shows the truth. */
export const storage = defineCollector<ReadonlyMap<string, Fact<Held>>, Found>({
  id: 'storage',
  requests: ({ cluster }, found) => ({
    ...Object.fromEntries(
      wanted(found, cluster.storage.homes, cluster.storage.paths).map(({ path }) => [
        `path ${path}`,
        {
          script: shell`p="$R"${path}; r=$(cd -- "$p" 2>/dev/null && pwd -P || S readlink -f -- "$p") && S stat -L -c '%d' -- "$p/." && printf '%s\n' "$r"`,
          timeoutSeconds: 5,
          allowExit: 'any' as const,
        },
      ]),
    ),
    mounts: {
      script: `[ -r "$R/proc/self/mountinfo" ] || { echo "cannot read $R/proc/self/mountinfo" >&2; exit 1; }
cat "$R/proc/self/mountinfo" "$R/proc/self/mountstats" 2>/dev/null; if [ -n "$R" ]; then cd "$R" && pwd -P; fi; :`,
      direct: true,
    },
  }),
  parse(answers, { cluster }, found) {
    const table = answers.mounts!.stdout;
    // one is numbered, the other is not
    const mounts = parseMountinfo(table.replace(/^\D.*$/gm, ''));
    const stats = parseMountstats(table);
    // of a node tree, where it lies on this machine: paths and devices of the tree are not this machine's
    const tree = table
      .trimEnd()
      .split('\n')
      .findLast((l) => l.startsWith('/'));
    return new Map(
      wanted(found, cluster.storage.homes, cluster.storage.paths).map(({ setting, path }): [string, Fact<Held>] => {
        const answer = answers[`path ${path}`]!;
        const [device, resolved] = answer.stdout.trim().split('\n');
        if (answer.exit !== 0 || device === undefined || resolved === undefined)
          return [path, { unseen: `${path} (${setting}): ${answer.stderr.trim().split('\n')[0] || 'is not there'}` }];
        const number = Number(device);
        const inside = tree === undefined ? resolved : resolved.slice(tree === '/' ? 0 : tree.length) || '/';
        const mount = mountHolding(
          mounts,
          inside,
          tree === undefined ? `${(number >> 8) & 0xfff}:${(number & 0xff) | ((number >> 12) & 0xfff00)}` : undefined,
        );
        if (!mount)
          return [path, { unseen: `${path} (${setting}): the mount that holds it is not in /proc/self/mountinfo` }];
        const options = stats.get(mount.point) ?? mount.options;
        return [
          path,
          { value: { setting, path, resolved: inside, mount, options: new Map([...mount.options, ...options]) } },
        ];
      }),
    );
  },
});
