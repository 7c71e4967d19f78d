/** The settings in force never throw anything but NotSeen, and the order in which files came makes no difference. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { builtIn } from '../../src/load/products.js';
import { NotSeen } from '../../src/model/evidence.js';
import { type Found, type Profile, settingsOf } from '../../src/products/profile.js';
import { answerOfTree, foundIn } from '../support/answers.js';
import { EDITIONS } from '../support/clusters.js';
import { foundOf } from '../support/facts.js';

const RUNS = process.env.HA_FUZZ === 'long' ? 20_000 : 300;
const PIECES = [
  '[Server]',
  '[Database]',
  '[Storage]',
  '[S3Storage]',
  '[S3Storage "cran"]',
  '[FileStorage "x"]',
  '[@Cluster]',
  'Default = s3',
  'Location = /a',
  'Provider = postgres',
  'DataDir = /srv',
  'server-shared-storage-path=/srv # here',
  'www-port=1',
  'www-port=1',
  'database-config-file=$HOME/d.conf',
  'database-config-file=rserver.conf',
  'secure-cookie-key-file=/k',
  'load-balancing-enabled',
  'load-balancing-enabled=',
  '; remark',
  '# remark',
  '=',
  'x =',
  '"',
  '\\',
  'a = "b\\',
  '%masked:0123456789abcdef%',
  '\0',
  '\ufeff',
  '__proto__ = 1',
  'constructor.x=1',
  'replicaSet = [ "a:1" ]',
  'security { key = """ }',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 20 })), { maxLength: 12 })
  .map((lines) => lines.join('\n'));
const variable = fc.tuple(
  fc.constantFrom(
    'XDG_CONFIG_DIRS',
    'RSTUDIO_CONFIG_DIR',
    'CONNECT_DATABASE_PROVIDER',
    'CONNECT_SERVER_DATADIR',
    'CONNECT_',
    'PACKAGEMANAGER_ENCRYPTION_KEY',
    'PACKAGEMANAGER_S3STORAGE_CRAN_BUCKET',
    '__proto__',
  ),
  fc.string({ maxLength: 12 }),
);

const filesOf = ({ texts, required }: Profile): string[] => [
  ...new Set([...required, ...texts.map(({ pattern }) => pattern.replaceAll('*', 'x'))]),
];

/** What the settings say, or that they cannot be seen. */
function said(found: Found): string {
  try {
    const inForce = [...found.profile.effective(found)].sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([inForce, found.profile.settings(found)]);
  } catch (error) {
    assert.ok(error instanceof NotSeen, `${error instanceof Error ? error.stack : error}`);
    return error.message;
  }
}

const backwards = <K, V>(map: ReadonlyMap<K, V>): Map<K, V> => new Map([...map].reverse());

describe('settings in force, of anything', () => {
  for (const profile of builtIn.profiles.values()) {
    const files = filesOf(profile);
    const node = fc.record({
      texts: fc.dictionary(fc.constantFrom(...files), text, { noNullPrototype: true }),
      environment: fc.array(variable, { maxLength: 4 }).map((pairs) => new Map(pairs)),
      words: fc.array(fc.oneof(fc.constantFrom('--config', '--database-config-file=/x'), fc.string()), {
        maxLength: 4,
      }),
    });
    it(`${profile.product}: nothing but NotSeen is thrown, and order does not count`, () =>
      fc.assert(
        fc.property(node, ({ texts, environment, words }) => {
          const found = foundOf(profile.product, texts, { environment, arguments: words });
          const turned: Found = {
            ...found,
            tree: [...found.tree].reverse(),
            texts: backwards(found.texts),
            environment: backwards(environment),
          };
          assert.equal(said(turned), said(found));
        }),
        { numRuns: RUNS },
      ));
  }

  for (const product of ['workbench', 'connect'] as const)
    it(`${product}: a real answer with lines changed, doubled and taken away is read, or is NotSeen`, () => {
      const profile = builtIn.profiles.get(product)!;
      const lines = answerOfTree(profile, EDITIONS[product].node('n1')).split('\n');
      const change = fc.record({
        at: fc.nat(lines.length - 1),
        how: fc.constantFrom('take', 'double', 'change'),
        line: fc.oneof(
          fc.constantFrom(
            ...['=pid 7 rserver', '=process', '=unread /etc/x', '=dir /etc/rstudio', '=named /x', '=end', '|', '+'],
            '~81a4:10:1:root:root:/etc/rstudio/rserver.conf',
            '|www-port=1',
          ),
          fc.string({ maxLength: 30 }),
        ),
      });
      const said = { read: 0, unseen: 0 };
      fc.assert(
        fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
          const changed = [...lines];
          for (const { at, how, line } of changes)
            changed.splice(
              at,
              how === 'double' ? 0 : 1,
              ...(how === 'take' ? [] : how === 'double' ? [lines[at]!] : [line]),
            );
          try {
            settingsOf(foundIn(profile, changed.join('\n')));
            said.read++;
          } catch (error) {
            assert.ok(error instanceof NotSeen, `${error instanceof Error ? error.stack : error}`);
            said.unseen++;
          }
        }),
        { numRuns: RUNS * 2 },
      );
      // the property says something of answers that are read, and of such that are not
      assert.ok(said.read * 3 > RUNS * 2 && said.unseen > 0, JSON.stringify(said));
    });
});
