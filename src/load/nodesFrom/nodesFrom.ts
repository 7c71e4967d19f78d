/** Nodes that a program lists at run time: a JSON list, what `ansible-inventory --list` prints, or the pods of kubectl. */

import { UsageError } from '../../model/inventory.js';
import { type AnsibleHost, listedHosts } from '../ansible.js';
import { isMap } from '../isMap.js';
import type { RawInventory, RawKubernetes, RawNode, RawNodesFrom } from '../raw.js';
import { listPods, podsOf } from './kubernetes.js';
import { outputOf, type Printed } from './program.js';

interface Listed {
  readonly nodes: NonNullable<RawInventory['nodes']>;
  /** What was listed and is not a node, in sentences. */
  readonly notes: readonly string[];
}

const FIELDS = ['user', 'port', 'identityFile', 'configFile', 'knownHosts', 'hostKeyCheck', 'jump', 'sudo'] as const;

function nodeOf(host: AnsibleHost): RawNode {
  const connection = Object.fromEntries(
    FIELDS.flatMap((field) => (host[field] === undefined ? [] : [[field, host[field]] as const])),
  );
  return {
    ...(/^\w[\w.:-]*$/.test(host.name) ? { name: host.name } : {}),
    host: host.host ?? host.name,
    ...(Object.keys(connection).length > 0 && { connection }),
  };
}

function json({ text, said }: Printed, program: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const what =
      text.trim() === '' ? 'printed nothing' : `did not print JSON (${(error as Error).message.slice(0, 200)})`;
    throw new UsageError(
      `"${program}" ${what}, expected a JSON list of nodes, or what ansible-inventory --list prints${said}`,
    );
  }
}

function fromCommand(argv: readonly string[], group: string | undefined, folder: string): Listed {
  const program = argv[0] ?? '';
  const printed = outputOf(argv, folder);
  const answer = json(printed, program);
  if (Array.isArray(answer)) {
    if (group !== undefined)
      throw new UsageError(`"${program}" printed a list: group is only for what ansible-inventory --list prints`);
    if (answer.length === 0) throw new UsageError(`"${program}" lists no nodes${printed.said}`);
    return { nodes: answer as Listed['nodes'], notes: [] };
  }
  if (!isMap(answer))
    throw new UsageError(`"${program}" printed neither a list of nodes nor what ansible-inventory --list prints`);
  const hosts = listedHosts(answer, `"${program}"`, group);
  const lost = hosts.filter(({ leftOut }) => leftOut).map(({ name, note }) => `${name} is left out: ${note}`);
  const nodes = hosts.filter(({ leftOut }) => !leftOut);
  if (nodes.length === 0)
    throw new UsageError(
      [
        `"${program}" lists no host that is reached over SSH${group === undefined ? '' : ` in ${group}`}${printed.said}`,
        ...lost,
      ].join('; '),
    );
  const noted = nodes.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  return { nodes: nodes.map(nodeOf), notes: [...lost, ...noted] };
}

function fromKubernetes(of: RawKubernetes, folder: string): Listed {
  const { nodes, leftOut } = podsOf(outputOf(listPods(of), folder).text, of);
  if (nodes.length === 0)
    throw new UsageError(
      leftOut.length === 0
        ? `kubectl lists no pods with ${of.selector} in namespace ${of.namespace}`
        : `kubectl lists no pod with ${of.selector} in namespace ${of.namespace} that runs and is ready: ${leftOut.join('; ')}`,
    );
  return { nodes, notes: leftOut.map((pod) => `pod ${pod}; left out`) };
}

/** Asks the program, in the folder of the inventory. UsageError when it fails or lists nobody. */
export const nodesFrom = ({ command = [], group, kubernetes }: RawNodesFrom, folder: string): Listed =>
  kubernetes === undefined ? fromCommand(command, group, folder) : fromKubernetes(kubernetes, folder);

/** What is asked, in a word. */
export const lister = ({ command, kubernetes }: RawNodesFrom): string =>
  kubernetes === undefined ? (command?.[0] ?? '') : 'kubectl';
