/** What is spelled differently on one node and means the same: nothing fails, nothing is unknown; where nobody documents it, it is unknown. */

import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ownId } from '../../src/demo/tree.js';
import { EDITIONS } from '../support/clusters.js';
import type { Edition, Plant } from '../support/faults/index.js';
import { append, both, CONNECT, edit, GROOVY, PM, put, WB } from '../support/faults/plants.js';
import { troubles } from '../support/run.js';
import { audit } from './audit.js';

/** Of the key of the edition. */
const key =
  (change: (text: string) => string): Plant =>
  (tree, { key: path }) => ({ ...tree, [path]: { ...tree[path], text: change(String(tree[path]!.text)) } });
const text =
  (path: string, change: (text: string) => string): Plant =>
  (tree) => ({ ...tree, [path]: { ...tree[path], text: change(String(tree[path]!.text)) } });

const RSERVER = `${WB}rserver.conf`;
const DATABASE = `${WB}database.conf`;
const MOUNTS = '/etc/systemd/system/rstudio-connect.service.d/mounts.conf';
const MONGOD = GROOVY.replace('deployr/deployr.groovy', 'mongo/mongod.conf');

const [WB_UNIT, CONNECT_UNIT, PM_UNIT] = ['rstudio-server', 'rstudio-connect', 'rstudio-pm'].map(
  (unit) => `/usr/lib/systemd/system/${unit}.service`,
) as [string, string, string];
const starts = (command: string): string => `[Service]\nExecStart=/opt/bin/${command}\n`;

