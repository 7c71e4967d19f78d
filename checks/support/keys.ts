/** What makes a key unusable, and whether nodes have the same key. Used by every check that judges keys. */

import type { Cluster, Fact, Fix } from 'ha-preflight';
import { command, type Finding, type Has, list, loginTo, same, sift, skip, unknown } from 'ha-preflight';
import type { KeyContent, KeyMeasure } from 'ha-preflight/collectors/keys';
import { compareVersions } from 'ha-preflight/formats/version';

/** Bytes of secret: of an encoded key what it decodes to, where the product decodes it. */
export function strength(measure: KeyMeasure, content: KeyContent): number {
  if (measure.spec.encoding === 'raw') return content.length;
  if (measure.spec.encoding === 'spaceless') return content.trimmed;
  return content.kind === 'hex'
    ? content.trimmed >> 1
    : content.kind === 'base64'
      ? Math.floor((content.trimmed * 3) / 4)
      : content.trimmed;
}

/** Two keys of different digests are different keys. `mixed`: some nodes have it in hexadecimal and some in base64. */
const sameAs = ({ spec, content }: KeyMeasure, mixed: boolean): string =>
  spec.encoding === 'spaceless' || (spec.encoding === 'decoded' && mixed) ? content!.trimmedDigest : content!.digest;

/** Why the product cannot use this key, whatever its file's mode; undefined when it can. `release`: the node's version. */
export function weakness(measure: KeyMeasure, release: string | undefined): string | undefined {
  const { spec, content } = measure;
  if (!content) return undefined;
  const bytes = strength(measure, content);
  if (content.trimmed === 0)
    return content.length === 1
      ? 'holds only a line break: the program that should have generated the key was missing'
      : 'is empty';
  if (spec.kind === 'pem') return content.kind === 'pem' ? undefined : 'is not a PEM key';
  if (content.known === 'example') return 'is the example key of the vendor document, which everybody can read';
  if (content.known === 'placeholder') return 'is a placeholder, not a key';
  if (spec.alphabet === 'base64' && !['hex', 'base64'].includes(content.kind))
    return 'holds characters that are not base64: the server refuses it';
  if (spec.maxCharacters !== undefined && content.trimmed > spec.maxCharacters)
    return `is ${content.trimmed} characters long: the server refuses more than ${spec.maxCharacters}`;
  if (bytes < spec.minBytes) {
    const is =
      bytes === content.length || spec.encoding !== 'decoded'
        ? `is ${bytes} bytes long`
        : `holds ${content.trimmed} ${content.kind} characters, which decode to ${bytes} bytes`;
    return `${is} (${bytes * 8} bits); at least ${spec.minBytes} bytes (${spec.minBytes * 8} bits) are required`;
  }
  if (content.nulBytes > 0 && spec.encoding !== 'decoded')
    return `contains a NUL byte: the product uses only the bytes before it`;
  if (content.distinct < 8) return `has only ${content.distinct} different bytes, so it can be guessed`;
  if (
    spec.enforcedBytes !== undefined &&
    bytes < spec.enforcedBytes &&
    release !== undefined &&
    compareVersions(release, '1.4') >= 0
  )
    return `is ${bytes} bytes long: enough for the document (${spec.minBytes}), but this release refuses less than ${spec.enforcedBytes}`;
  return undefined;
}

/**
 * What it means that no node has the file: `required`, it is missing; `elsewhere`, the release keeps the key in another
 * place; `unknown`, nobody can say.
 */
export function absence(
  { presence, since }: KeyMeasure['spec'],
  release: string | undefined,
): 'required' | 'elsewhere' | 'unknown' {
  if (since && release === undefined) return 'unknown';
  const now = since && compareVersions(release!, since.release) >= 0 ? since.presence : presence;
  return now === 'required' ? 'required' : now === 'unverified' ? 'unknown' : 'elsewhere';
}

/** One node's key as equality sees it. */
export interface HeldKey {
  readonly node: string;
  readonly fact: Fact<KeyMeasure>;
  readonly release: string | undefined;
}

const usable = ({ value, release }: { value: KeyMeasure; release: string | undefined }): boolean =>
  value.state === 'inline' ||
  (value.state === 'present' && value.content !== undefined && weakness(value, release) === undefined);

/** A key on one node, where its own configuration has it. */
interface Place {
  readonly node: string;
  readonly path: string;
}

/** Where a key is to be; `owner`: of the file, where none is there yet. */
type Target = Place & { readonly absent?: { readonly owner: string | undefined } };

/**
 * Copies the key through the operator's machine without writing it there; a file that is there keeps its owner and mode,
 * and its first contents as a copy, because tee empties it even when nothing can be read on the good node. A new one is
 * private from the start. Undefined where no such command is possible.
 */
export function copyOver(from: Place, to: readonly Target[], cluster: Cluster): Fix[] | undefined {
  const source = loginTo(cluster, from.node);
  const read = command`sudo cat ${from.path}`;
  const others = to.filter(({ node }) => node !== from.node);
  const lines = others.map(({ node, path, absent }) => {
    const target = loginTo(cluster, node);
    const write =
      absent === undefined
        ? command`sudo cp -np ${path} ${`${path}.ha-preflight.bak`}; sudo tee ${path}`
        : absent.owner === undefined
          ? command`sudo install -m 0600 /dev/stdin ${path}`
          : command`sudo install -m 0600 -o ${absent.owner} /dev/stdin ${path}`;
    return read !== undefined && write !== undefined && source !== undefined && target !== undefined
      ? `${source} ${quoted(read)} | ${target} ${quoted(absent ? write : `${write} >/dev/null`)}`
      : undefined;
  });
  const commands = lines.filter((line) => line !== undefined);
  if (lines.length === 0 || commands.length < lines.length) return undefined;
  return [{ nodes: [], commands, note: `then restart the product on ${list(others.map(({ node }) => node))}` }];
}

