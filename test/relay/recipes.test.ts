/** The scripts of docs/relay/ carry both rounds; the programs they call are stand-ins that say so in their names. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { fakeKubectl } from '../support/fakeKubectl.js';
import { missing } from '../support/missing.js';
import { run } from '../support/run.js';

const RECIPES = join(import.meta.dirname, '..', '..', '..', 'docs', 'relay');
const NODES = ['pm1', 'pm2', 'pm3'];
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-relay-recipes-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

/** As the txt outputter prints: the minion before each line. */
const SALT = `#!/bin/sh
# fake-salt: a stand-in of the tests, not Salt
[ "$1" = --out=txt ] && [ "$3 $4 $5" = "cmd.run sh -s python_shell=False" ] || { echo "Usage: salt $*" >&2; exit 1; }
case $6 in stdin=*) ;; *) exit 1;; esac
printf '%s\\n' "\${6#stdin=}" | sh -s | sed "s/^/$2: /"
`;
/** Output as the service keeps it: 24,000 characters, the end trimmed. */
const AWS = `#!/bin/sh
# fake-aws: a stand-in of the tests, not the AWS command line
dir=$(dirname "$0")
what=$2; shift 2
while [ $# -gt 0 ]; do case $1 in
  --instance-ids|--instance-id) node=$2; shift;;
  --parameters) parameters=$2; shift;;
  --command-id) command=$2; shift;;
esac; shift; done
case $what in
send-command) [ "$(printf '%s' "$parameters" | wc -c)" -lt 64000 ] || { echo 'too long' >&2; exit 254; }
  printf '%s' "$parameters" | jq -r '.commands[]' | sh 2>/dev/null | head -c 24000 >"$dir/out-$node"; echo "c-$node";;
wait) ;;
get-command-invocation) [ "$command" = "c-$node" ] || exit 254; printf '%s\\n' "$(cat "$dir/out-$node")";;
*) exit 252;;
esac
`;

before(async () => {
  assert.equal((await run(['demo', '--keep', at('demo')])).code, 0);
  fakeKubectl(
    at('bin'),
    NODES.map((name) => ({ name })),
  );
  for (const [name, script] of [
    ['salt', SALT],
    ['aws', AWS],
  ] as const) {
    writeFileSync(at(`bin/fake-${name}`), script);
    chmodSync(at(`bin/fake-${name}`), 0o755);
    symlinkSync(`fake-${name}`, at(`bin/${name}`));
  }
});

const CARRIERS: readonly (readonly [script: string, args: readonly string[], needs: readonly string[]])[] = [
  ['kubectl.sh', ['posit', 'workbench'], []],
  ['salt.sh', [], []],
  ['ssm.sh', [], ['jq', 'gzip', 'base64']],
];

describe('docs/relay/*.sh', { concurrency: false }, () => {
  for (const [script, args, needs] of CARRIERS)
    it(`${script}: both rounds, and every node is reached`, { skip: missing(...needs) }, async () => {
      const carry = (): void => {
        const ran = spawnSync(join(RECIPES, script), ['r', ...args], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` },
        });
        assert.deepEqual([ran.status, ran.stdout, ran.stderr], [0, '', '']);
      };
      const relay = ['relay', 'demo/ha-preflight.yml', '--dir', 'r', '--format', 'json'];
      assert.equal((await run(relay, {}, folder)).code, 0);
      carry();
      assert.equal((await run(relay, {}, folder)).code, 0);
      carry();
      const { code, out, err } = await run(relay, {}, folder);
      assert.equal(code, 1, err);
      assert.ok((JSON.parse(out) as Report).cluster.nodes.every(({ reached }) => reached));
      assert.ok(!existsSync(at('r')));
    });

  it('a program that fails leaves no answer, and names the node', () => {
    mkdirSync(at('x/ask/1'), { recursive: true });
    mkdirSync(at('x/answer/1'), { recursive: true });
    writeFileSync(at('x/ask/1/gone.sh'), 'echo never\n');
    const { stderr, status } = spawnSync(join(RECIPES, 'kubectl.sh'), ['x', 'posit', 'workbench'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` },
    });
    assert.equal(status, 0);
    assert.match(stderr, /pods "gone" not found\ngone: no answer\n/);
    assert.ok(!existsSync(at('x/answer/1/gone.out')));
  });

  it('shellcheck has nothing to say', { skip: missing('shellcheck') }, () => {
    const { status, stdout } = spawnSync('sh', ['-c', `cd "${RECIPES}" && shellcheck *.sh`], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  it('the page names each of them', () => {
    const page = readFileSync(join(RECIPES, 'README.md'), 'utf8');
    for (const name of ['ansible.yml', 'ssh.sh', ...CARRIERS.map(([script]) => script)])
      assert.ok(page.includes(`](${name})`), name);
  });
});
