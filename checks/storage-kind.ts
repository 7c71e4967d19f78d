import { defineCheck, everyNode, type Finding, pass, settings, skip, unknown } from 'ha-preflight';
import { storage } from 'ha-preflight/collectors/storage';
import type { Held } from 'ha-preflight/collectors/storagePlace';
import { fileSystemKind } from 'ha-preflight/formats/fileSystems';
import { isNfs } from 'ha-preflight/formats/mountinfo';
import { byMount, isEfs, isTunnel, placesOf, sharing } from './support/places.js';

/** SMB that keeps an owner for each file: then it depends on the server what is kept. */
const KEEPS_OWNERS = ['posix', 'multiuser', 'cifsacl', 'modefromsid', 'unix'];

const mayKeepOwners = ({ mount }: Held): boolean => KEEPS_OWNERS.some((option) => mount.options.has(option));

/** Why this file system cannot hold what the product keeps there. */
function unfit({ mount }: Held): string | undefined {
  const { sharing: kind, reason } = fileSystemKind(mount.type, mount.source);
  return kind === 'unfit' ? `${mount.type}: ${reason}` : undefined;
}

/** What the product's document says of the kind; undefined when nothing. */
function problemOf(product: string, what: string, held: Held, shares: boolean) {
  const { mount } = held;
  const reason = unfit(held);
  if (reason !== undefined) return { problem: `${what} is on ${reason}`, observed: mount.type };
  if (product === 'workbench')
    return isEfs(held)
      ? {
          problem: `${what} is on EFS${shares ? ', and project sharing needs access control lists, which EFS does not have' : ''}`,
          observed: mount.source,
        }
      : undefined;
  if (product === 'connect' || isNfs(mount)) return undefined;
  return { problem: `${what} is on ${mount.type}, which is neither NFS nor S3`, observed: mount.type };
}

const EXPECTED: Readonly<Record<string, string>> = {
  workbench: 'NFS version 3 or 4, not EFS',
  connect: 'a file system that keeps owners and modes, such as NFS',
};

export default defineCheck({
  id: 'storage-kind',
  title: 'Shared storage is of a kind that the vendor supports',
  severity: 'critical',
  tags: ['storage'],
  requirements: ['RSPM-11', 'PPM26-03', 'WB-08', 'WB-09', 'WB26-05', 'CONN-04', 'CONN26-02'],
  rationale:
    'The Package Manager document supports NFS and S3, and not SMB; other network file systems may work, but are not supported. The Workbench document strongly discourages EFS for home directories. ' +
    'Connect gives files to the accounts that run content, which SMB with fixed owners and object stores cannot keep. Directories on a local disk are reported by shared-directories.',
  products: ['workbench', 'package-manager', 'connect'],
  needs: { settings, storage },
  judge(nodes, { product }) {
    // later documents name EFS for home directories; project sharing still needs what EFS lacks
    const shares = nodes.some((n) => n.settings.sharesProjects === true);
    const places =
      product === 'workbench'
        ? [...placesOf(nodes, ['homes']), ...placesOf(nodes, ['shared'])]
        : placesOf(nodes, ['shared']);
    const findings = byMount(places).flatMap(({ what, setting, role, held, findings: blind }): Finding[] => {
      // the document of Workbench speaks of homes; what cannot hold its shared files is a fault all the same
      const state = product === 'workbench' && role === 'shared';
      const judged = held.filter((h) => sharing(h.value) === 'network' && (!state || unfit(h.value) !== undefined));
      if (state && judged.length === 0) return [];
      const types = [...new Set(judged.map((h) => h.value.mount.type))].join(', ');
      if (judged.length === 0 && blind.length > 0) return blind;
      if (judged.length === 0)
        return [
          ...blind,
          skip(`${what} is not on a network file system: see shared-directories`, { subject: setting }),
        ];
      const unclear = judged.filter(
        ({ value }) =>
          (product === 'workbench' && isTunnel(value)) ||
          (product !== 'package-manager' && unfit(value) !== undefined && mayKeepOwners(value)),
      );
      const clear = judged.filter((h) => !unclear.includes(h));
      const worst = clear.some((h) => unfit(h.value) !== undefined) && product !== 'workbench';
      return [
        ...blind,
        ...(unclear.length > 0
          ? [
              unknown(
                `${what} is on ${types}: ${unclear.some((h) => isTunnel(h.value)) ? 'NFS through a local tunnel, and nothing shows which service is behind it: cat /etc/fstab; ps ax | grep -E "efs|stunnel"' : 'whether owners and modes are kept depends on the file server: chown a file there, and look at it on another node'}`,
                { nodes: unclear.map((h) => h.node), subject: `${setting} unclear`, severity: 'warning' },
              ),
            ]
          : []),
        ...(clear.length > 0
          ? [
              everyNode(`${what}: ${types}`, clear, (at) => problemOf(product, what, at, shares), {
                subject: setting,
                ...(product === 'workbench' && {
                  requirements: clear.some((h) => unfit(h.value))
                    ? ['WB-09']
                    : shares
                      ? ['WB-08', 'WB26-05']
                      : ['WB-08'],
                }),
                severity: worst ? 'critical' : 'warning',
                expected: EXPECTED[product] ?? 'NFS or S3',
              }),
            ]
          : []),
      ];
    });
    const s3 = nodes.filter((n) => n.settings.s3.length > 0).map((n) => n.node);
    if (s3.length > 0) findings.push(pass('the storage classes are on S3', { nodes: s3, subject: 'S3' }));
    return findings.length > 0
      ? findings
      : skip('no shared directory is known: set storage.homes to the folder of home directories in the inventory');
  },
  remediation:
    'findmnt -T DIRECTORY    # plan a move to NFS (or S3, for Package Manager): stop the product on all nodes, copy the data, mount the new storage on all nodes, start the product',
});
