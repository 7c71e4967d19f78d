/** Key files, measured on the node: the bytes never leave it. A keyed digest, and the white space after it, allow equality to be judged. */

import { modeOf } from '../formats/stat.js';
import { defineCollector } from '../model/collector.js';
import type { Fact, Response } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import type { KeySpec } from '../products/settings.js';
import { rights } from '../remedy.js';
import { keyScript, LIMIT } from './keyScript.js';

export interface KeyMeasure {
  readonly spec: KeySpec;
  /** `missing`: nothing at the path. `inline`: the value stands in the configuration or the environment (`spec.inline`). */
  readonly state: 'present' | 'missing' | 'inline';
  /** `regular file`, `directory`, … after following links. */
  readonly type?: string;
  /** Permission bits. */
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
  readonly content?: KeyContent;
  /** Why the account that runs the server cannot read it, by owners and modes of the file and the folders above it. */
  readonly unreadableFor?: string;
  /** The folder that keeps the account out. */
  readonly closedFolder?: string;
  /** That folder has an access control list, which may let the account in. */
  readonly accessList?: true;
  /** A folder above it that everybody can write to: anybody can put another key in its place. */
  readonly openFolder?: string;
  /** Of a private key: whether the public key next to it belongs to it. */
  readonly pair?: 'yes' | 'no' | 'missing' | 'unknown';
  /** Keyed digest of the public key that openssl makes of it: one key, in whatever form it is written. */
  readonly publicDigest?: string;
}

export interface KeyContent {
  /** Bytes, a trailing newline included. */
  readonly length: number;
  /** Bytes without white space at the end; of a `spaceless` key without any. */
  readonly trimmed: number;
  readonly nulBytes: number;
  readonly distinct: number;
  /** `yaml`: what begins as a list, a quoted text or a remark; it may hold several keys. */
  readonly kind: 'empty' | 'hex' | 'uuid' | 'base64' | 'printable' | 'binary' | 'pem' | 'yaml';
  /** For `uuid`: its version, 1 to 8. */
  readonly uuidVersion?: number;
  /** Which well-known key this is. */
  readonly known?: 'example' | 'placeholder';
  /** More than the 64 KiB that were read. */
  readonly oversize: boolean;
  readonly digest: string;
  /** Of the bytes without white space at the end; of a `spaceless` key, without any; of one that is decoded, of what it decodes to. */
  readonly trimmedDigest: string;
}

function parseContent(line: string, digests: readonly string[]): KeyContent | undefined {
  const m = /^=content (\d+) (\d+) (\d+) (\d+) (\w+) (\d+) (\S+) ([\d.]*)$/.exec(line);
  const [trimmedDigest] = digests;
  if (!m || trimmedDigest === undefined) return undefined;
  const version = Number(m[6]);
  return {
    length: Number(m[1]),
    trimmed: Number(m[2]),
    nulBytes: Number(m[3]),
    distinct: Number(m[4]),
    kind: m[5] as KeyContent['kind'],
    ...(m[5] === 'uuid' && { uuidVersion: version }),
    ...(m[7] !== '-' && { known: m[7] as 'example' | 'placeholder' }),
    oversize: Number(m[1]) >= LIMIT,
    // white space at the end is not secret, and comes as it is; so does the way a key is written
    digest: `${trimmedDigest} ${m[5]} ${m[8]}`,
    trimmedDigest,
  };
}

/** The owner by the passwd of a node tree; undefined on a node itself. */
function treeOwner(lines: readonly string[], itself: Owned | undefined): string | undefined {
  const uid = lines.find((l) => l.startsWith('=owner '))?.slice(7) ?? (treeOf(lines) === '' ? undefined : itself?.uid);
  return uid === undefined ? undefined : (lines.find((l) => l.split(':')[2] === uid)?.split(':')[0] ?? uid);
}

interface Owned {
  readonly mode: number;
  readonly uid: string;
  readonly gid: string;
  readonly path: string;
}

const treeOf = (lines: readonly string[]): string => lines.find((l) => l.startsWith('=tree '))?.slice(6) ?? '';

/** The key, and the folders above it, nearest first; of a node tree as on the node. Earlier releases had `=file` for the key. */
function ownedIn(spec: KeySpec, lines: readonly string[]): { itself?: Owned; folders: Owned[] } {
  const tree = treeOf(lines);
  const all = lines.flatMap((l): Owned[] => {
    const m = /^=(?:up|file) ([0-9a-f]+) (\d+) (\d+) ?(.*)$/.exec(l);
    if (!m) return [];
    const path = tree !== '' && m[4]!.startsWith(`${tree}/`) ? m[4]!.slice(tree.length) : m[4]!;
    return [{ mode: modeOf(m[1]!).bits, uid: m[2]!, gid: m[3]!, path }];
  });
  const itself = all.find(({ path }) => path === spec.path || path === '');
  return { ...(itself && { itself }), folders: all.filter((o) => o !== itself) };
}

type Barrier = Pick<KeyMeasure, 'unreadableFor' | 'closedFolder' | 'accessList'>;

