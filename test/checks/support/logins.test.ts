import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeAccounts } from '../../../checks/support/accountIds.js';
import { loginFindings } from '../../../checks/support/logins.js';
import type { User } from '../../../src/collectors/accounts.js';

type Login = readonly [home: string | undefined, shell: string | undefined];
type People = Readonly<Record<string, Login>>;

const node = (name: string, people: People): NodeAccounts =>
  ({
    node: name,
    accounts: {
      users: new Map(
        Object.entries(people).map(([user, [home, shell]]): [string, User] => [
          user,
          { name: user, uid: 1, gid: 1, ...(home !== undefined && { home }), ...(shell !== undefined && { shell }) },
        ]),
      ),
    },
  }) as unknown as NodeAccounts;

/** One user on n1, n2 and so on. */
const found = (logins: readonly (Login | undefined)[], blamed: readonly string[] = [], reference?: string) =>
  loginFindings(
    ['ann'],
    logins.map((login, i) => node(`n${i + 1}`, login ? { ann: login } : {})),
    reference,
    new Set(blamed),
  );

const HOME = '/home/ann';
const SH = '/bin/sh';

describe('where a user logs in to', () => {
  const ALIKE: readonly [what: string, logins: readonly (Login | undefined)[]][] = [
    [
      'the same',
      [
        [HOME, SH],
        [HOME, SH],
      ],
    ],
    [
      'no shell is /bin/sh',
      [
        [HOME, ''],
        [HOME, undefined],
        [HOME, SH],
      ],
    ],
    [
      'merged folders',
      [
        [HOME, '/usr/bin/sh'],
        [HOME, SH],
      ],
    ],
    [
      'merged folders of the system',
      [
        [HOME, '/usr/sbin/nologin'],
        [HOME, '/sbin/nologin'],
      ],
    ],
    [
      'more slashes',
      [
        ['/home//ann/', SH],
        ['/home/./ann', SH],
        [HOME, SH],
      ],
    ],
    ['one node alone', [[HOME, SH], undefined]],
    [
      'a home that was not asked for',
      [
        [undefined, SH],
        [HOME, SH],
      ],
    ],
  ];
  for (const [what, logins] of ALIKE) it(what, () => assert.deepEqual(found(logins), []));

  const ODD: readonly [what: string, logins: readonly (Login | undefined)[], nodes: string, fix: RegExp | undefined][] =
    [
      [
        'a shell',
        [
          [HOME, SH],
          [HOME, '/bin/zsh'],
          [HOME, SH],
        ],
        'n2',
        /^sudo usermod -s \/bin\/sh ann$/,
      ],
      [
        "a shell of one's own",
        [
          [HOME, SH],
          [HOME, '/opt/usr/bin/sh'],
          [HOME, SH],
        ],
        'n2',
        /usermod -s/,
      ],
      [
        'a shell in no such folder',
        [
          [HOME, SH],
          [HOME, '/usr/local/bin/sh'],
          [HOME, SH],
        ],
        'n2',
        /usermod -s/,
      ],
      [
        'a home',
        [
          [HOME, SH],
          ['/srv/ann', SH],
          [HOME, SH],
        ],
        'n2',
        /^sudo usermod -d \/home\/ann ann$/,
      ],
      [
        'no home at all',
        [
          [HOME, SH],
          ['', SH],
          [HOME, SH],
        ],
        'n2',
        /^sudo usermod -d \/home\/ann ann$/,
      ],
      [
        'a home where the others have none',
        [
          ['', SH],
          [HOME, SH],
          ['', SH],
        ],
        'n2',
        undefined,
      ],
      [
        'no majority',
        [
          [HOME, SH],
          ['/srv/ann', SH],
        ],
        'n1 n2',
        undefined,
      ],
    ];
  for (const [what, logins, nodes, fix] of ODD)
    it(what, () => {
      const [finding, ...more] = found(logins);
      assert.deepEqual(more, []);
      assert.deepEqual([finding!.status, finding!.severity, finding!.nodes?.join(' ')], ['fail', 'warning', nodes]);
      assert.deepEqual(finding!.requirements, ['WB-03']);
      const commands = finding!.fixes?.flatMap((f) => f.commands) ?? [];
      if (fix) assert.match(commands.join('\n'), fix);
      else {
        assert.deepEqual(commands, []);
        assert.match(finding!.remediation ?? '', /^sudo usermod -d HOME NAME /, 'not the change of an id');
      }
    });

  it('both at once are two findings', () =>
    assert.deepEqual(
      found([
        [HOME, SH],
        ['/srv/ann', '/bin/zsh'],
        [HOME, SH],
      ]).map((f) => f.subject),
      ['home directory', 'login shell'],
    ));
  it('the reference decides', () =>
    assert.deepEqual(
      found(
        [
          [HOME, SH],
          ['/srv/ann', SH],
        ],
        [],
        'n2',
      )[0]!.nodes,
      ['n1'],
    ));
  it('who has other ids is named for that alone', () =>
    assert.deepEqual(
      found(
        [
          [HOME, SH],
          ['/srv/ann', '/bin/zsh'],
          [HOME, SH],
        ],
        ['user ann'],
      ),
      [],
    ));
  it('several users are one finding', () => {
    const all = (home: string): People => ({ bob: [`${home}/bob`, SH], ann: [`${home}/ann`, SH] });
    const nodes = [node('n1', all('/home')), node('n2', all('/srv')), node('n3', all('/home'))];
    const [finding, ...more] = loginFindings(['bob', 'ann', 'ann'], nodes, undefined, new Set());
    assert.deepEqual(more, []);
    assert.deepEqual(finding!.nodes, ['n2']);
    assert.equal(finding!.message, 'the home directory of ann and bob is not the same on every node');
    assert.deepEqual(finding!.details, [
      'ann: n1 /home/ann, n2 /srv/ann, n3 /home/ann',
      'bob: n1 /home/bob, n2 /srv/bob, n3 /home/bob',
    ]);
    assert.equal(finding!.fixes, undefined);
  });
});
