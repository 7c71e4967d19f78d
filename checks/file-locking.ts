import { defineCheck, effective, everyNode, type Finding, fail, list, pass, skip, unknown } from 'ha-preflight';
import { storage } from 'ha-preflight/collectors/storage';
import type { Held } from 'ha-preflight/collectors/storagePlace';
import { lockType } from 'ha-preflight/formats/fileLocks';
import { isNfs } from 'ha-preflight/formats/mountinfo';
import { type LockTrial, type PlaceTrial, storageTrials, TRIAL } from 'ha-preflight/probes/storage';
import { isEfs, isTunnel, placesOf } from './support/places.js';

const DECLARED = ['WB-34', 'WB-36', 'WB-47'];
const PROVEN = ['WB-31', 'WB-32'];

/** Of NFS, Lustre, and of OCFS2 and GFS2: locks are kept by the client itself. */
const LOCAL = ['nolock', 'localflock', 'localflocks'] as const;

const localLocks = (held: Held): string | undefined => {
  const option = LOCAL.find((name) => held.options.has(name));
  if (option !== undefined) return option;
  const local = held.options.get('local_lock');
  return local !== undefined && local !== 'none' ? `local_lock=${local}` : undefined;
};

/** Which of the tried kinds a configured lock type needs. Advisory locks are fcntl's. */
const KIND: Readonly<Record<string, string>> = { linkbased: 'link', advisory: 'fcntl' };

/** One lock on one directory: which nodes were refused, which got it as well, whether it was released. */
function judgeLock(setting: string, kind: string, type: string, lock: LockTrial): Finding {
  const a = `${type === 'advisory' ? 'an advisory' : 'a link-based'}`;
  const by = kind.startsWith('tester') ? ", tested with Workbench's locktester" : '';
  const names = [lock.holder, ...Object.keys(lock.tries)];
  const about = {
    subject: `${setting} ${kind}`,
    requirements: PROVEN,
    nodes: names,
    expected: 'one node holds the lock, and all others are refused',
  };
  if (lock.trouble !== undefined)
    return /perl or python3|flock is needed/.test(lock.trouble)
      ? unknown(`${type} locks could not be tried on ${lock.holder}: ${lock.trouble}`, about)
      : fail(`no node can take ${a} lock (${setting}): ${lock.trouble}`, { ...about, nodes: [lock.holder] });
  const both = Object.keys(lock.tries).filter((n) => lock.tries[n] === 'got');
  if (both.length > 0)
    return fail(`${lock.holder} and ${list(both)} hold the same ${type} lock at the same time (${setting}${by})`, {
      ...about,
      nodes: names.length === 2 ? names : both,
    });
  const odd = Object.entries(lock.tries).find(([, said]) => said !== 'refused');
  if (odd) return unknown(`${odd[0]}: ${odd[1]} (${type} lock, ${setting})`, { ...about, nodes: [odd[0]] });
  if (lock.freedMs === null || lock.killedMs === null)
    return fail(
      `${a} lock is not free after ${lock.freedMs === null ? 'its release' : 'its holder was killed'} (${setting})`,
      about,
    );
  return pass(
    `${a} lock that ${lock.holder} holds is refused to ${list(Object.keys(lock.tries))} (${setting}${by})`,
    about,
  );
}

const tried = (setting: string, trial: PlaceTrial, types: readonly string[]): Finding[] => {
  const findings = types.flatMap((type): Finding[] => {
    const kind = KIND[type];
    // by the product's own locktester where it is installed, and by ours
    return [`tester ${kind}`, `${kind}`].flatMap((k) =>
      trial.locks[k] ? [judgeLock(setting, k, type, trial.locks[k])] : [],
    );
  });
  return findings.length > 0
    ? findings
    : [
        unknown(
          `no lock could be tried (${setting}): ${
            Object.entries(trial.trouble)
              .map(([n, why]) => `${n}: ${why}`)
              .join('; ') || 'the directory is visible on only one node'
          }`,
          { subject: `${setting} locks`, requirements: PROVEN, nodes: Object.keys(trial.trouble) },
        ),
      ];
};

