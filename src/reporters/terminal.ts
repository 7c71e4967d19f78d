/** The page an operator reads at three in the morning: what failed, on which nodes, and the command that fixes it. */

import type { Report, Reporter, ReporterOptions, Reports } from '../model/report.js';
import type { Severity, Verdict } from '../model/verdict.js';
import { allGates, clusterLine, failing, gateLine, summaryLine } from './gate.js';
import { type Block, failBlocks, isHidden, lostBlocks, unknownBlocks, waivedBlocks } from './terminalBlocks.js';
import { goneLines, passLines, skipLines } from './terminalLines.js';
import { clip, count, fold, foldNames, groupBy, hanging, labelled, safe } from './text.js';

const SGR = { red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36, bold: 1, dim: 2 } as const;
/** Words that stand out, and how. All of them also read well without colour. */
const COLORS: Readonly<Record<string, keyof typeof SGR>> = {
  FAIL: 'red',
  WARN: 'yellow',
  UNKNOWN: 'magenta',
  WAIVED: 'cyan',
  ADVICE: 'cyan',
  GONE: 'green',
  UNSEEN: 'magenta',
  SKIP: 'dim',
  PASS: 'green',
  Fix: 'bold',
};

/** Colours the word a line begins with; the text has been made safe and wrapped before. */
function paint(line: string, color: boolean): string {
  const [whole, indent = '', word = ''] = /^(| {2})([A-Z]\w+)(?=[: ])/.exec(line) ?? [];
  const style = COLORS[word];
  if (!color || whole === undefined || style === undefined || (indent !== '' && word !== 'Fix')) return line;
  return `${indent}\u001b[${SGR[style]}m${word}\u001b[0m${line.slice(whole.length)}`;
}

/**
 * Lines with the check they begin with, or the requirements they list, made links (OSC 8) to the vendor's document.
 * Addresses are ours; what is linked was made safe before.
 */
function linked(report: Report | Reports, link: NonNullable<ReporterOptions['link']>): (line: string) => string {
  const verdicts = ('reports' in report ? report.reports : [report]).flatMap((one) => one.verdicts);
  const sources = new Map<string, string>();
  for (const { id, requirements } of verdicts)
    for (const requirement of requirements) {
      const address = link(requirement);
      if (address === undefined) continue;
      sources.set(safe(requirement), address);
      if (!sources.has(safe(id))) sources.set(safe(id), address);
    }
  const anchor = (word: string): string => {
    const address = sources.get(word);
    return address === undefined ? word : `\u001b]8;;${address}\u001b\\${word}\u001b]8;;\u001b\\`;
  };
  return (line) =>
    line
      .replace(/^((?:FAIL|WARN|UNKNOWN|WAIVED|ADVICE) )([a-z0-9][\w/@.-]*)(?= |$)/, (_, word, id) => word + anchor(id))
      .replace(/^( {2}required by: )(.*)$/, (_, label, ids: string) => label + ids.replaceAll(/[^, ]+/g, anchor));
}

/** Lines at the margin are written by this program: the rest is indented, and a name that looks like a verdict gets a word before it. */
const own = (text: string): string => (/^\s*[A-Z]+\b/.test(text) ? `cluster ${text.trimStart()}` : text);

/** Why a node was not reached is shown with the checks that could not be judged. */
function header(report: Report, width: number): string[] {
  const { cluster, startedAt, durationMs } = report;
  const when = `${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${(durationMs / 1000).toFixed(1)} s`;
  const lines = hanging(own(`${clusterLine(report)} (${safe(when)})`), width);
  const noted = cluster.nodes.filter(({ reached, reason }) => reached && reason !== undefined);
  // one remark about many nodes is one line
  const notes = groupBy(noted, ({ reason }) => reason!).map(
    (nodes) => `${fold(nodes.map(({ name }) => name))}: ${clip(safe(nodes[0]!.reason!), 200)}`,
  );
  return [...lines, ...notes.flatMap((note) => labelled('  note: ', note, width))];
}

/** Who has many commands before him wants one script. */
function allAtOnce(report: Report, width: number): string[] {
  const fixable = failing(report).filter(({ fixes = [] }) => fixes.length > 0);
  return fixable.length < 2
    ? []
    : labelled(
        '',
        `${count(fixable.length, 'fix', 'fixes')} as one script: --report json=r.json, then ha-preflight fix r.json`,
        width,
      );
}

/** The worst is last, nearest to the prompt: a page is read from its end. */
function page(full: Report, given: ReporterOptions): string[] {
  const report = foldNames(full);
  const options = { ...given, baseline: report.gate.baseline };
  const { width, verbosity } = options;
  const lost = report.cluster.nodes.filter(({ reached }) => !reached);
  const of = (status: Verdict['status']): Verdict[] => report.verdicts.filter((verdict) => verdict.status === status);
  const failed = (word: string, severity: Severity): Block[] =>
    failBlocks(
      word,
      failing(report).filter((verdict) => verdict.severity === severity),
      options,
    );
  const unknown = of('unknown');
  const open = unknown.filter((verdict) => !isHidden(verdict, lost));
  const quiet = verbosity < 0;
  // a check that failed on one node did not pass, although a finding about the others did; --verbose has these findings
  const bad = new Set([...of('fail'), ...open].map(({ id }) => id));
  const passed = of('pass').filter(({ id }) => verbosity > 0 || !bad.has(id));
  const blocks: Block[] = [
    ...(quiet ? [] : [[...passLines(passed, options), ...skipLines(of('skip'), options)]]),
    ...(quiet ? [] : [goneLines(options)]),
    ...waivedBlocks(
      of('fail').filter(({ waiver }) => waiver !== undefined),
      options,
    ),
    ...failed('ADVICE', 'info'),
    ...unknownBlocks(
      open.filter(({ severity }) => severity !== 'critical'),
      options,
    ),
    ...failed('WARN', 'warning'),
    ...lostBlocks(unknown, lost, options),
    ...unknownBlocks(
      open.filter(({ severity }) => severity === 'critical'),
      options,
    ),
    ...failed('FAIL', 'critical'),
  ];
  const gate = hanging(gateLine(report), width);
  const last = quiet ? gate : [...allAtOnce(report, width), ...hanging(summaryLine(report), width), ...gate];
  const first = quiet ? [] : [header(report, width)];
  return [...first, ...blocks, last]
    .filter((block) => block.length > 0)
    .flatMap((block, i) => (i === 0 ? block : ['', ...block]));
}

export const terminal: Reporter = (report, options) => {
  const { width, color, verbosity } = options;
  let lines: string[];
  if ('reports' in report) {
    const pages = report.reports.map((one) => [
      ...(verbosity < 0 ? [own(safe(one.cluster.name))] : []),
      ...page(one, options),
    ]);
    lines = pages.flatMap((one) => [...one, '', '='.repeat(Math.min(width, 80)), '']);
    lines.push(...hanging(allGates(report.reports, report.gate), width));
  } else lines = page(report, options);
  const link = options.link && linked(report, options.link);
  return lines.map((line) => paint(link?.(line) ?? line, color)).join('\n');
};
