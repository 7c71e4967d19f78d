/** Whether nodes have the same key. Used by `shared-keys` and `s3-encryption-key`. */

import { type Cluster, type Fact, type Finding, type Has, list, same, sift, skip, unknown } from 'ha-preflight';
import type { KeyMeasure } from 'ha-preflight/collectors/keys';
import { copyOver, type Place } from './copyKey.js';
import { absence, isYaml, weakness } from './keys.js';

/** One node's key as equality sees it. */
export interface HeldKey {
  readonly node: string;
  readonly fact: Fact<KeyMeasure>;
  readonly release: string | undefined;
}

/** One that could be measured. */
interface Key {
  readonly node: string;
  readonly value: KeyMeasure;
  readonly release: string | undefined;
}

const nodesOf = (keys: readonly Key[]): string[] => keys.map((k) => k.node);
const left = (out: readonly string[]): string[] => (out.length > 0 ? [`not compared, see key-file: ${list(out)}`] : []);

/** Two keys of different digests are different keys. `mixed`: some nodes have it in hexadecimal and some in base64. */
const sameAs = ({ spec, content }: KeyMeasure, mixed: boolean): string =>
  spec.encoding === 'spaceless' || (spec.encoding === 'decoded' && mixed) ? content!.trimmedDigest : content!.digest;

const usable = ({ value, release }: Key): boolean =>
  value.state === 'inline' ||
  (value.state === 'present' && value.content !== undefined && weakness(value, release) === undefined);

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
 * What there is to say where not two nodes have a usable key that can be compared; undefined where they have.
 */
function nothingCompared(
  name: string,
  keys: readonly Key[],
  good: readonly Key[],
  held: readonly HeldKey[],
): Finding | undefined {
  const out = nodesOf(keys.filter((k) => !good.includes(k)));
  if (good.length === 0) {
    const { spec } = keys[0]!.value;
    if (spec.presence === 'generated')
      return unknown(
        `${name} does not exist on any node yet (${spec.path}): the product creates it at its first start`,
        {
          nodes: out,
          subject: name,
          severity: 'warning',
        },
      );
    const nowhere = keys.length === held.length && keys.every((k) => k.value.state === 'missing');
    return nowhere && keys.every((k) => absence(k.value.spec, k.release) === 'elsewhere')
      ? skip(`no node has a file with ${name}: this release keeps the key in ${spec.where}`, {
          nodes: out,
          subject: name,
        })
      : unknown(`no node has a usable ${name}, so nothing was compared`, { nodes: out, subject: name });
  }
  if (good.length === 1)
    return held.length === 1
      ? skip('the inventory has only one node', { subject: name })
      : unknown(`only ${good[0]!.node} has a usable ${name}, so nothing was compared`, {
          nodes: [good[0]!.node],
          subject: name,
          details: left(out),
        });
  const inline = good.filter((k) => k.value.state === 'inline');
  return inline.length > 0 && inline.length < good.length
    ? unknown(
        `${name} comes from the environment or configuration on ${list(nodesOf(inline))} and from a file on the other nodes, so it cannot be compared: give it to every node in the same way`,
        { nodes: nodesOf(good), subject: name },
      )
    : undefined;
}

/** Keys that differ in white space at the end only. */
const onlySpace = (keys: readonly Key[]): boolean =>
  new Set(keys.map((k) => k.value.content?.trimmedDigest)).size === 1 && keys.every((k) => k.value.state !== 'inline');

/** How the nodes that differ get the right key; without a majority nobody knows which key opens what is stored: none is copied over another. */
function remedy(keys: readonly Key[], differing: readonly string[], cluster: Cluster): Partial<Finding> {
  if (keys.some((k) => k.value.state === 'inline'))
    return { remediation: `# ${keys[0]!.value.spec.because}: set the same key on every node, and restart the product` };
  const right = keys.find((k) => !differing.includes(k.node));
  const placeOf = (node: string): Place => ({ node, path: keys.find((k) => k.node === node)?.value.spec.path ?? '' });
  const copied = right && copyOver(placeOf(right.node), differing.map(placeOf), cluster);
  return copied === undefined ? {} : { fixes: copied };
}

/**
 * "The same key on every node", by keyed digest. A key that `key-file` already finds missing or unusable is left out
 * here (one cause, one finding) and named in the details.
 */
export function sameKey(name: string, held: readonly HeldKey[], cluster: Cluster): Finding[] {
  const releases = new Map(held.map((h) => [h.node, h.release]));
  const { seen, findings } = sift(held, `${name} unread`);
  if (seen.length === 0) return findings;
  const keys = seen.map((s): Key => ({ ...s, release: releases.get(s.node) }));
  const lists = keys.filter((k) => isYaml(k.value));
  const apart = new Set(keys.filter(usable).map((k) => k.value.content?.trimmedDigest)).size > 1 ? lists : [];
  if (apart.length > 0)
    findings.push(
      unknown(
        `the ${name} of ${list(nodesOf(apart))} is written in YAML, perhaps as a list of keys: whether one of them is the key of the other nodes is not known`,
        { nodes: nodesOf(apart), subject: `${name} in YAML` },
      ),
    );
  const good = keys.filter((k) => usable(k) && !apart.includes(k));
  if (apart.length > 0 && good.length < 2) return findings;
  const nothing = nothingCompared(name, keys, good, held);
  if (nothing) return [...findings, nothing];
  const details = left(nodesOf(keys.filter((k) => !usable(k))));
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
  const differing = finding.nodes ?? [];
  const alike = good.filter((k) => passed || !differing.includes(k.node));
  const spelled = otherSpelling(name, alike, passed ? details : []);
  const space = !passed && onlySpace(good);
  if (space && good.every((k) => k.value.spec.encoding === 'decoded'))
    return [
      ...findings,
      unknown(
        `${name} on ${list(differing)} differs only in white space at the end, and it is not documented whether the product bears it`,
        { nodes: differing, subject: name, details, ...remedy(good, differing, cluster) },
      ),
    ];
  if (passed) return [...findings, spelled ?? { ...finding, observed: `${good.length} nodes, equal by keyed digest` }];
  return [
    ...findings,
    ...(spelled ? [spelled] : []),
    {
      ...finding,
      message: good.every((k) => differing.includes(k.node))
        ? `${list(differing)} have different keys, and no key has a majority (${name})`
        : finding.message,
      observed: `a different key on ${list(differing)}`,
      expected: 'the same bytes on every node',
      details: [
        ...(space ? ['the keys differ only in white space at the end, but the product uses every byte'] : []),
        ...details,
      ],
      ...remedy(good, differing, cluster),
    },
  ];
}
