import { defineCheck, sameKey, settings } from 'ha-preflight';
import { keys } from 'ha-preflight/collectors/keys';
import { versions } from 'ha-preflight/collectors/versions';

export default defineCheck({
  id: 'shared-keys',
  title: 'Every node holds the same keys',
  severity: 'critical',
  severityFor: { connect: 'warning' },
  tags: ['keys'],
  requirements: ['WB-20', 'WB-25', 'WB-27', 'WB-30', 'PPM-AWS-06'],
  rationale:
    'A cookie signed on one node is checked on another, and a secret encrypted by one is decrypted by another. A node without the key makes one of its own, silently. ' +
    'The bytes are compared as they are: a line break at the end makes another key. They never leave the node; only a digest keyed by this run does.',
  products: ['workbench', 'connect', 'package-manager'],
  needs: { settings, keys, versions },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const names = [...new Set(nodes.flatMap((n) => n.settings.keys.filter((k) => !k.forS3).map((k) => k.name)))];
    if (names.length === 0) return { status: 'skip', message: 'the encryption key is judged by s3-encryption-key' };
    return names.flatMap((name) => {
      const held = nodes.map((n) => ({
        node: n.node,
        fact: n.keys.get(name) ?? { unseen: `its configuration does not use ${name}` },
        release: n.versions.program ?? n.versions.package,
      }));
      return sameKey(name, held, cluster);
    });
  },
  remediation:
    'copy the key file from a good node to the nodes named, keep its owner and mode 0600, and restart the product there',
});
