/** The command that copies a key from a node that has the right one. Used by `key-file`, `shared-keys` and `s3-encryption-key`. */

import { type Cluster, command, type Fix, list, loginTo } from 'ha-preflight';

const quoted = (line: string): string => `'${line.replaceAll("'", "'\\''")}'`;

/** A key on one node, where its own configuration has it. */
export interface Place {
  readonly node: string;
  readonly path: string;
}

/** Where a key is to be; `owner`: of the file, where none is there yet. */
type Target = Place & { readonly absent?: { readonly owner: string | undefined } };

/**
 * Copies the key through the operator's machine without writing it there; a file that is there keeps its owner and mode,
 * and its first contents as a copy, because tee empties it even when nothing can be read on the good node. A new one is
 * private from the start. Undefined where no such command is possible.
 */
export function copyOver(from: Place, to: readonly Target[], cluster: Cluster): Fix[] | undefined {
  const source = loginTo(cluster, from.node);
  const read = command`sudo cat ${from.path}`;
  const others = to.filter(({ node }) => node !== from.node);
  const lines = others.map(({ node, path, absent }) => {
    const target = loginTo(cluster, node);
    const write =
      absent === undefined
        ? command`sudo cp -np ${path} ${`${path}.ha-preflight.bak`}; sudo tee ${path}`
        : absent.owner === undefined
          ? command`sudo install -m 0600 /dev/stdin ${path}`
          : command`sudo install -m 0600 -o ${absent.owner} /dev/stdin ${path}`;
    return read !== undefined && write !== undefined && source !== undefined && target !== undefined
      ? `${source} ${quoted(read)} | ${target} ${quoted(absent ? write : `${write} >/dev/null`)}`
      : undefined;
  });
  const commands = lines.filter((line) => line !== undefined);
  if (lines.length === 0 || commands.length < lines.length) return undefined;
  return [{ nodes: [], commands, note: `then restart the product on ${list(others.map(({ node }) => node))}` }];
}
