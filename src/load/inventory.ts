/** From an inventory file, or a list of nodes, to the cluster that is audited. Nothing is contacted here. */

import { homedir } from 'node:os';
import { basename, dirname, extname, resolve } from 'node:path';

import {
  bareCluster,
  type Cluster,
  type Connection,
  type Node,
  type Product,
  type SecretSource,
  UsageError,
  type Waiver,
} from '../model/inventory.js';
import schema from '../schema/inventory.schema.json' with { type: 'json' };
import { type DraftNode, draftNodes } from './nodes.js';
import { lister } from './nodesFrom/nodesFrom.js';
import { expandRanges } from './ranges.js';
import { milliseconds, type RawInventory } from './raw.js';
import { readText } from './read.js';
import { checkRules } from './rules.js';
import { validate } from './validate.js';
import { read, type Show, type Sound, withNodes } from './written.js';
import { MAX_FILE_BYTES } from './yaml.js';

/** Paths of an inventory are relative to its own folder. */
type Resolve = (path: string) => string;

const resolver =
  (folder: string): Resolve =>
  (path) =>
    resolve(folder, path.replace(/^~(?=\/|$)/, homedir()));

const secret = (source: SecretSource, at: Resolve): SecretSource =>
  'env' in source ? source : { file: at(source.file) };

function connection(draft: DraftNode['connection'], at: Resolve): Connection {
  const { identityFile, knownHosts, configFile, root, passphrase, sudo, ...rest } = draft;
  return {
    ...(rest as Connection),
    ...(identityFile === undefined ? {} : { identityFile: at(identityFile) }),
    ...(passphrase === undefined ? {} : { passphrase: secret(passphrase, at) }),
    ...(knownHosts === undefined ? {} : { knownHosts: at(knownHosts) }),
    ...(configFile === undefined ? {} : { configFile: at(configFile) }),
    ...(root === undefined ? {} : { root: at(root) }),
    ...(sudo === undefined ? {} : { sudo: typeof sudo === 'object' ? { password: secret(sudo.password, at) } : sudo }),
  };
}

const node = ({ name, host, connection: draft, grid }: DraftNode, at: Resolve): Node => ({
  name,
  host,
  connection: connection(draft, at),
  ...(grid && { grid }),
});

function s3(raw: NonNullable<RawInventory['s3']>, at: Resolve): NonNullable<Cluster['s3']> {
  const { credentials = 'default', endpoint, region, forcePathStyle } = raw;
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(forcePathStyle === undefined ? {} : { forcePathStyle }),
    credentials:
      typeof credentials === 'string'
        ? credentials
        : {
            accessKeyId: secret(credentials.accessKeyId, at),
            secretAccessKey: secret(credentials.secretAccessKey, at),
          },
  };
}

function database(raw: NonNullable<RawInventory['database']>, at: Resolve): Cluster['database'] {
  const urls = Object.entries(raw.urls ?? {}).map(([name, source]) => [name, secret(source!, at)] as const);
  return {
    ...(raw.url === undefined ? {} : { url: secret(raw.url, at) }),
    ...(raw.urls === undefined ? {} : { urls: Object.fromEntries(urls) }),
    ...(raw.hosts !== undefined && { hosts: raw.hosts.filter((host) => host !== undefined) }),
    ...(raw.cleartext === true && { cleartext: true }),
    ...(raw.fromNodes === true && { fromNodes: true }),
  };
}

/** A folder when it looks like a path, else a package's name. */
const plugin = (name: string, at: Resolve): string => (/^(\.{0,2}\/|~\/|\.{1,2}$)/.test(name) ? at(name) : name);

/** Nodes may be named as reports name them, with ranges. */
function waiver(written: Waiver): Waiver {
  const nodes = written.nodes?.flatMap((name) => {
    const names = expandRanges(name);
    return 'wrong' in names ? [] : names;
  });
  return { ...written, ...(nodes && { nodes }) };
}

