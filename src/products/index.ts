/** The products of a run and their requirements: the folders beside this file, and what plugins bring. Pure. */

import type { Product } from '../model/inventory.js';
import { derived } from '../requirements/derived.js';
import { holdsIn, rowsOf } from '../requirements/index.js';
import type { Document, Requirement } from '../requirements/requirement.js';
import type { Profile } from './profile.js';

export interface Catalogue {
  /** By id. */
  readonly profiles: ReadonlyMap<Product, Profile>;
  /** By id: those of the products' documents, then those that hold for every product. */
  readonly requirements: ReadonlyMap<string, Requirement>;
  /** The products whose documents have the row, by id; not in it: a row of every product. */
  readonly owners: ReadonlyMap<string, readonly Product[]>;
}

/** `more`: documents of a plugin that hold for every product. */
export function catalogueOf(profiles: readonly Profile[], more: readonly Document[] = []): Catalogue {
  const owners = new Map<string, Product[]>();
  for (const { product, documents } of profiles)
    for (const [id] of documents.flatMap(({ rows }) => rows)) owners.set(id, [...(owners.get(id) ?? []), product]);
  const rows = rowsOf([...profiles.flatMap((p) => p.documents), derived, ...more]);
  return {
    profiles: new Map(profiles.map((p) => [p.product, p])),
    requirements: new Map(rows.map((row) => [row.id, row])),
    owners,
  };
}

/**
 * Of the rows a check cites, those of the product and those of every product (all when the product is not known), and
 * of these not the ones that do not hold for `release`.
 */
export function rowsFor(
  { owners, requirements }: Catalogue,
  ids: readonly string[],
  product: Product | undefined,
  release?: string,
): string[] {
  const theirs = (id: string): boolean =>
    product !== undefined && (owners.get(id) ?? []).some((owner) => owner !== product);
  const holds = (id: string): boolean => {
    const row = requirements.get(id);
    return row === undefined || holdsIn(row, release) !== false;
  };
  return ids.filter((id) => !theirs(id) && holds(id));
}