/** What keeps an account from the file; empty when nothing does, or its ids are not known. */
function barrier(spec: KeySpec, lines: readonly string[]): Barrier {
  const [uid, ...groups] = idsOf(lines);
  if (uid === undefined || uid === '0') return {};
  const { itself, folders } = ownedIn(spec, lines);
  const may = (o: Owned, bit: number): boolean =>
    (o.mode & (o.uid === uid ? bit << 6 : groups.includes(o.gid) ? bit << 3 : bit)) !== 0;
  const listed = (o: Owned): boolean => lines.includes(`=acl ${treeOf(lines)}${o.path}`);
  const closed = folders.filter((o) => !may(o, 1));
  const shut = closed.find((o) => !listed(o)) ?? closed[0];
  if (shut)
    return listed(shut)
      ? { closedFolder: shut.path, accessList: true }
      : { closedFolder: shut.path, unreadableFor: `${spec.reader} may not enter ${shut.path}` };
  return itself && !may(itself, 4)
    ? { unreadableFor: `${spec.reader}, which runs the server, cannot read the key` }
    : {};
}

/** The account's number, then its groups': what `id` prints, or a line of them in a node tree and in earlier evidence. */
function idsOf(lines: readonly string[]): string[] {
  const account = /^=account uid=(\d+)\D.* groups=(.*)$/.exec(lines.find((l) => l.startsWith('=account ')) ?? '');
  if (account) return [account[1]!, ...account[2]!.split(',').flatMap((g) => /^\d+/.exec(g) ?? [])];
  const ids = /^=ids (\d+)((?: \d+)*)$/.exec(lines.find((l) => l.startsWith('=ids ')) ?? '');
  return ids ? [ids[1]!, ...ids[2]!.split(' '), ...lines.flatMap((l) => /^=gid (\d+)$/.exec(l)?.[1] ?? [])] : [];
}

/** Written by everybody, and without the sticky bit that protects the files of others. */
const OPEN = 0o002;
const STICKY = 0o1000;

/** `refused`: what sudo said when it refused everything. */
function parseKey(spec: KeySpec, { stdout, stderr }: Response, refused?: string): Fact<KeyMeasure> {
  const lines = stdout.split('\n');
  const grant = `${rights(refused)}, or grant the audit account read access`;
  const [, from, to] = /^=link (.*)\n=to (.*)$/m.exec(stdout) ?? [];
  if (from !== undefined)
    return {
      unseen: `${from === spec.path ? '' : `${spec.path}: `}${from} is a link to ${to}, which is not followed in a tree of files: put a copy of the key there`,
    };
  if (lines.includes('=missing')) return { value: { spec, state: 'missing' } };
  // between colons, which no name of an account holds; blanks, or no size, in evidence of earlier releases
  const stat = /^=stat ([0-9a-f]+)(?::([^:\n]*):([^:\n]*)(?::\d+)?| (\S+) (\S+))$/m.exec(stdout);
  if (!stat)
    return {
      unseen: `${spec.path}: ${lines.find((l) => l.startsWith('=trouble '))?.slice(9) ?? (stderr.trim() || 'no answer')}; ${grant}`,
    };
  const { type, bits } = modeOf(stat[1]!);
  const content = parseContent(
    lines.find((l) => l.startsWith('=content ')) ?? '',
    lines.flatMap((l) => /^([0-9a-f]{64})\s+-$/.exec(l)?.[1] ?? []),
  );
  const regular = type === 'regular file';
  const { itself, folders } = ownedIn(spec, lines);
  const open = folders.find(({ mode }) => (mode & OPEN) !== 0 && (mode & STICKY) === 0)?.path;
  const publicDigest = /^=public ([0-9a-f]{64})/m.exec(stdout)?.[1];
  const pair = /^=pair (\w+)$/m.exec(stdout)?.[1] as KeyMeasure['pair'];
  if (regular && (!content || (content.length === 0 && stderr.trim() !== '')))
    return {
      unseen: `${spec.path} could not be read: ${
        stderr
          .trim()
          .split('\n')
          .find((line) => line !== refused) || 'sha256sum, od or awk is missing'
      }; ${grant}`,
    };
  return {
    value: {
      spec,
      state: 'present',
      type,
      mode: bits,
      // of a node tree the names are the tree's, not this machine's
      owner: treeOwner(lines, itself) ?? stat[2] ?? stat[4]!,
      group: stat[3] ?? stat[5]!,
      ...(content && regular && { content }),
      ...barrier(spec, lines),
      ...(open !== undefined && { openFolder: open }),
      ...(pair && { pair }),
      ...(publicDigest !== undefined && { publicDigest }),
    },
  };
}

function factOf(spec: KeySpec, answer: Response | undefined, refused?: string): Fact<KeyMeasure> {
  if (spec.lost !== undefined) return { unseen: `where the ${spec.name} is kept is not known: ${spec.lost}` };
  if (spec.inline !== undefined) return { value: { spec, state: 'inline' } };
  if (!answer) return { unseen: `${spec.path ?? spec.name} is not a path on the node (${spec.because})` };
  return parseKey(spec, answer, refused);
}

/** Every key the node's configuration names, by the key's name. */
export const keys = defineCollector<ReadonlyMap<string, Fact<KeyMeasure>>, Found>({
  id: 'keys',
  requests: (_, found) =>
    Object.fromEntries(
      settingsOf(found)
        .keys.filter((k) => k.path?.startsWith('/'))
        .map((k) => [k.name.replaceAll(' ', '-'), { first: keyScript(k, k.path!), script: '' }]),
    ),
  parse: (answers, _, found) =>
    new Map(
      settingsOf(found).keys.flatMap((spec): [string, Fact<KeyMeasure>][] => {
        const fact = factOf(spec, answers[spec.name.replaceAll(' ', '-')], found.refused);
        // a key that is perhaps not used may be unreadable
        return spec.doubt !== undefined && 'unseen' in fact ? [] : [[spec.name, fact]];
      }),
    ),
});