export default defineCheck({
  id: 'file-locking',
  title: 'A file lock taken on one node holds on the others',
  severity: 'critical',
  tags: ['storage', 'locks'],
  requirements: ['WB-31', 'WB-32', 'WB-34', 'WB-36', 'WB-47'],
  rationale:
    'Sessions on several nodes write the same files of one user. With nolock or local_lock a lock holds only on its own node, so two nodes can hold the same one; link-based locks do not work on EFS. ' +
    'The mount options are read from the kernel.',
  products: ['workbench'],
  needs: { effective, storage },
  asks: { storageTrials },
  judge(nodes, { services }) {
    const places = placesOf(nodes, ['shared', 'homes']);
    const types = new Map(nodes.map((n) => [n.node, lockType(n.effective.get('file-locks:lock-type')?.value)]));
    const findings = places.flatMap(({ what, setting, held, findings: blind }): Finding[] => {
      const mounts = held.filter((h) => isNfs(h.value.mount) || localLocks(h.value) !== undefined);
      if (mounts.length === 0 && blind.length > 0) return blind;
      if (mounts.length === 0)
        return [
          ...blind,
          skip(`${what} is not on NFS, and no mount option makes its locks local`, { subject: setting }),
        ];
      const finding = everyNode(
        `the file server keeps the locks of ${what} (${[...new Set(mounts.map((h) => types.get(h.node)))].join(', ')})`,
        mounts,
        (at, node) => {
          const option = localLocks(at);
          if (option)
            return {
              problem: `locks on ${what} hold only on the node itself (${option}), and ${types.get(node)} locks are configured`,
              observed: option,
            };
          return isEfs(at) && types.get(node) === 'linkbased'
            ? { problem: `link-based locks do not work on EFS (${what})`, observed: 'lock-type=linkbased on EFS' }
            : undefined;
        },
        {
          subject: setting,
          expected: 'no nolock, local_lock=none; on EFS lock-type=advisory',
          requirements: DECLARED,
        },
      );
      const unclear = mounts.filter((h) => isTunnel(h.value) && types.get(h.node) === 'linkbased').map((h) => h.node);
      if (unclear.length > 0)
        return [
          ...blind,
          ...(finding.status === 'fail' ? [finding] : []),
          unknown(
            `${what} is on NFS through a local tunnel, and nothing shows whether EFS is behind it, where link-based locks do not work: ha-preflight check --active tries them`,
            { subject: `${setting} tunnel`, nodes: unclear, requirements: DECLARED },
          ),
        ];
      // local locks exclude no other node; that shared locks do is proven only by taking one
      return [...blind, finding.status === 'fail' ? { ...finding, requirements: [...DECLARED, ...PROVEN] } : finding];
    });
    const trials = services.storageTrials.get(TRIAL);
    if (trials === undefined)
      return [
        ...findings,
        skip('no lock was taken: ha-preflight check --active tries a lock from every node', {
          subject: 'probe',
          requirements: PROVEN,
        }),
      ];
    if ('unseen' in trials)
      return [
        ...findings,
        unknown(trials.unseen, { subject: 'probe', requirements: PROVEN, nodes: nodes.map((n) => n.node) }),
      ];
    const trialled = Object.entries(trials.value).flatMap(([setting, trial]) =>
      tried(setting, trial, [...new Set(types.values())]),
    );
    // what was proven need not be concluded from mount options as well
    const proven = trialled.filter((f) => f.status === 'fail').map((f) => f.subject!.replace(/ (tester )?\w+$/, ''));
    return [...findings.filter((f) => !(f.status === 'fail' && proven.includes(f.subject!))), ...trialled];
  },
  remediation:
    'findmnt -t nfs,nfs4 -o TARGET,OPTIONS    # on the nodes named; mount without nolock, local_lock and localflock (stop the product, umount, correct /etc/fstab, mount, start); on EFS set lock-type=advisory in file-locks',
});
