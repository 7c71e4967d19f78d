import {
  defineCheck,
  everyNode,
  type Finding,
  fail,
  list,
  type PlaceTrial,
  pass,
  placesOf,
  reachOf,
  type SharedPlace,
  same,
  serverInodes,
  skip,
  storageQuestions,
  trialOf,
  unknown,
} from 'ha-preflight';
import { type Held, storage } from 'ha-preflight/collectors/storage';

/** Which sentence of a document asks for the directory; what is not listed is asked for by the inventory. */
const ASKED_BY: Readonly<Record<string, readonly string[]>> = {
  'Server.DataDir': ['RSPM-07', 'RSPM-08', 'CONN-04'],
  'Database.Dir': ['CONN-05'],
  'Server.LandingDir': ['CONN-06'],
  'server-shared-storage-path': ['WB-11', 'WB-46'],
  'home directories': ['WB-07', 'WB-46'],
  'storage.homes': ['WB-07', 'WB-46'],
};
const rows = (setting: string): readonly string[] => ASKED_BY[setting] ?? ['RSPM-08', 'CONN-04', 'WB-11'];

type At = { readonly node: string; readonly value: Held };

/** Owners a client shows when it cannot map them (DOMAIN X-15). */
const NOBODY = [65_534, 4_294_967_294];

/** As many entries with equal inodes as prove that a directory is the same; the number of a root proves nothing. */
const PROOF = 3;

/** The directory by its inode and those of entries that every node lists. */
function identities(held: readonly At[]): { keys: { node: string; key: string; shown: string }[]; proven: boolean } {
  const names = [...held[0]!.value.entries.keys()].filter((n) => held.every((h) => h.value.entries.has(n)));
  const full = held.every((h) => h.value.entries.size > 0 && h.value.entries.size < 60);
  const keys = held.map(({ node, value }) => {
    // two roots can have one number; what is in them then tells them apart
    const listed = names.length > 0 ? names : full ? [...value.entries.keys()].sort() : [];
    const entries = listed.map((n) => `${n} ${value.entries.get(n)}`).join('\n');
    return { node, key: `${value.inode}\n${entries}`, shown: `${value.mount.source} (inode ${value.inode})` };
  });
  return { keys, proven: names.length >= PROOF || new Set(held.map((h) => h.value.changed)).size === 1 };
}

function identityFinding(place: SharedPlace, held: readonly At[], reference: string | undefined): Finding {
  const { what, setting } = place;
  const about = { subject: setting, requirements: rows(setting) };
  const { keys, proven } = identities(held);
  const nodes = held.map((h) => h.node);
  const finding = same(what, keys, reference, {
    ...about,
    details: held.map((h) => `${h.node}: ${h.value.mount.type} ${h.value.mount.source} on ${h.value.mount.point}`),
  });
  const hint = 'ha-preflight check --active writes a marker on one node and reads it on the others';
  if (finding.status === 'fail')
    return held.every((h) => serverInodes(h.value))
      ? { ...finding, message: `${what} on ${list(finding.nodes ?? [])} is not the directory of the others` }
      : unknown(`${what}: on ${held[0]!.value.mount.type} every node makes inodes of its own: ${hint}`, {
          ...about,
          nodes,
        });
  return proven
    ? {
        ...finding,
        message: `${what} (${setting}) is one directory on ${list(nodes)}`,
        observed: `inode ${held[0]!.value.inode}`,
      }
    : unknown(`${what} has the same number on all nodes, and nothing in it that would prove it the same: ${hint}`, {
        ...about,
        nodes,
      });
}

/** What the marker proved: a node that does not see it has another directory, whatever the numbers say. */
function proven(place: SharedPlace, trial: PlaceTrial): Finding[] {
  const about = { subject: place.setting, requirements: rows(place.setting) };
  const { what } = place;
  const by = Object.keys(trial.markers);
  const blind = Object.entries(trial.trouble).filter(([node]) => node !== trial.writer && !by.includes(node));
  const strangers = by.filter((node) => trial.markers[node] === 'absent');
  const odd = by.filter((node) => !['seen', 'absent'].includes(trial.markers[node]!));
  const findings: Finding[] = [
    ...blind.map(([node, why]) =>
      unknown(`${what} could not be tried on ${node}: ${why}`, {
        ...about,
        subject: `${place.setting} untried ${node}`,
        nodes: [node],
      }),
    ),
    ...odd.map((node) =>
      unknown(`${node} could not read the marker in ${what}: ${trial.markers[node]}`, {
        ...about,
        subject: `${place.setting} unread ${node}`,
        nodes: [node],
      }),
    ),
  ];
  if (trial.left)
    findings.push(
      fail(`${what}/${trial.left.name} could not be removed`, {
        ...about,
        subject: `${place.setting} left`,
        severity: 'warning',
        nodes: trial.left.nodes,
        remediation: `rm -r ${what}/${trial.left.name}`,
      }),
    );
  if (strangers.length > 0) {
    // of two nodes neither is the wrong one
    const nodes = by.length === 1 ? [trial.writer!, ...strangers] : strangers;
    findings.push(
      fail(`a file ${trial.writer} wrote into ${what} is not there on ${list(strangers)}`, {
        ...about,
        nodes,
        observed: 'no marker',
        expected: `the marker of ${trial.writer}`,
      }),
    );
  } else if (by.some((node) => trial.markers[node] === 'seen'))
    findings.push(
      pass(
        `a file ${trial.writer} wrote into ${what} is there on ${list(by.filter((n) => trial.markers[n] === 'seen'))}; it was removed`,
        { ...about, nodes: [trial.writer!, ...by.filter((n) => trial.markers[n] === 'seen')] },
      ),
    );
  return findings;
}

