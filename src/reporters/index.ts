/** Every format a report can be had in, by the name `--format` and `--report` know it by. */

import type { Reporter } from '../model/report.js';
import { htmlReport } from './html.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { nagios } from './nagios.js';
import { openmetrics } from './openmetrics.js';
import { sarif } from './sarif.js';
import { slack } from './slack.js';
import { terminal } from './terminal.js';

/** A reporter gives text without a line break at its end. */
export const reporters: Readonly<Record<string, Reporter>> = {
  terminal,
  json,
  junit,
  sarif,
  html: htmlReport,
  markdown,
  nagios,
  openmetrics,
  slack,
};
