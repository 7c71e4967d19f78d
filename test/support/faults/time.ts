/** Clocks and the daemons that set them. */

import type { Fault } from './fault.js';
import { edit, posit, put } from './plants.js';

export const TIME: readonly Fault[] = [
  {
    name: 'the clock is 90 s ahead',
    requirements: ['RSPM-01', 'CONN-11', 'CONN-33', 'WB-06', 'DEPLOYR-28'],
    in: [...posit, 'primaryStandby'],
    plant: put('/.fake-clock', '90\n'),
    expect: { 'clock-skew': 'n2' },
  },
  {
    name: 'chrony is not synchronised',
    requirements: ['RSPM-02', 'CONN-12'],
    in: ['connect', 'packageManager'],
    plant: edit('/.fake-tracking', /Normal/, 'Not synchronised'),
    expect: { 'clock-source': 'n2' },
  },
  {
    name: 'chrony follows its own clock',
    requirements: ['RSPM-02', 'CONN-12'],
    in: ['connect', 'packageManager'],
    plant: edit('/.fake-tracking', 'C0000205,ntp1.example.com,3', '7F7F0101,,10'),
    expect: { 'clock-source': 'n2' },
  },
];
