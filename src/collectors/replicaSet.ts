/** What the MongoDB of the node says of its replica set, through the mongo shell there. Reads only. */

import { type ReplicaSetAnswer, replicaSetAnswer } from '../formats/replicaSet.js';
import { last, unknownValue } from '../formats/settings.js';
import { defineCollector, living, shell } from '../model/collector.js';
import type { Fact } from '../model/evidence.js';
import { MONGO_PORT, mongoOf } from '../products/deployr/mongo.js';
import { attempt, type Found } from '../products/profile.js';

export type { ConfMember, ReplicaSetAnswer, StatusMember } from '../formats/replicaSet.js';

/** Undefined: no mongod.conf names a replica set there. */
export interface ReplicaSet {
  readonly of?: Fact<ReplicaSetAnswer>;
}

/**
 * One line (mongosh reads standard input line by line and prints its prompt before what is printed), in JavaScript of
 * 2013. Only plain strings and numbers leave it: the shells disagree how the rest becomes JSON.
 */
const PROGRAM = `(function () { var o = {}; function error(e) { return { error: String(e.errmsg || e.message || e) }; } try { var s = rs.status(); o.status = s.members ? { set: s.set, members: s.members.map(function (m) { return { name: m.name, health: Number(m.health), stateStr: m.stateStr, self: m.self === true }; }) } : error(s); } catch (e) { o.status = error(e); } try { var c = rs.conf(); o.conf = c && c.members ? { members: c.members.map(function (m) { return { host: m.host, votes: m.votes === undefined ? 1 : Number(m.votes), priority: m.priority === undefined ? 1 : Number(m.priority), hidden: m.hidden === true, arbiterOnly: m.arbiterOnly === true }; }) } : error(c || "no configuration"); } catch (e) { o.conf = error(e); } print("=rs " + JSON.stringify(o)); })();`;

/** Where mongod listens on its own machine. */
function address(found: Found): string | undefined {
  const { member } = mongoOf(found);
  if (!member || !last(member, 'replSet')?.value || unknownValue(member, 'replSet') !== undefined) return undefined;
  const bound = (last(member, 'bindIp')?.value || '127.0.0.1').split(',').map((a) => a.trim());
  const local = bound.some((a) => ['0.0.0.0', '::', '*', 'localhost', '127.0.0.1'].includes(a))
    ? '127.0.0.1'
    : bound[0];
  return `${local}:${last(member, 'port')?.value ?? MONGO_PORT}`;
}

export const replicaSet = defineCollector<ReplicaSet, Found>({
  id: 'replica-set',
  requests: (_, found) => {
    const at = address(found);
    if (at === undefined) return {};
    const own = `${found.root}/mongo/mongo/bin`;
    const script = shell`for m in mongosh mongo ${`${own}/mongosh`} ${`${own}/mongo`}; do command -v "$m" >/dev/null && break; m=; done
[ -n "$m" ] || { echo ${`neither mongosh nor mongo is on PATH or in ${own}: install mongosh`} >&2; exit 127; }
printf '%s\n' ${PROGRAM} | "$m" --quiet ${`${at}/admin`}`;
    return { status: { script: living('rs-status', script), timeoutSeconds: 20, allowExit: 'any', optional: true } };
  },
  parse({ status }, _, found) {
    const { member } = mongoOf(found);
    const unread = member && unknownValue(member, 'replSet');
    if (unread !== undefined) return { of: { unseen: `mongod.conf ${unread}` } };
    if (address(found) === undefined || !status) return {};
    // before it failed it may have said why, on either stream
    if (/^.*=rs \{/m.test(status.stdout) || status.exit === 0)
      return { of: attempt(() => replicaSetAnswer(status.stdout)) };
    const why = `${status.stderr}\n${status.stdout}`.split('\n').find((l) => l.trim() !== '');
    return { of: { unseen: why?.trim() ?? `the mongo shell ended with ${status.exit}` } };
  },
});
