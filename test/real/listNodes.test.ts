/** On a host, with a stand-in for the product's program: its list is asked for once, for all who need it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
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
const ENDLESS = '#!/bin/sh\nexec yes node\n';
const asking = {
  cluster: { nodes: ['n1', 'n2'].map((name) => ({ name, host: '127.0.0.1' })), users: [] },
  node: 'n1',
} as unknown as Asking;
const found = foundOf('workbench', {}, { running: [{ name: 'rserver', pid: 1 }] });

const requests = Object.assign(
  {},
  ...[clusterState, peers].map((c) => (c.requests as (asking: Asking, of: typeof found) => Requests)(asking, found)),
) as Requests;

/** What a host answers that has this for a program, and what that was asked. */
function answers(program: string): { said: Record<string, Response>; asked: string } {
  const hosts = startHosts(['n1'], () => ({
    '/usr/lib/rstudio-server/bin/rstudio-server': { text: program, mode: 0o755 },
    '/asked': { text: '' },
  }));
  try {
    const [host] = hosts.list;
    const said = askInside(host!, requests) as Record<string, Response>;
    return { said, asked: readFileSync(join(host!.root, 'asked'), 'utf8') };
  } finally {
    hosts.stop();
  }
}

describe('the list of nodes', { skip: process.env.CI === 'true' ? false : (whyNoHosts() ?? false) }, () => {
  it('is asked for once', () => {
    const { said, asked } = answers(STAND_IN);
    assert.match(said.nodes!.stdout, /^=now \d+ \S+\n1 10\.0\.0\.1 8787 Online\n2 127\.0\.0\.1 22 Online\n$/);
    assert.equal(said.nodes!.exit, 3);
    assert.match(said.ports!.stdout, /^=listed:127\.0\.0\.1:22 open$/m);
    assert.equal(asked, 'list-nodes\n');
  });
  it('without an end is read to a length, and did not succeed', () => {
    const { nodes } = answers(ENDLESS).said;
    assert.equal(nodes!.exit, 1);
    assert.ok(nodes!.stdout.length <= 70_000);
  });
});
