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
import { type MountUnits, mountUnits, unitName } from 'ha-preflight/collectors/mountUnits';
import { storage } from 'ha-preflight/collectors/storage';
import type { Held } from 'ha-preflight/collectors/storagePlace';
import { bringing, entryOf, fstabLine, type Kept, persistence, waited } from './support/persistence.js';
import { byMount, placesOf, type SharedPlace, sharing } from './support/places.js';

/** Mount options that turn a slow server into an error. */
const SOFT = ['soft', 'softerr'] as const;

const CORRECTED =
  'grep MOUNT-POINT /proc/mounts    # on the nodes named: correct the entry in /etc/fstab, or the .mount unit, to this server and path';

const NOAUTO =
  'grep noauto /etc/fstab    # on the nodes named: take noauto out of the entry; then sudo systemctl daemon-reload';

/** An entry that is there, and that nothing mounts: a second one would not help. */
function noauto({ mount }: Held, { notAtBoot = [] }: MountUnits): string | undefined {
  const entry = notAtBoot.findLast((e) => e.point === mount.point);
  return entry && `noauto in /etc/fstab line ${entry.line}`;
}

/** A path as a word of a list in a unit: quoted where it has a blank, with the percent sign of a specifier doubled. */
function listed(path: string): string {
  const text = path.replaceAll('%', '%%');
  return /[\s"'\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
}

/** Lets the service wait for the mount, in a file that is added to its unit; it may wait for a second one there already. */
function waiting(unit: string, point: string): string | undefined {
  const folder = `/etc/systemd/system/${unit}.service.d`;
  return command`sudo mkdir -p ${folder} && printf '[Unit]\\nRequiresMountsFor=%s\\n' ${listed(point)} | sudo tee -a ${`${folder}/ha-preflight.conf`} && sudo systemctl daemon-reload`;
}

/** A unit that is there, and that nothing starts at boot. */
function notEnabled({ mount }: Held, { disabled = [] }: MountUnits): string | undefined {
  return disabled.find((unit) => unit === `${unitName(mount.point)}.mount`);
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

function observedOf(at: Held, units: MountUnits): string {
  const unit = notEnabled(at, units);
  const idle = noauto(at, units) ?? (unit && `${unit} is not enabled`);
  return idle ?? 'not in /etc/fstab, no mount unit, no automounter';
}

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
            observed: observedOf(at, units),
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
    if (!on || noauto(on.at, on.units) !== undefined) return undefined;
    const unit = notEnabled(on.at, on.units);
    return unit === undefined ? fstabLine(on.at) : command`sudo systemctl enable ${unit}`;
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
  const of = new Map(started.map((m) => [m.node, waited(m.at, m.units, unit)]));
  const pointOn = (node: string): string => started.find((m) => m.node === node)!.at.mount.point;
  const perhaps = started.filter((m) => of.get(m.node) === 'perhaps').map((m) => m.node);
  const late = started.filter((m) => of.get(m.node) === 'no');
  const points = [...new Set(late.map((m) => m.at.mount.point))];
  const tooEarly = faults(
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
      expected: `RequiresMountsFor=${points.map(listed).join(' or ')} in the unit`,
    },
  ).map((f) => withFix(f, (node) => waiting(unit, pointOn(node))));
  if (perhaps.length === 0) return tooEarly;
  const point = pointOn(perhaps[0]!);
  return [
    ...tooEarly,
    unknown(
      `on ${list(perhaps)} the service waits for remote-fs.target, and with nofail or bg in /etc/fstab most releases of systemd do not order ${point} before that: ${command`systemctl show -p Before ${`${unitName(point)}.mount`}` ?? 'systemctl show -p Before'} shows it; RequiresMountsFor=${listed(point)} in the unit of the service always waits`,
      { subject: `${setting} order unclear`, requirements: ['X-07'], nodes: perhaps },
    ),
  ];
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
