import { command, defineCheck, effective, everyNode, faults, found, type Problem, same, withFix } from 'ha-preflight';
import { LOCK_DEFAULTS, lockSeconds, lockType } from 'ha-preflight/formats/fileLocks';
import { pathOf } from 'ha-preflight/products/installed';

const KEYS = ['lock-type', 'refresh-rate', 'timeout-interval', 'enable-logging', 'log-file'];
type Locks = ReadonlyMap<string, string>;

/** What breaks locking. */
function fault(locks: Locks): Problem | undefined {
  const type = lockType(locks.get('lock-type'));
  if (!['linkbased', 'advisory'].includes(type)) return { problem: `lock-type=${type} does not exist`, observed: type };
  // an empty time is the default
  const seconds = (key: string, byDefault: number) => lockSeconds(locks.get(key)?.trim() || String(byDefault));
  const refresh = seconds('refresh-rate', LOCK_DEFAULTS.refresh);
  const timeout = seconds('timeout-interval', LOCK_DEFAULTS.timeout);
  if (refresh === undefined || timeout === undefined) {
    const key = refresh === undefined ? 'refresh-rate' : 'timeout-interval';
    const given = `${key}=${locks.get(key)}`;
    return { problem: `${given} is not a whole number of seconds`, observed: given };
  }
  return refresh < timeout
    ? undefined
    : {
        problem: `locks expire after ${timeout} s, but are refreshed only every ${refresh} s`,
        observed: `refresh-rate=${refresh}, timeout-interval=${timeout}`,
      };
}

/** Settings that have no effect, or were left on. */
function oddity(locks: Locks): Problem | undefined {
  const unknownKey = [...locks.keys()].find((k) => !KEYS.includes(k));
  if (unknownKey !== undefined)
    return {
      problem: unknownKey.startsWith('#')
        ? `"${unknownKey}" is not a comment: the format has none`
        : `${unknownKey} is not a setting of file-locks and is ignored`,
      observed: unknownKey,
    };
  return locks.get('enable-logging') === '1'
    ? { problem: 'lock logging is still on', observed: 'enable-logging=1' }
    : undefined;
}

export default defineCheck({
  id: 'file-lock-settings',
  title: 'The settings of file locks are valid',
  severity: 'critical',
  proof: 'declared',
  tags: ['storage', 'configuration'],
  requirements: ['WB-02', 'WB-33', 'WB-34', 'WB-35', 'WB-37'],
  rationale:
    'A lock that expires before it is refreshed is taken from its owner. The format has no comments and unknown settings are ignored, so a misspelled setting has no effect. ' +
    "Two nodes of different lock types misread each other's locks.",
  products: ['workbench'],
  needs: { effective, found },
  judge(nodes, { cluster }) {
    const values = nodes.map((n) => ({
      node: n.node,
      value: new Map(
        [...n.effective].flatMap(([k, v]) => (k.startsWith('file-locks:') ? [[k.slice(11), v.value] as const] : [])),
      ),
    }));
    const { refresh, timeout } = LOCK_DEFAULTS;
    const byDefault = `no node sets anything in file-locks, so the defaults count: ${lockType(undefined)}, refreshed every ${refresh} s, expiring after ${timeout} s`;
    const valid = values.some((v) => v.value.size > 0) ? 'the lock type and times are valid' : byDefault;
    const hard = everyNode(valid, values, fault, {
      expected: 'lock-type linkbased or advisory, refresh-rate below timeout-interval',
      requirements: ['WB-33', 'WB-35'],
    });
    const soft = faults(values, oddity, {
      subject: 'oddities',
      severity: 'warning',
      requirements: ['WB-33', 'WB-37'],
    });
    const types = same(
      'the lock type',
      values.map((v) => ({ node: v.node, key: lockType(v.value.get('lock-type')) })),
      cluster.reference,
      { subject: 'lock type', requirements: ['WB-02', 'WB-34'] },
    );
    // a type that does not exist has been named
    const alike = hard.status === 'fail' && types.status === 'fail' ? [] : [types];
    const look = (node: string) => command`sudo cat ${pathOf(nodes.find((n) => n.node === node)!.found, 'file-locks')}`;
    return [hard, ...(values.length > 1 ? alike : []), ...soft].map((finding) =>
      withFix(finding, look, 'correct it there, then: sudo rstudio-server restart'),
    );
  },
  remediation:
    'sudo cat /etc/rstudio/file-locks    # on the nodes named, in the directory that config-directory names; correct it there, then: sudo rstudio-server restart',
});
