/** The vendors' requirements: five documents, by title and section, and those derived from how the products work (X-). */

import { connect } from '../products/connect/requirements.js';
import { deployr } from '../products/deployr/requirements.js';
import { packageManager } from '../products/package-manager/requirements.js';
import { packageManagerOnAws } from '../products/package-manager/requirementsOnAws.js';
import { workbench } from '../products/workbench/requirements.js';
import { derived } from './derived.js';
import type { Requirement } from './index.js';

type Row = readonly [
  id: string,
  level: Requirement['level'],
  section: string,
  text: string,
  more?: Pick<Requirement, 'edition' | 'guidance'>,
];

/** A document: its sentences that ask for something, one row each. */
export interface Document {
  readonly title: string;
  readonly rows: readonly Row[];
}

const DOCUMENTS: readonly Document[] = [packageManager, connect, workbench, packageManagerOnAws, deployr, derived];

export const rows: readonly Requirement[] = DOCUMENTS.flatMap(({ title, rows: of }) =>
  of.map(([id, level, section, text, more]) => ({ id, level, document: title, section, text, ...more })),
);
