import { defineCheck, everyNode, type Finding, pass, settings, skip } from 'ha-preflight';
import { storage } from 'ha-preflight/collectors/storage';
import { isNfs } from 'ha-preflight/formats/mountinfo';
import { isEfs, placesOf, reachOf } from './support/places.js';

export default defineCheck({
  id: 'storage-kind',
  title: 'Shared storage is of a kind the vendor supports',
  severity: 'critical',
  tags: ['storage'],
  requirements: ['RSPM-11', 'WB-08'],
  rationale:
    "Package Manager's document supports NFS and S3; on other network file systems it may work, unsupported. Workbench's strongly discourages EFS for home directories. What is on a local disk is named by shared-directories.",
  products: ['workbench', 'package-manager'],
  needs: { settings, storage },
  judge(nodes, { product }) {
    const places = placesOf(nodes, product === 'workbench' ? ['homes'] : ['shared']);
    const findings = places.flatMap(({ what, setting, held, findings: blind }): Finding[] => {
      const judged = held.filter((h) => reachOf(h.value.mount.type) === 'network');
      const types = [...new Set(judged.map((h) => h.value.mount.type))].join(', ');
      if (judged.length === 0 && blind.length > 0) return blind;
      if (judged.length === 0)
        return [
          ...blind,
          skip(`${what} is not on a network file system: see shared-directories`, { subject: setting }),
        ];
      return [
        ...blind,
        everyNode(
          `${what}: ${types}`,
          judged,
          (at) => {
            if (product === 'workbench')
              return isEfs(at) ? { problem: `${what} is on EFS`, observed: at.mount.source } : undefined;
            return isNfs(at.mount)
              ? undefined
              : { problem: `${what} is on ${at.mount.type}, which is neither NFS nor S3`, observed: at.mount.type };
          },
          {
            subject: setting,
            severity: 'warning',
            expected: product === 'workbench' ? 'NFS version 3 or 4, not EFS' : 'NFS or S3',
          },
        ),
      ];
    });
    const s3 = nodes.filter((n) => n.settings.s3.length > 0).map((n) => n.node);
    if (s3.length > 0) findings.push(pass('storage classes on S3', { nodes: s3, subject: 'S3' }));
    return findings.length > 0
      ? findings
      : skip('no shared path is known: name the folder of home directories as storage.homes in the inventory');
  },
  remediation:
    'plan a move to NFS (or S3, for Package Manager): stop the product on all nodes, copy, mount the new storage everywhere, start',
});