const ALIKE: readonly [edition: Edition, what: string, plant: Plant][] = [
  ['workbench', 'line breaks of Windows', text(RSERVER, (t) => t.replaceAll('\n', '\r\n'))],
  ['workbench', 'blanks around the equals signs', text(RSERVER, (t) => t.replaceAll('=', ' = '))],
  ['workbench', 'another order, and a remark', text(RSERVER, (t) => `# site\n${t.split('\n').reverse().join('\n')}`)],
  ['newWorkbench', 'a boolean as a word', edit(RSERVER, 'enabled=1', 'enabled=Yes')],
  ['newWorkbench', 'a boolean without a value', edit(RSERVER, 'enabled=1', 'enabled=')],
  ['workbench', 'the provider in capitals', edit(DATABASE, 'postgresql', 'PostgreSQL')],
  ['workbench', 'the host of the database with a final dot', edit(DATABASE, 'db.example.com', 'DB.example.com.')],
  ['workbench', 'the default port and name of the database', append(DATABASE, 'port=5432\ndatabase=rstudio\n')],
  ['packageManager', 'another scheme of the URL', edit(PM, 'postgres://', 'postgresql://')],
  ['connect', 'the port of the URL', edit(CONNECT, '@db.example.com/', '@DB.example.com:5432/')],
  ['packageManager', 'names in small letters, a value in quotes', edit(PM, 'Listen = :4242', 'LISTEN = ":4242"')],
  ['packageManager', 'a byte-order mark', text(PM, (t) => `\uFEFF${t}`)],
  ['packageManager', 'a hexadecimal key in capitals', key((t) => t.toUpperCase())],
  [
    'workbench',
    'mount units that the service needs, instead of fstab',
    both(
      put('/etc/fstab', '# see the mount units\n'),
      put('/etc/systemd/system/srv-shared.mount', '[Mount]\nWhat=NFS1.example.com:/export/\nType=nfs\n'),
      put('/etc/systemd/system/home.mount', '[Mount]\nWhat=192.0.2.5:/export\n'),
      edit('/etc/systemd/system/rstudio-server.service.d/mounts.conf', 'Requires', 'Wants'),
    ),
  ],
  [
    'workbench',
    'mount units that the service names, and that nobody enabled',
    both(
      put('/etc/fstab', '# see the mount units\n'),
      put('/etc/systemd/system/srv-shared.mount', '[Mount]\nWhat=nfs1.example.com:/export\nType=nfs\n'),
      put('/etc/systemd/system/home.mount', '[Mount]\nWhat=nfs1.example.com:/export\nType=nfs\n'),
      put(
        '/etc/systemd/system/rstudio-server.service.d/mounts.conf',
        '[Unit]\nRequires=srv-shared.mount\nBindsTo=home.mount\nAfter=srv-shared.mount home.mount\n',
      ),
    ),
  ],
  [
    'workbench',
    'the address of the database in the form of IPv6',
    edit(DATABASE, 'db.example.com', '::ffff:192.0.2.10'),
  ],
  [
    'workbench',
    'blanks before the lines of passwd and group',
    both(
      text('/etc/passwd', (t) => t.replace(/^(?=.)/gm, ' \t')),
      text('/etc/group', (t) => t.replace(/^(?=.)/gm, '  ')),
    ),
  ],
  ['workbench', 'blanks before the members of a group', edit('/etc/group', 'jdoe,jsmith', ' jdoe, \tjsmith')],
  [
    'launcher',
    'line breaks of Windows in launcher.pem',
    text(`${WB}launcher.pem`, (t) => `Bag Attributes\n${t.replaceAll('\n', '\r\n')}\r\n`),
  ],
  [
    'launcher',
    'launcher.pem in another form',
    text(`${WB}launcher.pem`, (t) => createPrivateKey(t).export({ type: 'pkcs1', format: 'pem' }).toString()),
  ],
  [
    'workbench',
    'remarks in /etc/hosts that name the database',
    append('/etc/hosts', '192.0.2.99 old # was db.example.com\n # 192.0.2.98 db.example.com\n'),
  ],
  ['workbench', 'a switch with the name of a password', append(RSERVER, 'auth-encrypt-password=Yes\n')],
  ['connect', 'a directory with more slashes', edit(CONNECT, '= /srv/connect', '= //srv/connect/')],
  ['workbench', 'a default that is written out', append(RSERVER, 'server-user=rstudio-server\nssl-enabled=0\n')],
  ['connect', 'a unit with blanks and a continued line', edit(MOUNTS, '=', ' = /var \\\n  ')],
  ['primaryStandby', 'white space in the key file of MongoDB', key((t) => t.replaceAll(/(.{40})/g, '$1\n'))],
  [
    'primaryStandby',
    'blanks before and inside the key of MongoDB',
    key((t) => ` ${t.replaceAll(/(.{5})/g, '$1 \v\t')}\f\r\n`),
  ],
  [
    'connect',
    'a unit that names the default configuration file',
    put(CONNECT_UNIT, starts(`connect --config ${CONNECT}`)),
  ],
  [
    'packageManager',
    'a unit that names the default configuration file',
    put(PM_UNIT, starts(`rstudio-pm "--config=${PM}"`)),
  ],
  [
    'workbench',
    'a unit that names the default configuration file',
    put(WB_UNIT, starts(`rserver --config-file=${RSERVER}`)),
  ],
  [
    'packageManager',
    'the account of the unit by its number',
    put('/etc/systemd/system/rstudio-pm.service.d/user.conf', `[Service]\nUser=${ownId(992)}\n`),
  ],
  ['primaryStandby', 'mongod that listens everywhere', append(MONGOD, 'bind_ip = 0.0.0.0\n')],
];

const base64 = (hex: string): string => Buffer.from(hex.trim(), 'hex').toString('base64');

/** Perhaps the same to the product. */
const PERHAPS: readonly [edition: Edition, what: string, plant: Plant, expected: string][] = [
  [
    'primaryStandby',
    'a password that is taken from a variable',
    text(GROOVY, (t) => t.replace(/password = .*/, 'password = System.getenv("MONGO_PASSWORD")')),
    'mongo-replica-set n2',
  ],
  [
    'primaryStandby',
    'a password with a part that is computed',
    text(GROOVY, (t) => t.replace(/password = .*/, 'password = "${secret}-1"')),
    'mongo-replica-set n2',
  ],
  [
    'connect',
    'an entry with nofail, after all network mounts',
    both(edit('/etc/fstab', '_netdev', '_netdev,nofail'), put(MOUNTS, '[Unit]\nAfter=remote-fs.target\n')),
    'mount-persistence n2',
  ],
  [
    'connect',
    'a port of the database in a variable of libpq',
    put('/etc/systemd/system/rstudio-connect.service.d/pg.conf', '[Service]\nEnvironment=PGPORT=6543\n'),
    'database-same n2',
  ],
  [
    'connect',
    'a directory below one that is not named',
    edit(CONNECT, '= /var/metrics', '= metrics'),
    'metrics-path n2',
  ],
  ['packageManager', 'a line break more at the end of the key', key((t) => `${t}\n`), 'shared-keys n2'],
  ['s3', 'a key in base64, storage on S3', key(base64), 's3-encryption-key n1 n2 n3'],
  [
    'connect',
    'a key in base64 with line breaks',
    key((t) => base64(t).replaceAll(/.{64}/g, '$&\n')),
    'shared-keys n1 n2 n3',
  ],
  [
    'workbench',
    'a user that a directory may have on the node of a tree',
    both(
      put('/etc/nsswitch.conf', 'passwd:\tfiles sss systemd # by realmd\ngroup: files [SUCCESS=merge] systemd\n'),
      edit('/etc/passwd', /^jdoe:.*\n/m, ''),
    ),
    'user-ids n2',
  ],
  [
    'workbench',
    'a user that NIS may have on the node of a tree',
    both(put('/etc/nsswitch.conf', 'passwd: compat\ngroup: compat\n'), edit('/etc/passwd', /^jdoe:.*\n/m, '+::::::\n')),
    'user-ids n2',
  ],
];

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-alike-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const on = (edition: Edition, what: string, plant: Plant) =>
  audit(join(folder, `${edition}-${what.replaceAll(/\W/g, '-')}`), EDITIONS[edition], { plant });

