/** What `--active` answers: shared storage as it should be, with something laid over it. */

import type { Answers } from '../../src/model/evidence.js';
import type { PlaceTrial } from '../../src/probes/storage.js';

const GOOD: PlaceTrial = {
  writer: 'a',
  trouble: {},
  markers: { b: 'seen', c: 'seen' },
  unseenMs: { b: 2, c: 3 },
  owners: { a: '0:0', b: '0:0', c: '0:0' },
  clocks: { a: { low: -3, high: 1 }, b: { low: -3, high: 1 } },
  chown: { a: 'ok', b: 'ok', c: 'ok' },
  locks: {
    link: { holder: 'a', tries: { b: 'refused', c: 'refused' }, freedMs: 5 },
    fcntl: { holder: 'a', tries: { b: 'refused', c: 'refused' }, freedMs: 5, killedMs: 5 },
  },
};

export const trialOf = (setting: string, over: Partial<PlaceTrial>): Answers => ({
  'storage:shared': { exit: 0, stdout: JSON.stringify({ [setting]: { ...GOOD, ...over } }), stderr: '' },
});
