/** Nodes that a program lists at run time: real scripts, the real ansible-inventory where it is installed, and a stand-in for kubectl. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadInventory, validateInventoryText } from '../../src/load/inventory.js';
import { outputOf } from '../../src/load/nodesFrom/program.js';
import { UsageError } from '../../src/model/inventory.js';
import { fakeKubectl } from '../support/fakeKubectl.js';
import { missing } from '../support/missing.js';
import { run } from '../support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-nodes-from-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

/** An inventory in a new folder with a script `list.sh` that prints this, or does that. */
function inventory(text: string, script = ''): string {
  const own = join(folder, String(made++));
  mkdirSync(own);
  writeFileSync(join(own, 'list.sh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  writeFileSync(join(own, 'prod.yml'), text);
  return join(own, 'prod.yml');
}

const BY_SCRIPT = 'version: 1\nnodesFrom: { command: [./list.sh] }\n';
const prints = (value: unknown): string => `cat <<'END'\n${JSON.stringify(value)}\nEND`;
const refused = (file: string): string => {
  try {
    loadInventory(file);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  return assert.fail('not refused');
};

describe('nodesFrom: command', () => {
  it('a JSON list: names, ranges, mappings; each node stands on the line of nodesFrom', () => {
    const file = inventory(
      'version: 1\ncluster: x\nconnection: { user: ops }\nnodesFrom: { command: [./list.sh] }\n',
      prints(['wb[1-2].example.com', { name: 'wb3', host: '10.0.0.3', connection: { port: 2222 } }]),
    );
    const { nodes, inventory: place } = loadInventory(file);
    assert.deepEqual(
      nodes.map(({ name, host, connection: { user, port } }) => [name, host, user, port]),
      [
        ['wb1', 'wb1.example.com', 'ops', undefined],
        ['wb2', 'wb2.example.com', 'ops', undefined],
        ['wb3', '10.0.0.3', 'ops', 2222],
      ],
    );
    assert.deepEqual(place!.nodes, [4, 4, 4]);
  });

  it('what ansible-inventory prints, with a group and its children; what is left out is said', () => {
    const file = inventory(
      'nodesFrom: { command: [./list.sh], group: posit }\n',
      prints({
        _meta: {
          hostvars: { wb1: { ansible_host: '10.0.0.1', ansible_port: 2222 }, win: { ansible_connection: 'winrm' } },
        },
        all: { children: ['posit', 'other'] },
        posit: { children: ['workbench'] },
        workbench: { hosts: ['wb1', 'wb2', 'win'] },
        other: { hosts: ['db1'] },
      }),
    );
    const notes: string[] = [];
    const { nodes } = loadInventory(file, (note) => notes.push(note));
    assert.deepEqual(
      nodes.map(({ name, host, connection: { port } }) => [name, host, port]),
      [
        ['wb1', '10.0.0.1', 2222],
        ['wb2', 'wb2', undefined],
      ],
    );
    assert.deepEqual(notes, [`${file}: win is left out: ansible_connection is winrm`]);
  });

  const WRONG: readonly (readonly [string, string, RegExp])[] = [
    [
      'fails',
      'echo "no credentials \u001b[31mhere" >&2; exit 3',
      /1: "\.\/list\.sh" failed with exit code 3: no credentials here$/m,
    ],
    ['lists nobody', 'echo "[]"; echo "warning: no source" >&2', /"\.\/list\.sh" lists no nodes: warning: no source$/],
    ['lists no host of Ansible', 'echo "{}"', /"\.\/list\.sh" lists no host that is reached over SSH/],
    ['prints nothing', ':', /"\.\/list\.sh" printed nothing, expected a JSON list/],
    ['prints text', 'echo wb1', /"\.\/list\.sh" did not print JSON/],
    ['prints a number', 'echo 42', /printed neither a list of nodes/],
    ['lists a number', 'echo "[\\"a\\", 42]"', /node 2 of the list: found the number 42/],
    ['lists a node twice', 'echo "[\\"a\\", \\"a\\"]"', /node 2 of the list: found the same machine as node "a" again/],
    ['lists an unknown field', 'echo "[{\\"hst\\": \\"a\\"}]"', /node 1 of the list: .*did you mean "host"/],
    ['ends by a signal', 'kill -9 $$', /was ended by SIGKILL/],
  ];
  for (const [what, script, message] of WRONG)
    it(`a program that ${what} is refused, at the place of nodesFrom`, () => {
      const error = refused(inventory(BY_SCRIPT, script));
      assert.match(error, /prod\.yml:2:1: /);
      assert.match(error.split('\n')[0]!.replace(/^.*?:2:1: /, '2:1: '), message);
      assert.ok(!error.includes('\u001b'));
    });

  it('a group that does not exist, a group of a list, a program that is not there', () => {
    const groups = prints({ web: { hosts: ['a'] } });
    assert.match(
      refused(inventory('nodesFrom: { command: [./list.sh], group: wb }\n', groups)),
      /no group wb; the groups are web/,
    );
    assert.match(
      refused(inventory('nodesFrom: { command: [./list.sh], group: wb }\n', 'echo "[1]"')),
      /group is only for/,
    );
    assert.match(refused(inventory('nodesFrom: { command: [no-such-lister] }\n')), /"no-such-lister" was not found/);
  });

  it('a program that never ends is ended', () => {
    const file = inventory(BY_SCRIPT, 'echo waiting >&2; exec sleep 60');
    assert.throws(() => outputOf(['./list.sh'], join(file, '..'), 300), /did not end within 0\.3 s: waiting/);
  });

  it('several inventories that name the same program run it once', () => {
    const file = inventory(BY_SCRIPT, `echo run >>runs; ${prints(['a', 'b'])}`);
    const other = join(file, '..', 'other.yml');
    writeFileSync(other, BY_SCRIPT);
    loadInventory(file);
    loadInventory(other);
    assert.equal(readFileSync(join(file, '..', 'runs'), 'utf8'), 'run\n');
  });

  it('a reference must be listed; a waiver for a node that is not is left to the report', () => {
    const waiver = 'waivers: [{ check: key-file, nodes: [gone], reason: r, until: 2999-01-01 }]\n';
    assert.deepEqual(loadInventory(inventory(BY_SCRIPT + waiver, prints(['a', 'b']))).waivers[0]!.nodes, ['gone']);
    assert.match(
      refused(inventory(`${BY_SCRIPT}reference: c\n`, prints(['a', 'b']))),
      /3:12: found "c", expected the name of a node/,
    );
  });

  it('with ansible-inventory itself', { skip: missing('ansible-inventory') }, () => {
    const file = inventory('nodesFrom: { command: [ansible-inventory, -i, hosts, --list], group: workbench }\n');
    writeFileSync(
      join(file, '..', 'hosts'),
      '[workbench:children]\neast\n[east]\nwb[1:3].example.com ansible_user=ops\n[db]\ndb1\n',
    );
    const { nodes } = loadInventory(file);
    assert.deepEqual(
      nodes.map(({ name, connection: { user } }) => [name, user]),
      [1, 2, 3].map((i) => [`wb${i}.example.com`, 'ops']),
    );
    assert.match(
      refused(inventory('nodesFrom: { command: [ansible-inventory, -i, hosts, --bogus] }\n')),
      /"ansible-inventory" failed with exit code 2: .*--bogus/,
    );
  });
});

describe('nodesFrom: the form', () => {
  const FORMS: readonly (readonly [string, string])[] = [
    ['nodes: [a]\nnodesFrom: { command: [x] }\n', 'x.yml:2:1: found nodes and nodesFrom, expected only one of them'],
    ['nodesFrom: {}\n', 'x.yml:1:1: the key "command" is missing, expected command or kubernetes'],
    [
      'nodesFrom: { command: [x], kubernetes: { namespace: a, selector: b } }\n',
      'x.yml:1:28: found command and kubernetes, expected only one of them',
    ],
    [
      'nodesFrom: { group: g, kubernetes: { namespace: a, selector: b } }\n',
      'x.yml:1:14: found group with kubernetes, expected it only with command',
    ],
    ['nodesFrom: { kubernetes: { selector: b } }\n', 'x.yml:1:14: the key "namespace" is missing'],
    [
      'nodesFrom: { command: ansible-inventory --list }\n',
      'x.yml:1:23: found "ansible-inventory --list", expected a list',
    ],
    ['nodesFrom: [a]\n', 'x.yml:1:12: found a list, expected a mapping'],
  ];
  for (const [text, message] of FORMS)
    it(text.trim(), () => {
      const errors = validateInventoryText(text, 'x.yml');
      assert.equal(errors.length, 1, errors.join('\n'));
      assert.ok(errors[0]!.startsWith(message), errors[0]);
    });

  it('validate runs nothing, and says so', async () => {
    const file = inventory(BY_SCRIPT, 'echo run >>runs');
    const { code, out } = await run(['validate', file]);
    assert.deepEqual(
      [code, out],
      [0, `${file}: valid; its nodes are listed by ./list.sh at run time, which was not asked\n`],
    );
    assert.throws(() => readFileSync(join(file, '..', 'runs')));
  });

  for (const command of ['check', 'gather', 'plan', 'settings'])
    it(`${command}: a program that fails is exit 2`, async () => {
      const file = inventory(BY_SCRIPT, 'echo "no credentials" >&2; exit 1');
      const { code, out, err } = await run([command, file]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /prod\.yml:2:1: "\.\/list\.sh" failed with exit code 1: no credentials/);
    });

  it('plan shows the nodes that were listed', async () => {
    const { code, out } = await run(['plan', inventory(BY_SCRIPT, prints(['wb1', 'wb2'])), '--only', 'clock-skew']);
    assert.equal(code, 0);
    assert.match(out, /^ {2}wb1: ssh wb1$/m);
  });
});

describe('nodesFrom: kubernetes, through a stand-in for kubectl', () => {
  const text = (more = ''): string =>
    `cluster: k\nnodesFrom: { kubernetes: { namespace: posit, selector: "app in (wb, x)"${more} } }\n`;
  const withPods = async (file: string, pods: Parameters<typeof fakeKubectl>[1], ...args: string[]) => {
    const bin = fakeKubectl(join(file, '..', 'bin'), pods);
    const ran = await run(args.length > 0 ? args : ['plan', file, '--only', 'clock-skew'], {
      PATH: `${bin}:${process.env.PATH}`,
    });
    return { ...ran, asked: (): string[] => readFileSync(join(bin, 'asked'), 'utf8').trim().split('\n') };
  };

  it('running and ready pods are the nodes; what is left out is said', async () => {
    const file = inventory(text(', context: prod'));
    const { code, out, err, asked } = await withPods(file, [
      { name: 'wb-0' },
      { name: 'wb-1', containers: ['istio-proxy', 'workbench'], defaultContainer: 'workbench' },
      { name: 'wb-2', ready: false, waiting: 'CrashLoopBackOff' },
      { name: 'wb-3', phase: 'Pending', waiting: 'ImagePullBackOff' },
      { name: 'wb-4', deleted: true },
      { name: 'wb-5', containers: ['a', 'b'] },
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /^ {2}wb-0: kubectl --context=prod --namespace=posit exec -i wb-0 -c workbench -- sh -s$/m);
    assert.match(out, /^ {2}wb-1: .* -c workbench /m);
    assert.doesNotMatch(out, /^ {2}wb-[2-5]/m);
    assert.deepEqual(
      err
        .trim()
        .split('\n')
        .map((line) => line.slice(file.length + 2)),
      [
        'pod wb-2 is not ready, CrashLoopBackOff; left out',
        'pod wb-3 is Pending, ImagePullBackOff; left out',
        'pod wb-4 is being deleted; left out',
        'pod wb-5 has the containers a, b: name one as container; left out',
      ],
    );
    assert.deepEqual(asked(), [
      '--context=prod --namespace=posit --request-timeout=30s get pods --selector=app in (wb, x) --output=json',
    ]);
  });

  it('nothing found, nothing ready, a server that refuses: exit 2 with the reason', async () => {
    for (const [pods, message] of [
      [[], /kubectl lists no pods with app in \(wb, x\) in namespace posit/],
      [[{ name: 'wb-0', ready: false }], /no pod .* that runs and is ready: wb-0 is not ready/],
      [[{ name: 'wb-0', containers: ['a'] }], /wb-0 has no container workbench, only a/],
    ] as const) {
      const { code, err } = await withPods(inventory(text(', container: workbench')), pods);
      assert.equal(code, 2);
      assert.match(err, message);
    }
    const file = inventory(text());
    const bin = fakeKubectl(join(file, '..', 'bin'), []);
    writeFileSync(join(bin, 'fail'), 'error: You must be logged in to the server (Unauthorized)\n');
    const { code, err } = await run(['check', file], { PATH: `${bin}:${process.env.PATH}` });
    assert.equal(code, 2);
    assert.match(err, /"kubectl" failed with exit code 1: error: You must be logged in/);
    writeFileSync(
      join(bin, 'fail'),
      'E1126 06:21:31.846260   19632 memcache.go:265] "Unhandled Error" err="..."\nThe connection to the server was refused\n',
    );
    assert.match(
      (await run(['check', file], { PATH: `${bin}:${process.env.PATH}` })).err,
      /exit code 1: The connection to the server was refused$/m,
    );
  });

  it('check asks through kubectl exec', async () => {
    const file = inventory(text());
    const { code, out, err, asked } = await withPods(
      file,
      [{ name: 'wb-0' }, { name: 'wb-1' }],
      'check',
      file,
      '--only',
      'clock-skew',
      '--format',
      'json',
    );
    assert.equal(err.replace(/^\[.*\n/gm, ''), '');
    // no product runs here: what matters is that both pods were reached
    const { cluster } = JSON.parse(out) as { cluster: { nodes: { reached: boolean; host: string }[] } };
    assert.deepEqual(
      cluster.nodes.map(({ reached, host }) => [reached, host]),
      [
        [true, '10.42.0.10'],
        [true, '10.42.0.11'],
      ],
      String(code),
    );
    assert.ok(asked().some((line) => /exec -i wb-1 -c workbench -- sh -s$/.test(line)));
  });
});
