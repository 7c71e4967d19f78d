import { defineCheck, effective, everyNode, type Finding, isEfs, isNfs, placesOf, skip } from 'ha-preflight';
import { type Held, storage } from 'ha-preflight/collectors/storage';

const DECLARED = ['WB-34', 'WB-36', 'WB-47'];
const PROVEN = ['WB-31', 'WB-32'];

const localLocks = (held: Held): string | undefined => {
  if (held.options.has('nolock')) return 'nolock';
  const local = held.options.get('local_lock');
  return local !== undefined && local !== 'none' ? `local_lock=${local}` : undefined;
};

export default defineCheck({
  id: 'file-locking',
  title: 'A file lock taken on one node is seen on the others',
  severity: 'critical',
  tags: ['storage', 'locks'],
  requirements: ['WB-31', 'WB-32', 'WB-34', 'WB-36', 'WB-47'],
  rationale:
    'Sessions on several nodes write the same files of one user. With nolock or local_lock every node keeps its locks to itself, and two hold the same one; link-based locks do not work on EFS. ' +
    'The mount options in force are read from the kernel.',
  products: ['workbench'],
  needs: { effective, storage },
  judge(nodes) {
    const places = placesOf(nodes, ['shared', 'homes']);
    const types = new Map(nodes.map((n) => [n.node, n.effective.get('file-locks:lock-type')?.value ?? 'linkbased']));
    const findings = places.flatMap(({ what, setting, held, findings: blind }): Finding[] => {
      const onNfs = held.filter((h) => isNfs(h.value.mount));
      if (onNfs.length === 0 && blind.length > 0) return blind;
      if (onNfs.length === 0)
        return [...blind, skip(`${what} is not on NFS: no mount option can keep locks local`, { subject: setting })];
      const finding = everyNode(
        `${what}: locks are the server's (${[...new Set(onNfs.map((h) => types.get(h.node)))].join(', ')})`,
        onNfs,
        (at, node) => {
          const option = localLocks(at);
          if (option)
            return {
              problem: `locks on ${what} are kept on the node alone (${option}), ${types.get(node)} locks are configured`,
              observed: option,
            };
          return isEfs(at) && types.get(node) === 'linkbased'
            ? { problem: `link-based locks do not work on EFS (${what})`, observed: 'lock-type=linkbased on EFS' }
            : undefined;
        },
        {
          subject: setting,
          expected: 'no nolock, local_lock=none; on EFS lock-type=advisory',
          requirements: DECLARED,
        },
      );
      // locks that stay on their node exclude nobody; that they do exclude is proven only by taking one
      return [...blind, finding.status === 'fail' ? { ...finding, requirements: [...DECLARED, ...PROVEN] } : finding];
    });
    return [
      ...findings,
      skip('no lock was taken: ha-preflight check --active tries one from every node', {
        subject: 'probe',
        requirements: PROVEN,
      }),
    ];
  },
  remediation:
    'mount without nolock and local_lock on the nodes named (stop the product, umount, correct /etc/fstab, mount, start); on EFS set lock-type=advisory in file-locks',
});
