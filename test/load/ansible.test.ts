/** How hosts of an Ansible inventory are reached, and files that are not a list of hosts. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';

import { type AnsibleHost, ansibleHosts, readAnsible } from '../../src/load/ansible.js';
import { loadInventory } from '../../src/load/inventory.js';
import { UsageError } from '../../src/model/inventory.js';
import { run } from '../support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-ansible-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const save = (name: string, text: string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};
const one = (vars: string): object => {
  const { name: _, ...host } = ansibleHosts(`[w]\nwb1\n[w:vars]\n${vars}\n`, 'hosts').hosts[0]!;
  return host;
};

describe('how a host is reached', () => {
  const cases: [string, object][] = [
    ['ansible_port=2222 # behind NAT', { port: 2222 }],
    ['ansible_port=ssh', { note: 'ansible: the port cannot be used and is left out' }],
    ['ansible_connection=ansible.builtin.ssh', {}],
    ['ansible_connection=ansible.netcommon.libssh', {}],
    [
      'ansible_connection=community.docker.docker',
      { leftOut: true, note: 'ansible_connection is community.docker.docker' },
    ],
    ['ansible_ssh_private_key_file=~/.ssh/prod', { identityFile: '~/.ssh/prod' }],
    ['ansible_user="ops" # who', { user: 'ops' }],
    ['ansible_user=ops@example.com', { user: 'ops@example.com' }],
    ['ansible_user=ops # who', { note: 'ansible: the user cannot be used and is left out' }],
    ...['$HOME/.ssh/id', '${HOME}/.ssh/id', '~ops/.ssh/id', '%d/.ssh/id'].map((path): [string, object] => [
      `ansible_private_key_file=${path}`,
      { note: 'ansible: the identityFile cannot be used and is left out' },
    ]),
    ['ansible_become=yes', { sudo: true }],
    ['ansible_become=False', {}],
    ['ansible_become=true\nansible_become_method=su', { note: 'ansible_become_method is su, only sudo is known' }],
    [
      'ansible_become=true\nansible_become_user=rstudio',
      { note: 'ansible_become_user is rstudio, sudo is only to root' },
    ],
    [
      'ansible_become=true\nansible_become_pass=hunter2',
      { sudo: true, note: 'the sudo password is left out: sudo: { password: { env: NAME } }' },
    ],
    ["ansible_ssh_common_args='-o ProxyJump=ops@b.x:2222 -o ControlMaster=auto -C'", { jump: 'ops@b.x:2222' }],
    ['ansible_ssh_common_args=-J b', { jump: 'b' }],
    ['ansible_ssh_extra_args=-Jb', { jump: 'b' }],
    [`ansible_ssh_common_args='-o ProxyCommand="ssh -q -W %h:%p -l me -p 23 b.x"'`, { jump: 'me@b.x:23' }],
    [`ansible_ssh_common_args='-o ProxyCommand="ssh me@b.x -W %h:%p"'`, { jump: 'me@b.x' }],
    [`ansible_ssh_common_args='-o ProxyCommand="ssh b nc %h %p"'`, { jump: 'b' }],
    [
      `ansible_ssh_common_args='-o ProxyCommand="ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -W %h:%p b"'`,
      { jump: 'b' },
    ],
    [`ansible_ssh_common_args='-o ProxyCommand="exec ssh -W [%h]:%p b"'`, { jump: 'b' }],
    ...['cloudflared access ssh', 'ssh -i k -W %h:%p b', 'ssh -W other:22 b'].map((command): [string, object] => [
      `ansible_ssh_common_args='-o ProxyCommand="${command}"'`,
      { note: 'ansible_ssh_common_args: ProxyCommand is left out' },
    ]),
    [
      'ansible_ssh_common_args=-J a,b',
      { note: 'ansible_ssh_common_args: ProxyJump through several hosts is left out' },
    ],
    [
      'ansible_ssh_args=-F ssh.cfg -i k -p 23 -l me\nansible_user=ops',
      { configFile: 'ssh.cfg', identityFile: 'k', port: 23, user: 'me' },
    ],
    ['ansible_ssh_common_args=-l me\nansible_user=ops', { user: 'ops' }],
    ['ansible_ssh_common_args=-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null', { hostKeyCheck: 'off' }],
    ['ansible_host_key_checking=false', { hostKeyCheck: 'off' }],
    ['ansible_ssh_common_args=-o IdentitiesOnly=yes', { note: 'ansible_ssh_common_args: identitiesonly is left out' }],
    ['ip=10.0.0.1\nansible_host={{ ip }}', { host: '10.0.0.1' }],
    ['a={{ a }}\nansible_user={{ a }}', { note: 'ansible_user is a template' }],
    ['ansible_private_key_file={{ inventory_dir }}/key', { identityFile: './key' }],
    ['ansible_host=a b', { leftOut: true, note: 'ansible_host is not a host name or an address' }],
  ];
  for (const [vars, expected] of cases)
    it(vars, () => {
      if ('leftOut' in expected)
        assert.throws(() => one(vars), {
          message: new RegExp(
            `found no host that is reached over SSH; wb1 is left out: ${(expected as AnsibleHost).note};`,
          ),
        });
      else assert.deepEqual(one(vars), expected);
    });

  it('text of ansible-core 2.19, vaulted values and tags', () => {
    const list = {
      _meta: {
        hostvars: { a: { ansible_host: { __ansible_unsafe: '10.0.0.1' }, ansible_user: { __ansible_vault: 'x' } } },
      },
    };
    assert.deepEqual(ansibleHosts(JSON.stringify({ ...list, w: { hosts: [{ __ansible_unsafe: 'a' }] } }), 'l').hosts, [
      { name: 'a', host: '10.0.0.1', note: 'ansible_user is encrypted with ansible-vault' },
    ]);
    const yaml =
      'all:\n  hosts:\n    a: !any { ansible_host: !unsafe 10.0.0.1, ansible_user: !vault "x", k: !!python/x [1] }\n';
    assert.deepEqual(ansibleHosts(yaml, 'h.yml').hosts, [
      { name: 'a', host: '10.0.0.1', note: 'ansible_user is encrypted with ansible-vault' },
    ]);
  });

  it('an account before the name of a host, also one with an @', () =>
    assert.deepEqual(ansibleHosts('ops@a\nops@example.com@b\n', 'h').hosts, [
      { name: 'a', user: 'ops' },
      { name: 'b', user: 'ops@example.com' },
    ]));

  it('of two groups on one level, the priority decides, then the name', () => {
    const text = '[a]\nwb1\n[b]\nwb1\n[a:vars]\nansible_user=a\nansible_port=1\n[b:vars]\nansible_user=b\n';
    assert.deepEqual(ansibleHosts(text, 'h').hosts, [{ name: 'wb1', user: 'b', port: 1 }]);
    assert.deepEqual(ansibleHosts(`${text}[a:vars]\nansible_group_priority=10\n`, 'h').hosts, [
      { name: 'wb1', user: 'a', port: 1 },
    ]);
  });

  it('one machine under two names is written once', () =>
    assert.deepEqual(ansibleHosts('a ansible_host=10.0.0.1\nb ansible_host=10.0.0.1\n', 'h').hosts, [
      { name: 'a', host: '10.0.0.1' },
      { name: 'b', leftOut: true, note: 'the same machine as a' },
    ]));

  it('group_vars and host_vars next to the file; what is encrypted is named', async () => {
    const file = save('site/hosts', '[w]\na ansible_user=inline\nb\n[w:vars]\nansible_port=1\nansible_user=group\n');
    save('site/group_vars/all/main.yml', 'ansible_port: 22022\n');
    save('site/group_vars/all/vault.yml', '$ANSIBLE_VAULT;1.1;AES256\n6231\n');
    save('site/group_vars/w.yml', '---\nansible_become: true\nansible_ssh_private_key_file: keys/id\n');
    save('site/host_vars/a.yaml', 'ansible_user: own\n');
    save('site/host_vars/b.json', '{"ansible_user": "b"}');
    const rest = { port: 22022, identityFile: 'keys/id', sudo: true };
    const { hosts, remarks } = readAnsible(file);
    assert.deepEqual(hosts, [
      { name: 'a', user: 'own', ...rest },
      { name: 'b', user: 'b', ...rest },
    ]);
    assert.match(remarks.join(), /group_vars\/all\/vault\.yml is encrypted with ansible-vault/);
    const { code } = await run(['init', 'sub.yml', '--from-ansible', file], {}, folder);
    assert.equal(code, 0);
    const { nodes } = loadInventory(join(folder, 'sub.yml'));
    assert.deepEqual(nodes[0]!.connection, {
      type: 'auto',
      hostKeyCheck: 'strict',
      user: 'own',
      port: 22022,
      identityFile: join(folder, 'keys/id'),
      sudo: true,
    });
  });
});

describe('what is not a list of hosts is refused with the way out', () => {
  const files: [string, string, RegExp][] = [
    ['aws_ec2.yml', 'plugin: amazon.aws.aws_ec2\nregions: [us-east-1]\n', /inventory plugin amazon\.aws\.aws_ec2/],
    ['constructed', 'plugin: constructed\nstrict: false\n', /inventory plugin constructed/],
    ['old.yml', 'regions:\n  - us-east-1\n', /found a list in regions/],
    ['old.yml', 'region: us-east-1\n', /found region without hosts, children or vars/],
    ['ec2.py', '#!/usr/bin/env python3\nprint("{}")\n', /a script/],
    ['ec2.py', 'import json\nprint(json.dumps({}))\n', /ec2\.py:1: expected key=value/],
    ['hosts.yml', '$ANSIBLE_VAULT;1.1;AES256\n6231\n', /encrypted with ansible-vault/],
    ['hosts.toml', '[all.hosts]\nwb1 = {}\n', /in TOML/],
    ['hosts', '[w.hosts.wb1]\nansible_host = "10.0.0.1"\n', /hosts:2: expected key=value/],
    ['hosts', '@all:\n  |--@w:\n', /hosts:1: expected the name of a host/],
    ['hosts', 'wb1 and wb2\n', /hosts:1: expected key=value/],
    ['hosts', 'wb1 a="x\n', /hosts:1: found a quote/],
    ['hosts', 'db\nwb[3:1]\n', /hosts:2: wb\[3:1\]: expected the smaller end/],
    ['hosts', 'wb[01:100]\n', /same number of digits/],
    ['hosts', 'db\n[w:hostss]\nwb1\n', /hosts:2: expected \[group\], \[group:children\] or \[group:vars\]/],
    ['hosts', '[w\nwb1\n', /hosts:1: expected \[group\]/],
    ['hosts', '[ w ]\nwb1\n', /hosts:1: expected \[group\]/],
    ['hosts', '[wb]\nwb1\n[web:vars]\nansible_user=x\n', /hosts:3: found no section \[web\]/],
    ['hosts', '[wb]\nwb1\n[all:children]\nweb\n', /hosts:4: found no section \[web\]/],
    ['hosts.yml', 'all: [\n', /hosts\.yml:2:/],
    ['all.yml', 'pg:\n  hosts:\n    - a\n', /found a list of hosts in pg, expected a mapping/],
    ['all.yml', 'pg:\n  children: [a]\na: { hosts: { b: } }\n', /found a list of children in pg, expected a mapping/],
  ];
  for (const [name, text, message] of files)
    it(`${name}: ${text.split('\n')[0]}`, () =>
      assert.throws(
        () => ansibleHosts(text, name),
        (e: Error) =>
          e instanceof UsageError && message.test(e.message) && /ansible-inventory -i .* --list/.test(e.message),
      ));
  it('a name with blanks is quoted for the shell', () =>
    assert.throws(() => ansibleHosts('#!/bin/sh', "my host's.sh"), /-i 'my host'\\''s\.sh' --list/));
  it('a folder, and ansible.cfg', () => {
    assert.throws(() => readAnsible(folder), /a folder of inventories; .*ansible-inventory -i/);
    assert.throws(() => ansibleHosts('[defaults]\ninventory = hosts\n', 'a.cfg'), /settings of Ansible/);
    assert.throws(() => ansibleHosts('x', 'dir/ansible.cfg'), /settings of Ansible/);
  });
});
