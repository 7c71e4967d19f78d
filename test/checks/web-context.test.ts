import check from '../../checks/web-context.js';
import { mongo } from '../../src/collectors/mongo.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const node = (url?: string) => ({
  mongo: mongo.parse(
    {},
    { cluster: undefined as never, node: '' },
    foundOf('deployr', {
      'deployr/deployr.groovy': url ? `deployr.server.policy.override.web.context = "${url}"` : 'x = 1',
    }),
  ),
});
const computed = {
  mongo: mongo.parse(
    {},
    { cluster: undefined as never, node: '' },
    foundOf('deployr', { 'deployr/deployr.groovy': 'deployr.server.policy.override.web.context = "http://${name}/"' }),
  ),
};
const standby = { cluster: { mode: 'primary-standby' as const } };

testCheck(check, {
  pass: [
    {
      name: 'each its own',
      nodes: { a: node('http://a:8000/deployr'), b: node('http://b:8000/deployr') },
      ...standby,
      on: ['a', 'b'],
    },
    {
      name: 'by names in another domain',
      nodes: { a: node('http://a.example.com:8000/deployr'), b: node('http://b.example.com:8000/deployr') },
      ...standby,
    },
  ],
  fail: [
    {
      name: "each the other's, by names with a domain",
      nodes: { a: node('http://b.example.com:8000/deployr'), b: node('http://a.example.com:8000/deployr') },
      ...standby,
      on: ['a', 'b'],
      message: /a: the web context is the address of b/,
      beside: ['pass'],
    },
    {
      name: 'the same',
      nodes: { a: node('http://a:8000/deployr'), b: node('http://A:8000/deployr/') },
      ...standby,
      on: ['a', 'b'],
    },
    {
      name: 'localhost',
      nodes: { a: node('http://localhost:8000/deployr'), b: node('http://b:8000/deployr') },
      ...standby,
      on: ['a'],
      message: /localhost, which leads each client to itself/,
    },
    { name: 'not set', nodes: { a: node('http://a:8000/deployr'), b: node() }, ...standby, on: ['b'] },
  ],
  unknown: [
    {
      name: 'a name, and the same with its domain',
      nodes: { a: node('http://deployr:8000/deployr'), b: node('http://deployr.example.com:8000/deployr') },
      ...standby,
      on: ['a', 'b'],
      message: /are one address is not visible: compare getent ahosts deployr on each node/,
    },
    { name: 'cannot be read', nodes: { a: { mongo: { unseen: 'permission denied' } } }, ...standby, on: ['a'] },
    {
      name: 'computed on one',
      nodes: { a: computed, b: node('http://b:8000/deployr'), c: node('http://c:8000/deployr') },
      ...standby,
      on: ['a'],
      beside: ['pass'],
      message: /deployr\.groovy line 1: the value of deployr\.server.*context is computed/,
    },
    { name: 'computed everywhere', nodes: { a: computed, b: computed }, ...standby, on: ['a', 'b'] },
  ],
  skip: [
    {
      name: 'behind a load balancer',
      nodes: { a: node('http://lb/deployr'), b: node('http://lb/deployr') },
      cluster: { mode: 'load-balanced' },
    },
    { name: 'members only', nodes: { a: { mongo: {} } }, ...standby },
  ],
});
