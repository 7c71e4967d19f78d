/**
 * How many members a MongoDB replica set has, and whether one of them can follow the PRIMARY. Used by `mongo-replica-set`
 * and `replica-set-state`.
 */

import { everyNode, type Finding, faults, groupsOf, list, pass } from 'ha-preflight';
import type { ConfMember } from 'ha-preflight/collectors/replicaSet';
import { memberName } from 'ha-preflight/products/deployr/mongo';
import { hostOf } from './memberNames.js';

export type Listing = readonly { readonly node: string; readonly value: readonly string[] }[];

/** A member that is listed twice is one. */
const once = (all: Listing): Listing =>
  all.map(({ node, value }) => ({ node, value: [...new Map(value.map((m) => [memberName(m), m])).values()] }));

/** Odd (those that vote), three at least, each on a separate machine. */
export function ofSizes(all: Listing, voters: Listing = all): Finding[] {
  const expected = 'an odd number, at least three';
  const [listing, voting] = [once(all), once(voters)];
  const some = voters === all ? '' : 'voting ';
  const sizeOf = (node: string): number => listing.find((l) => l.node === node)?.value.length ?? 0;
  const odd = everyNode(
    'the number of members is odd',
    voting,
    (all, node) => {
      const observed = String(all.length);
      if (all.length % 2 === 0)
        return {
          problem: `${all.length} ${some}members are an even number: half of them are not a majority`,
          observed,
        };
      return all.length === 1 && sizeOf(node) > 1
        ? { problem: `only ${all[0]} votes: when it fails, no other member becomes PRIMARY`, observed }
        : undefined;
    },
    { subject: 'odd', requirements: ['DEPLOYR-14'], expected },
  );
  const even = odd.status === 'fail' ? (odd.nodes ?? []) : [];
  const [few] = faults(
    listing.filter(({ node }) => !even.includes(node)),
    (all) => (all.length === 1 ? { problem: 'one member is not a replica set', observed: '1' } : undefined),
    { subject: 'three', severity: 'info', requirements: ['DEPLOYR-17'], expected },
  );
  const apart = everyNode(
    'each member is on a separate machine',
    listing,
    (all) => {
      const twice = groupsOf(all.map((m) => ({ node: memberName(m), key: hostOf(m) }))).filter(
        (g) => g.nodes.length > 1,
      );
      return twice.length > 0
        ? {
            problem: `${twice[0]!.nodes.length} members are on one machine: ${list(twice.map((g) => g.key))}`,
            observed: twice.flatMap((g) => g.nodes).join(', '),
          }
        : undefined;
    },
    { subject: 'machines', severity: 'warning', requirements: ['DEPLOYR-15'], expected: 'one member per machine' },
  );
  const three =
    few ??
    pass('at least three members', {
      nodes: listing.map((l) => l.node),
      subject: 'three',
      requirements: ['DEPLOYR-17'],
    });
  return few === undefined && even.length > 0 ? [odd, apart] : [odd, three, apart];
}

/** When the PRIMARY fails, another member with the data can follow it. */
export const ofPriorities = (
  confs: readonly { readonly node: string; readonly value: readonly ConfMember[] }[],
): Finding[] =>
  faults(
    confs,
    (members) => {
      const able = members.filter((m) => !m.arbiter && m.priority !== 0).map((m) => m.host);
      return able.length === 1 && members.length > 1
        ? {
            problem: `only ${able[0]} has a priority above 0: when it fails, no other member becomes PRIMARY`,
            observed: able[0]!,
          }
        : undefined;
    },
    {
      subject: 'priorities',
      requirements: ['DEPLOYR-23'],
      expected: 'at least two members with data and a priority above 0',
    },
  );
