/** Questions that no single node answers, each by its own module, loaded only when asked. */

import type { Answer } from '../../model/evidence.js';
import type { ServiceQuestion } from '../../probes/probe.js';
import { bounded } from '../lib/bounded.js';
import { oneLine, wordsOf } from '../lib/oneLine.js';
import type { ServiceContext } from './context.js';

type Ask = (question: ServiceQuestion, context: ServiceContext) => Promise<Answer>;

const WAYS: Readonly<Record<ServiceQuestion['via'], () => Promise<Ask>>> = {
  ntp: async () => {
    const { askNtp } = await import('./ntp.js');
    return (q, { signal }) => askNtp(q.target, signal);
  },
  s3: async () => (await import('./s3.js')).askS3,
  database: async () => (await import('./database.js')).askDatabase,
  storage: async () => (await import('./storageProbe.js')).askStorage,
  http: async () => (await import('./http.js')).askHttp,
  aws: async () => (await import('./aws.js')).askAws,
};

/** Services that are asked through the nodes. */
const THROUGH_NODES: ReadonlySet<ServiceQuestion['via']> = new Set(['database', 'storage']);

/** Milliseconds that everything asked of one service may take: no server decides how long a run is. */
const LIMITS: Readonly<Record<ServiceQuestion['via'], number>> = {
  ntp: 15_000,
  s3: 45_000,
  database: 120_000,
  storage: 300_000,
  http: 120_000,
  aws: 60_000,
};
/** What was made on shared storage or in a bucket is removed first. */
const GRACE_MS = 8000;
/** Of an answer that is kept as evidence. */
const MOST_BYTES = 4 << 20;

/** Longest that all services, asked at once, can take. */
export const SERVICES_MS = Math.max(...Object.values(LIMITS)) + GRACE_MS;

/** Never rejects, and always ends: what does not answer in time is unseen with the reason. */
export async function askService(question: ServiceQuestion, context: ServiceContext): Promise<Answer> {
  if (context.signal?.aborted) return { unseen: 'interrupted' };
  const about = (why: string): Answer => ({ unseen: oneLine(`${question.via} ${question.target}: ${why}`, 500) });
  if (context.relayed && THROUGH_NODES.has(question.via))
    return about(
      'is asked through the nodes, and their answers were relayed: run ha-preflight check where the nodes can be reached',
    );
  try {
    const answer = await bounded(
      async (signal) => (await WAYS[question.via]())(question, { ...context, signal }),
      { limitMs: LIMITS[question.via], graceMs: GRACE_MS, signal: context.signal },
      about,
    );
    const size = 'stdout' in answer ? answer.stdout.length : 0;
    return size > MOST_BYTES ? about(`the answer is longer than ${MOST_BYTES >> 20} MiB`) : answer;
  } catch (error) {
    return about(wordsOf(error));
  }
}
