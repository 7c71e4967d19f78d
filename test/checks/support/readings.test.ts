import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import check from '../../../checks/config-identical.js';
import { judgeCase } from '../../../src/testing.js';
import { configured } from '../../support/facts.js';

type Row = readonly [file: string, a: string, b: string];

const CONNECT = 'rstudio-connect.gcfg';
const PM = 'rstudio-pm.gcfg';

/** The statuses of two nodes, each with one of the texts. */
function statuses([file, a, b]: Row) {
  const product = file === CONNECT ? 'connect' : file === PM ? 'package-manager' : 'workbench';
  const head = file.endsWith('.gcfg') ? '[Database]\nProvider = postgres\n' : '';
  const node = (text: string) => ({
    ...configured(product, { [file]: `${head}${text}\n` }),
    digests: new Map(),
  });
  return judgeCase(check, { name: file, product, nodes: { a: node(a), b: node(b) } })
    .filter((f) => f.subject?.startsWith(file) || f.status === 'pass')
    .map((f) => f.status)[0];
}

/** What the product reads alike. */
const ALIKE: readonly Row[] = [
  ['rsession.conf', 'session-timeout-minutes=060', 'session-timeout-minutes=60'],
  ['rsession.conf', 'allow-vcs=', 'allow-vcs=yes'],
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
  [CONNECT, '[R]\nExecutable = /opt//R', '[R]\nExecutable = /opt/R'],
  [CONNECT, '[HTTPS]\nCertificate = /etc//c.pem', '[HTTPS]\nCertificate = /etc/c.pem'],
  [CONNECT, '[Server]\nTempDir = /tmp/', '[Server]\nTempDir = /tmp'],
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
  [CONNECT, '[R]\nExecutable = /a\nExecutable = /b', '[R]\nExecutable = /b\nExecutable = /a'],
  [PM, '[Server]\nRVersion = /a\nRVersion = /b', '[Server]\nRVersion = /b\nRVersion = /a'],
  [CONNECT, '[Logging]\nServiceLogLevel = INFO', '[Logging]\nServiceLogLevel = info'],
  [CONNECT, '[Authorization]\nX = a, b', '[Authorization]\nX = a,b'],
  [CONNECT, '[Server]\nAddress = https://c.x/rsc/', '[Server]\nAddress = https://c.x/rsc'],
  [CONNECT, '[LDAP "x"]\nServerAddress = DC:389', '[LDAP "x"]\nServerAddress = dc:389'],
  [CONNECT, '[Applications]\nX = /a//b', '[Applications]\nX = /a/b'],
  [CONNECT, '[Applications]\nX = -016', '[Applications]\nX = -16'],
  [CONNECT, '[Applications]\nX = 5b', '[Applications]\nX = 5'],
  [CONNECT, '[Applications]\nX = 2.50 MB', '[Applications]\nX = 2.5mb'],
  [CONNECT, '[Applications]\nX = 2.05 M', '[Applications]\nX = 2.050MB'],
  [CONNECT, '[Authentication]\nLifetime = 30d', '[Authentication]\nLifetime = 720h'],
  [PM, '[Git]\nX = 1w1.5d', '[Git]\nX = 204h'],
  [CONNECT, '[Server]\nAddress = http://c.x/rsc//', '[Server]\nAddress = http://c.x/rsc'],
  ['launcher.kubernetes.profiles.conf', '[*]\nmax-cpus=+0002.000', '[*]\nmax-cpus=2'],
  ['launcher.kubernetes.profiles.conf', '[*]\ncontainer-images=a b,c', '[*]\ncontainer-images=a  b ,c'],
  ['load-balancer', 'balancer=Sessions', 'balancer=sessions'],
  [CONNECT, '[R]\nExecutableX = /a\nExecutableX = /b', '[R]\nExecutableX = /b\nExecutableX = /a'],
];

/** What differs in every reading. */
const DIFFERENT: readonly Row[] = [
  ['rsession.conf', 'session-timeout-minutes=60', ''],
  ['rsession.conf', 'session-timeout-minutes=120', 'session-timeout-minutes=1200'],
  ['rsession.conf', 'allow-shell=0', ''],
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
  [CONNECT, '[R]\nExecutable = /a\nExecutable = /b', '[R]\nExecutable = /a\nExecutable = /c'],
  [CONNECT, '[R]\nExecutable = /a\nExecutable = /b', '[R]\nExecutable = /b'],
  [CONNECT, '[Server]\nAddress = https://c.x/rsc', '[Server]\nAddress = https://c.x/RSC'],
  [CONNECT, '[Server]\nSenderEmail = A@b', '[Server]\nSenderEmail = a@b'],
  [CONNECT, '[Applications]\nX = /a/b', '[Applications]\nX = /a/B'],
  [CONNECT, '[Applications]\nX = -16', '[Applications]\nX = 16'],
  [CONNECT, '[Applications]\nX = .5x', '[Applications]\nX = 0.5x'],
  [CONNECT, '[Applications]\nX = a 5MB', '[Applications]\nX = a 5mb'],
  [CONNECT, '[Authentication]\nLifetime = 30d', '[Authentication]\nLifetime = 30h'],
  [CONNECT, '[Applications]\nX = 1dx', '[Applications]\nX = 24hx'],
  [CONNECT, '[Applications]\nX = a1d', '[Applications]\nX = a24h'],
  [CONNECT, '[Applications]\nX = 5MBx', '[Applications]\nX = 5mbx'],
  [CONNECT, '[Applications]\nX = a/b//c', '[Applications]\nX = a/b/c'],
  [CONNECT, '[Applications]\nX = a http://c/', '[Applications]\nX = a http://c'],
  [CONNECT, '[R]\nExecutableX = /a\nExecutableX = /b', '[R]\nExecutableX = /c\nExecutableX = /a'],
  ['launcher.kubernetes.profiles.conf', '[*]\nlabels=a02', '[*]\nlabels=a2'],
  ['launcher.kubernetes.profiles.conf', '[*]\nlabels=2.0a', '[*]\nlabels=2a'],
  ['launcher.kubernetes.profiles.conf', '[*]\nlabels=a b', '[*]\nlabels=ab'],
];

describe('settings written in different ways', () => {
  for (const [rows, what, expected] of [
    [ALIKE, 'alike', 'pass'],
    [OPEN, 'perhaps alike', 'unknown'],
    [DIFFERENT, 'different', 'fail'],
  ] as const)
    for (const row of rows) it(`${what}: ${row.join(' | ')}`, () => assert.equal(statuses(row), expected));
});
