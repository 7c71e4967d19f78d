/** Inventories that `init` writes, by itself and from Ansible's. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { ansibleHosts } from '../src/load/ansible.js';
import { loadInventory } from '../src/load/inventory.js';
import { UsageError } from '../src/model/inventory.js';
import { BIN, run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-init-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const save = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

const INI = `# hosts
localhost ansible_connection=local
[workbench] ; group
wb[01:03].example.com ansible_user=ops   # three
wb4:2222 ansible_host=10.0.0.4 ansible_ssh_common_args='-o ProxyCommand="ssh -W %h:%p b"' ansible_password=hunter2

[connect]
rsc ansible_host="{{ lookup('env', 'RSC') }}"

[posit:children]
workbench
connect

[all:vars]
ansible_user = deploy
[connect:vars]
ansible_port=2022
`;
const YAML = `all:
  vars: { ansible_user: deploy }
  hosts:
    localhost: { ansible_connection: local }
  children:
    posit:
      children:
        workbench:
          hosts:
            wb[01:03].example.com: { ansible_user: ops }
            wb4: { ansible_host: 10.0.0.4, ansible_port: 2222, ansible_password: hunter2, ansible_ssh_common_args: -J b }
        connect:
          vars: { ansible_port: 2022 }
          hosts:
            rsc: { ansible_host: "{{ lookup('env', 'RSC') }}" }
`;
const ops = { ansible_user: 'ops' };
const JSON_LIST = JSON.stringify({
  _meta: {
    hostvars: {
      localhost: { ansible_connection: 'local' },
      ...{ 'wb01.example.com': ops, 'wb02.example.com': ops, 'wb03.example.com': ops },
      wb4: {
        ansible_host: '10.0.0.4',
        ansible_port: 2222,
        ansible_user: 'deploy',
        ansible_password: 'hunter2',
        ansible_ssh_extra_args: '-oProxyJump=b',
      },
      rsc: { ansible_host: "{{ lookup('env', 'RSC') }}", ansible_port: 2022, ansible_user: 'deploy' },
    },
  },
  all: { children: ['ungrouped', 'posit'] },
  ungrouped: { hosts: ['localhost'] },
  posit: { children: ['workbench', 'connect'] },
  workbench: { hosts: ['wb01.example.com', 'wb02.example.com', 'wb03.example.com', 'wb4'] },
  connect: { hosts: ['rsc'] },
});
const HOSTS = [
  { name: 'localhost', leftOut: true, note: 'ansible_connection is local' },
  { name: 'wb01.example.com', user: 'ops' },
  { name: 'wb02.example.com', user: 'ops' },
  { name: 'wb03.example.com', user: 'ops' },
  {
    name: 'wb4',
    host: '10.0.0.4',
    port: 2222,
    user: 'deploy',
    jump: 'b',
    note: 'the password is left out: logins are by key',
  },
  { name: 'rsc', port: 2022, user: 'deploy', note: 'ansible_host is a template' },
];

describe('ansibleHosts', () => {
  for (const [name, text] of [
    ['hosts', INI],
    ['hosts.yml', YAML],
    ['hosts', YAML],
    ['list.json', JSON_LIST],
    ['list', JSON_LIST],
  ] as const)
    it(`reads ${name} (${text.slice(0, 5).trim()}…)`, () => {
      const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
      assert.deepEqual([...ansibleHosts(text, name).hosts].sort(byName), [...HOSTS].sort(byName));
      assert.deepEqual(
        ansibleHosts(text, name, 'workbench').hosts.map((h) => h.name),
        ['wb01.example.com', 'wb02.example.com', 'wb03.example.com', 'wb4'],
      );
      assert.equal(ansibleHosts(text, name, 'posit').hosts.length, 5);
    });

  it('the nearest group has the last word, the host the very last; loops end', () => {
    const ini =
      '[a:children]\nb\n[b:children]\nc\na\n[c]\nx\ny ansible_user=y\n[a:vars]\nansible_user=a\n[c:vars]\nansible_user=c\n';
    assert.deepEqual(ansibleHosts(ini, 'hosts').hosts, [
      { name: 'x', user: 'c' },
      { name: 'y', user: 'y' },
    ]);
  });
  it('ranges of letters, steps and padding', () => {
    const names = ansibleHosts('h[a:c]\nn[08:12:2]\nm[1:2]-[1:2]\n', 'hosts').hosts.map((h) => h.name);
    assert.deepEqual(names, ['ha', 'hb', 'hc', 'n08', 'n10', 'n12', 'm1-1', 'm1-2', 'm2-1', 'm2-2']);
  });
  const wrong: [string, string, string | undefined, RegExp][] = [
    ['hosts', '', undefined, /hosts: found no host/],
    ['hosts', 'localhost ansible_connection=local', undefined, /found no host that is reached over SSH/],
    ['hosts', 'a', 'web', /no group web; the groups are ungrouped/],
    ['hosts.yml', 'all: [', undefined, /hosts\.yml:1:/],
    ['hosts.yml', 'a', undefined, /expected a mapping of groups/],
    ['hosts', 'h[1:99999999]', undefined, /more than 10000 hosts/],
    ['hosts', 'h[1:999]-[1:999]', undefined, /more than 10000 hosts/],
  ];
  for (const [name, text, only, message] of wrong)
    it(`refuses ${JSON.stringify(text)}`, () =>
      assert.throws(
        () => ansibleHosts(text, name, only),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      ));
});

describe('init', () => {
  it('writes what validate accepts, once', async () => {
    const file = at('new.yml');
    const args = [
      'init',
      file,
      '--nodes',
      'ops@wb1:2222,wb2',
      '--product',
      'workbench',
      '--user',
      'no',
      '--cluster',
      'a: b',
    ];
    assert.equal((await run(args)).code, 0);
    assert.equal((await run(['validate', file])).code, 0);
    const cluster = loadInventory(file);
    assert.deepEqual([cluster.name, cluster.product], ['a: b', 'workbench']);
    assert.deepEqual(
      cluster.nodes.map(({ name, connection }) => [name, connection.user, connection.port]),
      [
        ['wb1', 'ops', 2222],
        ['wb2', 'no', undefined],
      ],
    );
    const before = readFileSync(file, 'utf8');
    const again = await run(args);
    assert.deepEqual([again.code, again.out], [2, '']);
    assert.match(again.err, /new\.yml exists: nothing was written/);
    assert.equal(readFileSync(file, 'utf8'), before);
  });
  it('ha-preflight.yml by default; - is standard output; without nodes: examples', async () => {
    assert.equal((await run(['init'], {}, folder)).code, 0);
    const { code, out } = await run(['init', '-'], {}, folder);
    // the path of the schema depends on where the file is
    const below = (text: string): string => text.slice(text.indexOf('\n'));
    assert.deepEqual([code, below(out)], [0, below(readFileSync(at('ha-preflight.yml'), 'utf8'))]);
    assert.equal(loadInventory(at('ha-preflight.yml')).nodes.length, 3);
  });
  it('every line that is commented out is valid when it is not', async () => {
    const { out } = await run(['init', '-', '--nodes', 'NAME,b']);
    const open = out
      .replaceAll(/^# ((?:\w+: ?[^ ].*|waivers:|reference: .*))$/gm, '$1')
      .replaceAll(/^#( {3}- )/gm, ' $1');
    const file = save('open.yml', open.replace('PGURL', 'HOME'));
    const { code, err } = await run(['validate', file]);
    assert.equal(code, 0, err);
    const { product, users, waivers, reference } = loadInventory(file);
    assert.deepEqual([product, users, waivers.length, reference], ['workbench', ['alice', 'bob'], 1, 'NAME']);
  });
  it('--from-ansible, a file or standard input; no password is taken over', async () => {
    const { code, out } = await run(['init', '-', '--from-ansible', save('hosts', INI)]);
    assert.equal(code, 0);
    assert.doesNotMatch(out, /hunter2/);
    assert.match(out, /- \{ name: wb4, host: "10\.0\.0\.4", connection: \{ user: deploy, port: 2222, jump: b \} \}/);
    assert.match(out, /# left out: localhost: ansible_connection is local/);
    const file = save('ansible.yml', out);
    assert.equal((await run(['validate', file])).code, 0);
    assert.equal(loadInventory(file).nodes.length, 5);
    const piped = spawnSync(
      'sh',
      ['-c', `cat | "$0" "$1" init - --from-ansible /dev/stdin --group workbench --user ops`, process.execPath, BIN],
      {
        input: JSON_LIST,
        encoding: 'utf8',
      },
    );
    assert.equal(piped.status, 0, piped.stderr);
    assert.match(piped.stdout, /connection: \{ user: ops \}[\s\S]*\n {2}- wb01\.example\.com\n/);
  });
  it('--sudo; the line for editors leads to our schema, from where it is installed and from elsewhere', async () => {
    const schema = (text: string, from: string): string =>
      readFileSync(resolve(from, /^# yaml-language-server: \$schema=(.*)$/m.exec(text)![1]!), 'utf8');
    const ours = readFileSync(join(import.meta.dirname, '..', 'src', 'schema', 'inventory.schema.json'), 'utf8');
    const { out } = await run(['init', '-', '--nodes', 'a', '--sudo'], {}, folder);
    assert.match(out, /^connection: \{ sudo: true \}$/m);
    assert.equal(schema(out, folder), ours);
    const installed = at('site/node_modules/ha-preflight/dist/src/schema');
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'inventory.schema.json'), 'installed');
    mkdirSync(at('site/inventories'));
    const file = at('site/inventories/prod.yml');
    await run(['init', file, '--nodes', 'a']);
    const text = readFileSync(file, 'utf8');
    assert.ok(!existsSync(at('site/inventories/ha-preflight.schema.json')));
    // where nothing is installed, the schema goes along
    mkdirSync(at('elsewhere'));
    const ran = await run(['init', at('elsewhere/prod.yml'), '--nodes', 'a']);
    assert.match(ran.out, /prod\.yml was written, and ha-preflight\.schema\.json for editors next to it/);
    const alone = readFileSync(at('elsewhere/prod.yml'), 'utf8');
    assert.match(alone, /^# yaml-language-server: \$schema=\.\/ha-preflight\.schema\.json$/m);
    assert.equal(schema(alone, at('elsewhere')), ours);
    assert.match(text, /\$schema=\.\.\/node_modules\/ha-preflight\//);
    assert.equal(schema(text, at('site/inventories')), 'installed');
  });

  it('ranges are written out', async () => {
    const { out } = await run(['init', '-', '--nodes', 'ops@wb[09-10,12].example.com,db']);
    const lines = ['- "ops@wb09.example.com"', '- "ops@wb10.example.com"', '- "ops@wb12.example.com"', '- db'];
    assert.ok(out.includes(`nodes:\n  ${lines.join('\n  ')}\n`), out);
  });

  const misuse: [string, string[], RegExp][] = [
    ['a node that cannot be', ['--nodes', 'a b'], /would not be valid/],
    ['a range that runs backwards', ['--nodes', 'wb[3-1]'], /--nodes: found "wb\[3-1\]", .*: wb\[1-3\]/],
    ['both', ['--nodes', 'a', '--from-ansible', 'x'], /one or the other/],
    ['a group of nothing', ['--group', 'a'], /--group goes with --from-ansible/],
    ['no such file', ['--from-ansible', at('none')], /none: no such file/],
  ];
  for (const [name, args, message] of misuse)
    it(`2 for ${name}`, async () => {
      const { code, out, err } = await run(['init', '-', ...args]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    });
});
