/** Faults that are not a node's; each has its test in this folder. */

import type { Row } from './rows.js';

export const INPUT_CASES: readonly Row[] = [];
