/** A folder with the demo's cluster, and shell steps run in it as a pipeline would. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { BIN, run } from './run.js';

export const ROOT = join(import.meta.dirname, '..', '..', '..');
export const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
export const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-ci-'));
after(() => rmSync(folder, { recursive: true, force: true }));
export const at = (...name: string[]): string => join(folder, ...name);

/** npm that has installed already, and npx that finds our program. */
before(async () => {
  mkdirSync(at('bin'));
  const programs: [string, string][] = [
    ['npm', `case "$*" in *" ci"*|ci*) exit 0 ;; esac\necho "npm $*" >&2; exit 9`],
    ['npx', `[ "$1 $2 $3" = '--no -- ha-preflight' ] || exit 9\nshift 3\nexec "${process.execPath}" "${BIN}" "$@"`],
    ['ha-preflight', `exec "${process.execPath}" "${BIN}" "$@"`],
  ];
  for (const [name, script] of programs) {
    writeFileSync(at('bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(at('bin', name), 0o755);
  }
  assert.equal((await run(['demo', '--keep', at('demo')])).code, 0);
  writeFileSync(at('demo', 'bad.yml'), 'version: 1\nclutser: x\nnodes: [a]\n');
});

export interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}

export const bash = (script: string, env: Record<string, string>) =>
  // as GitHub starts `shell: bash`
  spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: at('demo'),
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', PATH: `${at('bin')}:${process.env.PATH}`, ...env },
  });

/** Every `run:` of a workflow or action, wherever it stands. */
export function scripts(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'run' && typeof inner === 'string' ? [inner] : scripts(inner),
  );
}
