/** Whether a directory of several nodes is one: by inodes, by a marker that was tried, and who owns it. Used by `shared-directories`. */

import { everyNode, type Finding, fail, list, pass, same, unknown } from 'ha-preflight';
import type { PlaceTrial } from 'ha-preflight/probes/storage';
import { type SharedPlace, serverInodes } from './places.js';

/** As many entries with equal inodes as prove that a directory is the same; the number of a root proves nothing. */
const PROOF = 3;

/** The directory by its inode and those of entries that every node lists. */
function identities(held: SharedPlace['held']): {
  keys: { node: string; key: string; shown: string }[];
  proven: boolean;
} {
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

/** One directory or several, by what the file server and every client say of it. */
export function byInodes(
  place: SharedPlace,
  held: SharedPlace['held'],
  reference: string | undefined,
  requirements: readonly string[],
): Finding {
  const { what, setting } = place;
  const about = { subject: setting, requirements };
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
export function byMarker(
  place: SharedPlace,
  trial: PlaceTrial,
  there: ReadonlySet<string>,
  requirements: readonly string[],
): Finding[] {
  const about = { subject: place.setting, requirements };
  const { what } = place;
  const by = Object.keys(trial.markers).filter((node) => there.has(node));
  const blind = Object.entries(trial.trouble).filter(
    ([node]) => there.has(node) && node !== trial.writer && !by.includes(node),
  );
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

/** Owners a client shows when it cannot map them. */
const NOBODY = [65_534, 4_294_967_294];

/** Who owns it, as each node shows it: nobody, or another than elsewhere. */
export function ownerFinding(
  { what, setting }: SharedPlace,
  held: SharedPlace['held'],
  reference: string | undefined,
): Finding | undefined {
  if (held.length < 2) return undefined;
  const about = { subject: `${setting} owner`, severity: 'warning' as const, requirements: ['X-15'] };
  const odd = everyNode(
    '',
    held,
    ({ uid, gid }) =>
      NOBODY.includes(uid) || NOBODY.includes(gid)
        ? { problem: `${what} belongs to nobody (${uid}:${gid}): squashed, or the id mapping fails` }
        : undefined,
    about,
  );
  if (odd.status === 'fail') return odd;
  const owners = held.map((h) => ({ node: h.node, key: `${h.value.uid}:${h.value.gid}` }));
  return same(`the owner of ${what}`, owners, reference, about);
}
