/** The inventory as it is written, after the schema has passed it and before defaults are filled in. */

import type { Cluster, Connection, Product, SecretSource, Waiver } from '../model/inventory.js';

type Part<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Parts that the schema refused are undefined, so that rules can look at the rest. */
export type RawConnection = Part<Connection>;

export interface RawNode {
  readonly name?: string | undefined;
  readonly host?: string | undefined;
  readonly connection?: RawConnection | undefined;
  readonly grid?: readonly (string | undefined)[] | undefined;
}

/** What lists the nodes at run time: `command` with `group`, or `kubernetes`. */
export interface RawNodesFrom {
  readonly command?: readonly string[] | undefined;
  readonly group?: string | undefined;
  readonly kubernetes?: RawKubernetes | undefined;
}

export interface RawKubernetes {
  readonly namespace: string;
  readonly selector: string;
  readonly container?: string | undefined;
  readonly context?: string | undefined;
}

export interface RawInventory {
  readonly cluster?: string | undefined;
  readonly product?: Product | undefined;
  readonly mode?: Cluster['mode'] | undefined;
  readonly connection?: RawConnection | undefined;
  readonly nodes?: readonly (string | RawNode | undefined)[] | undefined;
  readonly nodesFrom?: RawNodesFrom | undefined;
  readonly reference?: string | undefined;
  readonly time?: Part<{ servers: readonly (string | undefined)[]; warnSkew: string; maxSkew: string }> | undefined;
  readonly database?:
    | Part<{
        url: SecretSource;
        urls: Readonly<Record<string, SecretSource | undefined>>;
        hosts: readonly (string | undefined)[];
        cleartext: boolean;
        fromNodes: boolean;
      }>
    | undefined;
  readonly storage?: Part<{ homes: string; paths: readonly string[] }> | undefined;
  readonly users?: readonly string[] | undefined;
  readonly s3?: Part<NonNullable<Cluster['s3']>> | undefined;
  readonly loadBalancer?: Part<{ url: string }> | undefined;
  readonly params?: Cluster['params'] | undefined;
  readonly waivers?: readonly (Part<Waiver> | undefined)[] | undefined;
  readonly plugins?: readonly string[] | undefined;
}

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `500ms`, `2s`, `5m`, `1h`. */
export function milliseconds(duration: string): number {
  const [, amount = '', unit = ''] = /^([\d.]+)([a-z]+)$/.exec(duration) ?? [];
  return Number(amount) * (MILLISECONDS[unit] ?? Number.NaN);
}

/** A copy without what the schema refused: it is `undefined` there, and list items keep their places. */
export function without(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined;
  if (paths.length === 0 || typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const fields = copy as Record<string, unknown>;
  const groups = new Map<string, string[][]>();
  for (const [name, ...rest] of paths) {
    const group = groups.get(name!);
    if (group) group.push(rest);
    else groups.set(name!, [rest]);
  }
  for (const [name, group] of groups) if (Object.hasOwn(fields, name)) fields[name] = without(fields[name], group);
  return copy;
}
