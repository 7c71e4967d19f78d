/** After the nodes: everything that is asked of services, all at once. */

import { foundOn, settingsOn } from '../../facts.js';
import type { Answer, Answers, NodeEvidence } from '../../model/evidence.js';
import type { Product } from '../../model/inventory.js';
import { type Plan, serviceQuestions } from '../../plan.js';
import { keyOf } from '../../probes/probe.js';
import type { Settings } from '../../products/settings.js';
import type { ServiceContext } from './context.js';
import { askService } from './services.js';

export interface ServiceOptions {
  /** Whether what writes on shared storage or into a bucket may be asked (`--active`). */
  readonly active?: boolean;
  readonly onService?: (name: string, state: 'asking' | 'done' | 'failed', note?: string) => void;
}

/** Never rejects; what is asked follows from what the nodes answered. */
export async function askServices(
  plan: Plan,
  nodes: readonly (readonly [name: string, evidence: NodeEvidence])[],
  context: ServiceContext,
  { active, onService }: ServiceOptions,
): Promise<Answers> {
  const products = new Set<Product>();
  const configured = new Map(
    nodes.flatMap(([node, evidence]): [string, Settings][] => {
      const installed = foundOn(plan, evidence.answers, node);
      if ('value' in installed) products.add(installed.value.product);
      const fact = settingsOn(plan, evidence.answers, node);
      return 'value' in fact ? [[node, fact.value]] : [];
    }),
  );
  const answers = await Promise.all(
    serviceQuestions(plan, configured, [...products], active === true).map(
      async (question): Promise<[string, Answer]> => {
        const key = keyOf(question.via, question.target);
        onService?.(key, 'asking');
        const answer = await askService(question, context);
        if ('unseen' in answer) onService?.(key, 'failed', answer.unseen);
        else onService?.(key, 'done');
        return [key, answer];
      },
    ),
  );
  return Object.fromEntries(answers);
}
