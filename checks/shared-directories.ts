import {
  command,
  defineCheck,
  type Finding,
  fail,
  faults,
  list,
  same,
  sift,
  skip,
  unknown,
  withFix,
} from 'ha-preflight';
import { storage } from 'ha-preflight/collectors/storage';
import { type PlaceTrial, storageTrials, TRIAL } from 'ha-preflight/probes/storage';
import { byMarker } from './support/marker.js';
import { byInodes, faultyFindings, ownerFinding } from './support/oneDirectory.js';
import { folderIn, openPlaces, pathsOf, placesOf, type SharedPlace, sharing } from './support/places.js';

/** The requirements that ask for the directory; a directory that is not listed is asked for by the inventory. */
const ASKED_BY: Readonly<Record<string, readonly string[]>> = {
  'Server.DataDir': ['RSPM-07', 'RSPM-08', 'CONN-04'],
  'Database.Dir': ['CONN-05'],
  'Server.LandingDir': ['CONN-06'],
  'server-shared-storage-path': ['WB-11', 'WB-46'],
  'home directories': ['WB-07', 'WB-46'],
  'storage.homes': ['WB-07', 'WB-46'],
};
const rows = (setting: string): readonly string[] => ASKED_BY[setting] ?? ['RSPM-08', 'CONN-04', 'WB-11'];

/** A directory that nothing can be written to on a node, by the options of the mount or of the file system. */
const readOnly = ({ what, setting }: SharedPlace, held: SharedPlace['held'], requirements: readonly string[]) =>
  faults(
    held,
    ({ mount }) =>
      mount.options.has('ro')
        ? { problem: `${what} (${setting}) is mounted read-only`, observed: `ro on ${mount.point}` }
        : undefined,
    {
      subject: `${setting} read-only`,
      requirements,
      expected: 'mounted read-write on every node',
    },
  ).map((f) =>
    withFix(
      f,
      (node) => command`sudo mount -o remount,rw ${held.find((h) => h.node === node)!.value.mount.point}`,
      'and correct the options in /etc/fstab',
    ),
  );

/** A local disk on a folder inside the directory: what is below it belongs to one node. */
const localInside = ({ what, setting, role }: SharedPlace, held: SharedPlace['held']) =>
  role === 'homes'
    ? []
    : faults(
        held,
        ({ inside = [] }) => {
          const local = inside.filter((m) => sharing({ mount: m }) === 'local');
          return local.length > 0
            ? {
                problem: `inside ${what} (${setting}) a local file system is mounted: ${list(local.map((m) => m.point))}`,
                observed: local.map((m) => `${m.type} on ${m.point}`).join(', '),
              }
            : undefined;
        },
        { subject: `${setting} inside`, severity: 'warning', expected: 'one file system, that all nodes share' },
      );

/** Whether copies of a directory have files of the same names, as far as they are listed. */
const sameNames = (held: SharedPlace['held']): boolean =>
  new Set(held.map((h) => [...h.value.entries.keys()].sort().join('\n'))).size === 1;

/** On no node yet, on a mount that may be shared: unknown, unless the nodes would create different directories. */
function notThereYet(place: SharedPlace, requirements: readonly string[], reference: string | undefined): Finding {
  const { what, setting, missing, role } = place;
  const about = { subject: `${setting} missing`, requirements };
  const sources = new Set(missing.map((m) => m.value.mount?.source));
  if (role === 'shared' && sources.size === 1) {
    const places = missing.map((m) => ({ node: m.node, key: folderIn(m.value), shown: m.value.path }));
    const finding = same(`the directory ${setting}`, places, reference, about);
    if (finding.status === 'fail') return finding;
  }
  return unknown(`${what} (${setting}) does not exist on any node yet: create it on the share, and check again`, {
    ...about,
    nodes: missing.map((m) => m.node),
  });
}

/** Fewer than half of the nodes are the odd ones, be it that they have it or that they do not. */
function unsetFindings(
  { setting, what, unset, role }: SharedPlace,
  using: readonly string[],
  requirements: readonly string[],
) {
  if (unset.length === 0 || role !== 'shared') return [];
  const odd = using.length > 0 && using.length < unset.length ? using : unset;
  return [
    fail(
      odd === unset
        ? `${setting} is not set, or not used, on ${list(unset)}; on the other nodes it is ${what}`
        : `${setting} is used on ${list(odd)} alone: ${what}`,
      { nodes: odd, subject: `${setting} unset`, requirements },
    ),
  ];
}

/** `absent`: without it on nodes where it should be. */
const missingFinding = (
  { setting }: SharedPlace,
  absent: SharedPlace['missing'],
  requirements: readonly string[],
): Finding =>
  fail(`${pathsOf(absent)} (${setting}) does not exist on ${list(absent.map((m) => m.node))}`, {
    nodes: absent.map((m) => m.node),
    subject: `${setting} missing`,
    requirements,
    expected: 'a directory on storage that all nodes share',
  });

