/** Inventories that are refused for their form: title, text, and for each error its line:column and a part of its message. */

export type Bad = readonly [title: string, text: string, ...errors: (readonly [position: string, fragment: string])[]];

const N = 'nodes: [a, b]\n';

export const MALFORMED: readonly Bad[] = [
  // YAML itself
  ['empty file', '', ['1:1', 'the file is empty']],
  ['only comments', '# nothing\n', ['1:1', 'the file is empty']],
  ['two documents', `${N}---\nnodes: [c]\n`, ['2:1', 'second document']],
  [
    'duplicate key',
    `${N}cluster: x\nnodes: [c]\n`,
    ['3:1', 'the key "nodes" again, expected it once; it is also on line 1'],
  ],
  [
    'duplicate keys, both told',
    '{ nodes: [a], nodes: [b], cluster: x,\n  cluster: y }',
    ['1:15', '"nodes" again'],
    ['2:3', '"cluster" again'],
  ],
  ['no colon behind a secret', 'connection:\n  password hunter2\n  sudo: true\n', ['2:3', 'a line without a colon']],
  ['a secret on a line alone', 'nodes: [a]\nMIIhunter2aaaaaaaaaaaaaaaa\n', ['2:1', 'a line without a colon']],
  ['no colon', 'version: 1\nnodes [a]\n', ['2:1', 'a line without a colon']],
  ['no colon in the first line', 'version 1\nnodes: [a]\n', ['1:1', 'a line without a colon']],
  ['no colon in a mapping', 'connection:\n  user ops\n  sudo: true\n', ['2:3', 'a line without a colon']],
  ['no blank behind the colon', 'product:connect\nnodes: [a]\n', ['1:1', 'a colon and a blank behind its key']],
  ['tab in the indentation', 'connection:\n\ttype: ssh\n', ['2:1', 'tab in the indentation, expected spaces']],
  ['tag', 'nodes: !secret x\n', ['1:8', 'tags are not supported']],
  ['alias without anchor', 'nodes: *x\n', ['1:8', 'without an anchor']],
  ['alias to itself', 'nodes: &x [*x]\n', ['1:12', 'inside the value that it stands for']],
  ['unclosed bracket', 'nodes: [a\n', ['2:1', 'before a quote or bracket was closed']],
  ['unclosed secret', 'nodes: [a]\ndatabase: { url: "hunter2\n', ['3:1', 'before a quote or bracket was closed']],
  ['secret on a broken line', 'connection: { sudo: { password: hunter2 ] }\n', ['1:41', 'not valid YAML']],
  ['merge of a list', 'nodes: [a]\ntime: { <<: [1] }\n', ['2:9', 'merge key']],
  ['deep nesting', `params: ${'['.repeat(80)}${']'.repeat(80)}\n`, ['1:68', 'deeper than 60 levels']],
  ['no-break space in the indentation', 'nodes:\n\u00a0 - a\n', ['2:1', 'a blank that is not an ordinary one']],
  ['no-break space behind a colon', 'cluster: x\nnodes:\u00a0[a]\n', ['2:7', 'a blank that is not an ordinary one']],
  ['template', 'cluster: x\nnodes: {{ nodes }}\n', ['2:8', 'found a template ({{ … }})']],
  // shape
  ['a list at the top', '- 1\n- 2\n', ['1:1', 'found a list, expected a mapping']],
  ['text that may be secret', 'hunter2 hunter2\n', ['1:1', 'found a string, expected a mapping']],
  ['a private key', '-----BEGIN PRIVATE KEY-----\nhunter2\n', ['1:1', 'found a string, expected a mapping']],
  ...['node', 'hosts', 'Servers'].map(
    (key): Bad => [
      `${key} for nodes`,
      `cluster: x\n${key}: [a]\n`,
      ['1:1', 'the key "nodes" is missing'],
      ['2:1', 'did you mean "nodes"?'],
    ],
  ),
  ['no nodes', 'cluster: x\n', ['1:1', 'the key "nodes" is missing']],
  ['nodes without value', 'nodes:\n', ['1:1', 'found nothing, expected a list']],
  ['empty nodes', 'nodes: []\n', ['1:8', 'found an empty list, expected at least one item']],
  ['nodes as words', 'nodes: a, b\n', ['1:8', 'found "a, b", expected a list']],
  [
    'number for a node',
    'nodes: [a, 42]\n',
    ['1:12', 'found the number 42, expected a string or a mapping with name, host, connection or grid'],
  ],
  ['empty list item', 'nodes:\n  - a\n  -\n', ['2:3', 'found nothing, expected a string or a mapping']],
  ['version 2', `version: 2\n${N}`, ['1:10', 'found the number 2, expected 1']],
  ['version in quotes', `version: "1"\n${N}`, ['1:10', 'found "1", expected a whole number']],
  ['cluster a number', `cluster: 2024\n${N}`, ['1:10', 'found the number 2024, expected a string; put it in quotes']],
  [
    'unknown product',
    `product: workbnch\n${N}`,
    ['1:10', 'found "workbnch", expected connect, deployr, package-manager or workbench; did you mean "workbench"?'],
  ],
  ['old product name', `product: rspm\n${N}`, ['1:10', 'expected connect, deployr, package-manager or workbench']],
  // unknown keys
  ['misspelt key', `${N}waiver: []\n`, ['2:1', 'found the unknown key "waiver"; did you mean "waivers"?']],
  ['letters swapped', `${N}conneciton: { type: ssh }\n`, ['2:1', 'did you mean "connection"?']],
  ['another case', `${N}connection: { identityfile: x }\n`, ['2:15', 'did you mean "identityFile"?']],
  ['another style', `${N}connection: { known_hosts: x }\n`, ['2:15', 'did you mean "knownHosts"?']],
  ['key at the wrong level', `${N}sudo: true\n`, ['2:1', 'found the unknown key "sudo", expected it below connection']],
  ['key nobody knows', `${N}storage: { zzz: 1 }\n`, ['2:12', 'found the unknown key "zzz", expected homes or paths']],
  [
    'unknown key in a node',
    'nodes:\n  - name: a\n    hst: x\n',
    ['3:5', 'found the unknown key "hst"; did you mean "host"?'],
  ],
  [
    'unknown key that came by an alias',
    'connection: &c { type: ssh, prot: 22 }\nnodes:\n- { name: a, connection: *c }\n',
    ['1:29', 'did you mean "port"?'],
  ],
  [
    'unknown key that came by a merge',
    'nodes:\n- { name: a, connection: &c { usr: x } }\n- { name: b, connection: { <<: *c } }\n',
    ['2:31', 'did you mean "user"?'],
  ],
  ['key with a slash', `${N}params: { a/b: 1 }\n`, ['2:16', 'found the number 1, expected a mapping']],
  // values
  ['port too large', `${N}connection: { port: 70000 }\n`, ['2:21', 'found the number 70000, expected at most 65535']],
  ['port zero', `${N}connection: { port: 0 }\n`, ['2:21', 'at least 1']],
  ['port in quotes', `${N}connection: { port: "22" }\n`, ['2:21', 'found "22", expected a whole number']],
  [
    'sudo as a word',
    `${N}connection: { sudo: yes }\n`,
    ['2:21', 'found "yes", expected true or false or a mapping with password'],
  ],
  [
    'duration without unit',
    `${N}time: { maxSkew: 2 }\n`,
    ['2:18', 'found the number 2, expected something like 500ms, 2s or 5m'],
  ],
  [
    'duration in words',
    `${N}time: { maxSkew: 2 sec }\n`,
    ['2:18', 'found "2 sec", expected something like 500ms, 2s or 5m'],
  ],
  [
    'relative shared path',
    `${N}storage: { paths: [shared] }\n`,
    ['2:20', 'found "shared", expected something like /shared'],
  ],
  ['nodes as numbers', 'nodes: [1e3, b]\n', ['1:9', 'put it in quotes']],
  ['a boolean in quotes', `${N}connection: { sudo: "true" }\n`, ['2:21', 'leave out the quotes']],
  ['user as a number', `${N}users: [1001]\n`, ['2:9', 'put it in quotes']],
  [
    "somebody else's home",
    `${N}connection: { identityFile: ~ops/key }\n`,
    ['2:29', 'expected something like ./file, ~/file'],
  ],
  [
    'balancer without scheme',
    `${N}loadBalancer: { url: rstudio.example.com }\n`,
    ['2:22', 'expected something like https://rstudio.example.com'],
  ],
  ['balancer port', `${N}loadBalancer: { url: "http://a:99999" }\n`, ['2:22', 'expected a URL with a host']],
  ['params that are no mapping', `${N}params: { clock-skew: 5 }\n`, ['2:23', 'found the number 5, expected a mapping']],
  [
    'argv with a number',
    'nodes:\n- name: a\n  connection: { type: command, argv: [ssh, -p, 22] }\n',
    ['3:48', 'found the number 22, expected a string; put it in quotes'],
  ],
  [
    'until is no date',
    `${N}waivers: [{ check: x, reason: y, until: soon }]\n`,
    ['2:41', 'found "soon", expected something like 2027-03-31'],
  ],
  [
    'until does not exist',
    `${N}waivers: [{ check: x, reason: y, until: 2027-02-29 }]\n`,
    ['2:41', 'expected a day that exists'],
  ],
  [
    'waiver without reason and until',
    `${N}waivers:\n  - check: x\n`,
    ['3:5', '"reason" is missing'],
    ['3:5', '"until" is missing'],
  ],
  [
    'waiver with an empty reason',
    `${N}waivers: [{ check: x, reason: " ", until: 2027-01-01 }]\n`,
    ['2:31', 'found " ", expected something like moved in March'],
  ],
];
