/** Round 1 over a node tree: what leaves the node, and what is not known where a part of it could not be looked at. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { foundRequest } from '../../src/collectors/foundScript.js';
import type { Tree } from '../../src/demo/tree.js';
import { builtIn } from '../../src/load/products.js';
import { NotSeen } from '../../src/model/evidence.js';
import { argumentOf, type Installed } from '../../src/products/installed.js';
import { type Profile, settingsOf, textOf } from '../../src/products/profile.js';
import { answerOfTree, answersOfTree, foundIn } from '../support/answers.js';

const WORKBENCH = builtIn.profiles.get('workbench')!;
const CONNECT = builtIn.profiles.get('connect')!;

const UNIT = '/usr/lib/systemd/system/rstudio-server.service';
const unit = (...lines: string[]): Tree => ({ [UNIT]: { text: `[Service]\n${lines.join('\n')}\n` } });
const unitOf = (name: string, line: string): Tree => ({
  [`/usr/lib/systemd/system/${name}.service`]: { text: `[Service]\n${line}\n` },
});
const workbench = (more: Tree = {}): Tree => ({
  '/etc/rstudio/rserver.conf': { text: 'server-shared-storage-path=/shared\n' },
  '/etc/rstudio/database.conf': { text: 'provider=postgresql\nhost=db\n' },
  ...more,
});
const connect = (more: Tree = {}): Tree => ({
  '/etc/rstudio-connect/rstudio-connect.gcfg': { text: '[Database]\nProvider = Postgres\n[Server]\nDataDir = /data\n' },
  ...more,
});
const running = (name: string, environment: readonly string[], argv: readonly string[] = []): Tree => ({
  '/proc/100/comm': { text: `${name}\n` },
  '/proc/100/environ': { text: environment.map((e) => `${e}\0`).join('') },
  '/proc/100/cmdline': { text: [`/opt/${name}`, ...argv].map((a) => `${a}\0`).join('') },
});
const found = (tree: Tree) => foundIn(WORKBENCH, answerOfTree(WORKBENCH, tree));

describe('a file that an option moves', () => {
  const tree = workbench({
    '/etc/rstudio/rserver.conf': { text: 'database-config-file=/secure/db.conf\n' },
    '/secure/db.conf': { text: 'provider=postgresql\n' },
  });
  const answer = answerOfTree(WORKBENCH, tree);

  it('is read', () => {
    assert.deepEqual(settingsOf(foundIn(WORKBENCH, answer)).database, {
      value: { provider: 'postgresql', because: 'database.conf line 1: provider=postgresql' },
    });
  });

  it('is not known where it could not be looked at, and absent where it does not exist', () => {
    const line = /^~.*\/secure\/db\.conf$/m;
    const told = (words: string) =>
      settingsOf(foundIn(WORKBENCH, answer.replace(line, words).replace(/^=file \/secure\/db\.conf\n\|.*\n/m, '')))
        .database;
    assert.match(
      JSON.stringify(told("stat: cannot statx '/secure/db.conf': Permission denied")),
      /unseen.*\/secure\/db/,
    );
    assert.match(JSON.stringify(told('sudo: a password is required')), /unseen.*\/secure\/db/);
    assert.match(
      JSON.stringify(told("stat: cannot statx '/secure/db.conf': No such file or directory")),
      /"provider":"sqlite"/,
    );
  });
});

describe('a file that an option moves to where nobody can look', () => {
  const relative = /conf\/site\.(gcfg|conf), as seen from the working directory of the server/;
  const variable = /is read from \/srv\/x\.gcfg, which was not looked at, because a variable/;
  const CASES: readonly [what: string, profile: Profile, tree: Tree, expected: RegExp][] = [
    [
      'a relative path',
      CONNECT,
      connect(unitOf('rstudio-connect', 'ExecStart=/opt/connect --config conf/site.gcfg')),
      relative,
    ],
    ['a relative path of a process', CONNECT, connect(running('connect', [], ['--config=conf/site.gcfg'])), relative],
    [
      'of Workbench',
      WORKBENCH,
      workbench(unitOf('rstudio-server', 'ExecStart=/opt/rserver --config-file=conf/site.conf')),
      relative,
    ],
    [
      'of its database',
      WORKBENCH,
      workbench({ '/etc/rstudio/rserver.conf': { text: 'database-config-file=conf/site.conf\n' } }),
      relative,
    ],
    [
      'a variable',
      CONNECT,
      connect({
        '/srv/x.gcfg': { text: '[A]\n' },
        ...unitOf('rstudio-connect', 'Environment=X=/srv/x\nExecStart=/opt/connect --config=${X}.gcfg'),
      }),
      variable,
    ],
  ];
  for (const [what, profile, tree, expected] of CASES)
    it(what, () => {
      const answer = answerOfTree(profile, tree);
      assert.throws(
        () => foundIn(profile, answer),
        (e) => e instanceof NotSeen && expected.test(e.message),
      );
    });

  it('and specifiers, and a path below the installation, are looked at', () => {
    const gcfg = { '/etc/rstudio-connect.d/site.gcfg': { text: '[Server]\nDataDir = /site\n' } };
    const line = unitOf('rstudio-connect', 'ExecStart=/opt/connect --config /etc/%p.d/site.gcfg');
    assert.equal(
      settingsOf(foundIn(CONNECT, answerOfTree(CONNECT, connect({ ...gcfg, ...line })))).shared[0]!.path,
      '/site',
    );
    const option = { '/etc/rstudio/rserver.conf': { text: 'rsession-config-file=conf/s.conf\n' } };
    const session = { '/usr/lib/rstudio-server/conf/s.conf': { text: 'session-timeout-minutes=5\n' } };
    assert.match(found(workbench({ ...option, ...session })).texts.get('rsession.conf')!, /minutes=5/);
  });
});

describe('directories that are searched', () => {
  it('a variable that the environment lacks is said', () => {
    assert.throws(
      () => found(workbench(running('rserver', ['RSTUDIO_CONFIG_DIR=$HOME/conf']))),
      (e) => e instanceof NotSeen && /RSTUDIO_CONFIG_DIR names a directory below \$HOME/.test(e.message),
    );
  });

  it('a variable that names a directory which does not exist is said', () => {
    assert.throws(
      () => found(workbench(running('rserver', ['RSTUDIO_CONFIG_DIR=/mnt/gone']))),
      (e) => e instanceof NotSeen && /^\/mnt\/gone \(from RSTUDIO_CONFIG_DIR\) could not be read/.test(e.message),
    );
  });

  const searched = answerOfTree(
    WORKBENCH,
    workbench({
      '/a/rstudio/rserver.conf': { text: 'www-port=1\n' },
      '/b/rstudio/rsession.conf': { text: 'session-timeout-minutes=1\n' },
      ...running('rserver', ['XDG_CONFIG_DIRS=/a:/b']),
    }),
  );
  const denied = (directory: string): string =>
    searched
      .replace(new RegExp(`^~.*${directory}/rstudio.*\n`, 'gm'), '')
      .replace(
        `=dir ${directory}/rstudio\n`,
        `=dir ${directory}/rstudio\nfind: '${directory}/rstudio': Permission denied\n`,
      );

  it('one that may not be looked at, before the first that has the main file', () => {
    assert.throws(() => foundIn(WORKBENCH, denied('/a')), /\/a\/rstudio could not be read/);
  });

  it('one behind it: the listing is not whole', () => {
    const installed = foundIn(WORKBENCH, denied('/b'));
    assert.equal(installed.root, '/a/rstudio');
    assert.match(installed.treeTrouble!, /Permission denied/);
  });
});

describe('sudo that refuses everything', () => {
  const said = (words: string) =>
    answerOfTree(WORKBENCH, workbench()).replace(/^=present .*$/m, `$&\n=refused ${words}`);
  for (const [words, remedy] of [
    ['sudo: a password is required', /: sudo: a password is required; give it with connection\.sudo: \{ password/],
    ['sudo: not found', /: sudo: not found; install sudo on the node/],
    ['sudo did not answer within 3 s on the node', /read: sudo did not answer within 3 s on the node, or grant/],
  ] as const)
    it(`${words}: what it keeps unread says so, and not to set what is set`, () => {
      const installed = { ...foundIn(WORKBENCH, said(words)), texts: new Map() };
      assert.throws(
        () => textOf(installed, 'rserver.conf'),
        (e) => e instanceof NotSeen && remedy.test(e.message) && !/sudo: true/.test(e.message),
      );
    });
  it('without sudo: to set it', () => {
    const installed = { ...found(workbench()), texts: new Map() };
    assert.throws(() => textOf(installed, 'rserver.conf'), /could not be read: set connection\.sudo: true/);
  });
});

describe('the account of the server', () => {
  const PM = builtIn.profiles.get('package-manager')!;
  const dropIn = {
    '/usr/lib/systemd/system/rstudio-pm.service': { text: '[Service]\nUser=rstudio-pm\n' },
    '/etc/systemd/system/rstudio-pm.service.d/user.conf': { text: '[Service]\nUser=thor\nGroup=heroes\n' },
  };
  const status = { '/proc/100/status': { text: 'Name:\trstudio-pm\nUid:\t812\t812\t812\t812\nGid:\t9\t9\t9\t9\n' } };
  const passwd = {
    '/etc/passwd': { text: '+\nroot:x:0:0::/:/bin/sh\nloki:x:812:9::/:/sbin/nologin\nodin:x:812:9::/:\n' },
  };
  const CASES: readonly [name: string, files: Tree, account: string][] = [
    ['by default', {}, 'rstudio-pm'],
    ['by a drop-in', dropIn, 'thor'],
    ['of the process', { ...dropIn, ...running('rstudio-pm', ['A=1']), ...status, ...passwd }, 'loki'],
    ['of a process, without a name', { ...dropIn, ...running('rstudio-pm', []), ...status }, 'thor'],
  ];
  for (const [name, files, account] of CASES)
    it(name, () => {
      const tree = { '/etc/rstudio-pm/rstudio-pm.gcfg': { text: '[Server]\n' }, ...files };
      const { serviceAccounts, keys } = settingsOf(foundIn(PM, answerOfTree(PM, tree)));
      assert.deepEqual([serviceAccounts, keys[0]?.reader, keys[0]?.owners[0]], [[account], account, account]);
    });
  it('is root', () => {
    const tree = { '/etc/rstudio-pm/rstudio-pm.gcfg': { text: '[Server]\n' }, ...running('rstudio-pm', ['A=1']) };
    const more = { '/proc/100/status': { text: 'Uid:\t0\t0\t0\t0\n' }, '/etc/passwd': { text: 'root:x:0:0::/:\n' } };
    const { serviceAccounts, keys } = settingsOf(foundIn(PM, answerOfTree(PM, { ...tree, ...more })));
    assert.deepEqual([serviceAccounts, keys[0]?.reader], [['rstudio-pm'], undefined]);
  });
});

describe('the environment of a unit', () => {
  const CASES: readonly [name: string, lines: string[], files: Tree, trouble: RegExp | undefined][] = [
    ['all of it read', ['Environment=CONNECT_SERVER_DATADIR=/x', 'EnvironmentFile=-/none'], {}, undefined],
    ['a file that must exist', ['EnvironmentFile=/none'], {}, /\/none does not exist/],
    ['taken over from systemd', ['PassEnvironment=CONNECT_SERVER_DATADIR'], {}, /CONNECT_SERVER_DATADIR is taken over/],
    [
      'a value only the machine knows',
      ['Environment=CONNECT_SERVER_DATADIR=/srv/%m'],
      {},
      /CONNECT_SERVER_DATADIR is not known: %m/,
    ],
    ['a variable of something else', ['Environment=OTHER=%m'], {}, undefined],
    [
      'a shell starts it',
      ['ExecStart=/bin/sh -c "X=1 exec /opt/connect"'],
      {},
      /\/bin\/sh \(.*service:2\) starts the server/,
    ],
    [
      'so does env',
      ['ExecStart=/usr/bin/env CONNECT_SERVER_DATADIR=/x /opt/connect'],
      {},
      /\/env .* starts the server/,
    ],
    ['and a script', ['ExecStart=-/usr/local/sbin/start-connect.sh'], {}, /start-connect\.sh .* starts the server/],
    ['a program with its words', ['ExecStart=/usr/bin/nice -n 5 /opt/connect'], {}, undefined],
    ['half a section header', ['Environment=OTHER=1', '[Install'], {}, /service:3: half a section header: .* not load/],
  ];
  for (const [name, lines, files, trouble] of CASES)
    it(name, () => {
      const text = `[Service]\n${lines.join('\n')}\n`;
      const tree = connect({ '/usr/lib/systemd/system/rstudio-connect.service': { text }, ...files });
      const installed: Installed = foundIn(CONNECT, answerOfTree(CONNECT, tree));
      if (trouble) assert.match(installed.environmentTrouble!.join('\n'), trouble);
      else assert.equal(installed.environmentTrouble, undefined);
    });

  it('placeholders of variables in force, by their lines', () => {
    const tree = connect({
      '/usr/lib/systemd/system/rstudio-connect.service': {
        text: '[Service]\nEnvironment=CONNECT_SMTP_PASSWORD=changeme\nEnvironment=CONNECT_SMTP_PASSWORD=k8-Quartz-91\nEnvironmentFile=/etc/default/rstudio-connect\n',
      },
      '/etc/default/rstudio-connect': {
        text: '# mail\nCONNECT_POSTGRES_PASSWORD=CHANGE_ME\nOTHER_PASSWORD=changeme\n',
      },
    });
    const installed = foundIn(CONNECT, answerOfTree(CONNECT, tree));
    assert.deepEqual([...installed.placeholders], [['/etc/default/rstudio-connect', [2]]]);
  });

  it('an empty variable over a setting of the file is not decided', () => {
    const installed = foundIn(
      CONNECT,
      answerOfTree(CONNECT, connect(running('connect', ['CONNECT_SERVER_DATADIR=', 'CONNECT_HTTP_LISTEN=']))),
    );
    const inForce = installed.profile.effective(installed);
    assert.equal(inForce.get('server.datadir')?.value, '/data');
    assert.match(inForce.get('server.datadir')!.doubt!, /an empty CONNECT_SERVER_DATADIR/);
    assert.equal(inForce.get('http.listen'), undefined);
  });
});

/** By which shells: those of this machine. */
const SHELLS = [['sh'], ['bash'], ['mksh'], ['ksh'], ['busybox', 'sh']].filter(
  ([name]) => spawnSync(name!, ['-c', ':'], { stdio: 'ignore' }).error === undefined,
);