function judgePlace(place: SharedPlace, reference: string | undefined, trial: PlaceTrial | undefined): Finding[] {
  const { what, setting, held, missing, unset, findings } = place;
  const requirements = rows(setting);
  const out = [...findings];
  if (unset.length > 0 && place.role === 'shared')
    out.push(
      fail(`${setting} is not set on ${list(unset)}, elsewhere it is ${what}`, {
        nodes: unset,
        subject: `${setting} unset`,
        requirements,
      }),
    );
  // what does not exist yet is where it would be
  const absent = missing.filter((m) => held.length > 0 || reachOf(m.value.mount?.type ?? '') === 'local');
  if (absent.length > 0)
    out.push(
      fail(`${what} (${setting}) does not exist on ${list(absent.map((m) => m.node))}`, {
        nodes: absent.map((m) => m.node),
        subject: `${setting} missing`,
        requirements,
        expected: 'a directory on storage that all nodes share',
      }),
    );
  else if (missing.length > 0)
    out.push(
      unknown(`${what} (${setting}) is on no node yet: mkdir it on the share, and check again`, {
        nodes: missing.map((m) => m.node),
        subject: `${setting} missing`,
        requirements,
      }),
    );
  const local = held.filter((h) => reachOf(h.value.mount.type) === 'local');
  if (local.length > 0)
    out.push(
      fail(`${what} (${setting}) is on a disk of ${list(local.map((h) => h.node))} alone: is the mount missing?`, {
        nodes: local.map((h) => h.node),
        subject: `${setting} local`,
        requirements: [...requirements, 'RSPM-11'],
        observed: [...new Set(local.map((h) => `${h.value.mount.type} on ${h.value.mount.point}`))].join(', '),
        expected: 'storage that all nodes share',
      }),
    );
  const rest = held.filter((h) => !local.includes(h));
  // a local disk is not shared, even where a marker is seen through it
  const tried = trial && trial.writer !== undefined && local.length === 0 && absent.length === 0;
  if (tried) out.push(...proven(place, trial));
  else if (rest.length > 1) out.push(identityFinding(place, rest, reference));
  else if (rest.length === 1 && local.length === 0 && absent.length === 0 && findings.length > 0)
    out.push(
      unknown(`only ${rest[0]!.node} shows ${what}: nothing to compare it with`, {
        nodes: [rest[0]!.node],
        subject: setting,
        requirements,
      }),
    );
  if (rest.length > 1) {
    const odd = everyNode(
      '',
      rest,
      ({ uid, gid }) =>
        NOBODY.includes(uid) || NOBODY.includes(gid)
          ? { problem: `${what} belongs to nobody (${uid}:${gid}): squashed, or the id mapping fails` }
          : undefined,
      { subject: `${setting} owner`, severity: 'warning', requirements: ['X-15'] },
    );
    const owner =
      odd.status === 'fail'
        ? odd
        : same(
            `the owner of ${what}`,
            rest.map((h) => ({ node: h.node, key: `${h.value.uid}:${h.value.gid}` })),
            reference,
            { subject: `${setting} owner`, severity: 'warning', requirements: ['X-15'] },
          );
    if (owner.status === 'fail' && !out.some((f) => f.status === 'fail')) out.push(owner);
  }
  return out;
}

/** The trial's name of a place: of the inventory's paths there can be several. */
const trialKey = (p: SharedPlace): string => (p.setting === 'storage.paths' ? `storage.paths ${p.what}` : p.setting);

export default defineCheck({
  id: 'shared-directories',
  title: 'Shared directories are one and the same on every node',
  severity: 'critical',
  tags: ['storage'],
  requirements: ['RSPM-07', 'RSPM-08', 'RSPM-11', 'CONN-04', 'CONN-05', 'CONN-06', 'WB-07', 'WB-11', 'WB-46', 'X-15'],
  rationale:
    'A node whose mount is missing writes to its own disk, silently, and its data is lost to the others. The same mount source proves nothing (a TLS tunnel shows 127.0.0.1 everywhere), nor does another one disprove it (a DNS alias). ' +
    "So the directory's number and those of its entries are compared, which a file server gives and every client shows. Local disks are never shared, even when a cloned image makes their numbers equal.",
  products: ['workbench', 'connect', 'package-manager'],
  needs: { storage },
  minimumNodes: 2,
  asks: storageQuestions,
  judge(nodes, { cluster, product, services }) {
    const places = placesOf(nodes, ['shared', 'homes']);
    const trials = trialOf(services) ?? { places: {} };
    const findings = places.flatMap((p) =>
      judgePlace(p, cluster.reference, 'unseen' in trials ? undefined : trials.places[trialKey(p)]),
    );
    if ('unseen' in trials)
      findings.push(unknown(trials.unseen, { subject: 'trial', nodes: nodes.map((n) => n.node) }));
    if (product === 'workbench' && !places.some((p) => p.role === 'homes'))
      findings.push(
        skip(
          'home directories were not looked at: name their folder as storage.homes, or some users, in the inventory',
          { subject: 'homes', requirements: ['WB-07'] },
        ),
      );
    return findings.length > 0
      ? findings
      : skip('the product shares no directory: all of its storage is elsewhere', { nodes: nodes.map((n) => n.node) });
  },
  remediation:
    'findmnt -T DIRECTORY on the nodes named and on a good one; stop the product, move aside what lies on the local disk, mount the share (and add it to /etc/fstab), start the product',
});
