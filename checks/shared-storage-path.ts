import { defineCheck, effective, everyNode } from 'ha-preflight';

export default defineCheck({
  id: 'shared-storage-path',
  title: 'The shared storage path of the server is set',
  severity: 'critical',
  proof: 'declared',
  tags: ['storage', 'configuration'],
  requirements: ['WB-10'],
  rationale:
    "The nodes synchronise through this directory. Its default, /var/lib/rstudio-server/shared-storage, is on each node's own disk.",
  products: ['workbench'],
  needs: { effective },
  judge: (nodes) =>
    everyNode(
      'server-shared-storage-path is set',
      nodes.map((n) => ({ node: n.node, value: n.effective.get('rserver.conf:server-shared-storage-path')?.value })),
      (path) =>
        path
          ? undefined
          : { problem: 'server-shared-storage-path is not set', observed: 'the default, on the local disk' },
      { expected: 'server-shared-storage-path in rserver.conf, on storage that all nodes share' },
    ),
  remediation:
    'echo server-shared-storage-path=DIRECTORY | sudo tee -a /etc/rstudio/rserver.conf    # on the nodes named, with a directory on shared storage; then restart',
});
