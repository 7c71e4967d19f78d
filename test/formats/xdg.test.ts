import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configDirectories, envVars } from '../../src/formats/xdg.js';

const PLACES = { home: '/home/x', user: 'x', hostname: 'n1' };
type Environment = Record<string, string>;
const of = (environment: Environment, places = PLACES) =>
  configDirectories(new Map(Object.entries(environment)), places);

const CASES: readonly [name: string, environment: Environment, directories: string[]][] = [
  ['nothing set', {}, ['/etc/rstudio']],
  ['one directory, without fallback', { RSTUDIO_CONFIG_DIR: '/srv/c/' }, ['/srv/c']],
  ['it beats the list', { RSTUDIO_CONFIG_DIR: '/srv/c', XDG_CONFIG_DIRS: '/a' }, ['/srv/c']],
  ['an empty variable is unset', { RSTUDIO_CONFIG_DIR: '', XDG_CONFIG_DIRS: '' }, ['/etc/rstudio']],
  ['a list, then the default', { XDG_CONFIG_DIRS: '/a:/b/' }, ['/a/rstudio', '/b/rstudio', '/etc/rstudio']],
  ['one place twice', { XDG_CONFIG_DIRS: '/a:/etc:/a' }, ['/a/rstudio', '/etc/rstudio']],
  ['variables', { RSTUDIO_CONFIG_DIR: '/c/$HOSTNAME/${USER}' }, ['/c/n1/x']],
  ['the home', { XDG_CONFIG_DIRS: '$HOME/a:~/b' }, ['/home/x/a/rstudio', '/home/x/b/rstudio', '/etc/rstudio']],
  ['no other variables', { RSTUDIO_CONFIG_DIR: '/c/$HOSTNAMES/$PATH/a~/' }, ['/c/$HOSTNAMES/$PATH/a~']],
  [
    "the vendor's chart",
    { XDG_CONFIG_DIRS: '/mnt/dynamic:/mnt/configmap:/mnt/load-balancer/' },
    ['/mnt/dynamic/rstudio', '/mnt/configmap/rstudio', '/mnt/load-balancer/rstudio', '/etc/rstudio'],
  ],
];

describe('configDirectories', () => {
  for (const [name, environment, directories] of CASES)
    it(name, () => {
      assert.deepEqual(of(environment).directories, directories);
      assert.deepEqual(of(environment).missing, []);
    });

  it('the origin', () => {
    assert.deepEqual(of({}), { directories: ['/etc/rstudio'], origin: 'default', noFallback: false, missing: [] });
    assert.equal(of({ XDG_CONFIG_DIRS: '/a' }).origin, 'XDG_CONFIG_DIRS');
    assert.equal(of({ RSTUDIO_CONFIG_DIR: '/a' }).noFallback, true);
  });

  it('names what it would need', () => {
    const { directories, missing } = configDirectories(new Map([['XDG_CONFIG_DIRS', '/c/$HOSTNAME:/a:~/b']]), {});
    assert.deepEqual(directories, ['/a/rstudio', '/etc/rstudio']);
    assert.deepEqual(missing, ['hostname', 'home']);
  });

  it('an empty entry names no directory', () => {
    assert.deepEqual(of({ XDG_CONFIG_DIRS: '/a::/b' }).directories, ['/a/rstudio', '/b/rstudio', '/etc/rstudio']);
  });
});

describe('envVars', () => {
  const CASES: readonly [name: string, text: string, expected: [string, string][]][] = [
    [
      'plain',
      'A=1\n B=2 \n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['comments and lines without =', '# A=1\nB\n\nC=3 # c\n', [['C', '3 # c']]],
    [
      'no trimming, no quotes, no export',
      'A = "1"\nexport B=2\n',
      [
        ['A ', ' "1"'],
        ['export B', '2'],
      ],
    ],
    ['the first = splits', 'A=b=c\n', [['A', 'b=c']]],
    ['CRLF', 'A=1\r\n', [['A', '1']]],
  ];
  for (const [name, text, expected] of CASES)
    it(name, () => {
      assert.deepEqual(
        envVars(text).map((v) => [v.name, v.value]),
        expected,
      );
    });
});
