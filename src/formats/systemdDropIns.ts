/** Which drop-ins a unit has, and in which order they count. Source: systemd.unit(5), systemd src/shared/dropin.c. */

/** Where system units are looked for, the first directory wins. */
export const UNIT_DIRECTORIES: readonly string[] = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator.late',
];

/**
 * Whose drop-ins a unit has, itself first: `a-b`, `a-`; of an instance the template and what is wider than it come before
 * what is wider than the instance: `a-b@1`, `a-b@`, `a-`, `a-@1`, `a-@`. `instance` is `@1`, `@` or empty.
 */
function ownNames(prefix: string, instance: string): string[] {
  const wider = prefix.slice(0, prefix.slice(0, -1).lastIndexOf('-') + 1);
  return [
    prefix + instance,
    ...(instance.length > 1 ? ownNames(prefix, '@') : []),
    ...(wider.length < 2 ? [] : ownNames(wider, instance === '@' ? '' : instance)),
  ];
}

/**
 * Drop-ins in the order systemd reads them. Of files with one name only one counts: a directory of the unit before
 * `service.d`, then /etc before /run before /usr, then the more specific directory. What is left is sorted by file name
 * alone, so `service.d/99-x.conf` is read after, and beats, `rstudio-pm.service.d/10-y.conf`.
 */
export function dropInOrder(
  paths: readonly string[],
  unit: string,
  directories: readonly string[] = UNIT_DIRECTORIES,
): string[] {
  const [, prefix = '', instance = '', type = ''] = /^([^@]*)(@.*)?\.([a-z]+)$/.exec(unit) ?? [];
  const own = ownNames(prefix, instance).map((name) => `${name}.${type}.d`);
  const general = `${type}.d`;
  const ranked = paths.flatMap((path) => {
    const [, directory = '', folder = '', file = ''] = /^(.*)\/([^/]+)\/([^/]+\.conf)$/.exec(path) ?? [];
    const place = directories.indexOf(directory);
    const specific = own.indexOf(folder);
    if (place < 0 || file.startsWith('.') || (specific < 0 && folder !== general)) return [];
    const rank = specific < 0 ? [1, place, 0] : [0, place, specific];
    return [{ path, file, rank }];
  });
  ranked.sort((a, b) => a.rank[0]! - b.rank[0]! || a.rank[1]! - b.rank[1]! || a.rank[2]! - b.rank[2]!);
  const winners = new Map<string, string>();
  for (const { path, file } of ranked) if (!winners.has(file)) winners.set(file, path);
  return [...winners].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}