describe('files of variables that a unit names', () => {
  const at = '/etc/site/connect';
  const CASES: readonly [name: string, lines: string, path: string][] = [
    ['blanks around the equals sign, and behind the path', 'EnvironmentFile \t=  -/etc/site/connect \t', at],
    ['line breaks of Windows', 'EnvironmentFile=-/etc/site/connect\r', at],
    ['a line that goes on, and a comment in it', 'EnvironmentFile=\\\n  # the site\n  -/etc/site/connect', at],
    [
      'specifiers of the name',
      'EnvironmentFile=-%E/%p/%N.%n',
      '/etc/rstudio-connect/rstudio-connect.rstudio-connect.service',
    ],
    ['specifiers of the host', 'EnvironmentFile=-/etc/site/%l/%H', '/etc/site/n1/n1.example.com'],
    ['a percent sign', 'EnvironmentFile=-/etc/site/a%%b%%n', '/etc/site/a%b%n'],
    ['all but some characters', 'EnvironmentFile=-/etc/site/[!a-b]*.env', '/etc/site/connect.env'],
    ['two slashes', 'EnvironmentFile=-/etc//site/connect', '/etc//site/connect'],
    ['a blank in the path', 'EnvironmentFile=-/etc/my site/connect', '/etc/my site/connect'],
  ];
  for (const shell of SHELLS)
    it(`are read by ${shell.join(' ')}`, () => {
      for (const [name, lines, path] of CASES) {
        const tree = connect({
          '/usr/lib/systemd/system/rstudio-connect.service': { text: `[Service]\n${lines}\nExecStart=/opt/connect\n` },
          '/etc/hostname': { text: 'n1.example.com\n' },
          [path]: { text: 'CONNECT_SERVER_DATADIR=/site\n' },
        });
        const { environment, origins } = foundIn(CONNECT, answerOfTree(CONNECT, tree, { shell }));
        assert.equal(environment.get('CONNECT_SERVER_DATADIR'), '/site', name);
        assert.equal(origins?.get('CONNECT_SERVER_DATADIR'), `${path} line 1`, name);
      }
    });

  it('are not known where their names depend on the machine, and nothing where systemd ignores them', () => {
    const trouble = (line: string) =>
      foundIn(CONNECT, answerOfTree(CONNECT, connect(unitOf('rstudio-connect', line)))).environmentTrouble?.join();
    assert.match(
      trouble('EnvironmentFile=-/etc/%m')!,
      /\/etc\/%m is not known: %m in .*service:2 depends on the machine/,
    );
    assert.match(trouble('EnvironmentFile=%h/env')!, /\/root\/env does not exist/);
    for (const line of ['EnvironmentFile=/etc/%z', 'EnvironmentFile=/etc/../x', 'EnvironmentFile="/etc/x"'])
      assert.equal(trouble(line), undefined, line);
  });

  for (const [what, link] of [
    ['the unit', '/etc/systemd/system/rstudio-connect.service'],
    ['a drop-in', '/etc/systemd/system/rstudio-connect.service.d/x.conf'],
    ['the file', '/etc/site'],
  ] as const)
    it(`in a tree of files: ${what} is a link that leads out of it`, () => {
      const tree = connect(unitOf('rstudio-connect', 'EnvironmentFile=-/etc/site'));
      const ask = (to: string) =>
        foundIn(CONNECT, answerOfTree(CONNECT, tree, { links: { [link]: to } })).environmentTrouble?.join();
      assert.match(ask('/nowhere/x')!, new RegExp(`${link} is a link to /nowhere/x, which is not followed`));
      if (what === 'the unit') assert.equal(ask('/dev/null'), undefined, 'masked');
    });
});

