/** What a schema cannot say about an inventory: names that must fit together, fields that need each other. */

import { isBrokenAddress } from '../formats/hostName.js';
import { SECRET_NAME } from '../model/argv.js';
import { DEFAULT_TRANSPORT, TRANSPORTS } from '../model/transports.js';
import { belongs, type DraftNode, draftNodes, endpoint, parseTarget, typesWith, writtenNodes } from './nodes.js';
import { builtIn } from './products.js';
import { expandRanges } from './ranges.js';
import { milliseconds, type RawConnection, type RawInventory, type RawNode } from './raw.js';
import { didYouMean } from './suggest.js';
import { type Mistake, show } from './validate.js';
import { pointerTo } from './yaml.js';

const q = (text: string): string => show(text);
const value = (pointer: string, message: string): Mistake => ({ pointer, at: 'value', message });
const key = (pointer: string, message: string): Mistake => ({ pointer, at: 'key', message });

function* connectionRules(pointer: string, own: RawConnection, defaults: RawConnection): Iterable<Mistake> {
  const type = own.type ?? defaults.type ?? DEFAULT_TRANSPORT;
  for (const field of Object.keys(own)) {
    if (own[field as keyof RawConnection] === undefined || belongs(type, field)) continue;
    const types = typesWith(field);
    if (types.length > 0)
      yield key(
        pointerTo(pointer, field),
        `found ${field} for the connection type ${type}, expected it only with type ${types.join(' or ')}`,
      );
  }
  if (own.jump === undefined) return;
  const jump = parseTarget(own.jump);
  if ('wrong' in jump) yield value(`${pointer}/jump`, `found ${q(own.jump)}, ${jump.wrong} of one jump host`);
}

function* nodeRule(pointer: string, node: string | RawNode, defaults: RawConnection): Iterable<Mistake> {
  if (typeof node === 'string') {
    const target = parseTarget(node);
    const type = defaults.type ?? DEFAULT_TRANSPORT;
    if ('wrong' in target) yield value(pointer, `found ${q(node)}, ${target.wrong}`);
    else if (!belongs(type, 'user') && (target.user ?? target.port) !== undefined)
      yield value(pointer, `found a user or port for the connection type ${type}, expected only a name`);
    return;
  }
  yield* connectionRules(`${pointer}/connection`, node.connection ?? {}, defaults);
  if (node.name === undefined && node.host === undefined)
    yield value(pointer, 'found a node without name and host, expected at least one of them');
  if (node.name?.includes(','))
    yield value(`${pointer}/name`, `found ${q(node.name)}, expected a comma only in a range, such as wb[1-3,7]`);
  const target = node.host === undefined ? undefined : parseTarget(node.host);
  if (target && 'wrong' in target)
    yield value(
      `${pointer}/host`,
      `found ${q(node.host!)}, ${isBrokenAddress(node.host!) ? target.wrong : 'expected a host name or an address'}`,
    );
  else if (target && target.port !== undefined)
    yield value(`${pointer}/host`, `found a port in the host, expected it as connection: { port: ${target.port} }`);
}

function* nodeRules(raw: RawInventory): Iterable<Mistake> {
  const defaults = raw.connection ?? {};
  yield* connectionRules('/connection', defaults, {});
  for (const [i, written] of writtenNodes(raw).entries()) {
    const pointer = `/nodes/${i}`;
    if (!written) continue;
    if ('wrong' in written) yield value(`${pointer}${written.field}`, `found ${q(written.found)}, ${written.wrong}`);
    else
      for (const node of written.nodes) {
        const wrong = [...nodeRule(pointer, node, defaults)];
        yield* wrong;
        // one complaint for a whole range
        if (wrong.length > 0) break;
      }
  }
}

function* duplicateRules(nodes: readonly DraftNode[]): Iterable<Mistake> {
  const names = new Map<string, DraftNode>();
  const ends = new Map<string, DraftNode>();
  for (const node of nodes) {
    const pointer = `/nodes/${node.index}`;
    const { type, argv } = node.connection;
    // two that nothing starts are not one machine
    const twin = type === 'command' && argv === undefined ? undefined : ends.get(endpoint(node));
    const namesake = names.get(node.name);
    if (twin)
      yield value(
        pointer,
        `found the same machine as node ${q(twin.name)} again, expected every node once (same ${TRANSPORTS[node.connection.type].machineIs})`,
      );
    else if (namesake)
      yield value(
        node.named ? `${pointer}/name` : pointer,
        `found a second node named ${q(node.name)}, expected a different name`,
      );
    if (!twin) ends.set(endpoint(node), node);
    if (!namesake) names.set(node.name, node);
    if (type === 'command' && argv === undefined)
      yield value(pointer, 'found a connection of type command without argv, expected argv: [program, argument, …]');
  }
}

