/**
 * Round 1: which product is on the node, where its configuration really is and what it says. Everything asked in
 * round 2 (paths, keys, accounts) follows from this, so the inventory need not repeat what the nodes know.
 */

import { unmaskLines } from '../formats/masked.js';
import { modeOf } from '../formats/stat.js';
import { type Collector, defineCollector, type Raw, raw, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';
import type { Installed, TreeEntry } from '../products/installed.js';
import { type Found, type Profile, type Settings, settingsOf } from '../products/profile.js';
import { withGrant } from '../remedy.js';
import { listingScript, MOST_ENTRIES, spelt, textFinder } from './listing.js';

/** The first trace that exists, into `seen`. Homes may be on a file server that is gone, so they get two seconds. */
function firstOf(traces: readonly string[]): string {
  const homes = traces.filter((t) => t.startsWith('/home/'));
  const look = (paths: readonly string[]): Raw =>
    raw(`for t in ${paths.map((t) => `"$R"${t}`).join(' ')}; do [ -e "$t" ] && seen=\${t#"$R"} && break; done`);
  if (homes.length === 0) return look(traces).text;
  return shell`if command -v timeout >/dev/null; then seen=$(timeout -s KILL 2 sh -c ${`${look(homes).text}; printf %s "$seen"`}); [ $? != 137 ] || echo '=stuck /home'
else ${look(homes)}; fi
[ -n "$seen" ] || ${look(traces.filter((t) => !homes.includes(t)))}`;
}

/** Lines begin with `=` (ours), `~` (a stat), `|`, `+` or a digest (masked text): no file content can look like ours. */
const script = (profile: Profile): string => shell`
root=${profile.root}; how=default; seen=; vars=
${raw(firstOf(profile.traces))}
echo "=present $seen"
pid=
for d in "$R"/proc/[0-9]*; do
  read -r c <"$d/comm" || continue
  case $c in ${raw(profile.processes.map((p) => `'${p}'`).join('|') || "''")}) echo "=pid \${d##*/} $c"; [ "$c" = ${profile.processes[0] ?? ''} ] && pid=\${d##*/};; esac
done 2>/dev/null
[ -n "$seen$pid" ] || exit 0
${raw(profile.rootAbove === undefined ? '' : `[ -n "$seen" ] && root=\${seen%${'/*'.repeat(profile.rootAbove)}}`)}
if [ -n "$pid" ] && vars=$(S cat "$R/proc/$pid/environ" 2>/dev/null | tr '\n\0' '\001\n' | grep -E ${`^(${profile.variables})`}; :) && [ -n "$vars" ]; then
  from=process
else
  u=${profile.unit}; from=files
  set --
  for f in "$R/etc/default/$u" "$R/etc/sysconfig/$u" "$R/etc/systemd/system/$u.service" "$R/etc/systemd/system/$u.service.d/"*.conf ${raw((profile.environmentFiles ?? []).map((f) => `"$R"${f}`).join(' '))}; do
    # what is in a folder we may not enter may be there
    if [ -e "$f" ] || { [ -d "\${f%/*}" ] && ! [ -x "\${f%/*}" ]; }; then set -- "$@" "$f"; fi
  done
  [ $# -gt 0 ] && vars=$(S grep -sahE "^[[:space:]]*(Environment=|(export )?(${raw(profile.variables)}))" "$@")
  [ -n "$vars" ] && vars=$(printf '%s\n' "$vars" | sed 's/^[[:space:]]*Environment=//; s/^export //; s/"//g' | grep -E ${`^(${profile.variables})`})
fi
echo "=environment $from"
if [ -n "$vars" ]; then printf '%s\n' "$vars" | mask -v plain=1; else echo '|'; fi
${raw(profile.rootScript ?? '')}
[ -d "$R$root" ] || root=${profile.root}
echo "=root $how $root"
for t in awk find grep head sed sha256sum stat tr; do command -v $t >/dev/null || echo "=missing $t"; done
at="$R$root"
echo "=texts"
S ${raw(spelt(textFinder(profile)))} 2>/dev/null | tr '\000' '\001' | mask -v skip=$((\${#R} + 1))
echo "=tree"
${raw(listingScript(profile))}
echo "=end"`;

/** One line of the listing; the second form is that of evidence gathered by earlier releases. */
const LISTED = /^~([0-9a-f]+)(?::(\d+):(\d+):([^:]*):([^:]*):(.+)| (\d+) (\d+) (\S+) (\S+) (.+))$/;

function listedEntry(line: string): (Omit<TreeEntry, 'path' | 'type'> & { type: string; full: string }) | undefined {
  const m = LISTED.exec(line);
  if (!m) return undefined;
  const [size, modified, owner, group, full] = m[6] === undefined ? m.slice(7) : m.slice(2, 7);
  const { type, bits } = modeOf(m[1]!);
  return {
    type,
    mode: bits,
    owner: owner!,
    group: group!,
    size: Number(size),
    modified: Number(modified),
    full: full!,
  };
}

function parseTree(lines: readonly string[], prefix: string): { tree: TreeEntry[]; trouble?: string } {
  const tree = new Map<string, TreeEntry>();
  let trouble = lines.length > MOST_ENTRIES ? `the directory has more than ${MOST_ENTRIES} entries` : undefined;
  for (const line of lines) {
    const entry = listedEntry(line);
    if (!entry) {
      if (line !== '' && !line.startsWith('sudo: unable to resolve host')) trouble ??= line;
      continue;
    }
    const { full, type, ...rest } = entry;
    if (full === prefix) continue;
    const path = full.slice(prefix.length + 1);
    tree.set(path, {
      path,
      type: type === 'regular file' ? 'file' : type === 'directory' ? 'directory' : 'other',
      ...rest,
    });
  }
  const byPath = [...tree.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { tree: byPath, ...(trouble !== undefined && { trouble }) };
}

/** What one product's answer says; undefined when the product is not there. */
function installedFrom(profile: Profile, stdout: string): Installed | undefined {
  const lines = stdout.split('\n');
  const value = (name: string): string | undefined =>
    lines.find((l) => l.startsWith(`=${name} `))?.slice(name.length + 2);
  const between = (from: string, to: string): string[] => {
    const a = lines.findIndex((l) => l.startsWith(`=${from}`));
    const b = lines.findIndex((l, i) => i > a && l.startsWith(`=${to}`));
    return a < 0 || b < 0 ? [] : lines.slice(a + 1, b);
  };
  const running = lines.flatMap((l) => {
    const m = /^=pid (\d+) (.*)$/.exec(l);
    return m ? [{ pid: Number(m[1]), name: m[2]! }] : [];
  });
  if (!value('present') && running.length === 0) return undefined;
  const missing = lines.flatMap((l) => (l.startsWith('=missing ') ? [l.slice(9)] : []));
  if (missing.length > 0)
    throw new NotSeen(`${missing.join(', ')} missing on the node: install coreutils, findutils, grep, sed and awk`);
  if (!lines.includes('=end')) throw new NotSeen('the node stopped answering while its configuration was read');
  const [how = 'default', root = profile.root] = /^(\S+) (.*)$/.exec(value('root') ?? '')?.slice(1) ?? [];
  const texts = unmaskLines(between('texts', 'tree'));
  const environment = unmaskLines(between('environment', 'root'));
  if (!texts || !environment)
    throw new NotSeen(
      'sha256sum is missing on the node: secrets in the configuration could not be compared; install coreutils',
    );
  // the last `=end` is that of the script, whatever files are called; paths begin with the `$R` of the node tree, as the line of the directory shows
  const listing = lines.slice(lines.indexOf('=tree') + 1, lines.lastIndexOf('=end'));
  const top = listedEntry(listing.find((l) => l.startsWith('~')) ?? '')?.full ?? root;
  const { tree, trouble } = parseTree(listing, top);
  if (!listing.some((l) => l.startsWith('~')))
    throw new NotSeen(withGrant(`${root} could not be read: ${trouble ?? 'no reason given'}`));
  const below = <T>(byPath: ReadonlyMap<string, T>): [string, T][] =>
    [...byPath].flatMap(([path, value]): [string, T][] =>
      path === '' ? [] : [[path.startsWith(`${top}/`) ? path.slice(top.length + 1) : path, value]],
    );
  return {
    product: profile.product,
    root,
    rootBecause: how,
    tree,
    ...(trouble !== undefined && { treeTrouble: trouble }),
    texts: new Map(below(texts.files)),
    cut: new Map(below(texts.cut)),
    placeholders: new Map([...below(texts.placeholders), ...environment.placeholders]),
    environment: new Map(
      (environment.files.get('') ?? '').split('\n').flatMap((l): [string, string][] => {
        const at = l.indexOf('=');
        return at > 0 ? [[l.slice(0, at), l.slice(at + 1).trimStart()]] : [];
      }),
    ),
    environmentFrom: value('environment') ?? 'files',
    running,
  };
}

/** The installation of one of these products on a node. NotSeen: none is there, or more than one. */
export const discovery = (profiles: readonly Profile[]): Collector<Found> => ({
  id: 'found',
  requests: Object.fromEntries(profiles.map((p) => [p.product, { script: script(p), allowExit: 'any' as const }])),
  parse(answers) {
    const here = profiles.flatMap((profile): Found[] => {
      const installed = installedFrom(profile, answers[profile.product]?.stdout ?? '');
      return installed ? [{ ...installed, profile }] : [];
    });
    const [one, other] = here;
    const stuck = Object.values(answers).flatMap((a) => /^=stuck (.*)$/m.exec(a.stdout)?.[1] ?? []);
    if (!one && stuck.length > 0) throw new NotSeen(`the product could not be detected: ${stuck[0]} does not answer`);
    if (!one)
      throw new NotSeen(
        `${profiles.map((p) => p.title).join(', ')} not found on the node: ${profiles.map((p) => p.root).join(', ')} ${profiles.length === 1 ? 'does' : 'do'} not exist`,
      );
    if (other)
      throw new NotSeen(
        `the node has several products (${here.map((h) => h.product).join(', ')}): set product: in the inventory`,
      );
    return one;
  },
});

/** What `discovery` found, for the needs of checks: round 1 has asked already. */
export const found = defineCollector<Found>({
  id: 'found',
  requests: {},
  parse() {
    throw new NotSeen('the product was not looked for');
  },
});

/** What its configuration says, as a fact of its own: what does not depend on it can be seen without the right to read it. */
export const settings = defineCollector<Settings, Found>({
  id: 'settings',
  requests: () => ({}),
  parse: (_, __, installed) => settingsOf(installed),
});
