import { defineCheck, everyNode, type Finding, type Found, found, list, skip, unknown } from 'ha-preflight';
import { gcfg } from 'ha-preflight/formats/gcfg';
import { keyValue } from 'ha-preflight/formats/keyValue';
import { isMasked } from 'ha-preflight/formats/masked';
import { formatOf, unreadTexts } from './support/configuration.js';

/** Values that end too early: in gcfg any unquoted `;` or `#` begins a comment. */
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

/** Lines of a file without comments that have no effect or the wrong one: a second value, words after a `#`. */
const strayLines = (f: Found): string[] =>
  [...f.texts].flatMap(([file, text]) => {
    if (formatOf(f, file) !== keyValue) return [];
    const { settings, remarks } = keyValue(text);
    return [
      ...remarks.filter((r) => !/: [#;]/.test(r)).map((r) => `${file} ${r}`),
      ...settings
        .filter((s) => !/^[#;]/.test(s.key) && /\s[#;]/.test(s.value) && !isMasked(s.value))
        .map((s) => `${file} line ${s.line}: the format has no comments, so ${s.key} is "${s.value}"`),
    ];
  });

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
          `no problem in ${list([...new Set(rest.flatMap((n) => files(n.found).map((e) => e.path)))])}`,
          rest.map((n) => ({ node: n.node, value: read(n.found) })),
          (lines) => (lines.length > 0 ? { problem: list(lines) } : undefined),
          {
            ...about,
            expected:
              product === 'workbench' ? 'each setting once, on a separate line' : 'values with ; or # in double quotes',
          },
        ),
      );
    return findings.length > 0 ? findings : skip('no node has any of these files', { nodes: nodes.map((n) => n.node) });
  },
  remediation:
    'put the value in double quotes (gcfg), or remove the second line or the comment (database.conf, file-locks), and restart the product',
});
