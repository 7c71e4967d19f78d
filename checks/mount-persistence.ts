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
import { bringing, entryOf, type Kept, persistence, waited } from './support/persistence.js';
import { byMount, placesOf, type SharedPlace, sharing } from './support/places.js';

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

/** What is mounted on one node. */
interface Mounted {
  readonly node: string;
  readonly at: Held;
  readonly units: MountUnits;
  /** What mounts it again; undefined where nothing does. */
  readonly kept: Kept | undefined;
}

/** What `faults` and `everyNode` take. */
const valued = (some: readonly Mounted[]) => some.map((value) => ({ node: value.node, value }));
const nodesOf = (some: readonly Mounted[]): string[] => some.map((m) => m.node);

/** Whether a reboot brings the same mount. */
function atBoot({ what, setting }: SharedPlace, mounted: readonly Mounted[]): Finding {
  const byHand = mounted.filter((m) => m.kept === undefined);
  const finding = everyNode(
    `${what} is mounted at boot`,
    valued(mounted),
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
      ...(byHand.length === 0 && { remediation: CORRECTED }),
      ...(byHand.some(({ at, units }) => noauto(at, units)) && { remediation: NOAUTO }),
    },
  );
  // without systemd it is not visible whether the service waits
  if (finding.status === 'pass' && mounted.some((m) => m.units.waitsFor === undefined))
    return { ...finding, requirements: ['WB-46'] };
  const lineOn = (node: string) => {
    const on = byHand.find((m) => m.node === node);
    return on && noauto(on.at, on.units) === undefined ? fstabLine(on.at) : undefined;
  };
  return finding.nodes?.every((node) => lineOn(node) !== undefined) ? withFix(finding, lineOn) : finding;
}

/** Mounts of a container, and those of which it is not known what brings them. */
function notJudged(
  { what, setting }: SharedPlace,
  outside: readonly Mounted[],
  unclear: readonly Mounted[],
): Finding[] {
  const findings: Finding[] = [];
  if (outside.length > 0)
    findings.push(
      skip(
        `${what}: ${outside[0]!.units.container}, as in a container, and what runs the container mounts its volumes`,
        { subject: `${setting} container`, nodes: nodesOf(outside) },
      ),
    );
  if (unclear.length > 0) {
    const why = groupsOf(
      unclear.map(({ node, kept }) => ({ node, key: kept && 'unclear' in kept ? kept.unclear : '' })),
    );
    findings.push(
      unknown(why.map((g) => `${list(g.nodes)}: ${g.key}`).join('; '), {
        subject: `${setting} at boot unclear`,
        nodes: nodesOf(unclear),
      }),
    );
  }
  return findings;
}

/** Whether the service waits for what is mounted at boot. */
function order({ setting }: SharedPlace, mounted: readonly Mounted[], unit: string): Finding[] {
  const started = mounted.filter((m) => m.units.waitsFor !== undefined && m.kept !== undefined);
  const late = started.filter(({ at, units }) => !waited(at, units, unit));
  const pointOn = (node: string): string => late.find((m) => m.node === node)!.at.mount.point;
  const points = [...new Set(late.map((m) => m.at.mount.point))];
  return faults(
    valued(started),
    (m) =>
      late.includes(m)
        ? {
            problem: `the service does not wait for ${m.at.mount.point}`,
            observed: 'no RequiresMountsFor, not after remote-fs.target',
          }
        : undefined,
    {
      subject: `${setting} order`,
      requirements: ['X-07'],
      expected: `RequiresMountsFor=${points.join(' or ')} in the unit`,
    },
  ).map((f) => withFix(f, (node) => waiting(unit, pointOn(node))));
}

/** Mounts that report an error where a hard one waits, now or after a reboot. */
const soft = ({ setting }: SharedPlace, mounted: readonly Mounted[]): Finding[] =>
  faults(
    valued(mounted),
    ({ at, units }) => {
      const now = SOFT.find((option) => at.options.has(option));
      if (now !== undefined)
        return {
          problem: `${at.mount.point} is a ${now} mount: when the file server is slow, writes fail`,
          observed: now,
        };
      const entry = entryOf(at.mount.point, units);
      const later = SOFT.find((option) => entry?.options.has(option) && !entry.options.has('hard'));
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
    const findings = byMount(placesOf(nodes, ['shared', 'homes'])).flatMap((place): Finding[] => {
      const remote = place.held
        .filter((h) => ['network', 'unknown'].includes(sharing(h.value)))
        .map(({ node, value }): Mounted => {
          const units = nodes.find((n) => n.node === node)!.mountUnits;
          const at = bringing(value, units);
          return { node, at, units, kept: persistence(at, units) };
        });
      if (remote.length === 0)
        return place.findings.length > 0
          ? [...place.findings]
          : [skip(`${place.what} is not on a network file system`, { subject: place.setting })];
      // a container does not boot by itself
      const outside = remote.filter(({ units, kept }) => kept === undefined && units.container);
      const unclear = remote.filter(({ kept }) => kept !== undefined && 'unclear' in kept);
      const clear = remote.filter((m) => !outside.includes(m) && !unclear.includes(m));
      return [
        ...place.findings,
        ...notJudged(place, outside, unclear),
        ...(clear.length > 0 ? [atBoot(place, clear)] : []),
        ...order(place, clear, unit),
        ...soft(place, remote),
      ];
    });
    return findings.length > 0 ? findings : skip('the product has no shared directory');
  },
  remediation:
    'grep MOUNT-POINT /proc/mounts    # on the nodes named: add the mount to /etc/fstab, with _netdev, as mount takes it (EFS: fs-ID:/ with type efs; SMB: credentials=FILE)',
});