const quoted = (line: string): string => `'${line.replaceAll("'", "'\\''")}'`;

/**
 * Nodes whose keys decode to the same bytes, in hexadecimal and in base64: nobody documents what the product makes of
 * base64 (docs/sources.md 4.3). Undefined where they are written alike.
 */
function otherSpelling(
  name: string,
  held: readonly { readonly node: string; readonly value: KeyMeasure }[],
  details: readonly string[],
): Finding | undefined {
  const read = held.flatMap(({ node, value: { spec, content } }) =>
    content && spec.encoding === 'decoded' ? [{ node, content }] : [],
  );
  const kinds = [...new Set(read.map((k) => k.content.kind))];
  if (kinds.length < 2) return undefined;
  const written = kinds.map((kind) => {
    const alike = read.filter((k) => k.content.kind === kind);
    return `${kind === 'hex' ? 'hexadecimal' : kind} on ${list(alike.map((k) => k.node))}`;
  });
  return unknown(
    `${name}: the same key, written in different ways (${written.join('; ')}), and it is not documented whether the product reads them alike`,
    {
      nodes: read.map((k) => k.node),
      subject: `${name} spelling`,
      details: [...details, 'copy the file of one node to the others, byte by byte'],
    },
  );
}

/**
 * "The same key on every node", by keyed digest. A key that `key-file` already finds missing or unusable is left out
 * here (one cause, one finding) and named in the details.
 */
export function sameKey(name: string, held: readonly HeldKey[], cluster: Cluster): Finding[] {
  const releases = new Map(held.map((h) => [h.node, h.release]));
  const { seen, findings } = sift(held, `${name} unread`);
  const keys = seen.map((s) => ({ ...s, release: releases.get(s.node) }));
  const good = keys.filter(usable);
  const out = keys.filter((k) => !usable(k)).map((k) => k.node);
  const details = out.length > 0 ? [`not compared, see key-file: ${list(out)}`] : [];
  if (keys.length === 0) return findings;
  if (good.length === 0) {
    const { spec } = keys[0]!.value;
    if (spec.presence === 'generated')
      return [
        ...findings,
        unknown(`${name} does not exist on any node yet (${spec.path}): the product creates it at its first start`, {
          nodes: out,
          subject: name,
          severity: 'warning',
        }),
      ];
    const nowhere = findings.length === 0 && keys.every((k) => k.value.state === 'missing');
    if (nowhere && keys.every((k) => absence(k.value.spec, k.release) === 'elsewhere'))
      return [
        skip(`no node has a file with ${name}: this release keeps the key in ${spec.where}`, {
          nodes: out,
          subject: name,
        }),
      ];
    return [
      ...findings,
      unknown(`no node has a usable ${name}, so nothing was compared`, { nodes: out, subject: name }),
    ];
  }
  if (good.length === 1)
    return [
      ...findings,
      held.length === 1
        ? skip('the inventory has only one node', { subject: name })
        : unknown(`only ${good[0]!.node} has a usable ${name}, so nothing was compared`, {
            nodes: [good[0]!.node],
            subject: name,
            details,
          }),
    ];
  const inline = good.filter((k) => k.value.state === 'inline');
  if (inline.length > 0 && inline.length < good.length)
    return [
      ...findings,
      unknown(
        `${name} comes from the environment or configuration on ${list(inline.map((k) => k.node))} and from a file on the other nodes, so it cannot be compared: give it to every node in the same way`,
        { nodes: good.map((k) => k.node), subject: name },
      ),
    ];
  const mixed = new Set(good.map((k) => k.value.content?.kind)).size > 1;
  const publics = good.every((k) => k.value.publicDigest !== undefined);
  const values = good.map(
    ({ node, value }): Has => ({
      node,
      key: value.spec.inline ?? (publics ? value.publicDigest! : sameAs(value, mixed)),
      shown: '',
    }),
  );
  const finding = same(`the ${name}`, values, cluster.reference, { subject: name, details });
  const passed = finding.status === 'pass';
  const alike = good.filter((k) => passed || !finding.nodes?.includes(k.node));
  const spelled = otherSpelling(name, alike, passed ? details : []);
  if (passed) return [...findings, spelled ?? { ...finding, observed: `${good.length} nodes, equal by keyed digest` }];
  const trimmed = new Set(good.map((k) => k.value.content?.trimmedDigest));
  const hint =
    inline.length === 0 && trimmed.size === 1
      ? [
          `the keys differ only in white space at the end, ${good.every((k) => k.value.spec.encoding === 'decoded') ? 'and it is not documented whether the product bears it' : 'but the product uses every byte'}`,
        ]
      : [];
  // without a majority nobody knows which key opens what is stored: none is copied over another
  const right = good.find((k) => !finding.nodes?.includes(k.node));
  const placeOf = (node: string): Place => ({ node, path: good.find((k) => k.node === node)?.value.spec.path ?? '' });
  const copied = right && copyOver(placeOf(right.node), (finding.nodes ?? []).map(placeOf), cluster);
  return [
    ...findings,
    ...(spelled ? [spelled] : []),
    {
      ...finding,
      message:
        right === undefined
          ? `${list(finding.nodes ?? [])} have different keys, and no key has a majority (${name})`
          : finding.message,
      observed: `a different key on ${list(finding.nodes ?? [])}`,
      expected: 'the same bytes on every node',
      details: [...hint, ...details],
      ...(inline.length > 0
        ? { remediation: `# ${good[0]!.value.spec.because}: set the same key on every node, and restart the product` }
        : copied !== undefined && { fixes: copied }),
    },
  ];
}
