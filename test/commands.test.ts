/** Every command that the README and docs/ show is run, in a folder with the files it names; what is not is listed, with the reason. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { missing } from './support/missing.js';
import { installPacked, ROOT } from './support/packed.js';
import { run } from './support/run.js';

const GENERATED = ['docs/checks.md', 'docs/requirements.md'];
const pages = ['README.md', 'bench/README.md', ...readdirSync(join(ROOT, 'docs')).map((f) => `docs/${f}`)].filter(
  (f) => f.endsWith('.md') && !GENERATED.includes(f),
);
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Not run, and why; scripts and files they name must exist all the same. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm ci\b/, 'installs packages'],
  [/^npm (test|run [\w:-]+)\b/, 'is this very run, or takes minutes'],
  [/^(DRY_RUN=1 )?docs\/recipes\//, 'test/recipes.test.ts'],
  [/^node --test dist\/test\/checks\/key-file/, 'part of npm test'],
  [/^(sudo )?npm install /, 'installs packages'],
  [/^npm pack$/, 'test/support/packed.ts'],
  [/^sudo apt install /, 'test/executable.test.ts'],
  [/^npm sbom /, 'test/supplyChain.test.ts'],
  [/^npm audit/, 'asks a registry'],
];

/** Hosts of the pages are nobody: a port where nothing listens. */
const here = (command: string): string =>
  command.replace(/\b[\w-]+(?:\.[\w-]+)*\.example\.com\b(?!:)/g, (host) => `127.0.0.${(host.charCodeAt(2) % 9) + 1}:9`);

const COMMAND = /^(?:[A-Z_]+=\S+ )*(?:sudo |npx |npm |node |jq |ha-preflight |docs\/recipes\/|git |podman |flock )/;

/** Lines of blocks that are commands, remarks cut off; `a && b` is two. */
function commandsOf(page: string): string[] {
  const text = read(page).replace(/^```(?!sh|console)\w*\n[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/^(?: {4}|)(\S.*)$/gm)]
    .map(([, line]) => line!)
    .filter((line) => COMMAND.test(line) && !line.startsWith('|'))
    .map((line) => line.replace(/ +# .*$/, ''))
    .flatMap((line) => (/\|/.test(line) ? [line] : line.split(' && ')));
}

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-commands-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

before(async () => {
  installPacked(folder);
  assert.equal((await run(['demo', '--keep', at('demo'), '--report', `json=${at('r.json')}`])).code, 0);
  const inventory = readFileSync(at('demo/ha-preflight.yml'), 'utf8').replaceAll('./pm', './demo/pm');
  for (const name of ['prod', 'ha-preflight'])
    writeFileSync(at(`${name}.yml`), inventory.replace('cluster: demo', 'cluster: wb-prod'));
  writeFileSync(at('ops.yml'), 'version: 1\nconnection: { user: ops, sudo: true }\nnodes: [wb1, wb2]\n');
  writeFileSync(at('hosts'), '[workbench]\nwb1\nwb2\n');
  assert.equal((await run(['gather', 'prod.yml', '-o', 'evidence.json', '-q'], {}, folder)).code, 0);
  assert.equal((await run(['check', 'prod.yml', '--report', 'json=old.json', '-q'], {}, folder)).code, 1);
  for (const name of ['new', 'before', 'preflight', 'report', 'a']) copyFileSync(at('old.json'), at(`${name}.json`));
  copyFileSync(at('r.json'), at('b.json'));
  for (const name of ['docs', '.github', 'dist']) symlinkSync(join(ROOT, name), at(name));
  // npm takes a second to find what lies beside it; test/guide.test.ts uses the real one
  writeFileSync(at('node_modules/.bin/npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
});

function shell(command: string): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', command], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', PATH: `${at('node_modules/.bin')}:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (d) => (out += d));
    child.stderr.on('data', (d) => (err += d));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('commands of the documentation', { concurrency: 2, skip: missing('bash', 'jq') }, () => {
  const all = pages.flatMap((page) => commandsOf(page).map((command) => [page, command] as const));
  it('are found', () => assert.ok(all.length > 25, all.map(([, c]) => c).join('\n')));
  const once = new Map(all.map(([page, command]) => [command, page]));
  let asked = 0;
  for (const [command, page] of once) {
    const reason = NOT_RUN.find(([pattern]) => pattern.test(command))?.[1];
    if (reason !== undefined) {
      it(`${page}: ${command} (not run: ${reason})`, () => {
        const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
        const [, script] = /^npm (?:run )?(test|(?<=run )[\w:-]+)/.exec(command) ?? [];
        if (script !== undefined) assert.ok(Object.hasOwn(scripts, script), `no script ${script}`);
        for (const file of command.match(/\b(docs|dist)\/\S+\.(sh|js)\b/g) ?? [])
          assert.ok(existsSync(join(ROOT, file)), file);
      });
      continue;
    }
    it(`${page}: ${command}`, async () => {
      // init never overwrites, and prod.yml is there
      const { code, out, err } = await shell(
        here(
          command
            .replace(/\binit prod\.yml/, `init ${once.size + asked++}.yml`)
            // the demo's nodes are file trees, where no sudo is
            .replace('prod.yml --sudoers', 'ops.yml --sudoers'),
        ),
      );
      // 1: the demo's cluster has faults, which is 2 for a plugin; 3: nobody is at those addresses
      const fine = /check --nodes/.test(command)
        ? [3]
        : /--format nagios/.test(command)
          ? [2]
          : /\b(check|bundle|merge|diff|judge)\b/.test(command)
            ? [0, 1]
            : [0];
      assert.ok(fine.includes(code!), `exit ${code}\n${out}\n${err}`);
      assert.doesNotMatch(err, /^(jq|bash|npm error|ha-preflight): /m);
    });
  }
});

describe('inventories of the documentation', () => {
  const inventories = [...pages, 'checks/README.md'].flatMap((page) =>
    [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]): [string, string] => [
      page,
      // a part of one, and a plugin that lies elsewhere
      (/^nodes(?:From)?:/m.test(text!) ? text! : `${text}nodes: [wb2]\n`).replace(/^plugins:.*\n/m, ''),
    ]),
  );
  it('are valid', async () => {
    assert.ok(inventories.length > 5);
    const files = inventories.map(([, text], i) => {
      writeFileSync(at(`doc${i}.yml`), text);
      return `doc${i}.yml`;
    });
    const { code, err } = await run(['validate', ...files], {}, folder);
    assert.equal(code, 0, `${err}\n${inventories.map(([page], i) => `doc${i}: ${page}`).join('\n')}`);
  });
});

