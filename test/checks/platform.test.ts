import check from '../../checks/platform.js';
import { testCheck } from '../../src/testing.js';

const node = (os: string | undefined, architecture: string | undefined) => ({
  host: { name: 'x', utcOffset: 0, ...(os && { os }), ...(architecture && { architecture }) },
});
const good = node('debian 12', 'x86_64');

testCheck(check, {
  pass: [{ name: 'alike', nodes: { a: good, b: good }, on: ['a', 'b'] }],
  fail: [
    {
      name: 'another release',
      nodes: { a: good, b: node('debian 11', 'x86_64'), c: good },
      on: ['b'],
      severity: 'warning',
    },
    {
      name: 'another architecture',
      nodes: { a: good, b: node('debian 12', 'aarch64'), c: good },
      on: ['b'],
      message: /architecture/,
    },
  ],
  unknown: [
    { name: 'no release file', nodes: { a: good, b: node(undefined, 'x86_64'), c: good }, on: ['b'], beside: ['pass'] },
  ],
});
