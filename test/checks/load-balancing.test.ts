import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/load-balancing.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { configured, effectiveOf } from '../support/facts.js';

const node = (loadBalancer: string | undefined, rserver = '') => {
  const { found, settings } = configured('workbench', { 'load-balancer': loadBalancer, 'rserver.conf': rserver });
  return { found, settings, effective: effectiveOf(found) };
};

testCheck(check, {
  pass: [
    { name: 'an empty file', nodes: { a: node(''), b: node('balancer=sessions\n') }, on: ['a', 'b'] },
    { name: 'a time that config-syntax reports', nodes: { a: node('timeout=10s') }, on: ['a'] },
    { name: 'switched on in rserver.conf', nodes: { a: node(undefined, 'load-balancing-enabled=1\n') } },
  ],
  fail: [
    { name: 'no file on one node', nodes: { a: node(''), b: node(undefined) }, on: ['b'], severity: 'critical' },
    { name: 'switched off', nodes: { a: node('', 'load-balancing-enabled=0\n') }, on: ['a'] },
    ...['0', 'Off'].map((word) => ({
      name: `certificates not verified: ${word}`,
      nodes: { a: node(`verify-ssl-certs=${word}`, 'ssl-enabled=1\n') },
      on: ['a'],
      severity: 'critical' as const,
    })),
    {
      name: 'certificates not verified, where there are none',
      nodes: { a: node('verify-ssl-certs=0') },
      on: ['a'],
      severity: 'warning',
    },
    { name: 'no such method', nodes: { a: node('balancer=random') }, on: ['a'], severity: 'warning' },
    { name: 'old headers', nodes: { a: node('[nodes]\nserver1\n') }, on: ['a'], severity: 'warning' },
    { name: 'no timeout', nodes: { a: node('timeout=0') }, on: ['a'], severity: 'warning' },
    { name: 'diagnostics', nodes: { a: node('diagnostics=tmp') }, on: ['a'], severity: 'warning' },
  ],
  unknown: [
    ...['balancer=Sessions', 'balancer="sessions"', 'diagnostics=0'].map((line) => ({
      name: `a value of which nobody says what it does: ${line}`,
      nodes: { a: node(line), b: node('') },
      on: ['a'],
      beside: ['pass'] as const,
    })),
    {
      name: 'a directory that cannot be listed',
      nodes: {
        a: { ...node(undefined), found: { ...node(undefined).found, treeTrouble: 'permission denied' } },
        b: node(''),
      },
      on: ['a'],
      beside: ['pass'],
      message: /permission denied/,
    },
    ...['balancer=sessions # by their number', 'verify-ssl-certs=0 ; self-signed', 'timeout=0 # never'].map((line) => ({
      name: `a remark behind a value: ${line}`,
      nodes: { a: node(line), b: node('') },
      on: ['a'],
      beside: ['pass'] as const,
    })),
    { name: 'unreadable', nodes: { a: { ...node(''), effective: { unseen: 'permission denied' } } }, on: ['a'] },
  ],
});

it('what is switched by rserver.conf is switched on there', () => {
  const remedyOf = (nodes: Record<string, ReturnType<typeof node>>) => {
    const [finding] = judgeCase(check, { name: '', nodes }).filter((f) => f.status === 'fail');
    return `${finding?.remediation ?? ''}${finding?.fixes?.flatMap((f) => f.commands).join() ?? ''}`;
  };
  const on = node(undefined, 'load-balancing-enabled=1\n');
  assert.match(remedyOf({ a: on, b: node(undefined) }), /^set load-balancing-enabled=1/);
  assert.match(remedyOf({ a: node(''), b: node(undefined) }), /^sudo touch/);
  assert.match(remedyOf({ a: node('verify-ssl-certs=0') }), /^delete the line verify-ssl-certs/);
});
