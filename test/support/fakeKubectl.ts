/** A stand-in for kubectl, called fake-kubectl: pods are folders on this machine, and a shell in one is a shell here. */

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Refuses whatever the real program would not understand; writes its arguments into `asked`. */
const SCRIPT = `#!/bin/sh
# fake-kubectl: a stand-in of the tests, not the Kubernetes client
dir=$(dirname "$0")
printf '%s\\n' "$*" >>"$dir/asked"
[ ! -e "$dir/fail" ] || { cat "$dir/fail" >&2; exit 1; }
while :; do case $1 in --context=*|--namespace=*|--request-timeout=*) shift;; *) break;; esac; done
case $1 in
get) [ "$2" = pods ] && [ "$4" = --output=json ] || { echo "error: unknown $*" >&2; exit 1; }; cat "$dir/pods.json";;
exec) [ "$2" = -i ] && [ "$4" = -c ] && [ "$6" = -- ] || { echo "error: unknown $*" >&2; exit 1; }
  pod=$3; shift 6
  [ -e "$dir/pods/$pod" ] || { echo "Error from server (NotFound): pods \\"$pod\\" not found" >&2; exit 1; }
  exec "$@";;
*) echo "error: unknown command $1" >&2; exit 1;;
esac
`;

export interface Pod {
  readonly name: string;
  readonly containers?: readonly string[];
  readonly phase?: string;
  readonly ready?: boolean;
  readonly deleted?: boolean;
  readonly waiting?: string;
  readonly defaultContainer?: string;
}

const podJson = ({ name, containers = ['workbench'], phase = 'Running', ready = true, ...more }: Pod, i: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'posit',
    ...(more.deleted && { deletionTimestamp: '2026-11-26T05:00:00Z' }),
    ...(more.defaultContainer && {
      annotations: { 'kubectl.kubernetes.io/default-container': more.defaultContainer },
    }),
  },
  spec: { containers: containers.map((c) => ({ name: c, image: 'x' })) },
  status: {
    phase,
    podIP: `10.42.0.${i + 10}`,
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: containers.map((c) => ({
      name: c,
      ready,
      state: more.waiting ? { waiting: { reason: more.waiting } } : { running: {} },
    })),
  },
});

/** Puts `fake-kubectl` into `folder`, found there as kubectl, with these pods. The folder is for PATH. */
export function fakeKubectl(folder: string, pods: readonly Pod[]): string {
  mkdirSync(join(folder, 'pods'), { recursive: true });
  writeFileSync(join(folder, 'fake-kubectl'), SCRIPT);
  chmodSync(join(folder, 'fake-kubectl'), 0o755);
  symlinkSync('fake-kubectl', join(folder, 'kubectl'));
  writeFileSync(
    join(folder, 'pods.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods.map(podJson) }),
  );
  for (const { name } of pods) writeFileSync(join(folder, 'pods', name), '');
  return folder;
}