function unknownNode(pointer: string, name: string, nodes: readonly DraftNode[]): Mistake[] {
  if (nodes.some((node) => node.name === name)) return [];
  const sameHost = nodes.find((node) => node.host === name);
  const hint = sameHost
    ? `; did you mean ${q(sameHost.name)}?`
    : didYouMean(
        name,
        nodes.map((node) => node.name),
      );
  return [value(pointer, `found ${q(name)}, expected the name of a node${hint}`)];
}

const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
};

function* nameRules(raw: RawInventory, nodes: readonly DraftNode[]): Iterable<Mistake> {
  const allKnown = new Set(nodes.map(({ index }) => index)).size === raw.nodes?.length;
  if (raw.reference !== undefined && allKnown) yield* unknownNode('/reference', raw.reference, nodes);
  for (const [i, waiver] of (raw.waivers ?? []).entries()) {
    for (const [j, name] of (waiver?.nodes ?? []).entries()) {
      if (name === undefined || !allKnown) continue;
      const pointer = `/waivers/${i}/nodes/${j}`;
      const names = expandRanges(name);
      if ('wrong' in names) yield value(pointer, `found ${q(name)}, ${names.wrong}`);
      else yield* names.flatMap((one) => unknownNode(pointer, one, nodes)).slice(0, 1);
    }
    const until = waiver?.until;
    if (until !== undefined && !isDay(until))
      yield value(`/waivers/${i}/until`, `found ${q(until)}, expected a day that exists, as YYYY-MM-DD`);
  }
}

function urlRule(pointer: string, url: string | undefined): Mistake[] {
  if (url === undefined) return [];
  if (!URL.canParse(url))
    return [value(pointer, `found ${q(url)}, expected a URL with a host and, if any, a port up to 65535`)];
  const { username, password, searchParams } = new URL(url);
  if (username !== '' || password !== '')
    return [value(pointer, 'found a user or password in the URL, expected neither: an inventory holds no secrets')];
  const secret = [...searchParams].find(([name, given]) => SECRET_NAME.test(name) && given !== '')?.[0];
  return secret === undefined
    ? []
    : [value(pointer, `found a value of ${q(secret)} in the URL, expected none: an inventory holds no secrets`)];
}

function* settingRules(raw: RawInventory): Iterable<Mistake> {
  if (raw.nodesFrom?.group !== undefined && raw.nodesFrom.kubernetes !== undefined)
    yield key('/nodesFrom/group', 'found group with kubernetes, expected it only with command');
  const { warnSkew = '500ms', maxSkew = '2s' } = raw.time ?? {};
  if (milliseconds(warnSkew) > milliseconds(maxSkew)) {
    const place = raw.time?.warnSkew === undefined ? 'maxSkew' : 'warnSkew';
    yield value(
      `/time/${place}`,
      `found warnSkew ${warnSkew} above maxSkew ${maxSkew}, expected at most maxSkew (defaults are 500ms and 2s)`,
    );
  }
  for (const [name, length] of Object.entries({ warnSkew, maxSkew }))
    if (milliseconds(length) === 0)
      yield value(`/time/${name}`, `found ${length}, expected more than 0: no two readings are equal`);
  for (const [i, server] of (raw.time?.servers ?? []).entries()) {
    const target = server === undefined ? undefined : parseTarget(server);
    if (target && 'wrong' in target)
      yield value(`/time/servers/${i}`, `found ${q(server!)}, expected host or host:port`);
  }
  const { profiles } = builtIn;
  const profile = profiles.get(raw.product ?? '');
  if (raw.mode !== undefined && profile && !profile.modes) {
    const having = [...profiles.values()].flatMap((p) => (p.modes ? [p.product] : []));
    yield key('/mode', `found mode for the product ${raw.product}, expected it only for ${having.join(' or ')}`);
  }
  // a plugin may bring it: then audit.ts looks
  if (raw.product !== undefined && !profile && (raw.plugins ?? []).length === 0) {
    const names = [...profiles.keys()];
    yield value(
      '/product',
      `found ${q(raw.product)}, expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)}${didYouMean(raw.product, names)}`,
    );
  }
  yield* urlRule('/loadBalancer/url', raw.loadBalancer?.url);
  yield* urlRule('/s3/endpoint', raw.s3?.endpoint);
}

/** Everything wrong with an inventory that the schema has passed; parts it refused are undefined and left alone. */
export function checkRules(raw: RawInventory): Mistake[] {
  const nodes = draftNodes(raw);
  return [...nodeRules(raw), ...duplicateRules(nodes), ...nameRules(raw, nodes), ...settingRules(raw)];
}
