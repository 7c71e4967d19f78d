import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Side } from '../../../checks/support/configuration.js';
import { compareInForce, originOf } from '../../../checks/support/configurationInForce.js';
import { NotSeen } from '../../../src/model/evidence.js';
import { bareCluster } from '../../../src/model/inventory.js';
import type { Effective } from '../../../src/products/settings.js';
import { configured } from '../../support/facts.js';

type InForce = Readonly<Record<string, Effective>> | Error;

const variable = (value: string): Effective => ({ value, because: `the variable is ${value}`, beside: true });
const file = (value: string): Effective => ({ value, because: 'line 2' });
const doubted = (value: string): Effective => ({ ...variable(value), doubt: 'perhaps not read' });

function side(node: string, inForce: InForce): Side {
  const { found, settings } = configured('workbench');
  const effective = () => {
    if (inForce instanceof Error) throw inForce;
    return new Map(Object.entries(inForce));
  };
  return { node, settings, found: { ...found, profile: { ...found.profile, effective } }, digests: new Map() };
}
const compared = (nodes: Readonly<Record<string, InForce>>, reference?: string) =>
  compareInForce(
    Object.entries(nodes).map(([node, inForce]) => side(node, inForce)),
    bareCluster(Object.keys(nodes), reference === undefined ? {} : { reference }),
    (path, key) => path === 'rserver.conf' && key === 'own',
  );

describe('settings in force', () => {
  const ROWS: readonly [name: string, nodes: Readonly<Record<string, InForce>>, expected: string[]][] = [
    ['only files', { a: { x: file('1') }, b: { x: file('2') } }, []],
    ['a variable, as the file of the other', { a: { x: variable('1') }, b: { x: file('1') } }, []],
    ['another spelling of it', { a: { admin: variable('yes') }, b: { admin: file('1') } }, []],
    [
      'no booleans in that file',
      { a: { 'database.conf:x': variable('yes') }, b: { 'database.conf:x': file('1') } },
      ['database.conf:x a b'],
    ],
    ['a default of that file', { a: { 'database.conf:port': variable('5432') }, b: {} }, []],
    [
      'a variable on one node',
      { a: { x: file('1') }, b: { x: variable('2') }, c: { x: file('1') } },
      ['rserver.conf:x b'],
    ],
    ['only there', { a: {}, b: { x: variable('2') }, c: {} }, ['rserver.conf:x b']],
    ['not there', { a: { x: variable('2') }, b: {}, c: { x: file('2') } }, ['rserver.conf:x b']],
    [
      'two settings, in their order',
      { a: { y: variable('1'), x: variable('1') }, b: {} },
      ['rserver.conf:x a b', 'rserver.conf:y a b'],
    ],
    ['what may differ', { a: { own: variable('1') }, b: { own: variable('2') } }, []],
    ['the same name in another file', { a: { 'x.conf:own': variable('1') }, b: {} }, ['x.conf:own a b']],
    // no other check compares what may not be read
    [
      'what may differ, where a variable may not be read',
      { a: { own: doubted('1') }, b: { own: variable('2') } },
      ['rserver.conf:own a b'],
    ],
    [
      'a node whose settings could not be read',
      { a: new NotSeen('x'), b: { x: variable('1') }, c: {} },
      ['rserver.conf:x b c'],
    ],
    ['of no node', { a: new NotSeen('x'), b: new NotSeen('x') }, []],
  ];
  for (const [name, nodes, expected] of ROWS)
    it(name, () => {
      const findings = compared(nodes);
      assert.deepEqual(
        findings.map(({ subject, nodes = [] }) => [subject, ...nodes].join(' ')),
        expected,
      );
      assert.ok(findings.every(({ status }) => status === 'fail'));
    });

  it('the node of the reference is right', () =>
    assert.deepEqual(compared({ a: { x: variable('1') }, b: {} }, 'a')[0]!.nodes, ['b']));

  it('an error is not a difference', () => assert.throws(() => compared({ a: new TypeError('bug'), b: {} }), /bug/));

  it('says what the values are, and where they come from', () => {
    const [finding] = compared({ a: { x: variable('1') }, b: { x: file('2') }, c: { x: file('2') } });
    assert.deepEqual(finding, {
      status: 'fail',
      message: 'the settings in force differ on a in x',
      subject: 'rserver.conf:x',
      nodes: ['a'],
      observed: 'x: a "1", b and c "2"',
      expected: 'as on b',
      details: ['a: the variable is 1'],
      differences: [
        {
          key: 'x',
          values: [
            { nodes: ['a'], value: '"1"', origin: 'the variable is 1' },
            { nodes: ['b', 'c'], value: '"2"', origin: 'line 2' },
          ],
        },
      ],
      remediation: '# set the variable, or the argument, to the same value on every node, and restart the product',
    });
  });
  it('warns only, where a variable may not be read', () => {
    const [finding] = compared({ a: { address: doubted('1') }, b: {} });
    assert.equal(finding!.severity, 'warning');
    assert.deepEqual(finding!.details!.slice(0, 2), ['a: the variable is 1', 'perhaps not read']);
    assert.match(finding!.details![2]!, /^if it is meant to differ: .*"rserver\.conf:address"/);
  });
});

describe('where a value comes from', () => {
  const settings = { x: file('1'), 'database.conf:x': variable('2') };
  const ROWS: readonly [path: string, key: string, inForce: InForce, origin: string | undefined][] = [
    ['rserver.conf', 'x', settings, 'line 2'],
    ['database.conf', 'x', settings, 'the variable is 2'],
    ['rsession.conf', 'x', settings, undefined],
    ['rserver.conf', 'y', settings, undefined],
    ['rserver.conf', 'x', new NotSeen('x'), undefined],
  ];
  for (const [path, key, inForce, origin] of ROWS)
    it(`${path} ${key}: ${origin}`, () => assert.equal(originOf(side('a', inForce).found, path, key), origin));
});
