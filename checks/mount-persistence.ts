import { defineCheck, everyNode, type Finding, faults, found, skip, word } from 'ha-preflight';
import { type MountUnits, mountUnits, unitName } from 'ha-preflight/collectors/mountUnits';
import { type Held, storage } from 'ha-preflight/collectors/storage';
import { placesOf, sharingOf } from './support/places.js';

const below = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`);

/** In fstab, below an automounter, or in a unit of systemd. */
const persistent = ({ mount }: Held, units: MountUnits): boolean =>
  units.fstab.includes(mount.point) ||
  units.autofs.some((a) => below(mount.point, a)) ||
  units.units.some((u) => [`${unitName(mount.point)}.mount`, `${unitName(mount.point)}.automount`].includes(u));

/** Whether systemd starts the service after the mount, or after all network mounts. */
const waited = (held: Held, { waitsFor = [] }: MountUnits): boolean =>
  waitsFor.some(
    (w) =>
      w === 'remote-fs.target' ||
      w === `${unitName(held.mount.point)}.mount` ||
      (w.startsWith('/') && below(w, held.mount.point)),
  );

export default defineCheck({
  id: 'mount-persistence',
  title: 'Shared storage is mounted at boot, before the service starts',
  severity: 'warning',
  tags: ['storage'],
  requirements: ['WB-46', 'X-07'],
  rationale:
    'A mount made by hand is gone after a reboot. A service that starts before its mount writes to the empty folder below it, creates a new key there, and then cannot decrypt what is in its database. A soft mount reports errors where a hard mount waits.',
  when: (profile) => profile.sharesStorage === true,
  needs: { found, storage, mountUnits },
  judge(nodes) {
    const findings = placesOf(nodes, ['shared', 'homes']).flatMap(
      ({ what, setting, held, findings: blind }): Finding[] => {
        const remote = held
          .filter((h) => sharingOf(h.value.mount.type) === 'network')
          .map(({ node, value }) => ({
            node,
            value: { at: value, units: nodes.find((n) => n.node === node)!.mountUnits },
          }));
        if (remote.length === 0 && blind.length > 0) return blind;
        if (remote.length === 0)
          return [...blind, skip(`${what} is not on a network file system`, { subject: setting })];
        const kept = everyNode(
          `${what} is mounted at boot`,
          remote,
          ({ at, units }) =>
            persistent(at, units)
              ? undefined
              : {
                  problem: `${at.mount.point} was mounted by hand and is gone after a reboot`,
                  observed: 'not in /etc/fstab, no mount unit, no automounter',
                },
          {
            subject: `${setting} at boot`,
            requirements: ['WB-46', 'X-07'],
            expected: 'in /etc/fstab, a .mount unit or an automounter',
          },
        );
        const ordered = faults(
          remote.filter((r) => r.value.units.waitsFor !== undefined && persistent(r.value.at, r.value.units)),
          ({ at, units }) =>
            waited(at, units)
              ? undefined
              : {
                  problem: `the service does not wait for ${at.mount.point}`,
                  observed: 'no RequiresMountsFor, not after remote-fs.target',
                },
          {
            subject: `${setting} order`,
            requirements: ['X-07'],
            expected: `RequiresMountsFor=${remote[0]!.value.at.mount.point} in the unit`,
            remediation: `sudo systemctl edit ${nodes[0]!.found.profile.unit}    # [Unit] RequiresMountsFor=${word(remote[0]!.value.at.mount.point) ?? 'MOUNTPOINT'}`,
          },
        );
        const soft = faults(
          remote,
          ({ at }) =>
            at.options.has('soft')
              ? {
                  problem: `${at.mount.point} is a soft mount: when the file server is slow, writes fail`,
                  observed: 'soft',
                }
              : undefined,
          { subject: `${setting} soft`, requirements: ['WB-46'], expected: 'hard' },
        );
        // without systemd it is not visible whether the service waits
        const told = remote.every((r) => r.value.units.waitsFor !== undefined);
        const mounted = kept.status === 'pass' && !told ? { ...kept, requirements: ['WB-46'] } : kept;
        return [...blind, mounted, ...ordered, ...soft];
      },
    );
    return findings.length > 0 ? findings : skip('the product has no shared directory');
  },
  remediation:
    'add the mount to /etc/fstab (with _netdev) on the nodes named: grep MOUNT-POINT /proc/mounts shows the line',
});
