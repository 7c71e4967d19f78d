/** The package as its users get it: packed, and unpacked into a folder's node_modules. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Puts what `npm pack` packs into `folder`/node_modules, its dependencies beside it, and its program into .bin. */
export function installPacked(folder: string): void {
  const place = mkdtempSync(join(tmpdir(), 'ha-preflight-pack-'));
  try {
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', place], { cwd: ROOT });
    const at = join(folder, 'node_modules', 'ha-preflight');
    mkdirSync(at, { recursive: true });
    execFileSync('sh', ['-c', `tar -xzf "$0"/*.tgz --strip-components 1 -C "$1"`, place, at]);
    symlinkSync(join(ROOT, 'node_modules'), join(at, 'node_modules'));
    mkdirSync(join(folder, 'node_modules', '.bin'));
    symlinkSync('../ha-preflight/dist/src/bin.js', join(folder, 'node_modules', '.bin', 'ha-preflight'));
    execFileSync('chmod', ['+x', join(at, 'dist/src/bin.js')]);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
