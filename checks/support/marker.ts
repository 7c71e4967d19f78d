/** What a marker file proved about a directory that several nodes share. Used by `shared-directories`. */

import { command, type Finding, fail, fixOn, list, pass, unknown } from 'ha-preflight';
import type { PlaceTrial } from 'ha-preflight/probes/storage';
import type { SharedPlace } from './places.js';

/** What the marker proved: a node that does not see it has a different directory, whatever the inodes are. */
export function byMarker(
  place: SharedPlace,
  trial: PlaceTrial,
  there: ReadonlySet<string>,
  requirements: readonly string[],
): Finding[] {
  const about = { subject: place.setting, requirements };
  const { what } = place;
  const by = Object.keys(trial.markers).filter((node) => there.has(node));
  const blind = Object.entries(trial.trouble).filter(
    ([node]) => there.has(node) && node !== trial.writer && !by.includes(node),
  );
  const outsiders = by.filter((node) => trial.markers[node] === 'absent');
  const odd = by.filter((node) => !['seen', 'absent'].includes(trial.markers[node]!));
  const findings: Finding[] = [
    ...blind.map(([node, why]) =>
      unknown(`${what} could not be tried on ${node}: ${why}`, {
        ...about,
        subject: `${place.setting} untried ${node}`,
        nodes: [node],
      }),
    ),
    ...odd.map((node) =>
      unknown(`${node} could not read the marker in ${what}: ${trial.markers[node]}`, {
        ...about,
        subject: `${place.setting} unread ${node}`,
        nodes: [node],
      }),
    ),
  ];
  if (trial.left)
    findings.push(
      fail(`${what}/${trial.left.name} could not be removed`, {
        ...about,
        subject: `${place.setting} left`,
        severity: 'warning',
        nodes: trial.left.nodes,
        fixes: fixOn(trial.left.nodes.slice(0, 1), () => command`sudo rm -r ${`${what}/${trial.left!.name}`}`),
      }),
    );
  if (outsiders.length > 0) {
    // of two nodes, neither is known to be wrong
    const nodes = by.length === 1 ? [trial.writer!, ...outsiders] : outsiders;
    findings.push(
      fail(`a file that ${trial.writer} wrote into ${what} does not exist on ${list(outsiders)}`, {
        ...about,
        nodes,
        observed: 'no marker',
        expected: `the marker of ${trial.writer}`,
      }),
    );
  } else if (by.some((node) => trial.markers[node] === 'seen'))
    findings.push(
      pass(
        `a file that ${trial.writer} wrote into ${what} exists on ${list(by.filter((n) => trial.markers[n] === 'seen'))}; the file was removed`,
        { ...about, nodes: [trial.writer!, ...by.filter((n) => trial.markers[n] === 'seen')] },
      ),
    );
  return findings;
}
