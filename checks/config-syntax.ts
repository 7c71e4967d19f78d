import {
  command,
  defineCheck,
  everyNode,
  type Finding,
  type Found,
  found,
  list,
  skip,
  unknown,
  withFix,
} from 'ha-preflight';
import { gcfg } from 'ha-preflight/formats/gcfg';
import { keyValue, sections } from 'ha-preflight/formats/keyValue';
import { isMasked } from 'ha-preflight/formats/masked';
import type { Config, Format, StrictConfig } from 'ha-preflight/formats/settings';
import { UNENCODED } from 'ha-preflight/products/endpoints';
import { pathOf } from 'ha-preflight/products/installed';
import { formatOf } from 'ha-preflight/products/profile';
import { unreadTexts } from './support/configuration.js';

/** A file of the configuration in a known format. */
interface Text {
  readonly file: string;
  readonly config: Config;
  readonly format: Format;
  readonly cut: readonly number[];
  readonly unencoded: readonly number[];
}

const textsOf = (f: Found): Text[] =>
  [...f.texts].flatMap(([file, text]) => {
    const format = formatOf(f.profile.texts, file);
    return format
      ? [{ file, config: format(text), format, cut: f.cut.get(file) ?? [], unencoded: f.unencoded?.get(file) ?? [] }]
      : [];
  });

/** Lines at which the product refuses to start. */
const refusals = ({ file, config }: Text): string[] =>
  'errors' in config
    ? (config as StrictConfig).errors.map((e) => `${file} line ${e.line}: ${e.what}, so the product does not start`)
    : [];

/** Values that end too early: in gcfg any unquoted `;` or `#` begins a comment. */
const cutValues = ({ file, cut }: Text): string[] =>
  cut.map((line) => `${file} line ${line}: an unquoted ; or # ends the value`);

/** Remarks behind values: a comment to the public reader of the format, a part of the value by Connect's document (sources 10.3). */
const openRemarks = ({ file, config, cut }: Text): string[] =>
  config.settings.filter((s) => s.cut && !cut.includes(s.line)).map((s) => `${file} line ${s.line} (${s.key})`);

/** Passwords that end the address in which they stand. */
const passwords = ({ file, cut, unencoded }: Text): string[] =>
  unencoded.filter((line) => !cut.includes(line)).map((line) => `${file} line ${line}: ${UNENCODED}`);

/** Lines of a file without comments that have no effect or the wrong one: a second value, words after a `#`. */
const strayLines = ({ file, config }: Text): string[] => [
  ...config.remarks.filter((r) => !/: [#;]/.test(r)).map((r) => `${file} ${r}`),
  ...config.settings
    .filter((s) => !/^[#;]/.test(s.key) && /\s[#;]/.test(s.value) && !isMasked(s.value))
    .map((s) => `${file} line ${s.line}: the format has no comments, so ${s.key} is "${s.value}"`),
];

const problemsOf = (text: Text): string[] => [
  ...refusals(text),
  ...(text.format === gcfg ? cutValues(text) : []),
  ...(text.format === keyValue ? strayLines(text) : []),
  ...(text.format === sections ? text.config.remarks.map((r) => `${text.file} ${r}`) : []),
  ...passwords(text),
];

/** Shows the first line that is wrong; what belongs there is known to a person only. */
function shown(f: Found): string | undefined {
  const [first] = textsOf(f).flatMap((text) => problemsOf(text).map((problem) => ({ file: text.file, problem })));
  const [, line] = / line (\d+): /.exec(first?.problem ?? '') ?? [];
  return first && line && command`sudo sed -n ${`${line}p`} ${pathOf(f, first.file)}`;
}

const BY_HAND =
  'put the value in double quotes (gcfg), write # as %23 and / as %2F in the password of a URL, remove the second line or the comment (database.conf, file-locks, load-balancer), or correct the line (rserver.conf), and restart the product';

export default defineCheck({
  id: 'config-syntax',
  title: 'Every line of the configuration has the effect it seems to have',
  severity: 'warning',
  proof: 'declared',
  tags: ['configuration'],
  requirements: ['X-09', 'X-10'],
  rationale:
    "In the format of Connect and Package Manager an unquoted ; or # inside a value, such as a password in a URL, begins a comment, and the rest of the value is lost. Workbench's database.conf and file-locks have no comments, and of two equal settings the first counts.",
  needs: { found },
  judge(nodes, { product }) {
    const seen = nodes.map((n) => ({ ...n, texts: textsOf(n.found), unread: unreadTexts(n.found) }));
    const requirement = seen.some((n) => n.texts.some((x) => x.format === gcfg)) ? 'X-09' : 'X-10';
    const about = { requirements: [requirement] };
    const findings: Finding[] = seen.flatMap(({ node, unread }) =>
      unread === undefined
        ? []
        : [unknown(`${node}: ${unread}`, { ...about, nodes: [node], subject: `${node} unread` })],
    );
    const remarks = product === 'connect' ? seen.map((n) => ({ ...n, lines: n.texts.flatMap(openRemarks) })) : [];
    for (const { node, lines } of remarks.filter((n) => n.lines.length > 0))
      findings.push(
        unknown(
          `${node}: whether Connect takes what stands behind a ; or # after a value for a comment is not confirmed: put the remark of ${list(lines)} on a separate line`,
          { ...about, nodes: [node], subject: `${node} remarks` },
        ),
      );
    for (const { node, found: f, texts } of seen) {
      const open = texts.flatMap(({ file, config }) =>
        (f.profile.doubts?.(file, config, f.environment) ?? []).map((what) => `${file} ${what}`),
      );
      if (open.length > 0)
        findings.push(
          unknown(`${node}: what the product makes of these is not documented: ${list(open)}`, {
            ...about,
            nodes: [node],
            subject: `${node} values`,
          }),
        );
    }
    const judged = seen.filter(
      (n) => n.texts.length > 0 && (n.unread === undefined || n.texts.some((x) => problemsOf(x).length > 0)),
    );
    if (judged.length > 0)
      findings.push(
        withFix(
          everyNode(
            `no problem in ${list([...new Set(judged.flatMap((n) => n.texts.map((x) => x.file)))].sort())}`,
            judged.map((n) => ({ node: n.node, value: n.texts.flatMap(problemsOf) })),
            (lines) => (lines.length > 0 ? { problem: list(lines) } : undefined),
            {
              ...about,
              expected:
                requirement === 'X-09'
                  ? 'values with ; or # in double quotes'
                  : 'each setting once, on a separate line',
            },
          ),
          (node) => shown(judged.find((n) => n.node === node)!.found),
          BY_HAND,
        ),
      );
    return findings.length > 0 ? findings : skip('no node has any of these files', { nodes: nodes.map((n) => n.node) });
  },
  remediation: `sudo grep -n SETTING FILE    # on the nodes named; ${BY_HAND}`,
});
