/** On a host, with a stand-in for the product's program: its list is asked for once, for all who need it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { clusterState } from '../../src/collectors/clusterState.js';
import { peers } from '../../src/collectors/peers.js';
import type { Requests } from '../../src/model/collector.js';
import type { Asking, Response } from '../../src/model/evidence.js';
import { foundOf } from '../support/facts.js';
import { startHosts, whyNoHosts } from './hosts.js';
import { askInside } from './processes.js';

const STAND_IN = `#!/bin/sh
echo "$@" >>/asked
printf '1 10.0.0.1 8787 Online\\n2 127.0.0.1 22 Online\\n'
exit 3
`;
const asking = {
  cluster: { nodes: ['n1', 'n2'].map((name) => ({ name, host: '127.0.0.1' })), users: [] },
  node: 'n1',
} as unknown as Asking;
const found = foundOf('workbench', {}, { running: [{ name: 'rserver', pid: 1 }] });

it('asks for the list of nodes once', { skip: process.env.CI === 'true' ? false : (whyNoHosts() ?? false) }, () => {
  const hosts = startHosts(['n1'], () => ({
    '/usr/lib/rstudio-server/bin/rstudio-server': { text: STAND_IN, mode: 0o755 },
  }));
  try {
    const requests = Object.assign(
      {},
      ...[clusterState, peers].map((c) =>
        (c.requests as (asking: Asking, of: typeof found) => Requests)(asking, found),
      ),
    ) as Requests;
    const { nodes, ports } = askInside(hosts.list[0]!, requests) as Record<string, Response>;
    assert.match(nodes!.stdout, /^=now \d+ \S+\n1 10\.0\.0\.1 8787 Online\n2 127\.0\.0\.1 22 Online\n$/);
    assert.equal(nodes!.exit, 3);
    assert.match(ports!.stdout, /^=listed:127\.0\.0\.1:22 open$/m);
    assert.equal(readFileSync(join(hosts.list[0]!.root, 'asked'), 'utf8'), 'list-nodes\n');
  } finally {
    hosts.stop();
  }
});
