/** Whether several nodes share one directory, by what the file server and every client show of it; and who owns it. Used by `shared-directories`. */

import { type Finding, faults, groupsOf, list, pass, same, unknown } from 'ha-preflight';
import type { Held } from 'ha-preflight/collectors/storagePlace';
import { isLoopback } from 'ha-preflight/formats/hostName';
import { pathsOf, type SharedPlace, serverInodes, sharing } from './places.js';

/** This many entries with equal inodes prove that the directory is the same; the inode of a file system's root proves nothing. */
const PROOF = 3;

/** Entries that both list: how many, and how many of them have the same inode. */
function compared(a: Held, b: Held): { common: number; agree: number } {
  const common = [...a.entries.keys()].filter((name) => b.entries.has(name));
  return { common: common.length, agree: common.filter((n) => a.entries.get(n) === b.entries.get(n)).length };
}

/** Changed at the same nanosecond of the server's clock, which nobody can set. */
const sameTime = (a: Held, b: Held): boolean => a.changed === b.changed && a.modified === b.modified;

/**
 * Two numbers that differ are two directories. With equal numbers they are two as well (the roots of two file systems)
 * when several entries have the same names and none of them the same number; a single entry may just have been replaced.
 */
function differ(a: Held, b: Held): boolean {
  if (a.inode !== b.inode) return true;
  const { common, agree } = compared(a, b);
  return common >= PROOF && agree === 0;
}

/** The address of an NFS server as the kernel dials it; none where that is a tunnel on the node itself. */
function serverOf({ options }: Held): string | undefined {
  const address = options.get('addr') ?? options.get('mountaddr');
  return address === undefined || isLoopback(address) ? undefined : address;
}
const sourceOf = (held: Held): string => held.mount.source.toLowerCase().split(':/')[0]!;

/**
 * What speaks against one directory although the numbers agree: a copy of a file system (a replica, a clone, a snapshot)
 * keeps inodes and times. A name that means another address on each node, as of a clustered server, is still one name.
 */
function contradiction(a: Held, b: Held): string | undefined {
  if (a.service?.id !== undefined && b.service?.id !== undefined)
    return a.service.id === b.service.id ? undefined : `${a.service.id} and ${b.service.id}`;
  const [one, other] = [serverOf(a), serverOf(b)];
  if (one !== undefined && other !== undefined && one !== other && sourceOf(a) !== sourceOf(b))
    return `the servers ${a.mount.source} (${one}) and ${b.mount.source} (${other})`;
  const sameServer = one !== undefined && one === other;
  return sameServer && a.volume && b.volume && a.volume.fsid !== b.volume.fsid
    ? `file systems ${a.volume.fsid} and ${b.volume.fsid} of one server`
    : undefined;
}

/** Equal inodes are one directory with one of three proofs: the time of the last change, entries, or one file system of one server. */
const proven = (a: Held, b: Held): boolean =>
  sameTime(a, b) ||
  compared(a, b).agree >= PROOF ||
  (serverOf(a) !== undefined &&
    serverOf(a) === serverOf(b) &&
    a.volume !== undefined &&
    a.volume.fsid === b.volume?.fsid);

/** Whether two nodes use one directory; undefined where the numbers agree and nothing proves it. */
export function oneDirectory(a: Held, b: Held): boolean | undefined {
  if (serverInodes(a) && serverInodes(b) && differ(a, b)) return false;
  return contradiction(a, b) === undefined && !differ(a, b) && proven(a, b) ? true : undefined;
}

/** One directory or several, by what the file server and every client say of it. */
export function byInodes(
  place: SharedPlace,
  held: SharedPlace['held'],
  reference: string | undefined,
  requirements: readonly string[],
): Finding {
  const { what, setting } = place;
  const nodes = held.map((h) => h.node);
  const about = { subject: setting, requirements, nodes };
  const hint = 'ha-preflight check --active writes a marker on one node and reads it on the others';
  const type = [...new Set(held.map((h) => h.value.mount.type))].join(', ');
  // numbers of a type that may be a local disk are equal on cloned machines
  if (held.some((h) => sharing(h.value) === 'unknown'))
    return unknown(`${what} is on ${type}: whether the nodes share it is not known from the type: ${hint}`, about);
  const heads: Held[] = [];
  const keys = held.map(({ node, value }) => {
    let at = heads.findIndex((head) => !differ(head, value));
    if (at < 0) at = heads.push(value) - 1;
    return { node, key: String(at), shown: `${value.mount.source} (inode ${value.inode})` };
  });
  const finding = same(what, keys, reference, {
    subject: setting,
    requirements,
    details: held.map((h) => `${h.node}: ${h.value.mount.type} ${h.value.mount.source} on ${h.value.mount.point}`),
  });
  if (finding.status === 'fail')
    return held.every((h) => serverInodes(h.value))
      ? {
          ...finding,
          message:
            finding.nodes?.length === nodes.length
              ? `${what} is not one directory on ${list(nodes)}`
              : `${pathsOf(held.filter((h) => finding.nodes?.includes(h.node)))} on ${list(finding.nodes ?? [])} is not the directory that the other nodes use`,
        }
      : unknown(`${what}: inodes on ${type} are different on every node, so they prove nothing: ${hint}`, about);
  const [first, ...rest] = held.map((h) => h.value);
  const against = rest.flatMap((r) => contradiction(first!, r) ?? [])[0];
  if (against !== undefined)
    return unknown(
      `${what} has the same inode on all nodes, but ${against} can hold copies of one file system: ${hint}`,
      about,
    );
  if (!rest.every((r) => proven(first!, r)))
    return unknown(
      `${what} has the same inode on all nodes, but it was changed while it was looked at, and too few entries prove that it is the same directory: run the check again, or: ${hint}`,
      about,
    );
  return pass(`${pathsOf(held)} (${setting}) is one directory on ${list(nodes)}`, {
    ...about,
    observed: `inode ${first!.inode}`,
    ...(finding.details && { details: finding.details }),
  });
}

/** Owners a client shows when it cannot map them. */
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

/** A mount that gave an error, or no answer where another node got one; of a server that no node reaches nothing is known. */
export function faultyFindings(place: SharedPlace, requirements: readonly string[]): Finding[] {
  const { what, setting, faulty, held, missing } = place;
  const answered = held.length + missing.length > 0;
  const bad = faulty.filter((f) => f.fault === 'broken' || answered);
  if (bad.length === 0) return [];
  return faults(
    bad.map(({ node, why }) => ({ node, value: why })),
    (why) => ({ problem: `${what} (${setting}) does not work: ${why.replace(/^\S+ \([^)]*\): /, '')}`, observed: why }),
    {
      subject: `${setting} mount`,
      requirements,
      expected: groupsOf(held.map((h) => ({ node: h.node, key: h.value.mount.source })))
        .map((g) => `${g.key}, as on ${list(g.nodes)}`)
        .join('; '),
      remediation:
        'stop the product on the nodes named, umount -l MOUNT-POINT, mount it again, and start the product; look at the file server first',
    },
  );
}
