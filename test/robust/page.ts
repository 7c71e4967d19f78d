/** docs/robustness.md of the table of faults. */

import { ROWS } from './rows.js';

const INTRODUCTION = `# Robustness

What is wrong when this program runs, what it then says, and what that costs. Each line is a test; \`npm run robustness\` runs them and writes this page.
Seconds are of a whole run with three nodes, two of them healthy, its start (about half a second) included: a broken node costs its own
deadline once (\`--timeout\`, 4 to 8 seconds in the tests that wait for it), and the others are judged all the same.

Wherever a verdict is not measured it is \`unknown\` with the reason. Over evidence that is spoilt at random no verdict is \`pass\` for anything
that was not measured (\`test/robust/measured.test.ts\`).
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** `seconds`: what a fault cost, where that was measured. */
export function pageOf(seconds: (fault: string) => number | undefined): string {
  const groups = [...new Set(ROWS.map((r) => r.group))];
  const tables = groups.map((group) => {
    const rows = ROWS.filter((r) => r.group === group).map(
      (r) => `| ${cell(r.fault)} | ${cell(r.verdict)} | ${seconds(r.fault)?.toFixed(1) ?? ''} |`,
    );
    return `## ${group}\n\n| fault | verdict | seconds |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [INTRODUCTION, ...tables].join('\n');
}

/** The page without its seconds, which are of one machine and one day. */
export const withoutSeconds = (page: string): string => page.replaceAll(/\| [\d.]* \|$/gm, '|');