describe('what the text of the documentation calls the program', () => {
  const helps = new Map<string, Promise<string>>();
  const help = (command: string): Promise<string> => {
    if (!helps.has(command))
      helps.set(
        command,
        run([...(command === '' ? [] : [command]), '--help']).then(({ out }) => out),
      );
    return helps.get(command)!;
  };
  const spans = [...pages, 'checks/README.md', 'CHANGELOG.md'].flatMap((page) =>
    [
      ...read(page)
        .replace(/^```[\s\S]*?^```$/gm, '')
        .matchAll(/`([^`\n]+)`/g),
    ].map(([, text]) => [page, text!] as const),
  );

  it('has commands and options that exist', async () => {
    const names = [...(await help('')).matchAll(/^ {2}ha-preflight ([a-z][\w-]*)/gm)].map(([, name]) => name!);
    assert.ok(names.length > 12, names.join());
    const everything = (await Promise.all(names.map(help))).join('\n');
    const wrong: string[] = [];
    for (const [page, text] of spans) {
      const [, ours] = /^(?:npx --no -- )?ha-preflight\b(.*)$/.exec(text) ?? [];
      const [, bare] = /^((?:[a-z-]+ )?--[a-z].*)$/.exec(text) ?? [];
      const words = (ours ?? bare ?? '').trim().split(/\s+/);
      const named = names.includes(words[0]!) ? words[0]! : undefined;
      if (ours === undefined && (bare === undefined || (named === undefined && !text.startsWith('--')))) continue;
      if (ours !== undefined && words[0] !== '' && named === undefined && !/^(-|\/|.*\.ya?ml$)/.test(words[0]!))
        wrong.push(`${page}: ${text}: no command ${words[0]}`);
      const known = named === undefined ? everything : await help(named);
      for (const option of words
        .filter((w) => /^--[a-z]/.test(w))
        .map((w) => w.replace(/=.*/, '').replace(/[^\w-]+$/, '')))
        if (!new RegExp(`${option}(?![\\w-])`).test(known)) wrong.push(`${page}: ${text}: no option ${option}`);
    }
    assert.deepEqual(wrong, []);
  });
});
