/** Inventories that are refused: title, text, and for each error its line:column and a part of its message. */

type Bad = readonly [title: string, text: string, ...errors: (readonly [position: string, fragment: string])[]];

const N = 'nodes: [a, b]\n';

export const BAD: readonly Bad[] = [
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
  ['tab in the indentation', 'connection:\n\ttype: ssh\n', ['2:1', 'tab in the indentation, expected spaces']],
  ['tag', 'nodes: !secret x\n', ['1:8', 'tags are not supported']],
  ['alias without anchor', 'nodes: *x\n', ['1:8', 'to no anchor']],
  ['alias to itself', 'nodes: &x [*x]\n', ['1:12', 'a value it is part of']],
  ['unclosed bracket', 'nodes: [a\n', ['2:1', 'not valid YAML']],
  ['unclosed secret', 'nodes: [a]\ndatabase: { url: "hunter2\n', ['3:1', 'not valid YAML']],
  ['secret on a broken line', 'connection: { sudo: { password: hunter2 ] }\n', ['1:41', 'not valid YAML']],
  ['merge of a list', 'nodes: [a]\ntime: { <<: [1] }\n', ['2:9', 'merge key']],
  ['deep nesting', `params: ${'['.repeat(80)}${']'.repeat(80)}\n`, ['1:68', 'deeper than 60 levels']],
  // shape
  ['a list at the top', '- a\n- b\n', ['1:1', 'found a list, expected a mapping']],
  ['a word', 'hello\n', ['1:1', 'found "hello", expected a mapping']],
  ['no nodes', 'cluster: x\n', ['1:1', 'the key "nodes" is missing']],
  ['nodes without value', 'nodes:\n', ['1:1', 'found nothing, expected a list']],
  ['empty nodes', 'nodes: []\n', ['1:8', 'found an empty list, expected at least one item']],
  ['nodes as words', 'nodes: a, b\n', ['1:8', 'found "a, b", expected a list']],
  [
    'number for a node',
    'nodes: [a, 42]\n',
    ['1:12', 'found the number 42, expected a string or a mapping with name, host or connection'],
  ],
  ['empty list item', 'nodes:\n  - a\n  -\n', ['2:3', 'found nothing, expected a string or a mapping']],
  ['version 2', `version: 2\n${N}`, ['1:10', 'found the number 2, expected 1']],
  ['version in quotes', `version: "1"\n${N}`, ['1:10', 'found "1", expected a whole number']],
  ['cluster a number', `cluster: 2024\n${N}`, ['1:10', 'found the number 2024, expected a string; put it in quotes']],
  [
    'unknown product',
    `product: workbnch\n${N}`,
    ['1:10', 'found "workbnch", expected workbench, connect, package-manager or deployr; did you mean "workbench"?'],
  ],
  ['old product name', `product: rspm\n${N}`, ['1:10', 'expected workbench, connect, package-manager or deployr']],
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
  ['duration without unit', `${N}time: { maxSkew: 2 }\n`, ['2:18', 'found the number 2, expected a string']],
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
  // secrets
  [
    'sudo password in the file',
    `${N}connection: { sudo: { password: hunter2 } }\n`,
    ['2:33', 'expected { env: NAME } or { file: PATH }'],
  ],
  ['passphrase in the file, a number', `${N}connection: { passphrase: 1234 }\n`, ['2:27', 'expected { env: NAME }']],
  ['database URL in the file', `${N}database:\n  url: postgres://u:hunter2@db/x\n`, ['3:8', 'expected { env: NAME }']],
  ['database URL in a block', `${N}database:\n  url: |\n    hunter2\n`, ['3:3', 'expected { env: NAME }']],
  ['database URLs in the file', `${N}database: { urls: { usage: hunter2 } }\n`, ['2:28', 'expected { env: NAME }']],
  [
    'secret under a misspelt key',
    `${N}database: { uri: "postgres://u:hunter2@db/x" }\n`,
    ['2:13', 'did you mean "url"?'],
  ],
  ['secret under a foreign key', `${N}connection: { password: hunter2 }\n`, ['2:15', 'found the unknown key']],
  [
    'secret as a key',
    `${N}connection: { passphrase: { hunter2 } }\n`,
    ['2:29', 'found an unknown key, expected { env: NAME }'],
  ],
  [
    'secret by an alias',
    `users: [&p hunter2]\n${N}connection: { passphrase: *p }\n`,
    ['3:27', 'expected { env: NAME }'],
  ],
  [
    'env and file',
    `${N}database: { url: { env: A, file: b } }\n`,
    ['2:18', 'found more than one key, expected exactly one of env and file'],
  ],
  [
    'neither env nor file',
    `${N}database: { url: {} }\n`,
    ['2:18', 'an empty mapping, expected exactly one of env and file'],
  ],
  [
    'env that is no name',
    `${N}database: { url: { env: "hunter2 x" } }\n`,
    ['2:25', 'found a string, expected something like PGURL'],
  ],
  [
    'key pair in the file',
    `${N}s3: { credentials: { accessKeyId: AKhunter2, secretAccessKey: hunter2 } }\n`,
    ['2:35', 'expected { env: NAME }'],
    ['2:63', 'expected { env: NAME }'],
  ],
  [
    'credentials as a word',
    `${N}s3: { credentials: hunter2 }\n`,
    ['2:20', 'expected default or anonymous or a mapping with accessKeyId and secretAccessKey'],
  ],
  [
    'half a key pair',
    `${N}s3: { credentials: { accessKeyId: { env: A } } }\n`,
    ['2:7', '"secretAccessKey" is missing'],
  ],
  [
    'password in the balancer URL',
    `${N}loadBalancer: { url: "https://u:hunter2@lb" }\n`,
    ['2:22', 'found a user or password in the URL'],
  ],
  // what must fit together
  [
    'duplicate names',
    'nodes:\n- { name: a, host: x }\n- { name: a, host: y }\n',
    ['3:11', 'found a second node named "a"'],
  ],
  ['duplicate hosts', 'nodes: [a.x, b.x, A.x.]\n', ['1:19', 'the same machine as node']],
  [
    'duplicate host and port',
    'nodes:\n- { name: a, host: x }\n- { name: b, host: x, connection: { port: 22 } }\n',
    ['3:3', 'same host, port and jump host'],
  ],
  ['one local root twice', 'connection: { type: local }\nnodes: [a, b]\n', ['2:12', 'same root']],
  ['node without name and host', 'nodes:\n- { connection: { port: 1 } }\n', ['2:3', 'without name and host']],
  ['host that is an option', 'nodes: [a, -oProxyCommand=x]\n', ['1:12', 'expected something like wb1.example.com']],
  [
    'host that is an option, long form',
    'nodes:\n- { name: a, host: -x }\n',
    ['2:20', 'expected something like wb1.example.com'],
  ],
  ['user that is an option', 'nodes: [-l@a]\n', ['1:9', 'expected something like']],
  ['port in the host', 'nodes:\n- { host: "a:2222" }\n', ['2:11', 'expected it as connection: { port: 2222 }']],
  ['port out of range in short form', 'nodes: ["a:99999"]\n', ['1:9', 'expected a port between 1 and 65535']],
  ['two hosts in one', 'nodes: ["a,b"]\n', ['1:9', 'expected [user@]host[:port]']],
  ['two jump hosts', `${N}connection: { jump: "a,b" }\n`, ['2:21', 'of one jump host']],
  ['reference to nobody', `${N}reference: c\n`, ['2:12', 'found "c", expected the name of a node']],
  ['reference by host', 'nodes: [wb1.example.com, wb2]\nreference: wb1.example.com\n', ['2:12', 'did you mean "wb1"?']],
  [
    'waiver for nobody',
    `nodes: [wb1, wb2]\nwaivers: [{ check: x, reason: y, until: 2027-01-01, nodes: [wb2, wb22] }]\n`,
    ['2:66', 'did you mean "wb2"?'],
  ],
  [
    'warnSkew above maxSkew',
    `${N}time: { warnSkew: 3s, maxSkew: 2s }\n`,
    ['2:19', 'found warnSkew 3s above maxSkew 2s'],
  ],
  [
    'maxSkew below the default warnSkew',
    `${N}time: { maxSkew: 100ms }\n`,
    ['2:18', 'found warnSkew 500ms above maxSkew 100ms'],
  ],
  [
    'argv without command',
    `${N}connection: { argv: [sh] }\n`,
    ['2:15', 'found argv for the connection type ssh, expected it only with type command'],
  ],
  [
    'command without argv',
    'nodes:\n- { name: a, connection: { type: command } }\n',
    ['2:3', 'of type command without argv'],
  ],
  [
    'user for a local node',
    'nodes:\n- { name: a, connection: { type: local, user: x } }\n',
    ['2:41', 'only with type ssh or openssh'],
  ],
  [
    'user for a local node, short form',
    'connection: { type: local }\nnodes: [ops@a]\n',
    ['2:9', 'found a user or port for the connection type local'],
  ],
  ['root over ssh', `${N}connection: { root: ./x }\n`, ['2:15', 'only with type local or command']],
  [
    'passphrase for openssh',
    `${N}connection: { type: openssh, passphrase: { env: X } }\n`,
    ['2:30', 'only with type ssh'],
  ],
  ['mode of another product', `${N}product: connect\nmode: load-balanced\n`, ['3:1', 'expected it only for deployr']],
  // several at once
  [
    'schema and meaning together, in order',
    'nodes: [a, a]\nprodct: x\nreference: c\ntime: { maxSkew: 1 }\n',
    ['1:12', 'same machine'],
    ['2:1', '"product"'],
    ['3:12', 'name of a node'],
    ['4:18', 'number 1'],
  ],
  [
    'one wrong place used twice is one error',
    'nodes:\n- { name: a, host: x, connection: &c { port: 0 } }\n- { name: b, host: y, connection: *c }\n',
    ['2:46', 'at least 1'],
  ],
];
