import {
  command,
  defineCheck,
  everyNode,
  type Finding,
  faults,
  found,
  groupsOf,
  list,
  skip,
  unknown,
  withFix,
} from 'ha-preflight';
import { type MountUnits, mountUnits } from 'ha-preflight/collectors/mountUnits';
import { storage } from 'ha-preflight/collectors/storage';
import type { Held } from 'ha-preflight/collectors/storagePlace';
import { bringing, entryOf, persistence, waited } from './support/persistence.js';
import { byMount, placesOf, sharing } from './support/places.js';

/** Mount options that turn a slow server into an error. */
const SOFT = ['soft', 'softerr'] as const;

/** Options of a mount that its entry in /etc/fstab repeats; the kernel shows many more. */
const KEPT = [
  'vers',
  'sec',
  'xprtsec',
  'proto',
  'port',
  'noresvport',
  'nconnect',
  'lookupcache',
  'actimeo',
  'acdirmax',
  'noac',
] as const;

const CORRECTED =
  'grep MOUNT-POINT /proc/mounts    # on the nodes named: correct the entry in /etc/fstab, or the .mount unit, to this server and path';

const NOAUTO =
  'grep noauto /etc/fstab    # on the nodes named: take noauto out of the entry; then sudo systemctl daemon-reload';

/**
 * Adds what is mounted to /etc/fstab; a space in a name would end a field there. Undefined for a mount that the kernel
 * shows in a different way than mount(8) takes it: by a helper (EFS), with credentials (SMB, CephFS), a part of a mount.
 */
