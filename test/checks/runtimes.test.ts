import check from '../../checks/runtimes.js';
import { testCheck } from '../../src/testing.js';
import { configured } from '../support/facts.js';

const R = '/opt/R/4.3.1/bin/R';
const plain = configured('package-manager').settings;
const building = configured('package-manager', { 'rstudio-pm.gcfg': '[Server]\nRVersion = /opt/R/4.3.1\n' }).settings;
const node = (installed: string[], missing: string[] = [], settings = plain) => ({
  settings,
  runtimes: { installed, open: installed.filter((r) => !/\d\.\d/.test(r)), missing },
});
const good = node([R]);

testCheck(check, {
  pass: [
    { name: 'the same', nodes: { a: good, b: good }, on: ['a', 'b'] },
    { name: 'what is configured is there', nodes: { a: node([R], [], building), b: node([R], [], building) } },
  ],
  fail: [
    { name: 'one is missing', nodes: { a: good, b: node([]), c: good }, on: ['b'], severity: 'warning' },
    {
      name: 'one path, two versions',
      nodes: { a: node(['/usr/bin/R (4.1.2)']), b: node(['/usr/bin/R (4.3.1)']), c: node(['/usr/bin/R (4.1.2)']) },
      on: ['b'],
      message: /R \(4\.3\.1\)/,
    },
    {
      name: 'one more',
      nodes: { a: good, b: node([R, '/opt/R/4.4.0/bin/R']), c: good },
      on: ['b'],
      message: /4\.4\.0/,
    },
    {
      name: 'a configured one is missing',
      nodes: { a: node([R], [], building), b: node([], ['/opt/R/4.3.1'], building), c: node([R], [], building) },
      on: ['b'],
      severity: 'critical',
    },
  ],
  unknown: [
    {
      name: 'a version that no node says',
      nodes: { a: node(['/usr/bin/R']), b: node(['/usr/bin/R']) },
      on: ['a', 'b'],
      message: /the version of \/usr\/bin\/R is not known/,
    },
    {
      name: 'a version that one node does not say',
      nodes: { a: node([R, '/usr/bin/R (4.1.2)']), b: node([R, '/usr/bin/R']) },
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'not seen',
      nodes: { a: good, b: { settings: plain, runtimes: { unseen: 'no answer' } }, c: good },
      on: ['b'],
      beside: ['pass'],
    },
  ],
  skip: [{ name: 'none', nodes: { a: node([]), b: node([]) } }],
});
