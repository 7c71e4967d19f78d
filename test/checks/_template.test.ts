import { testCheck } from 'ha-preflight/testing';
import check from '../../checks/_template.js';

testCheck(check, {
  pass: [{ name: 'alike', nodes: { a: { kernel: '6.1' }, b: { kernel: '6.1' } }, on: ['a', 'b'] }],
  fail: [
    { name: 'one differs', nodes: { a: { kernel: '6.1' }, b: { kernel: '6.1' }, c: { kernel: '5.10' } }, on: ['c'] },
  ],
  unknown: [{ name: 'not reached', nodes: { a: { kernel: '6.1' }, b: { unseen: 'refused' } }, on: ['a', 'b'] }],
});
