import { consensus, type Difference, type Finding, type Fix, fail, list } from 'ha-preflight';
import { unveil, veil } from 'ha-preflight/formats/connInfo';
import { libpqSettings } from 'ha-preflight/formats/connLibpq';
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

// Workbench's database.conf has its address as a URL or as single settings: here in one form.
type Values = ReadonlyMap<string, string>;

const ADDRESS = 'connection-uri';
/** A setting of the file by the keyword of libpq. */
const SETTINGS: Readonly<Record<string, string>> = {
  host: 'host',
  port: 'port',
  dbname: 'database',
  user: 'username',
  password: 'password',
  connect_timeout: 'connection-timeout-seconds',
};
/** With an address the server uses only the password of the rest (sources 4.1). */
const UNUSED = ['host', 'port', 'database', 'username', 'connection-timeout-seconds', 'connnection-timeout-seconds'];

const hasAddress = (values: Values): boolean => Boolean(values.get(ADDRESS));

/** Single settings instead of an address; the file as it is where libpq does not take the address. */
function expanded(values: Values): Values {
  const read = libpqSettings(veil(values.get(ADDRESS)!));
  if ('refused' in read) return values;
  // what an address leaves out has other defaults than the file
  const user = read.get('user') ?? 'of the account that runs the server';
  const all = new Map([['username', user], ['database', read.get('dbname') ?? user], ...values]);
  all.delete(ADDRESS);
  for (const [keyword, value] of read) {
    const name = SETTINGS[keyword] ?? `${ADDRESS} ${keyword}`;
    if (keyword === 'password' ? !values.get('password') : true) all.set(name, unveil(value));
  }
  return all;
}

/** What counts on each node: by address on every node, or by single settings on every node. */
export function oneForm(files: readonly Values[]): { readonly values: readonly Values[]; readonly mixed: boolean } {
  const used = files.map((values) =>
    hasAddress(values) ? new Map([...values].filter(([key]) => !UNUSED.includes(key))) : values,
  );
  const mixed = used.some(hasAddress) && !used.every(hasAddress);
  return { values: mixed ? used.map((values) => (hasAddress(values) ? expanded(values) : values)) : used, mixed };
}

/**
 * Whether the password differs only between the two forms: in an address it may be percent-encoded, which cannot be seen
 * of a masked one.
 */
export function passwordOpen(files: readonly Values[], inOneForm: readonly Values[]): boolean {
  const kinds = (address: boolean) =>
    new Set(inOneForm.flatMap((values, i) => (hasAddress(files[i]!) === address ? [values.get('password')] : [])));
  return kinds(true).size === 1 && kinds(false).size === 1;
}
