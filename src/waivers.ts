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

/** What is wrong with a valid waiver that accepted nothing, if anything. */
function trouble(waiver: Waiver, valid: readonly Waiver[], verdicts: readonly Verdict[], cluster: Cluster): Verdict[] {
  const own = verdicts.filter(
    (v) =>
      v.id === waiver.check && (waiver.subject === undefined || v.subject === waiver.subject || v.status !== 'fail'),
  );
  if (verdicts.some((v) => touches(waiver, v) && accepting(valid, v).length > 0))
    return [
      complaint(
        cluster,
        waiver,
        `the waiver of ${purpose(waiver)} covers nothing: another waiver accepts the same failure`,
        `remove one of the waivers of ${waiver.check} from ${where(cluster, waiver)}`,
      ),
    ];
  // a failure that is also on other nodes is one failure, and not all of it was accepted
  const { nodes = [] } = waiver;
  const partly = own.filter((v) => v.status === 'fail' && v.nodes.some((n) => nodes.includes(n)));
  const accepted = valid.filter((w) => w.check === waiver.check).flatMap((w) => w.nodes ?? []);
  const more = [...new Set(partly.flatMap((v) => v.nodes).filter((n) => !accepted.includes(n)))].join(', ');
  if (partly.length > 0)
    return [
      complaint(
        cluster,
        waiver,
        `the waiver of ${purpose(waiver)} covers nothing: the failure is also on ${more}`,
        `fix ${more}, or add to the nodes of the waiver in ${where(cluster, waiver)}`,
      ),
    ];
  // a failure about no node, as of a database that all nodes use
  if (nodes.length > 0 && own.some((v) => v.status === 'fail' && v.nodes.length === 0))
    return [
      complaint(
        cluster,
        waiver,
        `the waiver of ${purpose(waiver)} covers nothing: it names nodes, and the failure is about the whole cluster`,
        `remove the nodes from the waiver in ${where(cluster, waiver)}`,
      ),
    ];
  const written = verdicts.find(
    (v) => v.id === waiver.check && v.status === 'fail' && v.subject?.toLowerCase() === waiver.subject?.toLowerCase(),
  )?.subject;
  if (written !== undefined && written !== waiver.subject)
    return [
      complaint(
        cluster,
        waiver,
        `the waiver of ${purpose(waiver)} covers nothing: the subject of the failure is written ${written}`,
        `write subject: ${JSON.stringify(written)} in ${where(cluster, waiver)}`,
      ),
    ];
  // it may be meant for the product next to it
  if (cluster.sideBySide) return [];
  // what did not run, or could not be seen, may be broken still
  if (!verdicts.some((v) => v.id === waiver.check) || own.some((v) => v.status === 'unknown')) return [];
  if (unlooked(nodes, own)) return [];
  const fails = verdicts.flatMap((v) => (v.id === waiver.check && v.status === 'fail' ? (v.subject ?? []) : []));
  const differently =
    waiver.subject === undefined || fails.length === 0
      ? ''
      : `; what fails is ${[...new Set(fails)].slice(0, 5).join(', ')}`;
  return [
    complaint(
      cluster,
      waiver,
      `the waiver of ${purpose(waiver)} covers nothing: the failure is fixed, or on other nodes${differently}`,
    ),
  ];
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
