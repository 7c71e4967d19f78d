/** Questions that no single node answers, each by its own module, loaded only when asked. */

import type { ServiceQuestion } from '../model/check.js';
import type { Answer } from '../model/evidence.js';
import type { Cluster, SecretSource } from '../model/inventory.js';
import type { Reach } from './reach.js';

/** What a question may need to be asked. */
export interface ServiceContext {
  readonly cluster: Cluster;
  readonly secret: (source: SecretSource) => string;
  /** The nodes that answered, to be reached again. */
  readonly reach: Reach;
  /** Ends what is being asked; what it left behind is cleaned up first. */
  readonly signal?: AbortSignal;
}

/** The inventory's `database.url`, or one of `database.urls` by name. */
export function databaseUrl({ cluster, secret }: ServiceContext, name: string): string {
  const source = name === 'url' ? cluster.database.url : cluster.database.urls?.[name];
  if (!source) throw new Error('not in the inventory');
  return secret(source);
}

type Ask = (question: ServiceQuestion, context: ServiceContext) => Promise<Answer>;

const WAYS: Readonly<Record<ServiceQuestion['via'], () => Promise<Ask>>> = {
  ntp: async () => {
    const { askNtp } = await import('./ntp.js');
    return (q) => askNtp(q.target);
  },
  s3: async () => (await import('./s3.js')).askS3,
  database: async () => (await import('./database.js')).askDatabase,
  storage: async () => (await import('./storageProbe.js')).askStorage,
  http: async () => (await import('./http.js')).askHttp,
  aws: async () => (await import('./aws.js')).askAws,
};

/** Never rejects: what does not answer is unseen with the reason. */
export async function askService(question: ServiceQuestion, context: ServiceContext): Promise<Answer> {
  if (context.signal?.aborted) return { unseen: 'interrupted' };
  try {
    const ask = await WAYS[question.via]();
    return await ask(question, context);
  } catch (error) {
    return { unseen: `${question.via} ${question.target}: ${(error as Error).message}` };
  }
}
