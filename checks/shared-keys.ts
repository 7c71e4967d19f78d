import { defineCheck, type Finding, settings, skip, unknown } from 'ha-preflight';
import { keys } from 'ha-preflight/collectors/keys';
import { versions } from 'ha-preflight/collectors/versions';
import { sameKey } from './support/sameKey.js';

const ROWS = ['WB-20', 'WB-25', 'WB-27', 'PPM-AWS-06', 'DEPLOYR-19'];

export default defineCheck({
  id: 'shared-keys',
  title: 'Every node has the same keys',
  severity: 'critical',
  severityFor: { connect: 'warning' },
  tags: ['keys'],
  requirements: ['WB-20', 'WB-25', 'WB-27', 'WB-30', 'PPM-AWS-06', 'DEPLOYR-19'],
  rationale:
    'A cookie signed on one node is checked on another, and a secret encrypted by one node is decrypted by another. A node without the key creates a different one, without an error. ' +
    'The bytes are compared as they are: a line break at the end makes a different key. The key never leaves the node; only a digest, keyed for this run, does.',
  when: (profile) => profile.hasKeys === true,
  needs: { settings, keys, versions },
  minimumNodes: 2,
  judge(nodes, { cluster, product }) {
    const names = [...new Set(nodes.flatMap((n) => n.settings.keys.filter((k) => !k.forS3).map((k) => k.name)))];
    if (names.length === 0)
      return skip(
        product === 'deployr' ? 'no replica set is configured' : 'the encryption key is judged by s3-encryption-key',
        { nodes: nodes.map((n) => n.node) },
      );
    return names.flatMap((name) => {
      const specs = nodes.flatMap((n) => n.settings.keys.filter((k) => k.name === name));
      const doubt = specs.find((k) => k.doubt !== undefined)?.doubt;
      const used = specs.some((k) => k.doubt === undefined);
      const held = nodes
        .filter((n) => used || n.keys.has(name))
        .map((n) => ({
          node: n.node,
          fact: n.keys.get(name) ?? { unseen: `the configuration does not use ${name}` },
          release: n.versions.program ?? n.versions.package,
        }));
      const findings = sameKey(name, held, cluster).flatMap((f): Finding[] => {
        if (doubt === undefined) return [f];
        // of a key that is perhaps not used there is nothing to say but that
        if (f.status !== 'fail') return used ? [f] : [];
        return [unknown(`${f.message}; ${doubt}`, { nodes: f.nodes ?? [], subject: name, details: f.details ?? [] })];
      });
      return findings.map((f) => ({
        ...f,
        requirements: name.startsWith('launcher') ? ['WB-30'] : ROWS,
      }));
    });
  },
  remediation:
    "ssh GOOD sudo cat KEY | ssh NODE 'sudo cp -np KEY KEY.ha-preflight.bak; sudo tee KEY >/dev/null'    # keep owner and mode 0600, and restart the product there",
});
