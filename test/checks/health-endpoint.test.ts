import check from '../../checks/health-endpoint.js';
import type { HttpReply } from '../../src/probes/http.js';
import { bareCluster, testCheck } from '../../src/testing.js';
import { reply } from '../support/balancer.js';
import { configured } from '../support/facts.js';

const LB = 'https://pm.example.com/packages/';
const node = (running = [{ name: 'rstudio-pm', pid: 1 }], files = {}) =>
  configured('package-manager', files, { running });
const listening = (text: string) => node(undefined, { 'rstudio-pm.gcfg': text });
const [on, off] = [node(), node([])];
const workbench = (conf = '') =>
  configured('workbench', { 'rserver.conf': `www-port=8787\n${conf}` }, { running: [{ name: 'rserver', pid: 1 }] });
const GROOVY = 'deployr/deployr.groovy';
const deployr = configured('deployr', {
  [GROOVY]: 'deployr.server.policy.override.web.context = "http://a:8000/deployr"',
});

const up = reply('x');
const refused = reply('x', { error: 'connect ECONNREFUSED' });
const nameless = reply('x', { error: 'getaddrinfo ENOTFOUND a', code: 'ENOTFOUND' });
const services = (replies: Record<string, HttpReply>) =>
  Object.fromEntries(
    Object.entries(replies).map(([url, r]) => [`http:${url}`, { exit: 0, stdout: JSON.stringify(r), stderr: '' }]),
  );
const own = (a: HttpReply, b: HttpReply) => ({ 'http://a:4242/__ping__': a, 'http://b:4242/__ping__': b });
const below = (r: HttpReply) => ({ 'https://pm.example.com/packages/__ping__': r });
const balanced = { product: 'package-manager' as const, cluster: { loadBalancer: { url: LB } } };
const alone = { product: 'package-manager' as const };
const contexts = (a: HttpReply, b: HttpReply) => services({ 'http://a:8000/deployr': a, 'http://b:8000/deployr': b });

