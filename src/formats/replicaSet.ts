/**
 * A replica set as a mongo shell prints it: the line of our own script (`=rs {"status":…,"conf":…}`, plain JSON), or
 * rs.status() as the document shows it, with ISODate(…), NumberLong(…) and Timestamp(…) in it.
 */

import { type Fact, NotSeen } from '../model/evidence.js';

export interface StatusMember {
  /** `host:port`, as it stands there. */
  readonly name: string;
  readonly healthy: boolean;
  /** PRIMARY, SECONDARY, ARBITER, DOWN, … */
  readonly state: string;
  /** The member that was asked. */
  readonly self: boolean;
}

export interface ConfMember {
  readonly host: string;
  readonly votes: number;
  readonly arbiter: boolean;
  /** With 0 it never becomes PRIMARY; absent in evidence of earlier releases. */
  readonly priority?: number;
  /** Clients are not told of it. */
  readonly hidden?: true;
}

export interface ReplicaSetAnswer {
  /** Why this mongod is in no replica set, as it says itself; absent where it is in one, or does not say. */
  readonly outside?: string;
  readonly status: Fact<{ readonly set: string; readonly members: readonly StatusMember[] }>;
  readonly conf: Fact<readonly ConfMember[]>;
}

const CALL =
  /"(?:\\.|[^"\\])*"|\b(?:new )?(?:ISODate|Date|NumberLong|NumberInt|Timestamp|ObjectId|BinData|UUID)\(([^()]*)\)/g;

/** What the shells print in addition to JSON becomes its only argument, or null. */
export function shellJson(text: string): unknown {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  if (from < 0 || to < from) throw new NotSeen('the mongo shell printed no object');
  const json = text
    .slice(from, to + 1)
    .replace(CALL, (whole, argument: string | undefined) =>
      argument === undefined ? whole : /^\s*("(?:\\.|[^"\\])*"|-?\d+)\s*$/.test(argument) ? argument : 'null',
    );
  try {
    return JSON.parse(json);
  } catch {
    throw new NotSeen('what the mongo shell printed is not understood');
  }
}

type Unread = Readonly<Record<string, unknown>>;
const objectOf = (value: unknown): Unread => (typeof value === 'object' && value !== null ? (value as Unread) : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** A number, also as the extended JSON of MongoDB has it: `{"$numberInt":"1"}`. */
const numberOf = (value: unknown): number => {
  const { $numberInt, $numberLong, $numberDouble } = objectOf(value);
  return Number($numberInt ?? $numberLong ?? $numberDouble ?? value);
};

/** An error of the server in words an operator can act on. */
function trouble(said: Unread): string | undefined {
  const error = textOf(said.error) || textOf(said.errmsg);
  if (!error && said.ok !== 0) return undefined;
  return /not authorized|unauthorized|requires authentication|not allowed|auth/i.test(error)
    ? `MongoDB denies it (${error}): give the audit a user with the role clusterMonitor, and log it in from ~/.mongoshrc.js (mongo: ~/.mongorc.js) of the account on the node`
    : `MongoDB says: ${error || 'not ok'}`;
}

/** Its words for being in no replica set, of all releases (sources 4.4): not begun with --replSet, never initiated, or not among its members. */
const OUTSIDE =
  /not running with --replSet|not started with replication enabled|no replset config has been received|EMPTYCONFIG|we are not a member of it/;

function membersOf<T>(said: unknown, what: string, read: (member: Unread) => T): Fact<{ of: Unread; members: T[] }> {
  const of = objectOf(said);
  const why = trouble(of);
  if (why !== undefined) return { unseen: why };
  if (!Array.isArray(of.members) || of.members.length === 0) return { unseen: `${what} lists no members` };
  return { value: { of, members: of.members.map((m) => read(objectOf(m))) } };
}

/** NotSeen where nothing is understood; what the server refused is unseen with its words. */
export function replicaSetAnswer(text: string): ReplicaSetAnswer {
  const ours = /=rs (\{.*\})/.exec(text)?.[1];
  const said = ours === undefined ? { status: shellJson(text) } : objectOf(shellJson(ours));
  const status = membersOf(said.status, 'rs.status()', (m) => ({
    name: textOf(m.name),
    // of itself a member says nothing in some releases
    healthy: m.health === undefined || numberOf(m.health) === 1,
    state: textOf(m.stateStr) || 'UNKNOWN',
    self: m.self === true,
  }));
  const conf: Fact<{ members: ConfMember[] }> =
    said.conf === undefined
      ? { unseen: 'rs.conf() was not asked' }
      : membersOf(said.conf, 'rs.conf()', (m) => ({
          host: textOf(m.host),
          votes: m.votes === undefined || m.votes === null ? 1 : numberOf(m.votes),
          arbiter: m.arbiterOnly === true,
          ...(m.priority !== undefined && m.priority !== null && { priority: numberOf(m.priority) }),
          ...(m.hidden === true && { hidden: true as const }),
        }));
  const error = [said.status, said.conf].map((a) => textOf(objectOf(a).error) || textOf(objectOf(a).errmsg));
  const outside = error.find((words) => OUTSIDE.test(words));
  return {
    ...(outside !== undefined && { outside }),
    status:
      'unseen' in status ? status : { value: { set: textOf(status.value.of.set), members: status.value.members } },
    conf: 'unseen' in conf ? conf : { value: conf.value.members },
  };
}
