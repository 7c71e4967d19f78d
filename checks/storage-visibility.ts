import { defineCheck, everyNode, type Finding, faults, found, same, skip, unknown } from 'ha-preflight';
import { LONGEST_MS, storageTrials, TRIAL } from 'ha-preflight/probes/storage';

const seconds = (ms: number | null): string =>
  ms === null ? `more than ${LONGEST_MS / 1000} s` : `${(ms / 1000).toFixed(1)} s`;

export default defineCheck({
  id: 'storage-visibility',
  title: 'A file that one node writes is visible to the others at once',
  severity: 'warning',
  tags: ['storage', 'nfs', 'active'],
  requirements: ['RSPM-14', 'RSPM-15', 'WB-07', 'X-13', 'X-15'],
  rationale:
    'With --active each node looks for a file that does not exist, another node creates it, and the time until the file is visible is measured. This proves what the mount options promise. The owner that each node shows and the permission to change it are tried as well. ' +
    'All of this happens in a separate folder on the share, which is removed afterwards.',
  when: (profile) => profile.sharesStorage === true,
  needs: { found },
  params: { maxSeconds: 5 },
  minimumNodes: 2,
  asks: { storageTrials },
  judge(nodes, { services, params, cluster }) {
    const names = nodes.map((n) => n.node);
    const trials = services.storageTrials.get(TRIAL);
    if (trials === undefined)
      return skip('nothing was written: ha-preflight check --active tries the shared directories', { nodes: names });
    if ('unseen' in trials) return unknown(trials.unseen, { nodes: names });
    const findings = Object.entries(trials.value).flatMap(([setting, trial]): Finding[] => {
      const of = <T>(values: Readonly<Record<string, T>>) =>
        names.filter((node) => node in values).map((node) => ({ node, value: values[node]! }));
      const late = of(trial.unseenMs);
      if (late.length === 0)
        return [
          unknown(`${setting}: no other node sees the file; see shared-directories`, {
            nodes: names.filter((n) => n !== trial.writer),
            subject: setting,
          }),
        ];
      const owners = of(trial.owners).map(({ node, value }) => ({ node, key: value }));
      const owner = same(`the owner of a new file (${setting})`, owners, cluster.reference, {
        subject: `${setting} owner`,
        requirements: ['X-15'],
      });
      const chown = faults(
        of(trial.chown),
        (said) =>
          said === 'ok'
            ? undefined
            : { problem: `the owner of a file cannot be set (${setting}): ${said}`, observed: said },
        { subject: `${setting} chown`, requirements: ['X-13'], expected: 'chown of one of its own files is allowed' },
      );
      return [
        everyNode(
          `${setting}: a new file is visible after ${late.map((l) => `${seconds(l.value)} on ${l.node}`).join(', ')}`,
          late,
          (ms) =>
            ms !== null && ms <= params.maxSeconds * 1000
              ? undefined
              : { problem: `a new file in ${setting} stays invisible for ${seconds(ms)}`, observed: seconds(ms) },
          {
            subject: setting,
            requirements: ['RSPM-14', 'RSPM-15', 'WB-07', 'X-13', 'X-15'],
            expected: `at most ${params.maxSeconds} s`,
          },
        ),
        ...(owner.status === 'fail' ? [owner] : []),
        ...chown,
      ];
    });
    return findings.length > 0 ? findings : skip('the product has no shared directory', { nodes: names });
  },
  remediation:
    'findmnt -T DIRECTORY -o TARGET,OPTIONS    # on the nodes named: mount with lookupcache=pos (or actimeo=5), see nfs-mount-options; the export needs no_root_squash or the service account for chown',
});
