import { defineCheck, everyNode, type Finding, isNfs, list, nfsCaching, sift, skip } from 'ha-preflight';
import { type Held, storage } from 'ha-preflight/collectors/storage';

const optionsOf = (held: Held): string => {
  const { lookupcache, acdirmax, noac } = nfsCaching(held.options);
  return `${noac ? 'noac' : `lookupcache=${lookupcache}, acdirmax=${acdirmax}`} on ${held.mount.point}`;
};

export default defineCheck({
  id: 'nfs-mount-options',
  title: 'A new file on shared NFS storage is seen at once',
  severity: 'warning',
  severityFor: { connect: 'info', workbench: 'info' },
  tags: ['storage', 'nfs'],
  requirements: ['RSPM-13', 'RSPM-14', 'RSPM-15', 'CONN-32'],
  rationale:
    'An NFS client remembers for up to 60 seconds that a file is not there, so a node answers "not found" for what another has just written. lookupcache=pos asks the server each time; ' +
    'a directory cache of a few seconds bounds the wait. The options in force are read from the kernel, not from fstab; what equals the default is not shown and means 60 s.',
  products: ['workbench', 'connect', 'package-manager'],
  needs: { storage },
  params: { maxDirectoryCacheSeconds: 5 },
  judge(nodes, { params }) {
    const most = Number(params.maxDirectoryCacheSeconds);
    const paths = [...new Set(nodes.flatMap((n) => [...n.storage.keys()]))];
    if (paths.length === 0)
      return skip('the product shares no path: all of its storage is elsewhere', { nodes: nodes.map((n) => n.node) });
    return paths.flatMap((path): Finding[] => {
      const facts = nodes.flatMap((n) => (n.storage.has(path) ? [{ node: n.node, fact: n.storage.get(path)! }] : []));
      const { seen, findings } = sift(facts, `${path} unseen`);
      const onNfs = seen.filter((s) => isNfs(s.value.mount));
      const elsewhere = seen.filter((s) => !isNfs(s.value.mount));
      if (onNfs.length === 0) {
        const types = [...new Set(elsewhere.map((s) => s.value.mount.type))].join(', ');
        return seen.length === 0
          ? findings
          : [
              ...findings,
              skip(`${path} is on ${types}, not NFS, on ${list(elsewhere.map((s) => s.node))}`, {
                nodes: elsewhere.map((s) => s.node),
                subject: path,
              }),
            ];
      }
      return [
        ...findings,
        everyNode(
          `${path} (${onNfs[0]!.value.setting}): ${[...new Set(onNfs.map((s) => optionsOf(s.value)))].join('; ')}`,
          seen,
          (held) => {
            if (!isNfs(held.mount))
              return {
                problem: `${path} is on ${held.mount.type} (${held.mount.point}), not on NFS as on ${list(onNfs.map((s) => s.node))}: is the mount missing?`,
                observed: held.mount.type,
              };
            const { lookupcache, acdirmax, noac } = nfsCaching(held.options);
            const fine = noac || lookupcache === 'pos' || lookupcache === 'none' || acdirmax <= most;
            return fine
              ? undefined
              : { problem: `a new file in ${path} can stay unseen for ${acdirmax} s`, observed: optionsOf(held) };
          },
          {
            subject: path,
            expected: `lookupcache=pos, or acdirmax at most ${most} s`,
            details: seen.map((s) => `${s.node}: ${s.value.mount.source} ${optionsOf(s.value)}`),
          },
        ),
      ];
    });
  },
  remediation:
    'add lookupcache=pos (or actimeo=5) to the mount in /etc/fstab on the nodes named; stop the product, umount, mount, start it (a remount does not change these options)',
});
