import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import check from '../../../checks/config-identical.js';
import { judgeCase } from '../../../src/testing.js';
import { configured } from '../../support/facts.js';

type Row = readonly [file: string, a: string, b: string];

const workbench = (file: string, text: string) => ({
  ...configured('workbench', { [file]: `${text}\n` }),
  digests: new Map(),
});

/** The statuses of two nodes of Workbench, each with one of the texts. */
const statuses = ([file, a, b]: Row) =>
  judgeCase(check, {
    name: file,
    product: 'workbench',
    nodes: { a: workbench(file, a), b: workbench(file, b) },
  }).map((f) => f.status);

/** What the product reads alike. */
const ALIKE: readonly Row[] = [
  ['rsession.conf', 'session-timeout-minutes=060', 'session-timeout-minutes=60'],
  ['rsession.conf', 'session-timeout-minutes=120', ''],
  ['rsession.conf', 'allow-vcs=', 'allow-vcs=yes'],
  ['rsession.conf', 'allow-shell=1', ''],
  ['rsession.conf', 'copilot-enabled=0', ''],
  ['rserver.conf', 'secure-cookie-key-file=/a//b', 'secure-cookie-key-file=/a/b'],
  ['rserver.conf', 'ssl-certificate-key=/a/./b', 'ssl-certificate-key=/a/b'],
  ['jupyter.conf', 'jupyter-exe=/opt//jupyter', 'jupyter-exe=/opt/jupyter'],
  ['logging.conf', '[*]\nlog-level=INFO', '[*]\nlog-level=info'],
  ['logging.conf', '[@rserver]\nlogger-type=Syslog', '[@rserver]\nlogger-type=syslog'],
  ['logging.conf', '[*]\nlog-level=warn', ''],
  ['logging.conf', '[*]\nlog-message-format=pretty', ''],
  ['database.conf', 'provider=postgresql\nport=05432', 'provider=postgresql'],
  ['database.conf', 'provider=postgresql\npool-size=05', 'provider=postgresql\npool-size=5'],
  ['notifications.conf', 'StartTime: 2026-01-01\nMessage: x', 'StartTime:  2026-01-01\nMessage :  x'],
];

/** What the product may read alike. */
const OPEN: readonly Row[] = [
  ['rserver.conf', 'www-root-path=/rs/', 'www-root-path=/rs'],
  ['rserver.conf', 'launcher-port=05559', 'launcher-port=5559'],
  ['rserver.conf', 'session-use-x=', 'session-use-x=true'],
  ['rsession.conf', 'session-default-new-project-dir=~/a/', 'session-default-new-project-dir=~/a'],
  ['launcher.conf', '[cluster]\nname=A\ntype=Local', '[cluster]\nname=A\ntype=local'],
  ['launcher.kubernetes.profiles.conf', '[*]\nmax-cpus=2.0', '[*]\nmax-cpus=2'],
  ['launcher.kubernetes.profiles.conf', '[*]\nmax-cpus=2.50', '[*]\nmax-cpus=02.5'],
  ['launcher.kubernetes.profiles.conf', '[*]\ncontainer-images=a,b', '[*]\ncontainer-images=a , b'],
  ['vscode.conf', 'args=--a  --b', 'args=--a --b'],
  ['profiles', '[@g]\nr-home=/opt/R/', '[@g]\nr-home=/opt/R'],
];

/** What differs in every reading. */
const DIFFERENT: readonly Row[] = [
  ['rsession.conf', 'session-timeout-minutes=60', ''],
  ['rsession.conf', 'session-timeout-minutes=120', 'session-timeout-minutes=1200'],
  ['rsession.conf', 'allow-shell=0', ''],
  ['rsession.conf', 'copilot-enabled=1', ''],
  ['rsession.conf', 'r-libs-user=/a', 'r-libs-user=/A'],
  ['logging.conf', '[*]\nlog-level=info', ''],
  ['logging.conf', '[*]\nlog-dir=/a', '[*]\nlog-dir=/A'],
  ['launcher.conf', '[cluster]\nname=A\nexe=/a', '[cluster]\nname=A\nexe=/b'],
  ['launcher.kubernetes.profiles.conf', '[*]\nmax-cpus=20', '[*]\nmax-cpus=2'],
  ['launcher.kubernetes.profiles.conf', '[*]\nmax-cpus=2.05', '[*]\nmax-cpus=2.5'],
  ['profiles', '[@g]\nr-version=3.10', '[@g]\nr-version=3.1'],
  ['rserver.conf', 'auth-required-user-group=Staff', 'auth-required-user-group=staff'],
  ['rserver.conf', 'session-use-x=', ''],
  ['env-vars', 'A="b"', 'A=b'],
  ['database.conf', 'provider=postgresql\npool-size=50', 'provider=postgresql\npool-size=5'],
  ['notifications.conf', 'StartTime: 2026-01-01\nMessage: x', 'StartTime: 2026-01-01\nMessage: x y'],
];

describe('settings of Workbench written in different ways', () => {
  for (const [rows, what, expected] of [
    [ALIKE, 'alike', ['pass']],
    [OPEN, 'perhaps alike', ['unknown', 'pass']],
    [DIFFERENT, 'different', ['fail']],
  ] as const)
    for (const row of rows) it(`${what}: ${row.join(' | ')}`, () => assert.deepEqual(statuses(row), expected));
});
