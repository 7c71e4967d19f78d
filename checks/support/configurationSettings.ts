import { consensus, type Difference, type Finding, type Fix, fail, list, unknown } from 'ha-preflight';
import { hideMasks } from 'ha-preflight/formats/masked';

/** What a value of a setting means: see `senseOf`. */
export type Sense = (key: string, value: string | undefined) => string;

/** Every setting that differs, deviating nodes first; secrets hidden. */
export function differingKeys(
  sides: readonly { node: string; settings: ReadonlyMap<string, string> }[],
  reference: string | undefined,
  sense: Sense,
): Difference[] {
  const keys = [...new Set(sides.flatMap((s) => [...s.settings.keys()]))].sort();
  return keys.flatMap((key) => {
    const result = consensus(
      sides.map((s) => ({ node: s.node, key: sense(key, s.settings.get(key)) })),
      reference,
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
export const meant = (subject: string): string =>
  `if it is meant to differ: params: { config-identical: { perNode: ["${subject}"] } } in the inventory`;

/** What to do, in words or as commands. */
export type Remedy = { readonly remediation: string } | { readonly fixes: readonly Fix[] };

/** Which of the values are one, as text. */
const parts = (values: readonly (string | undefined)[], key: string, sense: Sense): string => {
  const senses = values.map((value) => sense(key, value));
  return senses.map((s) => senses.indexOf(s)).join(' ');
};

/** Whether the values are one in some reading of them. */
export const alikeIn = (readings: readonly Sense[], key: string, values: readonly (string | undefined)[]): boolean =>
  readings.some((sense) => new Set(values.map((value) => sense(key, value))).size === 1);

/** One value of a setting, and where it is set. */
interface Value {
  readonly node: string;
  readonly value: string | undefined;
  readonly origin?: string | undefined;
}

/** What differs, with the places where it is set; undefined where nothing does in this sense. */
function differenceOf(
  values: readonly Value[],
  key: string,
  reference: string | undefined,
  sense: Sense,
): Difference | undefined {
  const [bare] = differingKeys(
    values.map((v) => ({ node: v.node, settings: new Map(v.value === undefined ? [] : [[key, v.value]]) })),
    reference,
    sense,
  );
  return (
    bare && {
      ...bare,
      values: bare.values.map((group) => {
        const origins = new Set(values.flatMap((v) => (group.nodes.includes(v.node) ? (v.origin ?? []) : [])));
        return origins.size === 0 ? group : { ...group, origin: [...origins].join('; ') };
      }),
    }
  );
}

/** A reading that parts the values as every other one does; else the strict sense. */
function agreedSense(written: readonly (string | undefined)[], key: string, strict: Sense, readings: readonly Sense[]) {
  const [reading = strict, ...others] = readings;
  const agreed = others.every((other) => parts(written, key, other) === parts(written, key, reading));
  return agreed ? reading : strict;
}

/** One setting whose value is not the same everywhere; unknown where it may be only written in different ways. */
export function oneSetting(
  subject: string,
  values: readonly Value[],
  {
    what,
    in: key,
    reference,
    sense: strict,
    readings = [],
    movingOptions = '',
  }: {
    readonly what: string;
    readonly in: string;
    /** Of the profile: settings that only say where a file of the configuration is; what is in the file is compared. */
    readonly movingOptions?: string | undefined;
    readonly reference: string | undefined;
    readonly sense: Sense;
    /** Other ways in which the product may read the values. */
    readonly readings?: readonly Sense[];
  },
  remedy: (right: string, bad: readonly string[]) => Remedy,
): Finding {
  const written = values.map((v) => v.value);
  if (alikeIn(readings, key, written)) {
    const difference = differenceOf(values, key, reference, strict);
    return unknown(
      `${subject} is written in different ways, and whether the product reads them alike is not documented: write it in one way on every node`,
      { subject, nodes: values.map((v) => v.node), details: difference ? [inWords(difference)] : [] },
    );
  }
  const sense = agreedSense(written, key, strict, readings);
  const result = consensus(
    values.map((v) => ({ node: v.node, key: sense(key, v.value) })),
    reference,
  );
  const right = result.kind === 'outliers' ? result.right.nodes[0] : undefined;
  const nodes = result.kind === 'outliers' ? result.wrong.flatMap((g) => g.nodes) : values.map((v) => v.node);
  const difference = differenceOf(values, key, reference, sense);
  const place = movingOptions.split('|').includes(subject.slice(subject.indexOf(':') + 1)) && !written.includes('none');
  return fail(`${what} ${result.kind === 'tie' ? 'between' : 'on'} ${list(nodes)} in ${key}`, {
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
