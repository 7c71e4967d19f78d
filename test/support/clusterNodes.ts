/** Nodes as `cluster-state` sees them, and its findings in short. */

import type { ClusterNode } from '../../checks/support/workbenchState.js';
import type { Finding } from '../../src/model/verdict.js';
import { effectiveOf, foundOf } from './facts.js';

export const KNOWN = ['a', 'b', 'c'].map((node) => ({ node, names: [node, `${node}.example.com`] }));

export type Over = Partial<ClusterNode['state']> & { readonly zone?: number; readonly conf?: string };
export const node = (name: string, { zone = 0, conf = '', ...state }: Over = {}): ClusterNode => {
  const found = foundOf('workbench', { 'rserver.conf': conf });
  return {
    node: name,
    found,
    effective: effectiveOf(found),
    host: { name, utcOffset: zone },
    state: { running: true, ...state },
  };
};
/** Status, severity, subject, nodes, requirements. */
export const short = ({ status, severity, subject, nodes = [], requirements = [] }: Finding): string =>
  [status, severity ?? '', subject, ...nodes, ...requirements].filter(Boolean).join(' ');
