import check from '../../checks/package-service.js';
import type { Opened } from '../../src/collectors/opening.js';
import { testCheck } from '../../src/testing.js';

const HOST = 'rspm-sync.rstudio.com';
const cluster = { params: { 'package-service': { hosts: [HOST] } } };
const node = (state?: Opened, proxied = false, unclear?: string) => ({
  packageService: {
    hosts: state === undefined ? [] : [{ host: HOST, state }],
    proxied,
    ...(unclear !== undefined && { unclear }),
  },
});

testCheck(check, {
  pass: [
    { name: 'open', nodes: { a: node('open'), b: node('open') }, cluster, on: ['a', 'b'] },
    { name: 'open, and a proxy too', nodes: { a: node('open', true) }, cluster, on: ['a'] },
  ],
  fail: [
    {
      name: 'closed on one node',
      nodes: { a: node('open'), b: node('silent') },
      cluster,
      on: ['b'],
      severity: 'info',
      message: /no answer/,
    },
    { name: 'a name that cannot be resolved', nodes: { a: node('nameless') }, cluster, on: ['a'] },
  ],
  unknown: [
    {
      name: 'through a proxy',
      nodes: { a: node('refused', true), b: node('open') },
      cluster,
      on: ['a'],
      beside: ['pass'],
    },
    {
      name: 'perhaps through a proxy',
      nodes: { a: node('silent', false, 'permission denied'), b: node('open', false, 'permission denied') },
      cluster,
      on: ['a'],
      message: /whether the server uses a proxy there is not known.*sudo/s,
      beside: ['pass'],
    },
    { name: 'without bash', nodes: { a: node(), b: node('open') }, cluster, on: ['a'], beside: ['pass'] },
  ],
  skip: [{ name: 'not asked for', nodes: { a: node(), b: node() }, on: ['a', 'b'], message: /not tried/ }],
});
