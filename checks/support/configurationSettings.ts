import { consensus, type Difference, type Finding, type Fix, fail, list } from 'ha-preflight';
import { hideMasks } from 'ha-preflight/formats/masked';

/** What a value of a setting means: see `senseOf`. */
export type Sense = (key: string, value: string | undefined) => string;

/** Every setting that differs, deviating nodes first; secrets hidden. */
export function differingKeys(
  sides: readonly { node: string; settings: ReadonlyMap<string, string> }[],
  right: string | undefined,
  sense: Sense,
): Difference[] {
  const keys = [...new Set(sides.flatMap((s) => [...s.settings.keys()]))].sort();
  return keys.flatMap((key) => {
    const result = consensus(
      sides.map((s) => ({ node: s.node, key: sense(key, s.settings.get(key)) })),
      right,
    );
    if (result.kind === 'unanimous') return [];
    const groups = result.kind === 'tie' ? result.groups : [...result.wrong, result.right];
    const shown = (node: string): string => {
      const value = sides.find((s) => s.node === node)!.settings.get(key);
      return value === undefined ? 'not set' : JSON.stringify(hideMasks(value));
    };
    return [{ key, values: groups.map((g) => ({ nodes: g.nodes, value: shown(g.nodes[0]!) })) }];
  });
}

/** `key: wb2 10, wb1 and wb3 5`. */
export const inWords = ({ key, values }: Difference): string =>
  `${key}: ${values.map(({ nodes, value }) => `${list(nodes)} ${value}`).join(', ')}`;

/** Settings that are often meant to differ: the node's own name, certificate or address. */
export const OFTEN_OWN = /certificate|client-id|host-?name|callback|address|(^|[.-])node/i;

/** How the inventory says that a setting is meant to differ. */
const meant = (subject: string): string =>
  `if it is meant to differ: params: { config-identical: { perNode: ["${subject}"] } } in the inventory`;

/** What to do, in words or as commands. */
export type Remedy = { readonly remediation: string } | { readonly fixes: readonly Fix[] };

/** One setting whose value is not the same everywhere. */
export function oneSetting(
  subject: string,
  values: readonly {
    readonly node: string;
    readonly value: string | undefined;
    readonly origin?: string | undefined;
  }[],
  {
    what,
    in: key,
    reference,
    sense,
    movingOptions = '',
  }: {
    readonly what: string;
    readonly in: string;
    /** Of the profile: settings that only say where a file of the configuration is; what is in the file is compared. */
    readonly movingOptions?: string | undefined;
    readonly reference: string | undefined;
    readonly sense: Sense;
  },
  remedy: (right: string, bad: readonly string[]) => Remedy,
): Finding {
  const result = consensus(
    values.map((v) => ({ node: v.node, key: sense(key, v.value), shown: '' })),
    reference,
  );
  const place =
    movingOptions.split('|').includes(subject.slice(subject.indexOf(':') + 1)) &&
    !values.some((v) => v.value === 'none');
  const tie = result.kind === 'tie';
  const right = result.kind === 'outliers' ? result.right.nodes[0] : undefined;
  const nodes = result.kind === 'outliers' ? result.wrong.flatMap((g) => g.nodes) : values.map((v) => v.node);
  const [bare] = differingKeys(
    values.map((v) => ({ node: v.node, settings: new Map(v.value === undefined ? [] : [[key, v.value]]) })),
    right,
    sense,
  );
  const originOf = (nodes: readonly string[]): string =>
    [...new Set(values.flatMap((v) => (nodes.includes(v.node) ? (v.origin ?? []) : [])))].join('; ');
  const difference = bare && {
    ...bare,
    values: bare.values.map((v) => {
      const origin = originOf(v.nodes);
      return origin === '' ? v : { ...v, origin };
    }),
  };
  return fail(`${what} ${tie ? 'between' : 'on'} ${list(nodes)} in ${key}`, {
    subject,
    nodes,
    ...(place && { severity: 'warning' as const }),
    observed: difference ? inWords(difference) : '',
    expected: right === undefined ? 'the same on every node' : `as on ${right}`,
    ...(OFTEN_OWN.test(key) && { details: [meant(subject)] }),
    ...(difference && { differences: [difference] }),
    ...(right !== undefined && remedy(right, nodes)),
  });
}
