import {
  type Cluster,
  command,
  defineCheck,
  type Finding,
  faults,
  list,
  pass,
  same,
  sift,
  skip,
  unknown,
} from 'ha-preflight';
import { type KeyMeasure, keys } from 'ha-preflight/collectors/keys';
import { versions } from 'ha-preflight/collectors/versions';
import { remedy } from './support/keyRemedy.js';
import { RULES, type Rule } from './support/keyRules.js';
import { absence, isYaml } from './support/keys.js';

interface Held {
  readonly node: string;
  readonly value: KeyMeasure;
}
/** Release of the product by node, where it is known. */
type Releases = ReadonlyMap<string, string | undefined>;

/** The path, where the configuration sets it. */
function pathFinding(name: string, held: readonly Held[], product: string, reference: string | undefined): Finding[] {
  const at = held.flatMap(({ node, value: { spec } }) => (spec.path === undefined ? [] : [{ node, key: spec.path }]));
  // Package Manager's setting is compared by config-identical
  if (
    ['connect', 'package-manager'].includes(product) ||
    at.length < 2 ||
    held.every((h) => h.value.spec.explicit !== true)
  )
    return [];
  return [
    same(`the path of the ${name}`, at, reference, {
      subject: `${name} path`,
      proof: 'declared',
      // DeployR reads the key wherever it is: a copy in a different place is only less easy to replace
      ...(product === 'deployr' && { severity: 'warning' as const }),
      // WB 54 asks for identical configurations, and Package Manager's document for a copy in the same place
      requirements: ['RSPM-17', 'WB-02', 'WB-29', 'DEPLOYR-20'],
      remediation: 'set the same path in the configuration of every node, and copy the key there',
    }),
  ];
}

/** Keys that are, or may be, in a place other than a file. */
function notInFiles(name: string, elsewhere: readonly Held[], open: readonly Held[]): Finding[] {
  const findings: Finding[] = [];
  if (elsewhere.length > 0) {
    const { state, spec } = elsewhere[0]!.value;
    const why = state === 'inline' || !spec.where ? spec.because : `this release keeps it in ${spec.where}`;
    findings.push(
      skip(`${name}: the key is not in a file (${why})`, {
        subject: `${name} elsewhere`,
        nodes: elsewhere.map((s) => s.node),
      }),
    );
  }
  if (open.length > 0) {
    const { spec } = open[0]!.value;
    findings.push(
      unknown(
        `no node has ${spec.path} (${spec.because}): whether this release keeps the key in ${spec.where ?? 'another place'} is not known`,
        { subject: `${name} unverified`, nodes: open.map((s) => s.node) },
      ),
    );
  }
  return findings;
}

/** What breaks a rule, the files that break none, and the rules that all keep. */
function judgeFiles(
  name: string,
  files: readonly Held[],
  elsewhere: readonly Held[],
  releases: Releases,
  cluster: Cluster,
): { readonly findings: Finding[]; readonly sound: readonly Held[]; readonly kept: readonly Rule[] } {
  const alike = new Set(files.map((f) => f.value.content?.length)).size === 1;
  const findings: Finding[] = [];
  const kept: Rule[] = [];
  let sound = files;
  for (const rule of RULES) {
    const [finding] = faults(sound, (key, node) => rule.judge(key, releases.get(node), alike), {
      subject: `${name} ${rule.subject}`,
      requirements: rule.rows(files[0]!.value),
      expected: 'a regular file, mode 0600 or stricter, at least 128 random bits',
      ...(rule.severity && { severity: rule.severity }),
    });
    if (!finding) {
      kept.push(rule);
      continue;
    }
    const bad = finding.nodes ?? [];
    const inDatabase = rule.subject === 'missing' && elsewhere.some((s) => s.value.state === 'missing');
    const fix = inDatabase
      ? {
          remediation: `set load-balancing-enabled=1 on ${list(bad)} as on ${list(elsewhere.map((s) => s.node))}, where the key is in the database of the cluster, and restart the product`,
        }
      : remedy(rule, bad, files, releases, cluster);
    findings.push({ ...finding, ...fix });
    sound = sound.filter((s) => !bad.includes(s.node));
  }
  return { findings, sound, kept };
}

