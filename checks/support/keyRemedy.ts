/** What mends a key file that breaks a rule, with the path on each node. Used by `key-file`. */

import { type Cluster, command, type Fix, fixOn, list } from 'ha-preflight';
import type { KeyMeasure } from 'ha-preflight/collectors/keys';
import { copyOver } from './copyKey.js';
import { NEW_PAIR, newKey, OTHER_KEY, type Rule } from './keyRules.js';

interface Held {
  readonly node: string;
  readonly value: KeyMeasure;
}

interface Advice {
  readonly remediation?: string;
  readonly fixes?: readonly Fix[];
}

/** A command for each of these keys. */
const each = (held: readonly Held[], make: (key: KeyMeasure) => string | undefined, note?: string): Fix[] =>
  fixOn(
    held.map((h) => h.node),
    (node) => make(held.find((h) => h.node === node)!.value),
    note,
  );

const pathOf = ({ spec }: KeyMeasure): string => spec.path ?? '';
const chown = (account: string, key: KeyMeasure) => command`sudo chown ${account} ${pathOf(key)}`;
const chmod = (key: KeyMeasure) => command`sudo chmod 0600 ${pathOf(key)}`;

/**
 * Closed to others, and owned by the account that reads it: one that reads by the group, or by an access control list,
 * would lose the key.
 */
function modeFix(bad: readonly Held[]): Fix[] {
  const reader = ({ spec, group, owner }: KeyMeasure): string | undefined =>
    spec.reader ?? (spec.owners[0] === group ? group : owner);
  const locked = bad.filter(({ value }) => reader(value) !== value.owner);
  return [...each(locked, (key) => chown(reader(key)!, key)), ...each(bad, chmod)];
}

/** Into the hands of the account that reads it; which folder is opened to it is for the operator to say. */
function readFix(bad: readonly Held[]): Advice {
  const closed = bad.find(({ value }) => value.closedFolder !== undefined)?.value;
  if (closed)
    return {
      remediation: `${command`namei -l ${pathOf(closed)}` ?? 'namei -l KEY'}    # on the nodes named: let ${closed.spec.reader} enter every folder above the key (its group, or chmod o+x), or move the key where it may`,
    };
  return bad.every(({ value }) => value.spec.owners.length > 0)
    ? { fixes: each(bad, (key) => chown(key.spec.owners[0]!, key)) }
    : {};
}

/** Owner and mode, node by node; a key that is itself weak has no command. */
function adviceFix(bad: readonly Held[]): Advice {
  const foreign = bad.filter(
    ({ value: { spec, owner = '' } }) => spec.owners.length > 0 && !spec.owners.includes(owner),
  );
  const odd = bad.filter((f) => !foreign.includes(f) && ((f.value.mode ?? 0) & 0o7100) !== 0);
  const fixes = [...each(foreign, (key) => chown(key.spec.owners[0]!, key)), ...each(odd, chmod)];
  return fixes.length > 0 || bad[0]!.value.spec.encoding !== 'decoded' ? { fixes } : { remediation: OTHER_KEY };
}

/** Who has the key gives it to the others: a new one would lock out what the old one opens. */
function copied(good: Held, bad: readonly Held[], missing: boolean, cluster: Cluster): Advice {
  const fixes = copyOver(
    { node: good.node, path: pathOf(good.value) },
    bad.map(({ node, value }) => ({
      node,
      // where no setting says otherwise, the product finds it in the same place
      path: pathOf(missing && !value.spec.explicit ? good.value : value),
      ...(missing && { absent: { owner: good.value.owner } }),
    })),
    cluster,
  );
  if (fixes) return { fixes };
  const what = good.value.spec.kind === 'pem' ? 'the key and its public key' : 'the key';
  const on = list(bad.map((b) => b.node));
  return {
    remediation: `copy ${what} from ${good.node} to ${on}, with the same owner and mode, and restart the product there`,
  };
}

/** What fixes this rule, each command with the path on that node; nothing where the check's own words do. */
export function remedy(
  { subject, judge }: Rule,
  names: readonly string[],
  files: readonly Held[],
  releases: ReadonlyMap<string, string | undefined>,
  cluster: Cluster,
): Advice {
  const bad = files.filter((f) => names.includes(f.node));
  if (subject === 'mode') return { fixes: modeFix(bad) };
  if (subject === 'folder') return { fixes: each(bad, (key) => command`sudo chmod o-w ${key.openFolder ?? ''}`) };
  if (subject === 'unreadable') return readFix(bad);
  if (subject === 'advice') return adviceFix(bad);
  if (subject === 'pair') {
    // the private key is compared with that of the other nodes; the public one is made of it
    const make = (key: KeyMeasure) =>
      command`sudo openssl pkey -in ${pathOf(key)} -pubout -out ${key.spec.publicPath ?? ''}`;
    return { fixes: each(bad, make, 'then restart the product') };
  }
  // a node that broke an earlier rule was not judged by this one
  const good = files.find(
    (f) => f.value.state === 'present' && judge(f.value, releases.get(f.node), true) === undefined,
  );
  const missing = subject === 'missing';
  if (good) return copied(good, bad, missing, cluster);
  const { spec } = files[0]!.value;
  if (spec.kind === 'pem') return { remediation: NEW_PAIR };
  return {
    remediation: missing
      ? newKey(spec)
      : `${newKey(spec)}; what was encrypted with the old key has to be entered again`,
  };
}
