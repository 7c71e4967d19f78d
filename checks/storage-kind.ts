import { defineCheck, everyNode, type Finding, pass, settings, skip } from 'ha-preflight';
import { storage } from 'ha-preflight/collectors/storage';
import { isNfs } from 'ha-preflight/formats/mountinfo';
import { isEfs, placesOf, sharingOf } from './support/places.js';

export default defineCheck({
  id: 'storage-kind',
  title: 'Shared storage is of a kind that the vendor supports',
  severity: 'critical',
  tags: ['storage'],
  requirements: ['RSPM-11', 'WB-08'],
  rationale:
    'The Package Manager document supports NFS and S3; other network file systems may work, but are not supported. The Workbench document strongly discourages EFS for home directories. Directories on a local disk are reported by shared-directories.',
  products: ['workbench', 'package-manager'],
  needs: { settings, storage },
  judge(nodes, { product }) {
    const places = placesOf(nodes, product === 'workbench' ? ['homes'] : ['shared']);
    const findings = places.flatMap(({ what, setting, held, findings: blind }): Finding[] => {
      const judged = held.filter((h) => sharingOf(h.value.mount.type) === 'network');
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
          `${what} is on ${types}`,
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
    if (s3.length > 0) findings.push(pass('the storage classes are on S3', { nodes: s3, subject: 'S3' }));
    return findings.length > 0
      ? findings
      : skip('no shared directory is known: set storage.homes to the folder of home directories in the inventory');
  },
  remediation:
    'plan a move to NFS (or S3, for Package Manager): stop the product on all nodes, copy the data, mount the new storage on all nodes, start the product',
});
