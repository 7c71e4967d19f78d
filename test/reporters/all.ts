/** Every report that each format must be able to write, by name. */

import type { Report, Reports } from '../../src/model/report.js';
import { hostile } from './hostile.js';
import { blind, broken, clean, differing, large, several, since } from './reports.js';

export const ALL: Readonly<Record<string, Report | Reports>> = {
  clean,
  broken,
  blind,
  differing,
  hostile,
  large,
  several,
  since,
};
