import { defineCheck, everyNode, type Finding, isNfs, list, sift, skip } from 'ha-preflight';
import { type Held, storage } from 'ha-preflight/collectors/storage';

/** Major versions each product's document recommends. */
const RECOMMENDED: Readonly<Record<string, readonly string[]>> = {
  workbench: ['3', '4'],
  'package-manager': ['3', '4'],
  connect: ['3'],
};

const versionOf = (held: Held): string => held.options.get('vers') ?? (held.mount.type === 'nfs4' ? '4' : '3');

export default defineCheck({
  id: 'nfs-version',
  title: 'Shared storage is mounted by a recommended version of NFS',
  severity: 'warning',
  tags: ['storage', 'nfs'],
  requirements: ['RSPM-12', 'CONN-14', 'WB-09'],
  rationale:
    "Workbench's and Package Manager's documents recommend NFS 3 or 4, Connect's version 3 (later ones accept 4 as well). Version 2 has no locks worth the name.",
  products: ['workbench', 'connect', 'package-manager'],
  needs: { storage },
  judge(nodes, { product }) {
    const good = RECOMMENDED[product] ?? [];
    const paths = [...new Set(nodes.flatMap((n) => [...n.storage.keys()]))];
    const findings = paths.flatMap((path): Finding[] => {
      const { seen, findings: blind } = sift(
        nodes.flatMap((n) => (n.storage.has(path) ? [{ node: n.node, fact: n.storage.get(path)! }] : [])),
        `${path} unseen`,
      );
      const onNfs = seen.filter((s) => isNfs(s.value.mount));
      if (onNfs.length === 0)
        return seen.length === 0
          ? blind
          : [...blind, skip(`${path} is not on NFS`, { nodes: seen.map((s) => s.node), subject: path })];
      return [
        ...blind,
        everyNode(
          `${path}: NFS ${list([...new Set(onNfs.map((s) => versionOf(s.value)))])}`,
          onNfs,
          (held) =>
            good.includes(versionOf(held).split('.')[0]!)
              ? undefined
              : {
                  problem: `${path} is mounted by NFS version ${versionOf(held)}`,
                  observed: `vers=${versionOf(held)}`,
                },
          {
            subject: path,
            expected: `version ${good.join(' or ')}`,
          },
        ),
      ];
    });
    return findings.length > 0 ? findings : skip('the product shares no path', { nodes: nodes.map((n) => n.node) });
  },
  remediation: 'set vers= of the mount in /etc/fstab on the nodes named; stop the product, umount, mount, start it',
});