testCheck(check, {
  pass: [
    {
      name: 'every node and the balancer, whose URL has a path',
      nodes: { a: on, b: on },
      ...balanced,
      services: services({ ...own(up, up), ...below(up) }),
      on: ['a', 'b'],
      message: /packages\/__ping__ answers 200 through/,
    },
    {
      name: 'Workbench with its health check switched on, over TLS',
      nodes: { a: workbench('server-health-check-enabled=1\nssl-enabled=1\n') },
      product: 'workbench',
      services: services({ 'https://a:8787/health-check': up }),
      beside: ['skip'],
      on: ['a'],
    },
    {
      name: 'of two listeners the one without TLS is asked',
      nodes: { a: listening('[HTTP]\nListen = :80\n[HTTPS]\nListen = :443\n') },
      ...alone,
      services: services({ 'http://a:80/__ping__': up }),
      beside: ['skip'],
    },
    {
      name: 'a listener with TLS alone',
      nodes: { a: listening('[HTTPS]\nListen = :8443\n') },
      ...alone,
      services: services({ 'https://a:8443/__ping__': up }),
      beside: ['skip'],
    },
    {
      name: 'a DeployR server that sends to its login',
      nodes: { a: deployr, b: deployr },
      product: 'deployr',
      services: contexts(reply('x', { status: 302 }), up),
      on: ['a', 'b'],
    },
  ],
  fail: [
    {
      name: 'a node where the product runs refuses',
      nodes: { a: on, b: on },
      ...alone,
      services: services(own(up, refused)),
      on: ['b'],
      severity: 'info',
      message: /ECONNREFUSED/,
    },
    ...[404, 500].map((status) => ({
      name: `a node that answers ${status}`,
      nodes: { a: on, b: on },
      ...alone,
      services: services(own(up, reply('x', { status }))),
      on: ['b'],
      message: new RegExp(`HTTP ${status}`),
    })),
    {
      name: 'nodes answer, the balancer does not',
      nodes: { a: on, b: on },
      ...balanced,
      services: services({ ...own(up, up), ...below(reply('x', { status: 503 })) }),
      on: ['a', 'b'],
      message: /answer directly, but .* does not/,
    },
    {
      name: 'a standby that cannot be reached',
      nodes: { a: deployr, b: deployr },
      product: 'deployr',
      cluster: { mode: 'primary-standby' },
      services: contexts(up, refused),
      on: ['b'],
    },
  ],
  unknown: [
    ...[
      { status: 301 },
      { status: 400 },
      { status: 401 },
      { status: 404 },
      { status: 421 },
      { status: 200, page: true as const },
    ].map((answer) => ({
      name: `the balancer answers ${answer.status}${answer.page ? ' with a page for people' : ''}`,
      nodes: { a: on, b: on },
      ...balanced,
      services: services({ ...own(up, up), ...below(reply('x', answer)) }),
      on: ['a', 'b'],
      beside: ['pass'] as const,
      message: /shows nothing of the nodes/,
    })),
    ...[400, 421].map((status) => ({
      name: `a node behind something that answers ${status}`,
      nodes: { a: on, b: on },
      ...alone,
      services: services(own(up, reply('x', { status }))),
      beside: ['pass', 'skip'] as const,
      on: ['b'],
    })),
    {
      name: 'a node that redirects',
      nodes: { a: on, b: on },
      ...alone,
      services: services(own(up, reply('x', { status: 308 }))),
      beside: ['pass', 'skip'],
      on: ['b'],
    },
    {
      name: 'a proxy that asks for a login with 200 in front of a node',
      nodes: { a: on, b: on },
      ...alone,
      services: services(own(up, reply('x', { page: true }))),
      beside: ['pass', 'skip'],
      on: ['b'],
      message: /HTTP 200 with a web page, such as a login/,
    },
    ...['127.0.0.1', '[fd00::2]'].map((address) => ({
      name: `a node that listens on ${address} alone`,
      nodes: { a: on, b: listening(`[HTTP]\nListen = ${address}:4242\n`) },
      ...alone,
      services: services(own(up, refused)),
      beside: ['pass', 'skip'] as const,
      on: ['b'],
      message: /listens on .* alone/,
    })),
    {
      name: 'the name of the load balancer cannot be resolved here',
      nodes: { a: on, b: on },
      ...balanced,
      services: services({ ...own(up, up), ...below(nameless) }),
      on: ['a', 'b'],
      beside: ['pass'],
      message: /from this machine/,
    },
    {
      name: 'a name this machine does not know',
      nodes: { a: on, b: on },
      ...alone,
      services: services(own(nameless, up)),
      beside: ['pass', 'skip'],
      on: ['a'],
    },
    {
      name: 'behind a jump host',
      nodes: { a: on },
      product: 'package-manager',
      cluster: { nodes: [{ ...bareCluster(['a']).nodes[0]!, connection: { type: 'ssh', jump: 'gate' } }] },
      services: services({ 'http://a:4242/__ping__': refused }),
      beside: ['skip'],
      message: /behind a jump host/,
    },
    {
      name: 'behind a jump host of ssh_config',
      nodes: { a: on },
      ...alone,
      services: services({ 'http://a:4242/__ping__': { ...refused, behind: 'the jump host gate' } }),
      beside: ['skip'],
      message: /is behind the jump host gate: connect ECONNREFUSED/,
    },
    {
      name: 'neither nodes nor balancer',
      nodes: { a: off, b: off },
      ...balanced,
      services: services({ ...own(refused, refused), ...below(refused) }),
      beside: ['skip'],
      message: /no node was seen to answer/,
    },
    {
      name: 'a DeployR server whose web context is perhaps the balancer',
      nodes: { a: deployr, b: deployr },
      product: 'deployr',
      cluster: { mode: 'load-balanced' },
      services: contexts(up, refused),
      beside: ['pass'],
      on: ['b'],
    },
    { name: 'a node that was not seen', nodes: { a: { unseen: 'down' } }, ...alone, on: ['a'] },
  ],
  skip: [
    {
      name: 'not started, no load balancer',
      nodes: { a: off, b: off },
      ...alone,
      services: services(own(refused, refused)),
      on: ['a', 'b'],
      message: /not running/,
    },
    {
      name: 'a file tree',
      nodes: { a: on },
      product: 'package-manager',
      cluster: { nodes: [{ ...bareCluster(['a']).nodes[0]!, connection: { type: 'local', root: '/mnt' } }] },
      message: /file tree/,
    },
    {
      name: 'Workbench has no health path',
      nodes: { a: workbench() },
      product: 'workbench',
      message: /server-health-check/,
    },
    { name: 'DeployR names no port', nodes: { a: configured('deployr') }, product: 'deployr' },
  ],
});
