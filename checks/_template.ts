import { defineCheck, defineCollector, same, sh } from 'ha-preflight';

/** The question to each node, and the value made of the answer. Delete it when a collector of `ha-preflight/collectors` will do. */
export const kernel = defineCollector({
  id: 'template-check-kernel',
  requests: { release: sh`uname -r` },
  parse: ({ release }) => release!.stdout.trim(),
});

export default defineCheck({
  id: '_template',
  title: 'The good state, in the present tense',
  severity: 'warning',
  requirements: [],
  rationale: 'Why it matters, and which document says so.',
  products: ['workbench', 'connect', 'package-manager'],
  needs: { kernel },
  minimumNodes: 2,
  judge: (nodes, { cluster }) =>
    same(
      'the kernel',
      nodes.map((n) => ({ node: n.node, key: n.kernel })),
      cluster.reference,
    ),
  remediation: 'a command to paste',
});
