/** The inventory's time servers, asked from this machine. Used by `clock-skew`. */

import { defineProbe, json } from './probe.js';

/** One exchange; milliseconds. */
export interface NtpSample {
  /** How far the server is ahead of this machine. */
  readonly offset: number;
  /** The truth is within `offset` ± this: half the delay, and the error that the server states. */
  readonly bound: number;
  readonly stratum: number;
  /** The server itself says it is not synchronised. */
  readonly unsynchronised: boolean;
}

export const timeServers = defineProbe<readonly NtpSample[]>({
  via: 'ntp',
  questions: ({ time }) => time.servers.map((target) => ({ target })),
  parse: json,
});
