import check from '../../checks/node-count.js';
import { testCheck } from '../../src/testing.js';

const host = { name: 'a', utcOffset: 0 };

testCheck(
  check,
  {
    pass: [
      {
        name: 'DeployR, primary and standby',
        nodes: { a: { host }, b: { host } },
        product: 'deployr',
        cluster: { mode: 'primary-standby' },
        on: ['a', 'b'],
      },
      { name: 'two', nodes: { a: { host }, b: { host } }, on: ['a', 'b'] },
    ],
    fail: [
      { name: 'one', nodes: { a: { host } }, on: ['a'] },
      { name: 'one Workbench server', nodes: { a: { host } }, product: 'workbench', on: ['a'] },
      {
        name: 'one DeployR server without a standby',
        nodes: { a: { host } },
        product: 'deployr',
        cluster: { mode: 'primary-standby' },
        on: ['a'],
      },
      {
        name: 'one DeployR server',
        nodes: { a: { host } },
        product: 'deployr',
        cluster: { mode: 'load-balanced' },
        on: ['a'],
      },
    ],
    unknown: [{ name: 'not seen', nodes: { a: { unseen: 'refused' } }, on: ['a'] }],
  },
  { product: 'package-manager' },
);
