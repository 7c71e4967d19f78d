import { defineCheck, everyNode, settings, sift, skip } from 'ha-preflight';
import { versions } from 'ha-preflight/collectors/versions';
import { compareVersions } from 'ha-preflight/formats/version';

export default defineCheck({
  id: 's3-beta',
  title: 'The release supports S3 for production data',
  severity: 'warning',
  tags: ['s3', 'version'],
  requirements: ['RSPM-16'],
  rationale:
    'In releases 1.x S3 was in beta, and their document says not to use it for production data. Later documents recommend S3.',
  products: ['package-manager'],
  needs: { settings, versions },
  judge(nodes) {
    const using = nodes.filter((n) => n.settings.s3.length > 0);
    if (using.length === 0) return skip('no storage class is on S3', { nodes: nodes.map((n) => n.node) });
    const { seen, findings } = sift(
      using.map((n) => {
        const version = n.versions.program ?? n.versions.package;
        return {
          node: n.node,
          fact: version === undefined ? { unseen: 'the version is not known' } : { value: version },
        };
      }),
      'version unseen',
    );
    return seen.length === 0
      ? findings
      : [
          ...findings,
          everyNode(
            'S3 is not in beta in this release',
            seen,
            (version) =>
              compareVersions(version, '2021') < 0
                ? { problem: `S3 is in beta in release ${version}`, observed: version }
                : undefined,
            { expected: 'release 2021.09 or later, or storage on NFS' },
          ),
        ];
  },
  remediation: 'upgrade Package Manager (all nodes together), or keep production data on NFS until then',
});
