import { defineCheck, type Finding, skip } from 'ha-preflight';
import { addresses } from 'ha-preflight/collectors/addresses';
import { mongo } from 'ha-preflight/collectors/mongo';
import { replicaSet } from 'ha-preflight/collectors/replicaSet';
import { last, unknownValue } from 'ha-preflight/formats/settings';
import { listedMembers } from 'ha-preflight/products/deployr/mongo';
import { noList } from './support/memberNames.js';
import { knowing, serversOf } from './support/mongoFiles.js';
import { ofList, ofMembers, ofSettings } from './support/replicaSet.js';

export default defineCheck({
  id: 'mongo-replica-set',
  title: 'The MongoDB replica set is configured correctly',
  severity: 'critical',
  proof: 'declared',
  tags: ['database'],
  requirements: [
    'DEPLOYR-14',
    'DEPLOYR-15',
    'DEPLOYR-16',
    'DEPLOYR-17',
    'DEPLOYR-21',
    'DEPLOYR-22',
    'DEPLOYR-24',
    'DEPLOYR-25',
    'DEPLOYR-26',
  ],
  rationale:
    'An even number of members has no majority after half of them fail. A member named localhost is a different machine for every reader. The commands and the sample in the vendor document have typographic quotes and blanks inside host strings, so a configuration copied from there is broken. ' +
    'The check reads deployr.groovy and mongod.conf of every node, and counts the members of the running set that vote: an arbiter or hidden one need not be listed.',
  products: ['deployr'],
  needs: { mongo, addresses, replicaSet },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const servers = serversOf(nodes);
    const members = nodes.flatMap((n) => (n.mongo.member ? [{ node: n.node, value: n.mongo.member }] : []));
    const names = nodes.map((n) => n.node);
    const addressesOf = (node: string) => nodes.find((n) => n.node === node)!.addresses;
    const { seen: listing, findings: open } = knowing(servers, 'replicaSet');
    const inSet =
      listing.some((s) => listedMembers(s.value).length > 0) ||
      members.some((m) => last(m.value, 'replSet') !== undefined || unknownValue(m.value, 'replSet') !== undefined);
    const confs = nodes.flatMap(({ replicaSet: { of } }) =>
      of && 'value' in of && 'value' in of.value.conf ? [of.value.conf.value] : [],
    );
    const voters = confs[0]?.flatMap((m) => ((m.arbiter || m.hidden) && m.votes > 0 ? [m.host] : []));
    const silent = confs[0]?.flatMap((m) => (m.votes > 0 ? [] : [m.host]));
    const beside = { voters, silent, members: members.filter((m) => last(m.value, 'replSet')?.value).length };
    // behind a load balancer each server has its own database and its own settings
    const alike =
      cluster.mode === 'load-balanced' ? [] : [...noList(listing, members), ...ofSettings(servers, members, cluster)];
    const findings: Finding[] = inSet
      ? [
          ...open,
          ...ofList(listing, cluster, addressesOf, beside),
          ...ofMembers(members, listing, cluster, addressesOf),
          ...alike,
        ]
      : [...open, ...alike];
    return findings.length > 0
      ? findings
      : skip(
          servers.length === 0 && nodes.some((n) => n.mongo.server)
            ? 'the servers do not keep their data in MongoDB: deployr.groovy names a dataSource'
            : 'no replica set is configured: a single MongoDB is not highly available',
          { nodes: names },
        );
  },
  remediation:
    'grep -n replSet mongo/mongod.conf; grep -n replicaSet deployr/deployr.groovy    # on all nodes; correct them (and keyFile) on the nodes named, then stop and start both there',
});
