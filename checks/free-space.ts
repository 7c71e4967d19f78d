import { defineCheck, everyNode, type Finding, skip, unknown } from 'ha-preflight';
import { storage } from 'ha-preflight/collectors/storage';
import type { Held } from 'ha-preflight/collectors/storagePlace';
import { byMount, placesOf } from './support/places.js';

const percent = (free: number, all: number): number => (100 * free) / all;
type Space = NonNullable<Held['space']>;

/** A file system that shows no blocks, or more free than there are, has not been measured. */
const measured = (space: Held['space']): space is Space =>
  space !== undefined && space.blocks > 0 && space.available >= 0 && space.available <= space.blocks;

/** The server does not count inodes where it shows none. */
const inodesFree = ({ inodes, inodesFree: free }: Space): number =>
  inodes > 0 && free <= inodes ? percent(free, inodes) : 100;

export default defineCheck({
  id: 'free-space',
  title: 'Shared directories have free space and inodes',
  severity: 'warning',
  tags: ['storage'],
  requirements: ['X-14'],
  rationale: 'When the shared directory is full, every node stops at the same time, and no other node can take over.',
  when: (profile) => profile.sharesStorage === true,
  needs: { storage },
  params: { minFreePercent: 10 },
  judge(nodes, { params }) {
    const least = Number(params.minFreePercent);
    const findings = byMount(placesOf(nodes, ['shared', 'homes'])).flatMap(
      ({ what, setting, held, findings: blind }): Finding[] => {
        const told = held.flatMap(({ node, value: { space } }) => (measured(space) ? [{ node, value: space }] : []));
        const silent = held.filter((h) => !measured(h.value.space)).map((h) => h.node);
        const dumb =
          silent.length > 0
            ? [
                unknown(`the free space of ${what} could not be read: df -P ${what}`, {
                  nodes: silent,
                  subject: `${setting} silent`,
                }),
              ]
            : [];
        if (told.length === 0) return [...blind, ...dumb];
        const free = told.map((h) => percent(h.value.available, h.value.blocks));
        return [
          ...blind,
          ...dumb,
          everyNode(
            `${what} has ${Math.floor(Math.min(...free))} % free`,
            told,
            (space) => {
              const blocks = percent(space.available, space.blocks);
              const inodes = inodesFree(space);
              if (blocks < least) return { problem: `${what} is nearly full`, observed: `${blocks.toFixed(1)} % free` };
              return inodes < least
                ? { problem: `${what} has almost no free inodes`, observed: `${inodes.toFixed(1)} % of inodes free` }
                : undefined;
            },
            { subject: setting, expected: `at least ${least} % free` },
          ),
        ];
      },
    );
    return findings.length > 0
      ? findings
      : skip('the product has no shared directory', { nodes: nodes.map((n) => n.node) });
  },
  remediation:
    'df -h DIRECTORY; df -i DIRECTORY    # then enlarge the file system, or clean up with the product itself',
});
