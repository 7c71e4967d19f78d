/** What was written is read back. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gcfg } from '../../src/formats/gcfg.js';
import { groovy } from '../../src/formats/groovy.js';
import { keyValue } from '../../src/formats/keyValue.js';
import { listNodes } from '../../src/formats/listNodes.js';
import { parseMountinfo } from '../../src/formats/mountinfo.js';
import { COMMON } from './parsers.js';

fc.configureGlobal({ seed: 20_260_101, numRuns: 150 });

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const names = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 6 });
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.constantFrom(...COMMON), { maxLength: 12 }).map((p) => p.join('')),
);
const pairs = fc.array(fc.tuple(names, anything), { maxLength: 8 });

describe('what was written is read back', () => {
  it('gcfg, quoted', () => {
    const quote = (text: string): string =>
      `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
    // the library drops carriage returns, and refuses NUL and an empty subsection
    const plain = anything.map((s) => s.replace(/[\r\0\uFFFD]/g, ''));
    const sub = plain.map((s) => `s${s.replaceAll('\n', '')}`);
    const section = fc.tuple(names, fc.option(sub), fc.array(fc.tuple(names, plain), { maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(section, { maxLength: 5 }), (all) => {
        const text = all
          .map(([name, sub, list]) => {
            const header = sub === null ? `[${name}]` : `[${name} "${sub.replace(/[\\"]/g, '\\$&')}"]`;
            return [header, ...list.map(([key, value]) => `  ${key.toUpperCase()} = ${quote(value)} ; c`)].join('\n');
          })
          .join('\n');
        const expected = all.flatMap(([name, sub, list]) =>
          list.map(([key, value]) => [`${sub === null ? name : `${name} "${sub}"`}.${key}`, value]),
        );
        const { settings, remarks } = gcfg(text);
        assert.deepEqual(
          settings.map((s) => [s.key, s.value]),
          expected,
        );
        assert.deepEqual(remarks, []);
      }),
    );
  });

  it('keyValue, as JSON', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const text = list.map(([key, value]) => ` ${key} = ${JSON.stringify(value)}\r\n`).join('');
        assert.deepEqual(
          keyValue(text).settings.map((s) => [s.key, s.value]),
          list,
        );
      }),
    );
  });

  it('mountinfo, with octal escapes', () => {
    const escaped = (path: string): string =>
      path.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
    const path = anything.map((s) => `/${s}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(path, path, path), { maxLength: 6 }), (list) => {
        const text = list
          .map((m, i) => `${i} 1 0:${i} ${m.slice(0, 2).map(escaped).join(' ')} rw - nfs ${escaped(m[2])} rw,vers=3\n`)
          .join('');
        assert.deepEqual(
          parseMountinfo(text).map((m) => [m.root, m.point, m.source]),
          list,
        );
      }),
    );
  });

  it('groovy strings, in every kind of quote', () => {
    const quotes = fc.constantFrom('"', "'", '"""', "'''");
    const written = (text: string, quote: string): string =>
      quote +
      text
        .replace(/[\\"'$]/g, '\\$&')
        .replaceAll('\n', '\\n')
        .replaceAll('\r', '\\r')
        .replace(/[“”‘’]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`) +
      quote;
    fc.assert(
      fc.property(fc.array(fc.tuple(names, anything, quotes), { maxLength: 6 }), (list) => {
        const keys = list.map(([name], i) => `k${i}.${name}`);
        const dotted = list.map(([, value, quote], i) => `${keys[i]} = ${written(value, quote)}`).join('\n');
        const nested = list.map(([name, value, quote], i) => `k${i} { ${name} = ${written(value, quote)} }`).join(';');
        const inList = `all = [${list.map(([, value, quote]) => written(value, quote)).join(',\n')}]`;
        const expected = list.map(([, value]) => value);
        for (const text of [dotted, nested, inList])
          assert.deepEqual(
            groovy(text).settings.map((s) => s.value),
            expected,
          );
        assert.deepEqual(
          groovy(dotted).settings.map((s) => s.key),
          keys,
        );
      }),
    );
  });

  it('lists of nodes, with and without address and time', () => {
    const status = fc.constantFrom('Online', 'Offline', 'Failed to resolve', 'Invalid secure cookie key', 'Deleting');
    const fields = {
      id: fc.nat(99),
      host: names,
      ipv4: fc.option(fc.ipV4(), { nil: undefined }),
      port: fc.integer({ min: 1, max: 65_535 }),
      status,
      lastSeen: fc.option(fc.constant('2021-Sep-20 17:08:53'), { nil: undefined }),
    };
    const node = fc.record(fields, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 6 }), (list) => {
        const rows = list.map((n) => [n.id, n.host, n.ipv4 ?? ' ', n.port, n.status, n.lastSeen ?? ''].join('  '));
        const { nodes, trouble } = listNodes(`ID  Host  IPv4  Port  Status  Last Seen\n${rows.join('\n')}\n`);
        assert.deepEqual(
          nodes.map((n) => ({ ipv4: undefined, lastSeen: undefined, ...n })),
          list,
        );
        assert.equal(trouble, undefined);
      }),
    );
  });
});
