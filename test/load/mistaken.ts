/** Inventories whose form is right: secrets in the file itself, and parts that do not fit together. */

import type { Bad } from './malformed.js';

const N = 'nodes: [a, b]\n';

export const MISTAKEN: readonly Bad[] = [
  // secrets
  [
    'sudo password in the file',
    `${N}connection: { sudo: { password: hunter2 } }\n`,
    ['2:33', 'expected { env: NAME } or { file: PATH }'],
  ],
  [
    'password of a node',
    'nodes: ["ops:hunter2@a", b]\n',
    ['1:9', 'found "ops:****@a", expected no password: log in by key'],
  ],
  [
    'an address with a number too large',
    'nodes: [10.0.0.300, b]\n',
    ['1:9', 'found "10.0.0.300", expected numbers up to 255'],
  ],
  [
    'a host with a number too large',
    'nodes: [{ name: a, host: 10.0.0.300 }, b]\n',
    ['1:26', 'found "10.0.0.300", expected numbers up to 255'],
  ],
  ['a URL of ssh', 'nodes: ["ssh://ops@a:22", b]\n', ['1:9', 'expected [user@]host[:port], without ssh://']],
  ['password of a node, with an @', 'nodes: ["ops:hunt@er2@a", b]\n', ['1:9', 'found "ops:****@a"']],
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
  [
    'token in the balancer URL',
    `${N}loadBalancer: { url: "https://lb/health?a=1&access_token=hunter2" }\n`,
    ['2:22', 'found a value of "access_token" in the URL'],
  ],
  ['one address in two spellings', 'nodes: ["::1", "0:0::1"]\n', ['1:16', 'the same machine as node "::1"']],
  ['an IPv4 address as IPv6 has it', 'nodes: [192.0.2.1, "::ffff:192.0.2.1"]\n', ['1:20', 'the same machine']],
  ['one IPv4 address in two spellings', 'nodes: [10.0.0.1, 10.0.0.01]\n', ['1:19', 'the same machine']],
  [
    'one folder in two spellings',
    'connection: { type: local }\nnodes: [{ name: a, connection: { root: ./x } }, { name: b, connection: { root: x// } }]\n',
    ['2:49', 'the same machine as node "a" again, expected every node once (same root)'],
  ],
  ['a node as a URL', 'nodes: ["ssh://a", b]\n', ['1:9', 'found "ssh://a", expected [user@]host[:port]']],
  ['brackets that do not close', 'nodes: ["wb[1-3", b]\n', ['1:9', 'brackets in pairs, such as wb[1-3]']],
  ['a port in quotes', `${N}connection: { port: "22" }\n`, ['2:21', 'expected a whole number; leave out the quotes']],
  ['zero-width space in a name', 'nodes: ["a\u200b", b]\n', ['1:9', 'which has the character U+200B']],
  ['typographic quotes', 'nodes: [“a”, b]\n', ['1:9', 'which has the character U+201C']],
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
    ['2:15', 'found argv for the connection type auto, expected it only with type command'],
  ],
  [
    'command without argv',
    'nodes:\n- { name: a, connection: { type: command } }\n',
    ['2:3', 'of type command without argv'],
  ],
  [
    'two commands without argv, which are not one machine',
    'connection: { type: command }\nnodes: [a, b]\n',
    ['2:9', 'of type command without argv'],
    ['2:12', 'of type command without argv'],
  ],
  [
    'user for a local node',
    'nodes:\n- { name: a, connection: { type: local, user: x } }\n',
    ['2:41', 'only with type auto or ssh or openssh'],
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
    ['2:30', 'only with type auto or ssh'],
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
