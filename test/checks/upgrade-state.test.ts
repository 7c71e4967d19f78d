import check from '../../checks/upgrade-state.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const node = (version: string | undefined, running = true, hidden = false) => ({
  found: foundOf(
    'connect',
    {},
    {
      running: running ? [{ name: 'connect', pid: 1 }] : [],
      ...(hidden && { hidden: true }),
    },
  ),
  versions: { ...(version && { package: version }), outdated: [], processesSeen: false },
});

const spelled = (program: string | undefined, version: string | undefined) => {
  const { found, versions } = node(version);
  return { found, versions: { ...versions, ...(program && { program }) } };
};

testCheck(check, {
  pass: [
    { name: 'one version runs', nodes: { a: node('2'), b: node('2') }, on: ['a', 'b'] },
    {
      name: 'of which one node has no package',
      nodes: { a: spelled('2', '1:2-9'), b: spelled('2', '1:2-9'), c: spelled('2', undefined) },
      on: ['a', 'b', 'c'],
    },
  ],
  fail: [
    { name: 'two versions run', nodes: { a: node('2'), b: node('1'), c: node('2') }, on: ['b'], severity: 'critical' },
    {
      name: 'a program that is not that of its package',
      nodes: { a: spelled('2', '2'), b: spelled('3', '2'), c: spelled('2', '2') },
      on: ['b'],
      severity: 'critical',
    },
    { name: 'one is stopped', nodes: { a: node('2'), b: node('1', false), c: node('2') }, on: ['b'], severity: 'info' },
  ],
  unknown: [
    {
      name: 'processes are hidden on every node',
      nodes: { a: node('2', false, true), b: node('2', false, true) },
      on: ['a', 'b'],
      message: /hidepid.*systemctl is-active rstudio-connect/,
    },
    {
      name: 'processes are hidden on one node',
      nodes: { a: node('2'), b: node('2', false, true), c: node('2') },
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'one version in the spelling of deb and of rpm',
      nodes: { a: node('2024.08.0-10'), b: node('2024.08.0'), c: node('2024.08.0') },
      on: ['a', 'b', 'c'],
      message: /2024\.08\.0-10 and 2024\.08\.0/,
    },
    {
      name: 'a process that began before the upgrade',
      nodes: {
        a: node('2'),
        b: { ...node('2'), versions: { ...node('2').versions, outdated: ['pid 1: /opt/connect (deleted)'] } },
        c: node('2'),
      },
      on: ['b'],
      message: /b runs a program that was replaced/,
      beside: ['pass'],
    },
    {
      name: 'a node whose program alone is known',
      nodes: { a: spelled(undefined, '1:2-9'), b: spelled(undefined, '1:2-9'), c: spelled('2', undefined) },
      on: ['c'],
      beside: ['pass'],
    },
    {
      name: 'not seen',
      nodes: { a: node('2'), b: { found: node('2').found, versions: { unseen: 'no answer' } }, c: node('2') },
      on: ['b'],
      beside: ['pass'],
    },
  ],
  skip: [{ name: 'nothing runs', nodes: { a: node('2', false), b: node('1', false) } }],
});
