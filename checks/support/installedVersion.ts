/** The version of each node, in one way for all. Used by `product-version` and `upgrade-state`. */

import { connected, type Fact, type Found } from 'ha-preflight';
import type { Versions } from 'ha-preflight/collectors/versions';
import { sameVersion } from 'ha-preflight/formats/version';

interface Node {
  readonly node: string;
  readonly found: Found;
  readonly versions: Versions;
}
interface Spelled {
  readonly node: string;
  readonly value: string;
}

/** A program that is not that of the installed package. */
export const contradicts = ({ program, package: installed }: Versions): boolean =>
  program !== undefined && installed !== undefined && !sameVersion(program, installed);

/**
 * By the program where every node's can be run, else by the package database: the two are not always spelled alike. A node
 * whose program does not answer has none: it may run another than the package's.
 */
export function versionFacts(nodes: readonly Node[]): {
  readonly byProgram: boolean;
  readonly facts: readonly { readonly node: string; readonly fact: Fact<string> }[];
} {
  const programs = new Set(nodes.flatMap((n) => n.versions.program ?? []));
  const byProgram =
    programs.size > 1 ||
    nodes.every((n) => n.versions.program !== undefined) ||
    nodes.every((n) => n.versions.package === undefined);
  const facts = nodes.map((n): { node: string; fact: Fact<string> } => {
    // a program that contradicts its package is what runs
    const { programSilent: silent } = n.versions;
    const version = byProgram || silent || contradicts(n.versions) ? n.versions.program : n.versions.package;
    const why =
      byProgram || silent
        ? n.versions.programTrouble
        : `${n.found.profile.packages.join(' or ')} is not in the package database`;
    return {
      node: n.node,
      fact: version === undefined ? { unseen: why ?? 'no version was found' } : { value: version },
    };
  });
  return { byProgram, facts };
}

/** Nodes whose versions are one, or may be: deb and rpm spell one differently, 2024.04.2+764.pro1 and 2024.04.2+764.pro1-1. */
export const alikeVersions = (seen: readonly Spelled[], byProgram: boolean): Spelled[][] =>
  connected(seen, (a, b) => a.value === b.value || (!byProgram && sameVersion(a.value, b.value))).map((g) => [...g]);

/** The spellings that are there. */
export const spellingsOf = (some: readonly Spelled[]): string[] => [...new Set(some.map((s) => s.value))];

/** What `same` compares: one value for each of those groups, shown as the nodes of it spell it. */
export const oneValueEach = (alike: readonly Spelled[][]): { node: string; key: string; shown: string }[] =>
  alike.flatMap((group) =>
    group.map(({ node }) => ({ node, key: group[0]!.value, shown: spellingsOf(group).join(' or ') })),
  );
