/** What mends a key file that breaks a rule, with the path on each node. Used by `key-file`. */

import { type Cluster, command, type Fix, fixOn, list } from 'ha-preflight';
import type { KeyMeasure } from 'ha-preflight/collectors/keys';
import { copyOver } from './copyKey.js';
import { NEW_PAIR, newKey, OF_CONTENT, OTHER_KEY, type Rule } from './keyRules.js';

/** Owner and mode, node by node; a key that is itself weak has no command. */
function adviceFix(
  bad: readonly string[],
  files: readonly { readonly node: string; readonly value: KeyMeasure }[],
): Fix[] {
  const held = files.filter((f) => bad.includes(f.node));
  const foreign = held.filter(
    ({ value: { spec, owner = '' } }) => spec.owners.length > 0 && !spec.owners.includes(owner),
  );
  const odd = held.filter((f) => !foreign.includes(f) && ((f.value.mode ?? 0) & 0o7100) !== 0);
  const of = (some: typeof held, make: (key: KeyMeasure) => string | undefined) =>
    fixOn(
      some.map((f) => f.node),
      (node) => make(some.find((f) => f.node === node)!.value),
    );
  return [
    ...of(foreign, ({ spec }) => command`sudo chown ${spec.owners[0]!} ${spec.path ?? ''}`),
    ...of(odd, ({ spec }) => command`sudo chmod 0600 ${spec.path ?? ''}`),
  ];
}

/** What fixes this rule, each command with the path on that node; nothing where the check's own words do. */
export function remedy(
  { subject, judge }: Rule,
  bad: readonly string[],
  files: readonly { readonly node: string; readonly value: KeyMeasure }[],
  releases: ReadonlyMap<string, string | undefined>,
  cluster: Cluster,
): { remediation?: string; fixes?: readonly Fix[] } {
  const fileOf = (name: string): string => files.find((f) => f.node === name)?.value.spec.path ?? '';
  if (subject === 'mode') return { fixes: fixOn(bad, (node) => command`sudo chmod 0600 ${fileOf(node)}`) };
  const folderOf = (name: string): string => files.find((f) => f.node === name)?.value.openFolder ?? '';
  if (subject === 'folder') return { fixes: fixOn(bad, (node) => command`sudo chmod o-w ${folderOf(node)}`) };
  const { spec } = files[0]!.value;
  if (subject === 'unreadable')
    return spec.owners[0] === undefined
      ? {}
      : { fixes: fixOn(bad, (node) => command`sudo chown ${spec.owners[0]!} ${fileOf(node)}`) };
  // the private key is compared with that of the other nodes; the public one is made of it
  if (subject === 'pair')
    return {
      fixes: fixOn(
        bad,
        (node) =>
          command`sudo openssl pkey -in ${fileOf(node)} -pubout -out ${files.find((f) => f.node === node)?.value.spec.publicPath ?? ''}`,
        'then restart the product',
      ),
    };
  if (subject === 'advice') {
    const fixes = adviceFix(bad, files);
    return fixes.length > 0 || spec.encoding !== 'decoded' ? { fixes } : { remediation: OTHER_KEY };
  }
  const unusable = subject === 'missing' || OF_CONTENT.includes(subject);
  // a node that broke an earlier rule was not judged by this one
  const good = files.find(
    (f) => f.value.state === 'present' && judge(f.value, releases.get(f.node), true) === undefined,
  );
  if (unusable && !good && spec.kind !== 'pem')
    return {
      remediation:
        subject === 'missing'
          ? newKey(spec)
          : `${newKey(spec)}; what was encrypted with the old key has to be entered again`,
    };
  // who has the key gives it to the others: a new one would lock out what the old one opens
  if (unusable && good) {
    // where no setting says otherwise, the product finds it in the same place
    const pathOn = (name: string): string =>
      fileOf(subject !== 'missing' || files.find((f) => f.node === name)?.value.spec.explicit ? name : good.node);
    const fixes = copyOver(
      { node: good.node, path: fileOf(good.node) },
      bad.map((node) => ({
        node,
        path: pathOn(node),
        ...(subject === 'missing' && { absent: { owner: good.value.owner } }),
      })),
      cluster,
    );
    if (fixes) return { fixes };
    return {
      remediation: `copy the key ${good.value.spec.kind === 'pem' ? 'and its public key ' : ''}from ${good.node} to ${list(bad)}, with the same owner and mode, and restart the product there`,
    };
  }
  return files[0]!.value.spec.kind === 'pem' ? { remediation: NEW_PAIR } : {};
}
