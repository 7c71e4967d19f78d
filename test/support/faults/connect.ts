/** What only Connect has. */

import type { Fault } from './fault.js';
import { ALL, all, append, CONNECT, edit } from './plants.js';

export const CONNECT_FAULTS: readonly Fault[] = [
  {
    name: 'old publishing clients are accepted',
    requirements: ['CONN-09'],
    in: ['connect'],
    nodes: all,
    plant: edit(CONNECT, 'Version = true', 'Version = false'),
    expect: { 'rsconnect-version': ALL },
  },
  {
    name: 'a setting that stops the release',
    requirements: ['CONN-09'],
    in: ['newConnect'],
    nodes: all,
    plant: append(CONNECT, '[LoadBalancing]\nEnforceMinRsconnectVersion = true\n'),
    expect: { 'rsconnect-version': ALL },
  },
  {
    name: 'no node runs scheduled jobs',
    requirements: ['CONN-30'],
    in: ['connect'],
    nodes: all,
    plant: append(CONNECT, '[Applications]\nScheduleConcurrency = 0\n'),
    expect: { 'schedule-concurrency': ALL },
  },
];
