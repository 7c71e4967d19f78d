import { defineCheck, everyNode, type Finding, type Found, found, list, skip, unknown } from 'ha-preflight';
import { gcfg } from 'ha-preflight/formats/gcfg';
import { keyValue } from 'ha-preflight/formats/keyValue';
import { isMasked } from 'ha-preflight/formats/masked';
import { formatOf, unreadTexts } from './support/configuration.js';

/** Values that end where nobody meant them to: gcfg takes any unquoted `;` or `#` for a comment. */
const cutValues = (f: Found): string[] =>
  [...f.texts].flatMap(([file, text]) =>
    formatOf(f, file) === gcfg
      ? [
          ...(f.cut.get(file) ?? []).map((line) => `${file} line ${line}: an unquoted ; or # ends the value`),
          ...gcfg(text)
            .remarks.filter((r) => r.includes('quote'))
            .map((r) => `${file} ${r}`),
        ]
      : [],
  );

/** What a file without comments does not mean: a second value, words after a `#`. */
const strayLines = (f: Found): string[] =>
  [...f.texts].flatMap(([file, text]) => {
    if (formatOf(f, file) !== keyValue) return [];
    const { settings, remarks } = keyValue(text);
    return [
      ...remarks.filter((r) => !/: [#;]/.test(r)).map((r) => `${file} ${r}`),
      ...settings
        .filter((s) => !/^[#;]/.test(s.key) && /\s[#;]/.test(s.value) && !isMasked(s.value))
        .map((s) => `${file} line ${s.line}: the file knows no comments, ${s.key} is "${s.value}"`),
    ];
  });

export default defineCheck({
  id: 'config-syntax',
  title: 'Every line of the configuration means what it looks like',
  severity: 'warning',
  proof: 'declared',
  tags: ['configuration'],
  requirements: ['X-09', 'X-10'],
  rationale:
    "Connect's and Package Manager's format takes an unquoted ; or # inside a value (a password in a URL) for a comment and drops the rest. Workbench's database.conf and file-locks know no comments and take the first of two equal settings.",
  needs: { found },
  judge(nodes, { product }) {
    const [format, read, requirement] =
      product === 'workbench' ? ([keyValue, strayLines, 'X-10'] as const) : ([gcfg, cutValues, 'X-09'] as const);
    const about = { requirements: [requirement] };
    const files = (f: Found) => f.tree.filter((e) => e.type === 'file' && formatOf(f, e.path) === format);
    const unread = nodes.filter((n) => unreadTexts(n.found, format) !== undefined);
    const rest = nodes.filter((n) => !unread.includes(n) && files(n.found).length > 0);
    const findings: Finding[] = unread.map((n) =>
      unknown(`${n.node}: ${unreadTexts(n.found, format)}`, {
        ...about,
        nodes: [n.node],
        subject: `${n.node} unread`,
      }),
    );
    if (rest.length > 0)
      findings.push(
        everyNode(
          list([...new Set(rest.flatMap((n) => files(n.found).map((e) => e.path)))]),
          rest.map((n) => ({ node: n.node, value: read(n.found) })),
          (lines) => (lines.length > 0 ? { problem: list(lines) } : undefined),
          {
            ...about,
            expected:
              product === 'workbench'
                ? 'each setting once, on a line of its own'
                : 'values with ; or # in double quotes',
          },
        ),
      );
    return findings.length > 0 ? findings : skip('none of these files is there', { nodes: nodes.map((n) => n.node) });
  },
  remediation:
    'put the value in double quotes (gcfg), or take the second line or the comment out (database.conf, file-locks), and restart the product',
});