function build(raw: RawInventory, name: string, at: Resolve): Omit<Cluster, 'file'> {
  return {
    name: raw.cluster ?? name,
    ...(raw.product === undefined ? {} : { product: raw.product }),
    ...(raw.mode === undefined ? {} : { mode: raw.mode }),
    nodes: draftNodes(raw).map((draft) => node(draft, at)),
    ...(raw.reference === undefined ? {} : { reference: raw.reference }),
    time: {
      servers: (raw.time?.servers ?? []) as readonly string[],
      warnSkewMs: milliseconds(raw.time?.warnSkew ?? '500ms'),
      maxSkewMs: milliseconds(raw.time?.maxSkew ?? '2s'),
    },
    database: database(raw.database ?? {}, at),
    storage: {
      paths: raw.storage?.paths ?? [],
      ...(raw.storage?.homes === undefined ? {} : { homes: raw.storage.homes }),
    },
    users: raw.users ?? [],
    ...(raw.s3 === undefined ? {} : { s3: s3(raw.s3, at) }),
    loadBalancer: raw.loadBalancer?.url === undefined ? {} : { url: raw.loadBalancer.url },
    params: raw.params ?? {},
    waivers: ((raw.waivers ?? []) as Cluster['waivers']).map(waiver),
    plugins: (raw.plugins ?? []).map((item) => plugin(item, at)),
  };
}

/**
 * An inventory file for `validate`: its cluster, or what is wrong with it, and as much of the cluster as checks can be
 * looked up for all the same.
 */
export function inspectInventory(path: string): {
  readonly errors: readonly string[];
  readonly cluster?: Cluster;
  /** What is found out about the cluster later, with its place. */
  readonly show?: Show;
  /** The program that would list the nodes: it is not run. */
  readonly lister?: string;
} {
  const result = read(readText(path, MAX_FILE_BYTES, path), path);
  if (!('errors' in result)) {
    const { raw, show } = result;
    const { nodesFrom } = raw;
    return { errors: [], cluster: clusterOf(path, result), show, ...(nodesFrom && { lister: lister(nodesFrom) }) };
  }
  const { sound, show } = result;
  if (!sound || !show || typeof sound !== 'object') return { errors: result.errors };
  const texts = (list: unknown): string[] => (Array.isArray(list) ? list.filter((v) => typeof v === 'string') : []);
  const { params, waivers } = sound;
  const cluster = bareCluster([], {
    file: path,
    params: typeof params === 'object' && params !== null ? params : {},
    waivers: (Array.isArray(waivers) ? waivers : []).filter((w) => typeof w?.check === 'string') as Cluster['waivers'],
    plugins: texts(sound.plugins).map((item) => plugin(item, resolver(dirname(resolve(path))))),
  });
  return { errors: result.errors, cluster, show };
}

/**
 * Everything wrong with an inventory, in order of position; each item is `file:line:column: message`, the line and a
 * caret. Empty when it can be used.
 */
export function validateInventoryText(text: string, fileName: string): string[] {
  const result = read(text, fileName);
  return 'errors' in result ? result.errors : [];
}

/**
 * Reads an inventory file and fills in every default; where it has `nodesFrom`, that is asked, and `note` is told what
 * it left out. Throws `UsageError` with all that is wrong with it.
 */
export function loadInventory(path: string, note: (text: string) => void = () => {}): Cluster {
  const result = read(readText(path, MAX_FILE_BYTES, path), path);
  if ('errors' in result) throw new UsageError(result.errors.join('\n'));
  return clusterOf(
    path,
    withNodes(result, dirname(resolve(path)), (text) => note(`${path}: ${text}`)),
  );
}

function clusterOf(path: string, { raw, places }: Sound): Cluster {
  return {
    ...build(raw, basename(path, extname(path)), resolver(dirname(resolve(path)))),
    file: path,
    inventory: { file: path.replaceAll('\\', '/').replace(/^(?:\.\/+)+/, ''), ...places },
  };
}

/**
 * A cluster of nodes given on the command line (`--nodes a,ops@b:2222`), reached over ssh with the user's own keys and
 * configuration. Throws `UsageError` for a node that cannot be meant.
 */
export function adHocCluster(
  nodes: readonly string[],
  { product, sudo }: { readonly product?: Product | undefined; readonly sudo?: boolean | undefined } = {},
): Cluster {
  const raw: RawInventory = {
    nodes,
    ...(product === undefined ? {} : { product }),
    ...(sudo === undefined ? {} : { connection: { sudo } }),
  };
  const refused = validate(schema, raw);
  const wrong = refused.length > 0 ? refused : checkRules(raw);
  if (wrong.length > 0) throw new UsageError(wrong.map(({ message }) => `--nodes: ${message}`).join('\n'));
  return build(raw, 'ad-hoc', resolver(process.cwd()));
}
