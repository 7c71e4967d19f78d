/** `fix`: a report as a script or playbook for people to review. Nothing is run. */

import { playbook } from '../fixes/ansible.js';
import { shellScript } from '../fixes/sh.js';
import { worklist } from '../fixes/worklist.js';
import { builtIn } from '../load/products.js';
import { loadReport, reportsIn } from '../load/report.js';
import { toYaml, Unsafe } from '../load/yaml.js';
import { list } from '../relations.js';
import { safe } from '../reporters/text.js';
import type { Outcome } from './outcome.js';
import { reserve, target } from './reportFile.js';

interface FixArgs {
  readonly file: string;
  readonly format: 'sh' | 'ansible';
  readonly output?: string | undefined;
}

/** Exit 0 whatever the report says: the gate counted when it was made. */
export async function fix({ file, format, output }: FixArgs): Promise<Outcome> {
  const document = loadReport(file);
  reserve([file]);
  const into = output === undefined ? undefined : target('fix', output);
  const folders = [...builtIn.profiles.values()].map(({ root }) => root);
  const items = worklist(document, folders);
  const from = list(
    reportsIn(document).map(({ cluster, startedAt }) => `${safe(cluster.name)}, checked ${safe(startedAt)}`),
  );
  const text =
    format === 'sh'
      ? shellScript(items, from)
      : playbook(items, from, { write: toYaml, text: (one) => new Unsafe(one) });
  if (!into) return { text };
  const trouble = await into.write(text);
  return trouble === undefined
    ? { text: `${output}: written; nothing was run, read it first` }
    : { note: trouble, exitCode: 4 };
}