describe('variables of a unit beside a secret', () => {
  const PW = 'CONNECT_POSTGRES_PASSWORD';
  const secret = 'k8-Quartz-91';
  const other = 'CONNECT_SERVER_DATADIR=/x';
  const of = (lines: string, files: Tree = {}): Installed => {
    const text = `[Postgres]\nPassword = ${secret}\nURL = postgres://u:k8%40Quartz@h/d\n`;
    const gcfg = { '/etc/rstudio-connect/rstudio-connect.gcfg': { text } };
    const answer = answerOfTree(CONNECT, { ...gcfg, ...unitOf('rstudio-connect', lines), ...files });
    assert.doesNotMatch(answer, /Quartz|turnip/);
    return foundIn(CONNECT, answer);
  };
  const UNITS: readonly [what: string, lines: string][] = [
    ['in quotes, and one behind it', `Environment="A=b c" "${PW}=${secret}" ${other}`],
    ['each in quotes', `Environment="${PW}=${secret}" "${other}"`],
    ['in single quotes', `Environment='${PW}=${secret}' '${other}'`],
    ['one in the next line', `Environment=${PW}=${secret} \\\n  ${other}`],
    ['one in the next line, in quotes', `Environment="${PW}=${secret}" \\\n  "${other}"`],
    ['in the second of three lines', `Environment=A=1 \\\n  ${PW}=${secret} \\\n  ${other}`],
  ];
  for (const [what, lines] of UNITS)
    it(what, () => {
      const { environment, texts, environmentTrouble } = of(lines);
      assert.equal(environmentTrouble, undefined);
      assert.equal(environment.get('CONNECT_SERVER_DATADIR'), '/x');
      assert.ok(texts.get('rstudio-connect.gcfg')!.includes(`Password = ${environment.get(PW)}\n`));
    });

  it('in single quotes in a file of variables', () => {
    const { environment, texts } = of('EnvironmentFile=/etc/e', { '/etc/e': { text: `${PW}='${secret}'\n` } });
    assert.ok(texts.get('rstudio-connect.gcfg')!.includes(`Password = ${environment.get(PW)}\n`));
  });

  it('one that has a percent sign is not set, or not known, and one with two is', () => {
    const url = (pw: string) =>
      of(`Environment=CONNECT_POSTGRES_URL=postgres://u:${pw}@h/d ${other}`, { '/etc/hostname': { text: 'n1\n' } });
    const wrong = url('k8%40Quartz');
    assert.deepEqual([...wrong.environment.keys()], ['CONNECT_SERVER_DATADIR']);
    assert.match(url('k8%wQuartz').environmentTrouble!.join(), /CONNECT_POSTGRES_URL is not known/);
    const { environment, texts } = url('k8%%40Quartz');
    assert.ok(texts.get('rstudio-connect.gcfg')!.includes(`URL = ${environment.get('CONNECT_POSTGRES_URL')}\n`));
  });

  it('what a secret perhaps goes on in stays, and is not known', () => {
    for (const lines of [
      `Environment=${PW}=${secret} \\\n turnip`,
      `Environment=${PW}=\\\nturnip`,
      `Environment=${PW}=${secret}\\\nturnip=1`,
      `Environment="${PW}=${secret} \\\n turnip=1"`,
      'ExecStart=/opt/connect --password \\\n turnip',
    ])
      assert.match(of(lines).environmentTrouble!.join(), /service:3 goes on from a line with a secret/, lines);
  });
});