/** What could not be seen of keys that break no rule. */
function unmeasured(name: string, sound: readonly Held[]): Finding[] {
  const findings: Finding[] = [];
  const lists = sound.filter((s) => isYaml(s.value)).map((s) => s.node);
  if (lists.length > 0)
    findings.push(
      unknown(
        `the ${name} of ${list(lists)} is written in YAML (a list of keys, quotes or a remark), which MongoDB reads since 4.2 and earlier releases refuse: its keys were not measured`,
        { nodes: lists, subject: `${name} in YAML`, requirements: ['DEPLOYR-18'] },
      ),
    );
  const alone = sound.filter((s) => s.value.pair === 'unknown').map((s) => s.node);
  if (alone.length > 0)
    findings.push(
      unknown(
        `whether ${name} and its public key belong together is not known on ${list(alone)}: openssl pkey -in KEY -pubout`,
        { nodes: alone, subject: `${name} pair unseen`, requirements: ['WB-30'] },
      ),
    );
  const [first, ...others] = sound.filter((s) => s.value.accessList);
  if (first) {
    const { closedFolder, spec } = first.value;
    const on = [first, ...others].map((s) => s.node);
    findings.push(
      unknown(
        `whether ${spec.reader} may enter ${closedFolder} is not known on ${list(on)}, where the folder has an access control list: ${command`sudo -u ${spec.reader ?? ''} test -r ${spec.path ?? ''}` ?? 'getfacl'}`,
        { nodes: on, subject: `${name} access unseen`, requirements: ['X-11'] },
      ),
    );
  }
  return findings;
}

export default defineCheck({
  id: 'key-file',
  title: 'Key files are private and strong',
  severity: 'critical',
  severityFor: { connect: 'warning' },
  tags: ['keys'],
  requirements: [
    'RSPM-17',
    'RSPM-18',
    'WB-02',
    'WB-20',
    'WB-23',
    'WB-24',
    'WB-26',
    'WB-29',
    'WB-30',
    'WB26-02',
    'PPM26-01',
    'DEPLOYR-18',
    'DEPLOYR-20',
    'X-11',
    'X-17',
  ],
  rationale:
    'Whoever can read or guess the key can forge a session or decrypt stored secrets. The document asks for 128 bits; Workbench 1.4 and later refuse less than 256. ' +
    'A NUL byte ends the key early. The file is measured on the node, and no part of it leaves the node.',
  when: (profile) => profile.hasKeys === true,
  needs: { keys, versions },
  judge(nodes, { cluster, product }) {
    const releases: Releases = new Map(nodes.map((n) => [n.node, n.versions.program ?? n.versions.package]));
    const names = [...new Set(nodes.flatMap((n) => [...n.keys.keys()]))];
    if (names.length === 0 && product === 'deployr')
      return skip('no replica set is configured, so a key file is not needed', { nodes: nodes.map((n) => n.node) });
    return names.flatMap((name): Finding[] => {
      const { seen, findings } = sift(
        nodes.flatMap((n) => {
          const fact = n.keys.get(name);
          return fact && !('value' in fact && fact.value.spec.doubt !== undefined) ? [{ node: n.node, fact }] : [];
        }),
        `${name} unread`,
      );
      // where some nodes have the key, it is missing on the others, even if the release could run without it
      const somewhere = seen.some((s) => s.value.state === 'present' || s.value.state === 'inline');
      const means = (s: Held) =>
        somewhere || s.value.state !== 'missing' ? 'required' : absence(s.value.spec, releases.get(s.node));
      const elsewhere = seen.filter((s) => means(s) === 'elsewhere' || s.value.state === 'inline');
      const refused = faults(seen, ({ spec }) => (spec.refused === undefined ? undefined : { problem: spec.refused }), {
        subject: `${name} settings`,
        expected: 'one of the two settings',
        remediation: 'remove one of the two settings; keep the key that the other nodes have, and restart the product',
      });
      const open = seen.filter((s) => means(s) === 'unknown');
      findings.push(...notInFiles(name, elsewhere, open), ...refused);
      const files = seen.filter((s) => means(s) === 'required' && s.value.state !== 'inline');
      if (files.length === 0) return findings;
      const { findings: broken, sound, kept } = judgeFiles(name, files, elsewhere, releases, cluster);
      findings.push(...pathFinding(name, seen, product, cluster.reference), ...broken);
      findings.push(...unmeasured(name, sound));
      const measured = sound.filter((s) => !isYaml(s.value));
      if (measured.length > 0)
        findings.push(
          pass(`the ${name} is private and strong`, {
            nodes: measured.map((s) => s.node),
            subject: name,
            requirements: [...new Set(kept.flatMap((rule) => rule.rows(files[0]!.value)))],
          }),
        );
      return findings;
    });
  },
  remediation:
    'sudo chmod 0600 KEY    # on the nodes named, and sudo chown ACCOUNT KEY; a key that is weak or missing is made once and copied to every node',
});
