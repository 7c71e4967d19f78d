import { defineCheck, everyNode, type Finding, list, skip } from 'ha-preflight';
import { storage } from 'ha-preflight/collectors/storage';
import type { Held } from 'ha-preflight/collectors/storagePlace';
import { isNfs } from 'ha-preflight/formats/mountinfo';
import { byMount, placesOf } from './support/places.js';

const versionOf = (held: Held): string => held.options.get('vers') ?? (held.mount.type === 'nfs4' ? '4' : '3');

export default defineCheck({
  id: 'nfs-version',
  title: 'Shared storage is mounted with a recommended version of NFS',
  severity: 'warning',
  tags: ['storage', 'nfs'],
  requirements: ['RSPM-12', 'CONN-14', 'CONN26-02', 'WB-09'],
  rationale:
    'The documents of Workbench and Package Manager recommend NFS 3 or 4. The document of Connect recommends version 3; later editions accept 4 as well. Version 2 has no reliable locks.',
  when: (profile) => profile.nfsVersions !== undefined,
  needs: { storage },
  judge(nodes, { profile, release }) {
    // not known: the document of every release accepts version 3
    const good = profile.nfsVersions?.(release) ?? ['3'];
    const places = placesOf(nodes, ['shared', 'homes']);
    if (places.length === 0) return skip('the product has no shared directory', { nodes: nodes.map((n) => n.node) });
    return byMount(places).flatMap(({ what, setting, subject, held, findings }): Finding[] => {
      const onNfs = held.filter((h) => isNfs(h.value.mount));
      if (onNfs.length === 0 && findings.length > 0) return findings;
      if (onNfs.length === 0)
        return [skip(`${what} is not on NFS`, { nodes: held.map((h) => h.node), subject: setting })];
      return [
        ...findings,
        everyNode(
          `${what} is mounted with NFS ${list([...new Set(onNfs.map((h) => versionOf(h.value)))])}`,
          onNfs,
          (at) =>
            good.includes(versionOf(at).split('.')[0]!)
              ? undefined
              : { problem: `${what} is mounted with NFS version ${versionOf(at)}`, observed: `vers=${versionOf(at)}` },
          { subject, expected: `version ${good.join(' or ')}` },
        ),
      ];
    });
  },
  remediation:
    'findmnt -T DIRECTORY -o TARGET,OPTIONS    # on the nodes named; set vers= of the mount in /etc/fstab, then stop the product, umount, mount, and start the product',
});
