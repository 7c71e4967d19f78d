import check from '../../checks/rsconnect-version.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

const VARIABLE = 'CONNECT_LOADBALANCING_ENFORCEMINRSCONNECTVERSION';
const node = (release: string | undefined, value?: string, variables: Readonly<Record<string, string>> = {}) => ({
  versions: { ...(release === undefined ? {} : { program: release }), outdated: [], processesSeen: false },
  effective: effectiveOf(
    foundOf(
      'connect',
      {
        'rstudio-connect.gcfg': `[Database]\nProvider=postgres\n${value === undefined ? '' : `[LoadBalancing]\nEnforceMinRsconnectVersion = ${value}\n`}`,
      },
      { environment: new Map(Object.entries(variables)) },
    ),
  ),
});

testCheck(check, {
  pass: [
    { name: 'set before 1.7.4', nodes: { a: node('1.7.2-1', 'true'), b: node('1.7.2-1', 'yes') }, on: ['a', 'b'] },
    { name: 'still set while it exists', nodes: { a: node('1.7.6-1', 'true') } },
  ],
  fail: [
    { name: 'not set before 1.7.4', nodes: { a: node('1.7.2-1', 'true'), b: node('1.7.2-1') }, on: ['b'] },
    { name: 'false', nodes: { a: node('1.7.4-1', 'false') }, on: ['a'] },
    { name: 'set where it is gone', nodes: { a: node('2023.09.0', 'true') }, on: ['a'], message: /no longer exists/ },
  ],
  unknown: [
    { name: 'release unknown', nodes: { a: node(undefined, 'true') }, on: ['a'] },
    {
      name: 'a value that is not a boolean',
      nodes: { b: node('1.7.2-1', 'enabled') },
      on: ['b'],
      message: /enabled is not a boolean/,
    },
    {
      name: 'an empty variable',
      nodes: { b: node('1.7.2-1', 'true', { [VARIABLE]: '' }) },
      on: ['b'],
      message: /whether an empty CONNECT_LOADBALANCING_ENFORCEMINRSCONNECTVERSION/,
    },
  ],
  skip: [
    { name: 'a current release', nodes: { a: node('2024.08.0') } },
    { name: 'different releases', nodes: { a: node('1.7.2-1', 'true'), b: node('2024.08.0', 'true') } },
  ],
});
