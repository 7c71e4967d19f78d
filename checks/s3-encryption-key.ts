import { defineCheck, settings, skip } from 'ha-preflight';
import { keys } from 'ha-preflight/collectors/keys';
import { versions } from 'ha-preflight/collectors/versions';
import { sameKey } from './support/sameKey.js';

export default defineCheck({
  id: 's3-encryption-key',
  title: 'With storage on S3, every node encrypts with the same key',
  severity: 'critical',
  tags: ['keys', 's3'],
  requirements: ['RSPM-09', 'PPM-AWS-06'],
  rationale:
    'Every node must be able to read what another node wrote encrypted to the bucket. A node without the key file creates a different key when it first starts.',
  products: ['package-manager'],
  needs: { settings, keys, versions },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    if (nodes.every((n) => n.settings.s3.length === 0))
      return skip('no storage class is on S3: shared-keys judges the key');
    const held = nodes.map((n) => ({
      node: n.node,
      fact: n.keys.get('encryption key') ?? { unseen: 'no encryption key is configured' },
      release: n.versions.program ?? n.versions.package,
    }));
    return sameKey('encryption key', held, cluster);
  },
  remediation:
    "ssh GOOD sudo cat KEY | ssh NODE 'sudo cp -np KEY KEY.ha-preflight.bak; sudo tee KEY >/dev/null'    # keep owner and mode 0600, and restart the product there",
});
