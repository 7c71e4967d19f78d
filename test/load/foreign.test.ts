/** Files that are not inventories: each is named for what it is, with what to do; an inventory with mistakes is not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { foreign } from '../../src/load/foreign.js';
import { parseYaml } from '../../src/load/yaml.js';

const said = (text: string): string | undefined => {
  const yaml = parseYaml(text);
  return foreign(yaml.text, 'problems' in yaml ? undefined : yaml.value, 'f');
};

const ANSIBLE = /an inventory of Ansible: .*init --from-ansible f$/;
const HOSTS = /a list of hosts: .*init --nodes a,b$/;
const FILES: readonly (readonly [text: string, words: RegExp | undefined])[] = [
  ['[web]\nwb1\nwb2\n', ANSIBLE],
  ['[web]\nwb1 x=1\n', ANSIBLE],
  ['[web:children]\na\n', ANSIBLE],
  ['[web:vars]\nx=1\n', ANSIBLE],
  ['[web.hosts]\nwb1 = {}\n', ANSIBLE],
  ['wb1 ansible_host=10.0.0.1\n', ANSIBLE],
  ['all:\n  hosts:\n    wb1:\n', ANSIBLE],
  ['prod:\n  children:\n    web:\n', ANSIBLE],
  ['all:\n  hosts:\n    wb1: { x: !vault y }\n', ANSIBLE],
  ['{"_meta":{"hostvars":{}}}', ANSIBLE],
  ['plugin: azure.azcollection.azure_rm\n', ANSIBLE],
  ['$ANSIBLE_VAULT;1.1;AES256\n6231\n', /ansible-vault encrypted: ansible-inventory -i f --list/],
  ['- hosts: all\n  roles: [x]\n', /a playbook of Ansible/],
  ['[defaults]\nremote_user = ops\n', /ansible\.cfg/],
  ['apiVersion: v1\nkind: Pod\n', /a manifest of Kubernetes: .*nodesFrom: \{ kubernetes/],
  ['version: "3"\nservices: { web: { image: x } }\n', /Docker Compose: .*type: command/],
  [
    '{"schema":"ha-preflight/report/1"}',
    /a report of ha-preflight: give it to ha-preflight report, diff, merge or fix f$/,
  ],
  ['{"schema":"ha-preflight/evidence/1","nodes":[]}', /evidence of ha-preflight: give it to ha-preflight judge f$/],
  ['{"schema":"ha-preflight/evidence/1"}', /evidence of ha-preflight: give it to ha-preflight judge f$/],
  ['wb1\nwb2\n', HOSTS],
  ['name,ip\nwb1,10.0.0.1\n', HOSTS],
  ['name\tip\nwb1\t10.0.0.1\n', HOSTS],
  ['10.0.0.1 wb1 wb1.x\n::1 wb2\n', HOSTS],
  ['- wb1\n- { name: wb2 }\n', HOSTS],
  ['[Server]\nDataDir = /x\n', undefined],
  ['[a]\nk=v\n', undefined],
  ['www-port=8787\n', undefined],
  ['Host wb1\n  HostName x\n', undefined],
  ['-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n', undefined],
  ['machine x login y password z\n', undefined],
  ['nodes: [wb1]\nplugin: x\n', undefined],
  ['nodesFrom: { command: [x] }\nall: { hosts: {} }\n', undefined],
  ['version: 1\ncluster: x\n', undefined],
  ['', undefined],
];

for (const [text, words] of FILES)
  test(JSON.stringify(text), () =>
    words === undefined ? assert.equal(said(text), undefined) : assert.match(said(text) ?? '', words),
  );
