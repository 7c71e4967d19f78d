/** The command that reaches a node: what of it is shown and saved. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { shownArgv } from '../src/model/argv.js';
import { run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-argv-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('shownArgv', () => {
  const cases: [string[], string[]][] = [
    [
      ['kubectl', '--token=abc', 'exec', '-i', 'pod', '--', 'sh', '-s'],
      ['kubectl', '--token=****', 'exec', '-i', 'pod', '--', 'sh', '-s'],
    ],
    [
      ['kubectl', '--token', 'abc', 'exec'],
      ['kubectl', '--token', '****', 'exec'],
    ],
    [
      ['sshpass', '-p', 'abc', 'ssh', '-p', '22', 'wb1'],
      ['sshpass', '-p', '****', 'ssh', '-p', '22', 'wb1'],
    ],
    [
      ['/usr/bin/sshpass', '-pabc', 'ssh', '-p22'],
      ['/usr/bin/sshpass', '-p****', 'ssh', '-p22'],
    ],
    [
      ['env', 'KUBE_TOKEN=abc', 'PATH=/bin', 'sh'],
      ['env', 'KUBE_TOKEN=****', 'PATH=/bin', 'sh'],
    ],
    [
      ['sh', '-c', `x --password abc --secret='a b' exec sh; curl -H "Authorization: Bearer abc"`],
      ['sh', '-c', 'x --password **** --secret=**** exec sh; curl -H "Authorization: Bearer ****"'],
    ],
    [
      ['x', 'https://me:abc@host/', 'https://me@host/'],
      ['x', 'https://me:****@host/', 'https://me@host/'],
    ],
  ];
  for (const [argv, expected] of cases) it(expected.join(' '), () => assert.deepEqual(shownArgv(argv), expected));
  const plain = [
    ['ssh', '-S', '/run/socket', 'host', 'sh', '-s'],
    ['kubectl', 'exec', '-i', 'token-service-0', '-n', 'secrets', '-c', 'main', '--', 'sh', '-s'],
    ['x', '--token-file', '/run/token', '--password-stdin', 'sh'],
    ['x', '--token-file=/run/token', '--password', '--verbose'],
    ['x', 'host:22', 'http://host:80/a@b'],
  ];
  for (const argv of plain) it(`as it is: ${argv.join(' ')}`, () => assert.deepEqual(shownArgv(argv), argv));
});

describe('a secret in the command of a node', () => {
  const inventory = join(folder, 'i.yml');
  writeFileSync(
    inventory,
    `version: 1
cluster: c
nodes:
  - { name: a, connection: { type: command, argv: [env, KUBE_TOKEN=Zq9first, sh, -s] } }
  - { name: b, connection: { type: command, argv: [no-such-program, --token, Zq9second] } }
`,
  );
  it('is used, and is in no plan, evidence, report or bundle', async () => {
    const [evidence, json, bundle] = ['e.json', 'r.json', 'b.tgz'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const ran = [
      await run(['plan', inventory]),
      await run(['gather', inventory, '-o', evidence]),
      await run(['judge', evidence, '--report', `json=${json}`]),
      await run(['bundle', inventory, '-o', bundle]),
    ];
    const texts = [
      ...ran.flatMap(({ out, err }) => [out, err]),
      readFileSync(evidence, 'utf8'),
      readFileSync(json, 'utf8'),
      gunzipSync(readFileSync(bundle)).toString(),
    ];
    for (const text of texts) assert.doesNotMatch(text, /Zq9/);
    assert.match(ran[0]!.out, /KUBE_TOKEN=\*{4} sh -s/);
    const nodes = (JSON.parse(readFileSync(evidence, 'utf8')) as { nodes: Record<string, { reached: boolean }> }).nodes;
    assert.deepEqual([nodes.a!.reached, nodes.b!.reached], [true, false]);
  });
});
