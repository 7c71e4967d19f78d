/** Not written yet. */

import type { ServiceQuestion } from '../model/check.js';
import type { Answer } from '../model/evidence.js';
import type { ServiceContext } from './services.js';

export const askHttp = async (_question: ServiceQuestion, _context: ServiceContext): Promise<Answer> => ({
  unseen: 'cannot be asked yet',
});