function fstabLine({ mount: { source, point, type, root }, options }: Held): string | undefined {
  if (!/^nfs4?$/.test(type) || /^(?:127\.|localhost:|\[?::1)/.test(source) || root !== '/') return undefined;
  const kept = KEPT.flatMap((name) => {
    const value = options.get(name);
    return value === undefined || (name === 'proto' && value === 'tcp')
      ? []
      : [value === '' ? name : `${name}=${value}`];
  });
  const fields = [source, point, type, ['_netdev', ...kept].join(','), '0', '0'];
  return fields.some((field) => /\s/.test(field))
    ? undefined
    : command`echo ${fields.join(' ')} | sudo tee -a /etc/fstab`;
}

/** An entry that is there, and that nothing mounts: a second one would not help. */
function noauto({ mount }: Held, { notAtBoot = [] }: MountUnits): string | undefined {
  const entry = notAtBoot.findLast((e) => e.point === mount.point);
  return entry && `noauto in /etc/fstab line ${entry.line}`;
}

/** Lets the service wait for the mount, in a file that is added to its unit; it may wait for a second one there already. */
function waiting(unit: string, point: string): string | undefined {
  const folder = `/etc/systemd/system/${unit}.service.d`;
  return command`sudo mkdir -p ${folder} && printf '[Unit]\\nRequiresMountsFor=%s\\n' ${point} | sudo tee -a ${`${folder}/ha-preflight.conf`} && sudo systemctl daemon-reload`;
}

export default defineCheck({
  id: 'mount-persistence',
  title: 'Shared storage is mounted at boot, before the service starts',
  severity: 'warning',
  tags: ['storage'],
  requirements: ['WB-46', 'X-07'],
  rationale:
    'A mount made by hand is gone after a reboot, and an entry of /etc/fstab with a different server brings a different share. A service that starts before its mount writes to the empty folder below it, creates a new key there, and then cannot decrypt what is in its database. A soft mount reports errors where a hard mount waits. ' +
    'An entry of /etc/fstab is compared with what is mounted by server and export, and not by its spelling.',
  when: (profile) => profile.sharesStorage === true,
  needs: { found, storage, mountUnits },
  judge(nodes) {
    const unit = nodes[0]?.found.profile.unit ?? '';
    const findings = byMount(placesOf(nodes, ['shared', 'homes'])).flatMap(
      ({ what, setting, held, findings: blind }): Finding[] => {
        const remote = held
          .filter((h) => ['network', 'unknown'].includes(sharing(h.value)))
          .map(({ node, value }) => {
            const units = nodes.find((n) => n.node === node)!.mountUnits;
            const at = bringing(value, units);
            return { node, value: { at, units, kept: persistence(at, units) } };
          });
        if (remote.length === 0 && blind.length > 0) return blind;
        if (remote.length === 0)
          return [...blind, skip(`${what} is not on a network file system`, { subject: setting })];
        // a container does not boot by itself
        const outside = remote.filter(({ value: { units, kept } }) => kept === undefined && units.container);
        const unclear = remote.filter(({ value: { kept } }) => kept !== undefined && 'unclear' in kept);
        const clear = remote.filter((r) => !outside.includes(r) && !unclear.includes(r));
        const pointOn = (node: string): string => clear.find((r) => r.node === node)!.value.at.mount.point;
        const kept = everyNode(
          `${what} is mounted at boot`,
          clear,
          ({ at, units, kept }) =>
            kept === undefined
              ? {
                  problem: `${at.mount.point} was mounted by hand and is gone after a reboot`,
                  observed: noauto(at, units) ?? 'not in /etc/fstab, no mount unit, no automounter',
                }
              : 'other' in kept
                ? {
                    problem: `after a reboot a different file system is mounted on ${at.mount.point}: ${kept.other}`,
                    observed: `mounted: ${at.mount.source} (${at.mount.type})`,
                  }
                : undefined,
          {
            subject: `${setting} at boot`,
            requirements: ['WB-46', 'X-07'],
            expected: 'in /etc/fstab, a .mount unit or an automounter',
            ...(clear.every(({ value: { kept } }) => kept !== undefined) && { remediation: CORRECTED }),
            ...(clear.some(({ value: { at, units, kept } }) => kept === undefined && noauto(at, units)) && {
              remediation: NOAUTO,
            }),
          },
        );
        const notJudged = [
          ...(outside.length > 0
            ? [
                skip(
                  `${what}: ${outside[0]!.value.units.container}, as in a container, and what runs the container mounts its volumes`,
                  { subject: `${setting} container`, nodes: outside.map((r) => r.node) },
                ),
              ]
            : []),
          ...(unclear.length > 0
            ? [
                unknown(
                  groupsOf(
                    unclear.map(({ node, value: { kept } }) => ({
                      node,
                      key: kept && 'unclear' in kept ? kept.unclear : '',
                    })),
                  )
                    .map((g) => `${list(g.nodes)}: ${g.key}`)
                    .join('; '),
                  { subject: `${setting} at boot unclear`, nodes: unclear.map((r) => r.node) },
                ),
              ]
            : []),
        ];
        const started = clear.filter((r) => r.value.units.waitsFor !== undefined && r.value.kept !== undefined);
        const points = groupsOf(
          started
            .filter(({ value: { at, units } }) => !waited(at, units, unit))
            .map(({ node, value }) => ({ node, key: value.at.mount.point })),
        );
        const ordered = faults(
          started,
          ({ at, units }) =>
            waited(at, units, unit)
              ? undefined
              : {
                  problem: `the service does not wait for ${at.mount.point}`,
                  observed: 'no RequiresMountsFor, not after remote-fs.target',
                },
          {
            subject: `${setting} order`,
            requirements: ['X-07'],
            expected: `RequiresMountsFor=${points.map((p) => p.key).join(' or ')} in the unit`,
          },
        ).map((f) => withFix(f, (node) => waiting(unit, pointOn(node))));
        const byHand = clear.filter(({ value }) => value.kept === undefined).map(({ node }) => node);
        const lineOn = (node: string) => {
          const { at, units } = clear.find((r) => r.node === node)!.value;
          return noauto(at, units) === undefined ? fstabLine(at) : undefined;
        };
        const entered = kept.nodes?.every((node) => byHand.includes(node) && lineOn(node) !== undefined)
          ? withFix(kept, lineOn)
          : kept;
        const soft = faults(
          remote,
          ({ at, units }) => {
            const now = SOFT.find((option) => at.options.has(option));
            const entry = entryOf(at.mount.point, units);
            const later = SOFT.find((option) => entry?.options.has(option) && !entry.options.has('hard'));
            if (now !== undefined)
              return {
                problem: `${at.mount.point} is a ${now} mount: when the file server is slow, writes fail`,
                observed: now,
              };
            return later === undefined
              ? undefined
              : {
                  problem: `${at.mount.point} is a ${later} mount after a reboot: when the file server is slow, writes fail`,
                  observed: `${later} in /etc/fstab line ${entry!.line}, hard now`,
                };
          },
          {
            subject: `${setting} soft`,
            requirements: ['WB-46'],
            expected: 'hard',
            remediation:
              'write hard, and neither soft nor softerr, in the entry of the mount on the nodes named (SMB is soft unless the entry says hard), then stop the product, umount, mount, and start the product',
          },
        );
        // without systemd it is not visible whether the service waits
        const told = clear.every((r) => r.value.units.waitsFor !== undefined);
        const mounted = kept.status === 'pass' && !told ? { ...kept, requirements: ['WB-46'] } : entered;
        return [...blind, ...notJudged, ...(clear.length > 0 ? [mounted] : []), ...ordered, ...soft];
      },
    );
    return findings.length > 0 ? findings : skip('the product has no shared directory');
  },
  remediation:
    'grep MOUNT-POINT /proc/mounts    # on the nodes named: add the mount to /etc/fstab, with _netdev, as mount takes it (EFS: fs-ID:/ with type efs; SMB: credentials=FILE)',
});
