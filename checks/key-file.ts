import {
  defineCheck,
  everyNode,
  type Finding,
  onNodes,
  type Problem,
  sift,
  skip,
  strength,
  weakness,
} from 'ha-preflight';
import { type KeyMeasure, keys } from 'ha-preflight/collectors/keys';
import { versions } from 'ha-preflight/collectors/versions';

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** What the document forbids. */
function violation(key: KeyMeasure, release: string | undefined): Problem | undefined {
  const { spec, state, type, mode = 0 } = key;
  if (state === 'missing') return { problem: `${spec.path} is missing: the product would make a key of its own here` };
  if (state === 'inline') return undefined;
  if (type !== 'regular file') return { problem: `${spec.path} is a ${type}, not a regular file` };
  if ((mode & 0o077) !== 0)
    return { problem: `${spec.path} can be reached by others: mode ${octal(mode)}`, observed: `mode ${octal(mode)}` };
  const weak = weakness(key, release);
  return weak === undefined ? undefined : { problem: `${spec.path} ${weak}`, observed: weak };
}

/** What is allowed and yet worth a word. */
function advice(key: KeyMeasure, release: string | undefined): Problem | undefined {
  const { spec, content, owner = '', mode = 0 } = key;
  if (content === undefined) return undefined;
  if (!spec.owners.includes(owner))
    return {
      problem: `${spec.path} belongs to ${owner}, not to ${spec.owners.join(' or ')}`,
      observed: `owner ${owner}`,
    };
  if ((mode & 0o100) !== 0 || (mode & 0o7000) !== 0)
    return { problem: `${spec.path} has mode ${octal(mode)}, not 0600`, observed: `mode ${octal(mode)}` };
  if (content.uuidVersion === 1)
    return {
      problem: `${spec.path} is a time-based UUID (version 1): made of a clock and a network address, it can be guessed`,
    };
  if (spec.enforcedBytes !== undefined && release === undefined && strength(key, content) < spec.enforcedBytes)
    return {
      problem: `${spec.path} is ${strength(key, content)} bytes: newer releases refuse less than ${spec.enforcedBytes}`,
    };
  return undefined;
}

export default defineCheck({
  id: 'key-file',
  title: 'Key files are private and strong',
  severity: 'critical',
  severityFor: { connect: 'warning' },
  tags: ['keys'],
  requirements: ['RSPM-18', 'WB-23', 'WB-24', 'WB-26', 'WB-30'],
  rationale:
    'Whoever can read or guess the key can forge a session or decrypt stored secrets. The document asks for 128 bits; Workbench since 1.4 refuses less than 256. ' +
    'A NUL byte ends the key early. The file is measured on the node; nothing of it is transferred.',
  products: ['workbench', 'connect', 'package-manager'],
  needs: { keys, versions },
  judge(nodes, { cluster }) {
    const releases = new Map(nodes.map((n) => [n.node, n.versions.program ?? n.versions.package]));
    const names = [...new Set(nodes.flatMap((n) => [...n.keys.keys()]))];
    return names.flatMap((name): Finding[] => {
      const { seen, findings } = sift(
        nodes.flatMap((n) => (n.keys.has(name) ? [{ node: n.node, fact: n.keys.get(name)! }] : [])),
        `${name} unread`,
      );
      // where some nodes have the file, it is missing on the others, whatever the release could do without it
      const somewhere = seen.some((s) => s.value.state === 'present');
      const judged = seen.filter(
        (s) => somewhere || s.value.state === 'present' || s.value.spec.presence === 'required',
      );
      const elsewhere = seen.filter((s) => !judged.includes(s) || s.value.state === 'inline');
      if (elsewhere.length > 0)
        findings.push(
          skip(`${name}: no file to measure (${elsewhere[0]!.value.spec.because})`, {
            subject: `${name} elsewhere`,
            nodes: elsewhere.map((s) => s.node),
          }),
        );
      const files = judged.filter((s) => s.value.state !== 'inline');
      if (files.length === 0) return findings;
      const expected = 'a regular file, mode 0600 or stricter, at least 128 random bits';
      const hard = everyNode(`${name}: private and strong`, files, (key, node) => violation(key, releases.get(node)), {
        subject: name,
        expected,
      });
      const soft = everyNode(
        '',
        files.filter((f) => violation(f.value, releases.get(f.node)) === undefined),
        (key, node) => advice(key, releases.get(node)),
        {
          subject: `${name} advice`,
          severity: 'warning',
          expected: `owner ${files[0]!.value.spec.owners.join(' or ')}, mode 0600, random`,
        },
      );
      const path = files[0]!.value.spec.path ?? name;
      const open = seen.filter((s) => ((s.value.mode ?? 0) & 0o077) !== 0).map((s) => s.node);
      const close = open.length > 0 ? { remediation: onNodes(cluster, open, `sudo chmod 0600 ${path}`) } : {};
      return [
        ...findings,
        hard.status === 'fail' ? { ...hard, ...close } : hard,
        ...(soft.status === 'fail' ? [soft] : []),
      ];
    });
  },
  remediation:
    'chmod 0600 KEY and chown it to the expected account; make a new key once (openssl rand -hex 32 | tr -d "\\n") and copy it to every node',
});
