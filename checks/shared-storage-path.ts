import { command, defineCheck, effective, everyNode, found, withFix } from 'ha-preflight';
import { pathOf } from 'ha-preflight/products/installed';

const QUOTED = /^["']/;

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
  needs: { effective, found },
  judge: (nodes) =>
    withFix(
      everyNode(
        'server-shared-storage-path is set',
        nodes.map((n) => ({ node: n.node, value: n.effective.get('rserver.conf:server-shared-storage-path')?.value })),
        (path) =>
          path?.startsWith('/')
            ? undefined
            : path
              ? {
                  problem: `server-shared-storage-path=${path} is not an absolute path${QUOTED.test(path) ? ': the quotes are part of it' : ''}`,
                  observed: path,
                }
              : { problem: 'server-shared-storage-path is not set', observed: 'the default, on the local disk' },
        { expected: 'server-shared-storage-path in rserver.conf, on storage that all nodes share' },
      ),
      (node) =>
        command`sudo grep -n server-shared-storage-path ${pathOf(nodes.find((n) => n.node === node)!.found, 'rserver.conf')}`,
      'set it there once, without quotes, to a directory on shared storage, then: sudo rstudio-server restart',
    ),
  remediation:
    'sudo grep -n server-shared-storage-path /etc/rstudio/rserver.conf    # on the nodes named; set it there once, without quotes, to a directory on shared storage, then: sudo rstudio-server restart',
});
