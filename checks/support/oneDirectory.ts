/** Whether several nodes share one directory: by inodes, and by a marker file; and who owns it. Used by `shared-directories`. */

import { command, type Finding, fail, faults, list, pass, same, unknown } from 'ha-preflight';
import type { PlaceTrial } from 'ha-preflight/probes/storage';
import { type SharedPlace, serverInodes } from './places.js';

/** This many entries with equal inodes prove that the directory is the same; the inode of a file system's root proves nothing. */
const PROOF = 3;

/** The directory by its inode and those of entries that every node lists. */
function identities(held: SharedPlace['held']): {
  keys: { node: string; key: string; shown: string }[];
  proven: boolean;
} {
  const names = [...held[0]!.value.entries.keys()].filter((n) => held.every((h) => h.value.entries.has(n)));
  const full = held.every((h) => h.value.entries.size > 0 && h.value.entries.size < 60);
  const keys = held.map(({ node, value }) => {
    // two roots can have the same number; their entries then distinguish them
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
      ? { ...finding, message: `${what} on ${list(finding.nodes ?? [])} is not the directory that the other nodes use` }
      : unknown(
          `${what}: inodes on ${held[0]!.value.mount.type} are different on every node, so they prove nothing: ${hint}`,
          {
            ...about,
            nodes,
          },
        );
  return proven
    ? {
        ...finding,
        message: `${what} (${setting}) is one directory on ${list(nodes)}`,
        observed: `inode ${held[0]!.value.inode}`,
      }
    : unknown(
        `${what} has the same inode on all nodes, but too few entries to prove that it is the same directory: ${hint}`,
        {
          ...about,
          nodes,
        },
      );
}

/** What the marker proved: a node that does not see it has a different directory, whatever the inodes are. */
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
        remediation:
          command`rm -r ${`${what}/${trial.left.name}`}` ??
          'remove the folder by hand: its name cannot be part of a command',
      }),
    );
  if (strangers.length > 0) {
    // of two nodes, neither is known to be wrong
    const nodes = by.length === 1 ? [trial.writer!, ...strangers] : strangers;
    findings.push(
      fail(`a file that ${trial.writer} wrote into ${what} does not exist on ${list(strangers)}`, {
        ...about,
        nodes,
        observed: 'no marker',
        expected: `the marker of ${trial.writer}`,
      }),
    );
  } else if (by.some((node) => trial.markers[node] === 'seen'))
    findings.push(
      pass(
        `a file that ${trial.writer} wrote into ${what} exists on ${list(by.filter((n) => trial.markers[n] === 'seen'))}; the file was removed`,
        { ...about, nodes: [trial.writer!, ...by.filter((n) => trial.markers[n] === 'seen')] },
      ),
    );
  return findings;
}

/** Owners a client shows when it cannot map them (X-15). */
const NOBODY = [65_534, 4_294_967_294];

/** The owner, as each node shows it: nobody, or a different account on some nodes. */
export function ownerFinding(
  { what, setting }: SharedPlace,
  held: SharedPlace['held'],
  reference: string | undefined,
): Finding | undefined {
  if (held.length < 2) return undefined;
  const about = { subject: `${setting} owner`, severity: 'warning' as const, requirements: ['X-15'] };
  const [odd] = faults(
    held,
    ({ uid, gid }) =>
      NOBODY.includes(uid) || NOBODY.includes(gid)
        ? { problem: `${what} belongs to nobody (${uid}:${gid}): look at root_squash and the id mapping` }
        : undefined,
    about,
  );
  if (odd) return odd;
  const owners = held.map((h) => ({ node: h.node, key: `${h.value.uid}:${h.value.gid}` }));
  return same(`the owner of ${what}`, owners, reference, about);
}
