/** R, Python and Quarto by the ways an operator installs them: links, packages of the distribution, off the host. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { EDITIONS } from '../support/clusters.js';
import type { Plant } from '../support/faults/index.js';
import { all, append, both, CONNECT, drop, put } from '../support/faults/plants.js';
import { audit } from './audit.js';

type Links = (node: string) => Readonly<Record<string, string>>;

const R = put('/opt/R/4.3.1/bin/R', '#!/bin/sh\n');
const OLD = put('/opt/R/4.2.0/bin/R', '#!/bin/sh\n');
const PYTHON = '[Python]\nExecutable = /opt/python/3.11.3/bin/python3\n';
const packaged =
  (lib: string): Plant =>
  (t, c, n) =>
    both(
      put('/usr/bin/R', '#!/bin/sh\n'),
      put(`/usr/${lib}/R/library/base/DESCRIPTION`, `Package: base\nVersion: 4.${n === 'n2' ? 1 : 3}.0\n`),
    )(t, c, n);
const none: Links = () => ({});

const ROWS: readonly (readonly [what: string, plant: Plant, links: Links, expected: readonly string[]])[] = [
  [
    'a link with a whole path stays inside the tree',
    both(R, append(CONNECT, '[R]\nExecutable = /usr/local/bin/R\n')),
    () => ({ '/usr/local/bin/R': '/opt/R/4.3.1/bin/R' }),
    ['pass configured n1 n2 n3', 'pass installed n1 n2 n3'],
  ],
  [
    'a link to a folder that is a link',
    both(R, append(CONNECT, '[R]\nExecutable = /opt/R/current/bin/R\n')),
    () => ({ '/opt/R/current': '/opt/R/4.3', '/opt/R/4.3': '../R/4.3.1' }),
    ['pass configured n1 n2 n3', 'pass installed n1 n2 n3'],
  ],
  [
    'a link to itself',
    both(R, append(CONNECT, '[R]\nExecutable = /opt/R/current/bin/R\n')),
    () => ({ '/opt/R/current': 'current' }),
    ['fail configured n1 n2 n3', 'pass installed n1 n2 n3'],
  ],
  [
    'one link leads to another version',
    both(R, OLD),
    (n) => ({ '/usr/local/bin/R': `/opt/R/${n === 'n2' ? '4.2.0' : '4.3.1'}/bin/R` }),
    ['fail installed n2'],
  ],
  ['two versions of one package', packaged('lib'), none, ['fail installed n2']],
  ['two versions of one package, in lib64', packaged('lib64'), none, ['fail installed n2']],
  [
    'a link into the folder of R itself',
    (t, c, n) =>
      both(
        put('/usr/lib/R/bin/R', '#!/bin/sh\n'),
        put('/usr/lib/R/library/base/DESCRIPTION', `Package: base\nVersion: 4.${n === 'n2' ? 1 : 3}.0\n`),
      )(t, c, n),
    () => ({ '/usr/bin/R': '../lib/R/bin/R' }),
    ['fail installed n2'],
  ],
  [
    'a version that no file says',
    put('/usr/bin/R', '#!/bin/sh\n'),
    none,
    ['pass installed n1 n2 n3', 'unknown version unseen n1 n2 n3'],
  ],
  ['Python is off', append(CONNECT, PYTHON.replace(']\n', ']\nEnabled = false\n')), none, ['pass installed n1 n2 n3']],
  ['Python is on', append(CONNECT, PYTHON), none, ['fail configured n1 n2 n3', 'pass installed n1 n2 n3']],
  [
    'content runs off the host',
    both(drop('/opt/R/4.3.1/bin/R'), append(CONNECT, `${PYTHON}[Launcher]\nEnabled = true\nKubernetes = true\n`)),
    none,
    ['skip  n1 n2 n3'],
  ],
];

describe('runtimes as they are installed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-runtimes-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  ROWS.forEach(([what, plant, links, expected], i) => {
    it(what, async () => {
      const linked = (root: string): void => {
        for (const node of all)
          for (const [path, target] of Object.entries(links(node))) {
            mkdirSync(dirname(join(root, node, path)), { recursive: true });
            symlinkSync(target, join(root, node, path));
          }
      };
      const { report } = await audit(join(folder, `${i}`), EDITIONS.connect, { plant, nodes: all, after: linked });
      const found = report.verdicts.filter((v) => v.id === 'runtimes');
      assert.deepEqual(found.map((v) => `${v.status} ${v.subject ?? ''} ${v.nodes.join(' ')}`).sort(), expected);
    });
  });
});