function localFindings(
  { setting, held }: SharedPlace,
  local: SharedPlace['held'],
  requirements: readonly string[],
): Finding[] {
  if (local.length === 0) return [];
  const copied = setting === 'Server.LandingDir' && held.length > 1 && sameNames(held);
  return [
    fail(
      `${pathsOf(local)} (${setting}) is on a local disk of ${list(local.map((h) => h.node))}: is the mount missing?`,
      {
        nodes: local.map((h) => h.node),
        subject: `${setting} local`,
        ...(copied && {
          severity: 'warning' as const,
          details: [
            'the files have the same names on every node: if they are copies, users see the same page until one is changed',
          ],
        }),
        requirements: [...requirements, 'RSPM-11'],
        observed: [...new Set(local.map((h) => `${h.value.mount.type} on ${h.value.mount.point}`))].join(', '),
        expected: 'storage that all nodes share',
      },
    ),
  ];
}

function judgePlace(place: SharedPlace, reference: string | undefined, trial: PlaceTrial | undefined): Finding[] {
  const { what, setting, held, missing } = place;
  const requirements = rows(setting);
  const broken = faultyFindings(place, requirements);
  // what failed is not unknown as well
  const blamed = broken.flatMap((f) => f.nodes ?? []);
  const { findings } = sift(
    place.blind.filter((n) => !blamed.includes(n.node)),
    `${setting} unseen`,
  );
  const using = [...new Set([...held, ...missing, ...place.blind].map((n) => n.node))];
  const out = [...broken, ...findings, ...unsetFindings(place, using, requirements)];
  // a directory that does not exist yet would be on the mount above it
  const absent = missing.filter((m) => held.length > 0 || sharing(m.value) === 'local');
  if (absent.length > 0) out.push(missingFinding(place, absent, requirements));
  else if (missing.length > 0) out.push(notThereYet(place, requirements, reference));
  // the memory of one machine is not what a file server gives the others
  const served = held.some((h) => sharing(h.value) === 'network');
  const local = held.filter((h) => sharing(h.value) === 'local' || (served && sharing(h.value) === 'memory'));
  const rest = held.filter((h) => !local.includes(h));
  out.push(
    ...localFindings(place, local, requirements),
    ...readOnly(place, rest, requirements),
    ...localInside(place, rest),
  );
  // a local disk is not shared, even where a marker is seen through it
  const there = new Set(rest.map((h) => h.node));
  const tried = trial?.writer !== undefined && there.has(trial.writer);
  if (tried) out.push(...byMarker(place, trial, there, requirements));
  else if (rest.length > 1) out.push(byInodes(place, rest, reference, requirements));
  else if (rest.length === 1 && local.length === 0 && absent.length === 0 && findings.length > 0 && broken.length === 0)
    out.push(
      unknown(`${what} is visible only on ${rest[0]!.node}: nothing to compare it with`, {
        nodes: [rest[0]!.node],
        subject: setting,
        requirements,
      }),
    );
  const owner = ownerFinding(place, rest, reference);
  if (owner?.status === 'fail' && !out.some((f) => f.status === 'fail')) out.push(owner);
  return out;
}

/** The name of a directory in the trials: the inventory can list several paths. */
const trialKey = (p: SharedPlace): string => (p.setting === 'storage.paths' ? `storage.paths ${p.what}` : p.setting);

export default defineCheck({
  id: 'shared-directories',
  title: 'Shared directories are the same on every node',
  severity: 'critical',
  tags: ['storage'],
  requirements: ['RSPM-07', 'RSPM-08', 'RSPM-11', 'CONN-04', 'CONN-05', 'CONN-06', 'WB-07', 'WB-11', 'WB-46', 'X-15'],
  rationale:
    'A node whose mount is missing writes to its own disk without an error, and the other nodes do not have its data. The mount source proves nothing: a TLS tunnel shows 127.0.0.1 on every node, and two DNS names can be one server. ' +
    'So the check compares the inode numbers of the directory and its entries, and the time of its last change to the nanosecond, which the file server gives and every client shows. Local disks are never shared, even when a cloned image makes their numbers equal. ' +
    'A mount that answers with an error, or not at all where another node got an answer, is a fault of that node.',
  when: (profile) => profile.sharesStorage === true,
  needs: { storage },
  minimumNodes: 2,
  asks: { storageTrials },
  judge(nodes, { cluster, product, services }) {
    const places = placesOf(nodes, ['shared', 'homes']);
    const trials = services.storageTrials.get(TRIAL) ?? { value: {} };
    const findings = places.flatMap((p) =>
      judgePlace(p, cluster.reference, 'unseen' in trials ? undefined : trials.value[trialKey(p)]),
    );
    findings.push(...openPlaces(nodes, ['shared', 'homes']));
    if ('unseen' in trials)
      findings.push(unknown(trials.unseen, { subject: 'trial', nodes: nodes.map((n) => n.node) }));
    if (product === 'workbench' && !places.some((p) => p.role === 'homes'))
      findings.push(
        skip(
          'home directories were not checked: set storage.homes to their folder, or list some users, in the inventory',
          { subject: 'homes', requirements: ['WB-07'] },
        ),
      );
    return findings.length > 0
      ? findings
      : skip('the product has no shared directory', { nodes: nodes.map((n) => n.node) });
  },
  remediation:
    'findmnt -T DIRECTORY    # on the nodes named and on a good node; then stop the product, move aside what is on the local disk, mount the share (and add it to /etc/fstab), and start the product',
});