describe('another spelling on one node', () => {
  it('a link to the folder it is in', async () => {
    const after = (at: string): void => symlinkSync('.', join(at, 'n2', WB, 'here'));
    const { report } = await audit(join(folder, 'loop'), EDITIONS.workbench, { after });
    assert.deepEqual(troubles(report), []);
  });
  for (const [edition, what, plant] of ALIKE)
    it(`${what} (${EDITIONS[edition].name})`, async () => {
      const { report } = await on(edition, what, plant);
      const said = report.verdicts.filter((v) => !['pass', 'skip'].includes(v.status)).map((v) => v.message);
      assert.deepEqual(troubles(report), [], said.join('\n'));
    });
  it('a link to the share', async () => {
    const plant = text(RSERVER, (t) => t.replace('/srv/shared/', '/data/shared/'));
    const after = (at: string): void => {
      for (const node of ['n1', 'n2', 'n3']) symlinkSync('srv', join(at, node, 'data'));
    };
    const { report } = await audit(join(folder, 'data'), EDITIONS.workbench, {
      plant,
      nodes: ['n1', 'n2', 'n3'],
      after,
    });
    assert.deepEqual(troubles(report), []);
  });
  it('the same link on every node, which leads nowhere', async () => {
    const after = (at: string): void => {
      for (const node of ['n1', 'n2', 'n3']) symlinkSync('nowhere', join(at, node, WB, 'site.conf'));
    };
    const { report } = await audit(join(folder, 'link'), EDITIONS.workbench, { after });
    assert.deepEqual(troubles(report), []);
    const said = report.verdicts.filter((v) => v.id === 'config-identical').flatMap((v) => v.details ?? []);
    assert.ok(said.includes('site.conf: a link that leads nowhere, on every node'), said.join('\n'));
  });
  for (const [edition, path, more] of [
    ['workbench', RSERVER, ''],
    ['workbench', `${WB}load-balancer`, ''],
    ['workbench', WB.slice(0, -1), ''],
    ['workbench', '/etc/db/database.conf', 'database-config-file=/etc/db/database.conf\n'],
    ['connect', CONNECT, ''],
    ['packageManager', PM, ''],
  ] as const)
    it(`${path}, a link to a path that is in the tree, and on this machine is a different file`, async () => {
      const place = join(folder, path.replaceAll('/', '-'));
      const here = join(place, 'of-this-machine');
      const plant: Plant = (tree) => ({
        ...tree,
        ...(more && {
          [RSERVER]: { ...tree[RSERVER], text: `${tree[RSERVER]!.text}${more}` },
          [path]: tree[DATABASE]!,
        }),
      });
      const after = (at: string): void => {
        mkdirSync(here, { recursive: true });
        for (const name of [
          'rserver.conf',
          'load-balancer',
          'rstudio-connect.gcfg',
          'rstudio-pm.gcfg',
          'database.conf',
        ])
          writeFileSync(join(here, name), 'provider=of-this-machine\n');
        const target = path === WB.slice(0, -1) ? here : join(here, path.replace(/^.*\//, ''));
        mkdirSync(join(at, 'n2', here), { recursive: true });
        renameSync(join(at, 'n2', path), join(at, 'n2', target));
        symlinkSync(target, join(at, 'n2', path));
      };
      const { report, evidence } = await audit(place, EDITIONS[edition], { plant, nodes: ['n1', 'n2', 'n3'], after });
      assert.deepEqual(troubles(report, 'fail'), []);
      assert.equal(JSON.stringify(evidence).includes('provider=of-this-machine'), false);
      const said = report.verdicts.filter((v) => v.id === 'config-identical').map((v) => v.message);
      assert.match(
        said.join(),
        new RegExp(`${path.replace(/^.*\//, '')}.* is a link to ${here}.*, which is not followed in a tree of files`),
      );
    });
  it('a quote around more than a secret is closed', async () => {
    const header = '[Server]\nCustomHeader = "X-Api-Key: c2xvdw"\n';
    for (const [edition, path] of [['connect', CONNECT] as const, ['packageManager', PM] as const]) {
      const plant = append(path, header);
      const { report } = await audit(join(folder, `quote-${edition}`), EDITIONS[edition], {
        plant,
        nodes: ['n1', 'n2', 'n3'],
      });
      assert.deepEqual([troubles(report, 'fail'), troubles(report, 'unknown')], [[], []]);
    }
  });
  for (const [edition, change, expected] of [
    ['connect', edit(CONNECT, 'DataDir = /srv/connect', 'DataDir = /srv/$HOSTNAME'), 'shared-directories'],
    ['connect', edit(CONNECT, 'Listen = :3939', 'Listen = 3939'), 'config-syntax'],
    ['connect', edit(CONNECT, 'db.example.com/connect', 'db.example.com/${DB}'), 'database-same'],
    ['connect', edit(CONNECT, 'Provider = Postgres', 'Provider = <postgres>'), 'postgres-backend'],
    ['connect', edit(CONNECT, '[Metrics]', '[Metrics]\nEnabled = disabled'), 'metrics-path'],
    ['s3', edit(PM, '[Storage]', '[Storage]\nCahce = file\n[Storage]'), 'config-syntax'],
    ['s3', edit(PM, 'Prefix = prod', 'Prefix = $HOSTNAME'), 's3-settings'],
    ['packageManager', append(PM, '[Storage]\nCache = local\n'), 'shared-directories'],
    ['packageManager', edit(PM, 'EncryptionKeyPath = /etc', 'EncryptionKeyPath = /${ROOT}/etc'), 'key-file'],
  ] as const)
    it(`what nobody documents, alike on every node, is unknown by ${expected} (${edition})`, async () => {
      const nodes = ['n1', 'n2', 'n3'];
      const place = mkdtempSync(join(folder, 'open-'));
      const { report } = await audit(place, EDITIONS[edition], { plant: change, nodes });
      assert.deepEqual(troubles(report, 'fail'), []);
      const open = report.verdicts.filter((v) => v.status === 'unknown' && v.id === expected);
      assert.deepEqual([...new Set(open.flatMap((v) => v.nodes))], nodes);
    });
  it('a link out of the tree to what the product does not read: of that alone nothing is known', async () => {
    const after = (at: string): void => {
      for (const node of ['n1', 'n2', 'n3']) symlinkSync('/opt/of-this-machine.png', join(at, node, WB, 'logo.png'));
    };
    const plant = append(RSERVER, 'www-frame-origin=same\n');
    const { report } = await audit(join(folder, 'logo'), EDITIONS.workbench, { after, plant });
    assert.deepEqual(troubles(report, 'fail'), ['config-identical n2']);
    assert.deepEqual(troubles(report, 'unknown'), ['config-identical n1 n2 n3']);
    const said = report.verdicts.filter((v) => v.id === 'config-identical' && v.status === 'unknown');
    assert.deepEqual(
      said.map((v) => v.message),
      [
        'logo.png could not be read on n1, n2 and n3: it is a link to /opt/of-this-machine.png, which is not followed in a tree of files: put a copy there',
      ],
    );
  });
  for (const [edition, what, plant, expected] of PERHAPS)
    it(`${what} (${EDITIONS[edition].name})`, async () => {
      const { report } = await on(edition, what, plant);
      assert.deepEqual([troubles(report, 'fail'), troubles(report, 'unknown')], [[], [expected]]);
    });
});
