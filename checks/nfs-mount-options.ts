import { defineCheck, everyNode, type Finding, skip } from 'ha-preflight';
import { storage } from 'ha-preflight/collectors/storage';
import type { Held } from 'ha-preflight/collectors/storagePlace';
import { isNfs, nfsCaching } from 'ha-preflight/formats/mountinfo';
import { byMount, placesOf } from './support/places.js';

const optionsOf = (held: Held): string => {
  const { lookupcache, acdirmax, noac } = nfsCaching(held.options);
  return `${noac ? 'noac' : `lookupcache=${lookupcache}, acdirmax=${acdirmax}`} on ${held.mount.point}`;
};

export default defineCheck({
  id: 'nfs-mount-options',
  title: 'A new file on shared NFS storage is visible at once',
  severity: 'warning',
  severityFor: { connect: 'info', workbench: 'info' },
  tags: ['storage', 'nfs'],
  requirements: ['RSPM-13', 'RSPM-14', 'RSPM-15', 'CONN-32'],
  rationale:
    'An NFS client remembers for up to 60 seconds that a file does not exist, so a node answers "not found" for what another node has just written. With lookupcache=pos the client asks the server each time; ' +
    'with a directory cache of a few seconds it waits only that long. The options are read from the kernel, not from fstab; an option that the kernel does not show has its default, 60 s.',
  when: (profile) => profile.sharesStorage === true,
  needs: { storage },
  params: { maxDirectoryCacheSeconds: 5 },
  judge(nodes, { params }) {
    const most = Number(params.maxDirectoryCacheSeconds);
    const places = placesOf(nodes, ['shared']);
    if (places.length === 0) return skip('the product has no shared directory', { nodes: nodes.map((n) => n.node) });
    return byMount(places).flatMap(({ what, setting, subject, held, findings }): Finding[] => {
      const onNfs = held.filter((h) => isNfs(h.value.mount));
      if (onNfs.length === 0 && findings.length > 0) return findings;
      if (onNfs.length === 0) {
        const types = [...new Set(held.map((h) => h.value.mount.type))].join(', ') || 'no mount';
        return [skip(`${what} is on ${types}, not NFS`, { nodes: held.map((h) => h.node), subject: setting })];
      }
      return [
        ...findings,
        everyNode(
          `${what} (${setting}): ${[...new Set(onNfs.map((h) => optionsOf(h.value)))].join('; ')}`,
          onNfs,
          (at) => {
            const { lookupcache, acdirmax, noac } = nfsCaching(at.options);
            const fine = noac || lookupcache === 'pos' || lookupcache === 'none' || acdirmax <= most;
            return fine
              ? undefined
              : { problem: `a new file in ${what} can stay invisible for ${acdirmax} s`, observed: optionsOf(at) };
          },
          {
            subject,
            expected: `lookupcache=pos, or acdirmax at most ${most} s`,
            details: onNfs.map((h) => `${h.node}: ${h.value.mount.source} ${optionsOf(h.value)}`),
          },
        ),
      ];
    });
  },
  remediation:
    'findmnt -T DIRECTORY -o TARGET,OPTIONS    # on the nodes named; add lookupcache=pos (or actimeo=5) to the mount in /etc/fstab, then stop the product, umount, mount, start it (a remount does not change these options)',
});
