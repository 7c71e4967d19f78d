import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import check from '../../checks/load-balancing.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { configured, effectiveOf } from '../support/facts.js';

const node = (loadBalancer: string | undefined, rserver = '', program?: string) => {
  const { found, settings } = configured('workbench', { 'load-balancer': loadBalancer, 'rserver.conf': rserver });
  return {
    found,
    settings,
    effective: effectiveOf(found),
    versions: { outdated: [], processesSeen: true, ...(program !== undefined && { program }) },
  };
};

testCheck(check, {
  pass: [
    { name: 'an empty file', nodes: { a: node(''), b: node('balancer=sessions\n') }, on: ['a', 'b'] },
    {
      name: 'a minute, and certificates that are verified',
      nodes: { a: node('timeout=60\nverify-ssl-certs=TRUE') },
      on: ['a'],
    },
    { name: 'switched on in rserver.conf, and by the file', nodes: { a: node('', 'load-balancing-enabled=1\n') } },
    {
      name: 'the first release that has the switch',
      nodes: { a: node(undefined, 'load-balancing-enabled=1\n', '2023.09.0+463.pro12') },
    },
  ],
  fail: [
    { name: 'no file on one node', nodes: { a: node(''), b: node(undefined) }, on: ['b'], severity: 'critical' },
    { name: 'switched off', nodes: { a: node('', 'load-balancing-enabled=0\n', '2024.04.2') }, on: ['a'] },
    { name: 'off by both, of any release', nodes: { a: node(undefined, 'load-balancing-enabled=0\n') }, on: ['a'] },
    {
      name: 'switched on, in a release that has no such switch',
      nodes: { a: node('', '', '2023.06.2'), b: node(undefined, 'load-balancing-enabled=1\n', '2023.06.2') },
      on: ['b'],
      message: /load-balancer does not exist|from 2023\.09 on/,
    },
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
    {
      name: 'a byte-order mark',
      nodes: { a: node('\ufeffbalancer=random\n'), b: node('') },
      on: ['a'],
      severity: 'warning',
      message: /^load-balancer of a begins with a byte-order mark/,
      beside: ['pass'],
    },
    {
      name: 'switched on in a release that is not known',
      nodes: { a: node(''), b: node(undefined, 'load-balancing-enabled=1\n') },
      on: ['b'],
      severity: 'critical',
      message:
        /^b: load-balancing-enabled=1, and the file load-balancer does not exist: .* release of this node is not known/,
      beside: ['pass'],
    },
    {
      name: 'switched off beside the file, in a release that is not known',
      nodes: { a: node('', 'load-balancing-enabled=0\n') },
      on: ['a'],
      message: /the file load-balancer exists/,
    },
    ...[
      'balancer=Sessions',
      'balancer="sessions"',
      'diagnostics=0',
      'timeout=10s',
      'timeout="10"',
      'timeout=-1',
      'timeout=',
      'verify-ssl-certs="0"',
      'verify-ssl-certs=none',
    ].map((line) => ({
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
  const early = node(undefined, 'load-balancing-enabled=1\n', '2023.06.2');
  assert.match(remedyOf({ a: on, b: early }), /^sudo touch/);
});

it('in an earlier release the file decides, whatever the switch says', () => {
  const statuses = judgeCase(check, {
    name: '',
    nodes: { a: node('', 'load-balancing-enabled=0\n', '2022.07.2') },
  }).map((f) => `${f.status} ${f.subject ?? ''} ${f.remediation ?? ''}`);
  assert.deepEqual(statuses.slice(0, 1), ['pass  ']);
  assert.match(statuses[1]!, /^fail switch delete the line load-balancing-enabled in \/etc\/rstudio\/rserver.conf/);
});

it('the fix names the file that the node reads', () => {
  const at = (root: string) => {
    const facts = node('timeout=0');
    const { found } = facts;
    return { ...facts, found: { ...found, root, tree: found.tree.map((e) => ({ ...e, at: `${root}/${e.path}` })) } };
  };
  const remedyOf = (nodes: Record<string, ReturnType<typeof at>>) =>
    judgeCase(check, { name: '', nodes }).find((f) => f.subject === 'timeout')?.remediation;
  const moved = at('/mnt/configmap/rstudio');
  assert.match(remedyOf({ a: moved, b: moved })!, / in \/mnt\/configmap\/rstudio\/load-balancer on the nodes named/);
  assert.match(
    remedyOf({ a: moved, b: at('/etc/rstudio') })!,
    / in \/mnt\/configmap\/rstudio\/load-balancer \(a\), \/etc\/rstudio\/load-balancer \(b\) on/,
  );
});

describe('what is said of the switch', () => {
  type Given = ReturnType<typeof node>;
  const judge = (nodes: Record<string, Given>) => judgeCase(check, { name: '', nodes });
  const blind = (given: Given): Given => ({ ...given, found: { ...given.found, treeTrouble: 'denied' } });
  const OLD = '2023.06.2';

  it('of what is on, and what is off, and why', () => {
    const [on] = judge({ a: node(''), b: node('') });
    assert.deepEqual([on?.status, on?.message, on?.requirements], ['pass', 'load balancing is enabled', ['WB-19']]);
    for (const [given, why] of [
      [node(undefined), /^the file load-balancer does not exist/],
      [node(undefined, 'load-balancing-enabled=0\n', '2024.04.2'), /^load-balancing-enabled=0/],
    ] as const) {
      const [off] = judge({ a: node(''), b: given });
      assert.match(off!.message, why);
      assert.deepEqual(
        [off!.observed, off!.expected],
        ['b: disabled', 'the file load-balancer (it may be empty), or load-balancing-enabled=1'],
      );
    }
  });

  it('a directory that cannot be listed says nothing where the switch does', () => {
    const seen = judge({ a: blind(node(undefined, 'load-balancing-enabled=1\n', '2024.04.2')) });
    assert.deepEqual(
      seen.map((f) => [f.status, f.nodes]),
      [['pass', ['a']]],
    );
    const all = judge({ a: blind(node(undefined)), b: blind(node(undefined)) });
    assert.deepEqual(
      all.map((f) => [f.status, f.subject, f.nodes]),
      [
        ['unknown', 'a not listed', ['a']],
        ['unknown', 'b not listed', ['b']],
      ],
    );
  });

  it('of a release that is not known, which document asks', () => {
    const [open, ...more] = judge({ a: node('', 'load-balancing-enabled=0\n') });
    assert.deepEqual([open?.subject, open?.requirements, more], ['a release', ['WB-19'], []]);
  });

  it('the fix creates the file of each node where it is off there by the file alone', () => {
    const at = (root: string): Given => {
      const given = node(undefined, '', OLD);
      return { ...given, found: { ...given.found, root } };
    };
    const [off] = judge({ a: at('/etc/rstudio'), b: at('/srv/rstudio'), c: node('', '', OLD) });
    assert.deepEqual(
      off!.fixes?.map((f) => [f.nodes, f.commands, f.note]),
      [
        [['a'], ['sudo touch /etc/rstudio/load-balancer'], 'then restart the product'],
        [['b'], ['sudo touch /srv/rstudio/load-balancer'], 'then restart the product'],
      ],
    );
    // one of them is switched off
    const [mixed] = judge({ a: at('/etc/rstudio'), b: node('', 'load-balancing-enabled=0\n', '2024.04.2') });
    assert.equal(mixed!.fixes, undefined);
    assert.equal(mixed!.remediation, undefined);
  });

  it('an early switch is said with its release', () => {
    const early = judge({ a: node('', 'load-balancing-enabled=1\n', OLD) }).find((f) => f.subject === 'switch');
    assert.match(
      early!.message,
      /^load-balancing-enabled is an option from 2023\.09 on: an earlier server does not start/,
    );
    assert.deepEqual([early!.observed, early!.requirements], [`a: ${OLD}`, ['WB-19']]);
  });
});