describe('what leaves the node', () => {
  it('of the command line: a value with its option, of the rest nothing', () => {
    const answer = answerOfTree(
      WORKBENCH,
      workbench(
        running('rserver', [], ['--admin-password', 'hunter2', '-p', 'swordfish', '--www-port', '8790', 'beetroot']),
      ),
    );
    for (const secret of ['hunter2', 'swordfish', 'beetroot']) assert.ok(!answer.includes(secret), secret);
    assert.equal(argumentOf(foundIn(WORKBENCH, answer), 'www-port'), '8790');
  });

  it('of the command line of a unit: no value of an option that is called a password', () => {
    const answer = answerOfTree(
      WORKBENCH,
      workbench(unit('ExecStart=/opt/rserver --admin-password hunter2 --www-port=1')),
    );
    assert.ok(!answer.includes('hunter2'));
    assert.equal(argumentOf(foundIn(WORKBENCH, answer), 'www-port'), '1');
  });

  it('of a line that names a file or a directory: what stands behind it only where it is a part of a name', () => {
    const named = (tree: Tree) => answerOfTree(WORKBENCH, workbench(tree));
    for (const tree of [
      unit('ExecStart=/opt/rserver --config-file=/etc/x.conf --www-x hunter2 hunter2'),
      unit('Environment=RSTUDIO_CONFIG_DIR=/etc/x DB_PASS=hunter2'),
      running('rserver', [], ['--database-config-file', '/etc/x.conf', 'hunter2', '--auth-x', 'hunter2']),
    ])
      assert.doesNotMatch(named(tree).replace(/^\|.*$/gm, ''), /hunter2/);
    const spaced = { '/secure/my db.conf': { text: 'provider=postgresql\n' } };
    const line = { '/etc/rstudio/rserver.conf': { text: 'database-config-file=/secure/my db.conf\n' } };
    assert.match(named({ ...line, ...spaced }), /^=named \/secure\/my db\.conf$/m);
  });

  for (const file of ['/etc/secrets.env', '/etc/rstudio-server.conf'])
    it(`of files of variables such as ${file}: those of the product and those the command line is made of`, () => {
      const answer = answerOfTree(
        WORKBENCH,
        workbench({
          ...unit(`EnvironmentFile=${file}`, 'ExecStart=/usr/lib/rstudio-server/bin/rserver $OPTIONS'),
          [file]: {
            text: 'export SITE="hunter2\nswordfish"\n# beetroot\nOPTIONS=--www-port=8791\nRSTUDIO_CONFIG_DIR=/etc/rstudio\nLAST=turnip\n',
          },
        }),
      );
      for (const secret of ['hunter2', 'swordfish', 'beetroot', 'turnip']) assert.ok(!answer.includes(secret), secret);
      const installed = foundIn(WORKBENCH, answer);
      assert.equal(argumentOf(installed, 'www-port'), '8791');
      assert.equal(installed.origins?.get('RSTUDIO_CONFIG_DIR'), `${file} line 5`);
    });
});

it('a text that is gone when awk comes to it costs no other, and nothing is there twice', () => {
  const files = workbench({ '/etc/rstudio/database.conf': { text: 'host=db\npassword=hunter2\0x\n' } });
  // written twice, which may be in two seconds
  const tree = Object.fromEntries(Object.entries(files).map(([path, file]) => [path, { ...file, modified: 1e9 }]));
  const request = foundRequest(WORKBENCH);
  const asked = (files: string) => {
    const base = request.base!.map((text) => text.replace('- from=1 "$@"', files));
    return answersOfTree({ it: { ...request, base } }, tree).it!.stdout;
  };
  const [whole, again] = [asked('- from=1 "$@"'), asked('- from=1 "$@" /nowhere')];
  assert.ok(!whole.includes('=again\n') && again.includes('=again\n'));
  assert.ok(foundIn(WORKBENCH, whole).texts.size === 2 && !again.includes('hunter2'));
  assert.deepEqual(foundIn(WORKBENCH, again), foundIn(WORKBENCH, whole));
});
