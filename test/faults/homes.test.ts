/** Homes that are mounted one by one: each is compared on every node, also where one node has it in another way. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { nfsMount, sharedFolder, type Tree } from '../../src/demo/tree.js';
import { EDITIONS } from '../support/clusters.js';
import type { Plant } from '../support/faults/index.js';
import { audit } from './audit.js';

const HOMES = ['jdoe', 'jsmith'];
const TABLE = '/proc/self/mountinfo';
const AUTOFS = '90 25 0:90 / /home rw - autofs /etc/auto.homes rw';

type Home = 'mounted' | 'local' | 'none' | 'inside' | 'elsewhere';

/** A node on which the homes are these. `above`: the mount of /home. */
const node =
  (homes: readonly Home[], above: '' | 'autofs' | 'nfs' = ''): Plant =>
  (tree) => {
    const { '/home': _, ...rest } = tree;
    const without = String(tree[TABLE]!.text).replace(/.* \/home .*\n/, '');
    const out: Record<string, Tree[string]> = { ...rest, '/home/': { text: '' } };
    const lines = [above === 'autofs' ? AUTOFS : above === 'nfs' ? nfsMount('/home', 'lookupcache=pos,') : []].flat();
    homes.forEach((home, i) => {
      const path = `/home/${HOMES[i]}`;
      if (home === 'mounted') lines.push(nfsMount(path, 'lookupcache=pos,'));
      if (home === 'mounted' || home === 'inside') out[path] = sharedFolder(`homes-${HOMES[i]}`);
      if (home === 'elsewhere') out[path] = sharedFolder('elsewhere');
      if (home === 'local') out[`${path}/`] = { text: '' };
    });
    return { ...out, [TABLE]: { ...tree[TABLE], text: without + lines.map((l) => l.replace(/\n?$/, '\n')).join('') } };
  };

const GOOD = node(['mounted', 'mounted'], 'autofs');
const LOST = node(['mounted', 'none'], 'autofs');
const PASS = (user: string, nodes = 'n1 n2 n3'): string => `pass ${nodes} /home/${user}`;

/** The third node, and what the check says where the others are good. */
const ROWS: readonly (readonly [what: string, third: Plant, expected: readonly string[]])[] = [
  ['on every node', GOOD, [PASS('jdoe'), PASS('jsmith')]],
  [
    'the automounter of one node does not find one',
    LOST,
    [PASS('jdoe'), 'fail n3 /home/jsmith', PASS('jsmith', 'n1 n2')],
  ],
  [
    'the automounter of one node finds none',
    node(['none', 'none'], 'autofs'),
    ['jdoe', 'jsmith'].flatMap((user) => [`fail n3 /home/${user}`, PASS(user, 'n1 n2')]),
  ],
  [
    'one is not mounted on one node, and a local folder is there',
    node(['mounted', 'local']),
    [PASS('jdoe'), 'fail n3 /home/jsmith', PASS('jsmith', 'n1 n2')],
  ],
  [
    'none is mounted on one node, and local folders are there',
    node(['local', 'local']),
    ['jdoe', 'jsmith'].flatMap((user) => [`fail n3 /home/${user}`, PASS(user, 'n1 n2')]),
  ],
  [
    'one node has the folder above them on the share',
    node(['inside', 'inside'], 'nfs'),
    [PASS('jdoe'), PASS('jsmith')],
  ],
  [
    'one node has the folder above them on another share',
    node(['elsewhere', 'inside'], 'nfs'),
    ['fail n3 /home/jdoe', PASS('jsmith')],
  ],
];

describe('homes that are mounted one by one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-homes-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  const said = async (third: Plant, good = GOOD, inventory = ''): Promise<string[]> => {
    const plant: Plant = (t, c, name) => (name === 'n3' ? third : good)(t, c, name);
    const nodes = ['n1', 'n2', 'n3'];
    const { report } = await audit(join(folder, `${count++}`), EDITIONS.workbench, { plant, nodes, inventory });
    return report.verdicts
      .filter((v) => v.id === 'shared-directories' && v.message.includes('/home'))
      .map((v) => `${v.status} ${v.nodes.join(' ')} ${/\/home\S*/.exec(v.message)![0]}`);
  };
  for (const [what, third, expected] of ROWS) it(what, async () => assert.deepEqual(await said(third), expected));
  for (const homes of ['/home', '/home/'])
    it(`the inventory names ${homes}`, async () =>
      assert.deepEqual(await said(LOST, GOOD, `storage: { homes: ${homes} }\n`), ROWS[1]![2]));
  it('one that nobody has yet says nothing', async () => assert.deepEqual(await said(LOST, LOST), [PASS('jdoe')]));
  it('one that is local on every node is named', async () => {
    const local = node(['mounted', 'local']);
    assert.deepEqual(await said(local, local), [PASS('jdoe'), 'fail n1 n2 n3 /home/jsmith']);
  });
});
