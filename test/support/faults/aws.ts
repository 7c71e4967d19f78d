/** The reference architectures of Connect and Workbench on AWS; Package Manager's are in packageManager.ts. */

import { onAws } from '../clusters.js';
import type { Fault, Plant } from './fault.js';
import { ALL, all, append, both, edit, put } from './plants.js';

const aws: Plant = (tree, _, name) => ({ ...tree, ...onAws(name) });
/** On one node only; the others are as they should be. */
const onTheSecond =
  (plant: Plant): Plant =>
  (tree, cluster, name) =>
    name === 'n2' ? plant(tree, cluster, name) : tree;

export const ON_AWS: readonly Fault[] = [
  {
    name: 'one instance under two names, on AWS',
    requirements: ['CONN26-04', 'WB26-08'],
    in: ['presentConnect', 'presentWorkbench'],
    nodes: all,
    plant: both(aws, onTheSecond(edit('/.fake-imds', 'i-0n2', 'i-0n1'))),
    expect: { 'instance-placement': 'n1 n2' },
  },
  {
    name: 'all instances of Connect in one zone',
    requirements: ['CONN26-07'],
    in: ['presentConnect'],
    nodes: all,
    plant: (tree, cluster, name) => ({
      ...aws(tree, cluster, name),
      '/.fake-imds': { text: `=id i-0${name}\n=type m6i.2xlarge\n=zone us-east-1a\n` },
    }),
    expect: { 'instance-placement': ALL },
  },
  {
    name: 'an instance of Connect with a public address',
    requirements: ['CONN26-07'],
    in: ['presentConnect'],
    nodes: all,
    plant: both(aws, onTheSecond(append('/.fake-imds', '=public 203.0.113.7\n'))),
    expect: { 'instance-placement': 'n2' },
  },
  {
    name: 'one node of Connect has another version of R',
    requirements: ['CONN26-08'],
    in: ['presentConnect'],
    nodes: all,
    plant: (tree, cluster, name) =>
      put(`/opt/R/${name === 'n2' ? '4.3.1' : '4.4.2'}/bin/R`, '#!/bin/sh\n')(tree, cluster, name),
    expect: { runtimes: 'n2' },
  },
];
