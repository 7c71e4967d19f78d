/**
 * Which service is behind an NFS or Lustre mount. Source: aws/efs-utils src/mount_efs (2026-07-13), Azure/AZNFS-mount
 * src/nfsv4mountscript.sh (2026-03-05), docs.aws.amazon.com/fsx.
 */

import { isLoopback } from './hostName.js';

export interface ServiceEvidence {
  /** The type of the same mount point in /etc/fstab. */
  readonly fstabType?: string;
  /** Command lines of the node. */
  readonly processes?: readonly string[];
  /** /var/run/efs is there. */
  readonly efsDirectory?: boolean;
}

export interface StorageService {
  /** `tunnel`: through a local tunnel to a service that is not known. `self`: the node serves it. `other`: no sign. */
  readonly service: 'efs' | 's3files' | 'azure-files' | 'fsx' | 'tunnel' | 'self' | 'other';
  readonly because: string;
  /** The service's own id of the file system, where the name has it. */
  readonly id?: string;
}

const EFS_NAME = /^(?:[a-z0-9-]+\.)?(fs-[0-9a-f]+)\.efs\.[a-z0-9-]+\.[a-z0-9.-]+$/;
const FSX_NAME = /^(?:svm-[0-9a-f]+\.)?(fs-[0-9a-f]+)\.fsx\.[a-z0-9-]+\.[a-z0-9.-]+$/;
const AZURE_NAME = /^[a-z0-9-]+\.(?:[a-z0-9-]+\.)?file\.(?:core|storage)\.[a-z0-9.-]+$/;

const FSTAB_TYPES: Readonly<Record<string, StorageService['service']>> = {
  efs: 'efs',
  s3files: 's3files',
  aznfs: 'azure-files',
};

/** Whether a process carries the traffic of a mount, by the service it is made for. */
const CARRIERS: Readonly<Record<'efs' | 'azure-files', (command: string) => boolean>> = {
  efs: (command) => /\befs-proxy\b/.test(command) || (/\bstunnel/.test(command) && /\befs\b/.test(command)),
  'azure-files': (command) => /\bstunnel/.test(command) && /\b(microsoft|aznfs)\b/.test(command),
};

/** Both efs-utils and AZNFS use these ports of the loopback address, so a port alone proves nothing. */
const isTunnelPort = (port: string | undefined): boolean => Number(port) >= 20_049 && Number(port) <= 21_049;

/** The server of `host:/path`, `[address]:/path` and `host@tcp:/path`, lower case. */
const serverOf = (source: string): string =>
  (/^\[([^\]]*)\]:/.exec(source)?.[1] ?? /^([^:@/]*)/.exec(source)![1]!).toLowerCase();

/** What is behind a network mount, from its source, its options and what else the node shows. */
export function storageService(
  mount: { readonly source: string; readonly options: ReadonlyMap<string, string> },
  evidence: ServiceEvidence = {},
): StorageService {
  const server = serverOf(mount.source);
  const efs = EFS_NAME.exec(server)?.[1];
  if (efs) return { service: 'efs', because: `the server is ${server}`, id: efs };
  const fsx = FSX_NAME.exec(server)?.[1];
  if (fsx) return { service: 'fsx', because: `the server is ${server}`, id: fsx };
  if (AZURE_NAME.test(server)) return { service: 'azure-files', because: `the server is ${server}` };
  const byFstab = FSTAB_TYPES[evidence.fstabType ?? ''];
  if (byFstab) return { service: byFstab, because: `its type in /etc/fstab is ${evidence.fstabType}` };
  if (!isLoopback(server)) return { service: 'other', because: `the server is ${server || 'not named'}` };
  if (!isTunnelPort(mount.options.get('port'))) return { service: 'self', because: 'the node mounts its own export' };
  const running = (['efs', 'azure-files'] as const).filter((service) => evidence.processes?.some(CARRIERS[service]));
  if (running.length === 1)
    return { service: running[0]!, because: `a local tunnel, and a process of ${running[0]} runs` };
  if (running.length === 0 && evidence.efsDirectory)
    return { service: 'efs', because: 'a local tunnel, and /var/run/efs is there' };
  return { service: 'tunnel', because: 'NFS through a local tunnel, and nothing shows of which service' };
}
