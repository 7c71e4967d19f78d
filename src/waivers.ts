/** Accepted failures: shown and counted, but not in the gate; an expired or unused waiver is a finding. Pure. */

import { fingerprint, identityOf, unique } from './fingerprint.js';
import type { Cluster, Waiver } from './model/inventory.js';
import type { Verdict } from './model/verdict.js';
import { count } from './model/words.js';

/** A waiver holds to the end of its day, UTC; one of saved evidence without such a day holds no longer. */
const expired = (waiver: Waiver, now: Date): boolean =>
  !(now.getTime() < Date.parse(`${waiver.until}T00:00:00Z`) + 86_400_000);

/** Whether it accepts some of the failure: all of it where it names no nodes. */
const touches = (waiver: Waiver, verdict: Verdict): boolean =>
  waiver.check === verdict.id &&
  verdict.status === 'fail' &&
  (waiver.subject === undefined || waiver.subject === verdict.subject) &&
  (waiver.nodes === undefined || verdict.nodes.some((n) => waiver.nodes!.includes(n)));

/**
 * Those that together accept every node of a failure, one alone where one does; none when a node is left. A failure
 * about no node takes one that names none.
 */
function accepting(waivers: readonly Waiver[], verdict: Verdict): Waiver[] {
  const some = waivers.filter((w) => touches(w, verdict));
  const all = (list: readonly Waiver[]): boolean =>
    list.some((w) => w.nodes === undefined) ||
    (verdict.nodes.length > 0 && verdict.nodes.every((n) => list.some((w) => w.nodes!.includes(n))));
  const alone = some.find((w) => all([w]));
  return alone ? [alone] : all(some) ? some : [];
}

/** What a report says of them: of several every reason, and the day the first of them ends. */
function inWords(waivers: readonly Waiver[]): NonNullable<Verdict['waiver']> {
  const each = (values: readonly (string | undefined)[]): string[] => [
    ...new Set(values.filter((v) => v !== undefined)),
  ];
  const by = each(waivers.map((w) => w.by)).join(', ');
  return {
    reason: each(waivers.map((w) => w.reason)).join('; '),
    until: waivers.map((w) => w.until).sort()[0]!,
    ...(by !== '' && { by }),
  };
}

/** `prod.yml line 12`, by the path as given. */
function where({ inventory, waivers }: Cluster, waiver: Waiver): string {
  const line = inventory?.waivers?.[waivers.indexOf(waiver)];
  return inventory === undefined ? 'the inventory' : `${inventory.file}${line === undefined ? '' : ` line ${line}`}`;
}

/** What a waiver is for, in a sentence. */
const purpose = ({ check, subject }: Waiver): string => (subject === undefined ? check : `${check} (${subject})`);

const complaint = (
  cluster: Cluster,
  waiver: Waiver,
  message: string,
  remediation = `remove the waiver of ${waiver.check} from ${where(cluster, waiver)}, or renew it with a reason`,
  what = '',
): Verdict => ({
  id: 'waivers',
  title: 'Every waiver is in force and needed',
  status: 'fail',
  severity: 'warning',
  proof: 'declared',
  nodes: waiver.nodes ?? [],
  message,
  requirements: [],
  remediation,
  fingerprint: fingerprint(
    identityOf(cluster),
    'waivers',
    `${waiver.check} ${(waiver.nodes ?? []).join(' ')} ${waiver.until}${waiver.subject === undefined ? '' : ` ${waiver.subject}`}${what === '' ? '' : ` ${what}`}`,
  ),
});

/** What was skipped, such as without `--active`, may be broken still: all of it, or what concerns nodes of the waiver. */
function unlooked(nodes: readonly string[], own: readonly Verdict[]): boolean {
  const looked = own.filter(({ status }) => status === 'pass' || status === 'fail');
  const skipped = own.filter(({ status }) => status === 'skip').flatMap((v) => v.nodes);
  return looked.length === 0
    ? own.length > 0
    : nodes.some((node) => skipped.includes(node) && !looked.some((v) => v.nodes.includes(node)));
}

/** A valid waiver that accepted nothing, and what the audit said. */
interface Unused {
  readonly waiver: Waiver;
  readonly valid: readonly Waiver[];
  readonly verdicts: readonly Verdict[];
  /** Verdicts that the waiver may have been meant for. */
  readonly own: readonly Verdict[];
  readonly cluster: Cluster;
}

/** Why it covers nothing, and what to do about it where that is not to remove it. */
interface Reason {
  readonly why: string;
  readonly remediation?: string;
}

const acceptedBefore = ({ waiver, valid, verdicts, cluster }: Unused): Reason | undefined =>
  verdicts.some((v) => touches(waiver, v) && accepting(valid, v).length > 0)
    ? {
        why: 'another waiver accepts the same failure',
        remediation: `remove one of the waivers of ${waiver.check} from ${where(cluster, waiver)}`,
      }
    : undefined;

