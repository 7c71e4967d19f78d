import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULES } from '../../../checks/support/keyRules.js';
import type { KeyContent, KeyMeasure } from '../../../src/collectors/keys.js';
import { foundOf, keyOf } from '../../support/facts.js';

interface Given {
  readonly spec?: Partial<KeyMeasure['spec']>;
  readonly content?: Partial<KeyContent>;
  readonly release?: string;
}
const [{ value: sound }] = [...keyOf(foundOf('workbench')).values()] as unknown as [{ value: KeyMeasure }];
const { enforcedBytes: _, ...plain } = sound.spec;
const measure = (over: Partial<KeyMeasure>, { spec, content }: Given = {}): KeyMeasure => ({
  ...sound,
  ...over,
  spec: { ...plain, path: '/k', owners: ['root', 'svc'], ...spec },
  content: { ...sound.content!, ...content },
});
const pem: Given = {
  spec: { kind: 'pem', publicPath: '/k.pub' },
  content: { kind: 'pem', length: 9, trimmed: 9, distinct: 3 },
};
const short: Given = { content: { length: 16, trimmed: 16 } };
const enforced = { ...short, spec: { minBytes: 16, enforcedBytes: 32 } };

describe('the first rule that a key breaks', () => {
  const ROWS: readonly [over: Partial<KeyMeasure>, given: Given, broken: string | undefined, observed?: string][] = [
    [{ owner: 'svc' }, {}, undefined],
    [{ owner: 'any' }, { spec: { owners: [] } }, undefined],
    [{ pair: 'yes' }, pem, undefined],
    [{ pair: 'unknown' }, pem, undefined],
    [{ state: 'missing' }, {}, 'missing: /k is missing: the product would create a different key on this node'],
    [{ type: 'directory', mode: 0o755 }, {}, 'missing: /k is a directory, not a regular file'],
    [{ mode: 0o604 }, {}, 'mode: /k is open to other users: mode 0604', 'mode 0604'],
    [{ mode: 0o601 }, {}, 'mode: /k is open to other users: mode 0601', 'mode 0601'],
    [{ openFolder: '/f' }, {}, 'folder: everybody can write to /f, and so replace /k', '/f is world-writable'],
    [
      {},
      { content: { known: 'placeholder' } },
      'guessable: /k is a placeholder, not a key',
      'is a placeholder, not a key',
    ],
    [{}, { content: { trimmed: 0, length: 0 } }, 'guessable: /k is empty', 'is empty'],
    [
      {},
      { ...enforced, release: '1.4' },
      'short: /k is 16 bytes long: enough for the document (16), but this release refuses less than 32',
      'is 16 bytes long: enough for the document (16), but this release refuses less than 32',
    ],
    [{ pair: 'yes' }, { ...pem, content: {} }, 'short: /k is not a PEM key', 'is not a PEM key'],
    [
      { unreadableFor: 'svc cannot read it', owner: 'x' },
      {},
      'unreadable: /k: svc cannot read it',
      'svc cannot read it',
    ],
    [{ pair: 'no' }, pem, 'pair: /k.pub does not belong to /k'],
    [{ pair: 'missing' }, pem, 'pair: /k.pub is missing'],
    [{ owner: 'x' }, {}, 'advice: /k belongs to x, not to root or svc', 'owner x'],
    [{ mode: 0o700 }, {}, 'advice: /k has mode 0700, not 0600', 'mode 0700'],
    [{ mode: 0o4600 }, {}, 'advice: /k has mode 4600, not 0600', 'mode 4600'],
    [
      {},
      { content: { uuidVersion: 1 } },
      'advice: /k is a time-based UUID (version 1): made of the time and a network address, so it can be guessed',
    ],
    [{}, { content: { uuidVersion: 4 } }, undefined],
    [{}, enforced, 'advice: /k is 16 bytes long: newer releases refuse less than 32'],
    [{}, { ...enforced, release: '1.3' }, undefined],
    [{}, { ...enforced, content: { length: 32, trimmed: 32 } }, undefined],
  ];
  for (const [over, given, broken, observed] of ROWS)
    it(`${JSON.stringify([over, given])}: ${broken}`, () => {
      const [first] = RULES.flatMap(({ subject, judge }) => {
        const problem = judge(measure(over, given), given.release, true);
        return problem ? [{ ...problem, problem: `${subject}: ${problem.problem}` }] : [];
      });
      assert.equal(first?.problem, broken);
      assert.equal(first?.observed, observed);
    });
  it('is none of those about its content, where that could not be read', () => {
    const { content: _, ...unread } = measure({ owner: 'x', mode: 0o700 });
    for (const { judge } of RULES) assert.equal(judge(unread, undefined, true), undefined);
  });
});

describe('the requirements of a rule', () => {
  const ROWS: Readonly<Record<string, string>> = {
    missing: 'RSPM-17 PPM26-01 WB-20 WB26-02 DEPLOYR-18',
    mode: 'RSPM-18 WB-24 DEPLOYR-18',
    folder: 'RSPM-18 WB-24 DEPLOYR-18',
    guessable: 'WB-26 X-17 DEPLOYR-18',
    short: 'WB-23 RSPM-18 DEPLOYR-18',
    unreadable: 'X-11',
    pair: 'WB-30',
    advice: 'RSPM-18 WB-24 WB-26 DEPLOYR-18',
  };
  for (const { subject, rows, severity } of RULES)
    it(subject, () => {
      assert.equal(rows(measure({})).join(' '), ROWS[subject]);
      assert.equal(rows(measure({}, pem)).join(' '), subject === 'unreadable' ? 'X-11' : 'WB-30');
      assert.equal(severity, subject === 'advice' ? 'warning' : undefined);
    });
});