/** A failure that is also on other nodes is one failure, and not all of it was accepted. */
function onMoreNodes({ waiver, valid, own, cluster }: Unused): Reason | undefined {
  const partly = own.filter((v) => v.status === 'fail' && v.nodes.some((n) => waiver.nodes?.includes(n)));
  if (partly.length === 0) return undefined;
  const accepted = valid.filter((w) => w.check === waiver.check).flatMap((w) => w.nodes ?? []);
  const more = [...new Set(partly.flatMap((v) => v.nodes).filter((n) => !accepted.includes(n)))].join(', ');
  return {
    why: `the failure is also on ${more}`,
    remediation: `fix ${more}, or add to the nodes of the waiver in ${where(cluster, waiver)}`,
  };
}

/** A failure about no node, as of a database that all nodes use. */
const ofTheCluster = ({ waiver, own, cluster }: Unused): Reason | undefined =>
  waiver.nodes?.length && own.some((v) => v.status === 'fail' && v.nodes.length === 0)
    ? {
        why: 'it names nodes, and the failure is about the whole cluster',
        remediation: `remove the nodes from the waiver in ${where(cluster, waiver)}`,
      }
    : undefined;

function writtenOtherwise({ waiver, verdicts, cluster }: Unused): Reason | undefined {
  const written = verdicts.find(
    (v) => v.id === waiver.check && v.status === 'fail' && v.subject?.toLowerCase() === waiver.subject?.toLowerCase(),
  )?.subject;
  if (written === undefined || written === waiver.subject) return undefined;
  return {
    why: `the subject of the failure is written ${written}`,
    remediation: `write subject: ${JSON.stringify(written)} in ${where(cluster, waiver)}`,
  };
}

/** Nothing is left that it could accept; not where something may be broken still. */
function needless({ waiver, verdicts, own, cluster }: Unused): Reason | undefined {
  // it may be meant for the product next to it
  if (cluster.sideBySide) return undefined;
  // what did not run, or could not be seen, may be broken still
  if (!verdicts.some((v) => v.id === waiver.check) || own.some((v) => v.status === 'unknown')) return undefined;
  if (unlooked(waiver.nodes ?? [], own)) return undefined;
  const fails = verdicts.flatMap((v) => (v.id === waiver.check && v.status === 'fail' ? (v.subject ?? []) : []));
  const differently =
    waiver.subject === undefined || fails.length === 0
      ? ''
      : `; what fails is ${[...new Set(fails)].slice(0, 5).join(', ')}`;
  return { why: `the failure is fixed, or on other nodes${differently}` };
}

/** What is wrong with a valid waiver that accepted nothing, if anything: the first reason that there is. */
function trouble(waiver: Waiver, valid: readonly Waiver[], verdicts: readonly Verdict[], cluster: Cluster): Verdict[] {
  const own = verdicts.filter(
    (v) =>
      v.id === waiver.check && (waiver.subject === undefined || v.subject === waiver.subject || v.status !== 'fail'),
  );
  const unused: Unused = { waiver, valid, verdicts, own, cluster };
  for (const reasonOf of [acceptedBefore, onMoreNodes, ofTheCluster, writtenOtherwise, needless]) {
    const reason = reasonOf(unused);
    if (reason)
      return [
        complaint(
          cluster,
          waiver,
          `the waiver of ${purpose(waiver)} covers nothing: ${reason.why}`,
          reason.remediation,
        ),
      ];
  }
  return [];
}

/** A waiver that names no subject accepts whatever the check finds next, too; said where it already accepts several. */
function tooWide(waiver: Waiver, covered: readonly Verdict[], cluster: Cluster): Verdict[] {
  const subjects = [...new Set(covered.flatMap((v) => v.subject ?? []))];
  if (waiver.subject !== undefined || covered.length < 2 || subjects.length < 2) return [];
  const shown = subjects.slice(0, 5).join(', ');
  return [
    complaint(
      cluster,
      waiver,
      `the waiver of ${waiver.check} covers ${count(covered.length, 'failure')}: ${shown}${subjects.length > 5 ? ', …' : ''}`,
      `write one waiver per failure in ${where(cluster, waiver)}, each with its subject, such as subject: ${JSON.stringify(subjects[0])}`,
      'too wide',
    ),
  ];
}

/** Verdicts with their waivers, and one verdict for each waiver that is expired or covers nothing. */
export function applyWaivers(verdicts: readonly Verdict[], cluster: Cluster, now: Date): Verdict[] {
  const valid = cluster.waivers.filter((w) => !expired(w, now));
  const used = new Map<Waiver, Verdict[]>();
  const waived = verdicts.map((v): Verdict => {
    const accepted = accepting(valid, v);
    for (const w of accepted) used.set(w, [...(used.get(w) ?? []), v]);
    return accepted.length > 0 ? { ...v, waiver: inWords(accepted) } : v;
  });
  const complaints = cluster.waivers.flatMap((w) => {
    if (expired(w, now))
      return [complaint(cluster, w, `the waiver of ${purpose(w)} expired on ${w.until} (${w.reason})`)];
    const covered = used.get(w);
    return covered ? tooWide(w, covered, cluster) : trouble(w, valid, verdicts, cluster);
  });
  return unique([...waived, ...complaints]);
}
