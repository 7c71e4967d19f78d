import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ADDRESS_VARIABLES, connInfo } from '../../src/formats/connInfo.js';
import type { ConnInfo, Refused } from '../../src/formats/connTypes.js';

const MASKED = `%masked:${'0123456789abcdef'.repeat(4)}%`;

/** `host:port host:port/database`, or the reason of a refusal. */
const inShort = (info: ConnInfo | Refused): string =>
  'refused' in info
    ? `refused: ${info.refused}`
    : `${info.servers.map((s) => `${s.hostaddr ?? s.host}:${s.port}`).join(' ')}/${info.database ?? ''}`;

const SAME: readonly [text: string, expected: string][] = [
  ['postgres://u@h/d', 'h:5432/d'],
  ['postgresql://u@h:6432/d?sslmode=verify-full', 'h:6432/d'],
  [`postgres://u:${MASKED}@h:1/d`, 'h:1/d'],
  [`postgres://u:${MASKED}@a:1,b:2/d?sslpassword=${MASKED}`, 'a:1 b:2/d'],
  [`host=h password=${MASKED} dbname=d`, 'h:5432/d'],
  ['postgres://u@a,b/d', 'a:5432 b:5432/d'],
  ['postgres://u@[::1]:1/d', '::1:1/d'],
  ['postgres://u@h/d?host=x&port=9&dbname=e', 'x:9/e'],
  ['postgres://u@h/my%20db', 'h:5432/my db'],
  ['postgres:///d?host=/run/postgresql', '/run/postgresql:5432/d'],
  ['postgres:///d', ':5432/d'],
  ['postgres://u@h', 'h:5432/u'],
  ['host=a,b port=7', 'a:7 b:7/'],
  ['host=a,b port=7,8', 'a:7 b:8/'],
  ['host= port=1', 'port=1:5432/'],
  ["host = 'h' dbname='it\\'s'", "h:5432/it's"],
  ['host=h host=i user=u', 'i:5432/u'],
  ['', ':5432/'],
  ['postgres://h', 'h:5432/'],
  ['postgres://:1/d', ':1/d'],
  ['postgres://u@[::1]/d', '::1:5432/d'],
  ['postgres://u@[::1]:12/d', '::1:12/d'],
  ['postgres://u@a:1,[::2]:2/d', 'a:1 ::2:2/d'],
  ['postgres://u:p%e4@h/d', 'h:5432/d'],
  ['postgres://u:a:b@h/d', 'h:5432/d'],
  ['postgres://h/d/e', 'h:5432/d/e'],
  ['postgres://?host=h&dbname=d', 'h:5432/d'],
  ['postgres://h/d?host=a%2Cb', 'a:5432 b:5432/d'],
  ['postgres://h/d?host=/tmp&port=2', '/tmp:2/d'],
  ['postgres://h:65535/d', 'h:65535/d'],
  ['postgres://h%c3%a4/d', 'hä:5432/d'],
  ['postgres://[::1%25lo]:1/d', '::1%lo:1/d'],
  ['postgres://u@h/d?sslmode=require&', 'h:5432/d'],
  ['postgres://u@h/d?ssl=true&port=2', 'h:2/d'],
  ['application_name=postgres://x host=h', 'h:5432/'],
  ['host=h sslmode=verify-ca target_session_attrs=prefer-standby', 'h:5432/'],
  [`postgres://h/d?sslmode=${MASKED}`, 'h:5432/d'],
];

const DIFFERENT: readonly [text: string, libpq: string | RegExp, pgx: string | RegExp][] = [
  ['postgres://u@a,b:2/d', 'a:5432 b:2/d', 'a:2 b:2/d'],
  ['postgres://u@a:1,b/d', 'a:1 b:5432/d', /^refused: what follows the last colon/],
  ['host=a,b port=7,', 'a:7 b:5432/', /^refused: "" is not a port/],
  ['host=a,b port=7,8,9', /^refused: 3 ports and 2 hosts/, 'a:7 b:8/'],
  ['host=h hostaddr=10.0.0.1', '10.0.0.1:5432/', /^refused: hostaddr/],
  ['postgres://u@%2Ftmp:6/d', '/tmp:6/d', /^refused: a character in the host/],
  ['postgres://u:p#w@h/d', 'h:5432/d', /^refused: what follows the last colon/],
  ['postgres://u:p@w@h/d', 'w@h:5432/d', 'h:5432/d'],
  ['postgres://h/d?sslmode', /^refused: a query parameter that is not name=value/, 'h:5432/d'],
  ['postgres://h/d?%zz=1', /^refused: a query parameter that is not name=value/, 'h:5432/d'],
  ['postgres://h/d?host=%zz', /^refused: a query parameter that is not name=value/, 'h:5432/d'],
  ['postgres://h/d?&port=2', /^refused: a query parameter that is not name=value/, 'h:2/d'],
  ['postgres://u:p%00@h/d', /^refused: a percent sign that encodes nothing/, 'h:5432/d'],
  ['postgres://u@[a/b]:1/d', 'a/b:1/d', /^refused: what follows the last colon/],
  ['postgres://u@a,[::1/d', /^refused: brackets/, 'a:5432 ::1:5432/d'],
  ['postgres://[::1%25lo]/d', '::1%lo:5432/d', /^refused: an address that is not host:port/],
  ['host=h dbname=d database=e', /^refused: the keyword database is not known/, 'h:5432/e'],
  ['postgres://u v@h/d', 'h:5432/d', /^refused: a character before the @/],
  ['postgres://h^x/d', 'h^x:5432/d', /^refused: a character in the host/],
  ['postgres://h%41/d', 'hA:5432/d', /^refused: a character in the host/],
  ['postgres://h//d', 'h:5432//d', 'h:5432/d'],
  ['postgres://,h/d', ':5432 h:5432/d', 'h:5432/d'],
  ['postgres://h]/d', 'h]:5432/d', 'h:5432/d'],
  ['postgres://::1/d', /^refused: :1 is not a port/, '::1:5432/d'],
  ['postgres://h/d?host=a+b', 'a+b:5432/d', 'a b:5432/d'],
  ['postgres://h/d?dbname=a;b&port=2', 'h:2/a;b', 'h:2/d'],
  ['postgres://h/d?port=1&port=2', 'h:2/d', 'h:1/d'],
  ['postgres://h/d?database=e', /^refused: the query parameter database is not known/, 'h:5432/e'],
  ['postgres://h/d#x?host=y', 'y:5432/d#x', 'h:5432/d'],
  ['host=/tmp sslmode=disabled', /^refused: sslmode is "disabled"/, '/tmp:5432/'],
  ['postgres://h/d?sslmode=', /^refused: sslmode is ""/, 'h:5432/d'],
  [`postgres://u@s:${MASKED}@h:1/d`, /^refused: %masked:[0-9a-f]{64}%@h:1 is not a port/, 'h:1/d'],
];

/** Parameters of the server: Go's drivers hand them on, and agree where it is. */
const GO: typeof DIFFERENT = [
  ['postgres://h/d?x=1', /^refused: the query parameter x is not known/, 'h:5432/d'],
  ['postgres://h/d?ssl=false', /^refused: the query parameter ssl is not known/, 'h:5432/d'],
  ['postgres://h/d?user=a=b', /^refused: a query parameter that is not name=value/, 'h:5432/d'],
  ['host=h x=1', /^refused: the keyword x is not known/, 'h:5432/'],
  ['postgres://h/d?options=-csearch_path=x', /^refused: a query parameter that is not name=value/, 'h:5432/d'],
];

describe('connInfo', () => {
  const matches = (actual: string, expected: string | RegExp): void =>
    typeof expected === 'string' ? assert.equal(actual, expected) : assert.match(actual, expected);

  for (const [text, expected] of SAME)
    it(text.replaceAll(MASKED, '…') || 'nothing', () => {
      const { libpq, pgx, difference } = connInfo(text);
      assert.equal(inShort(libpq), expected);
      assert.equal(inShort(pgx), expected);
      assert.equal(difference, undefined);
    });

  for (const [text, libpq, pgx] of DIFFERENT)
    it(`${text}: two readings`, () => {
      const read = connInfo(text);
      matches(inShort(read.libpq), libpq);
      matches(inShort(read.pgx), pgx);
      assert.ok(read.difference);
    });

  for (const [text, libpq, pgx] of GO)
    it(`${text}: refused by libpq alone`, () => {
      const read = connInfo(text);
      matches(inShort(read.libpq), libpq);
      matches(inShort(read.pgx), pgx);
      assert.equal(read.difference, undefined);
    });

  const REFUSED = [
    'POSTGRES://h/d',
    'postgresql+x://h/d',
    'postgres://u:p%zz@h/d',
    'postgres://u:p%4@h/d',
    "host='h",
    'postgres://[::1/d',
    'postgres://u@[::1]x/d',
    'postgres://h/d?=1',
    'postgres://h/d?port',
    'postgres://a:1:2/d',
    'postgres://a:1:2,b:3/d',
    'host=h port=x',
    'postgres://h/%zz',
    'postgres://h:65536/d',
    'host=h port=0',
    'host=a hostaddr=10.0.0.1,10.0.0.2',
    'postgres://h/d?sslmode=disabled',
    'host=/tmp,h sslmode=Require',
    'postgres://h/d?target_session_attrs=rw',
    "host=/tmp target_session_attrs=''",
  ];
  for (const text of REFUSED)
    it(`${text}: refused by both`, () => {
      const { libpq, pgx, difference } = connInfo(text);
      assert.ok('refused' in libpq && 'refused' in pgx);
      assert.equal(difference, undefined);
    });

  it('a difference is said as a sentence', () => {
    assert.equal(
      connInfo('postgres://u@a,b:2/d').difference,
      'libpq connects to a port 5432, b port 2, database d; pgx connects to a port 2, b port 2, database d',
    );
  });

  it('sockets, session attributes and TLS', () => {
    const { libpq } = connInfo('host=/tmp,h target_session_attrs=read-write sslmode=require');
    assert.deepEqual(libpq, {
      servers: [
        { host: '/tmp', port: '5432', socket: true },
        { host: 'h', port: '5432', socket: false },
      ],
      database: undefined,
      targetSessionAttrs: 'read-write',
      service: undefined,
      sslmode: 'require',
      searchPath: undefined,
      readOnly: false,
    });
  });

  const WRITES: readonly [text: string, readOnly: boolean][] = [
    ['postgres://h/d?options=-c%20default_transaction_read_only%3Don', true],
    ['postgres://h/d?options=-cDefault_Transaction_Read_Only%3DTRUE', true],
    ["host=h options='--default-transaction-read-only=1'", true],
    ['postgres://h/d?default_transaction_read_only=yes', true],
    ["host=h options='-c default_transaction_read_only=on -c default_transaction_read_only=off'", false],
    ["host=h options='-c default_transaction_read_only=online'", false],
    ["host=h options='-c my.default_transaction_read_only=on'", false],
    ['postgres://h/d', false],
  ];
  for (const [text, expected] of WRITES)
    it(`${expected ? 'writes nothing' : 'writes'}: ${text}`, () => {
      const { pgx } = connInfo(text);
      assert.equal('refused' in pgx ? pgx.refused : pgx.readOnly, expected);
    });

  it('every variable that may change the address is one that a node says', () => {
    for (const name of ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGSERVICE', 'PGOPTIONS'])
      assert.match(`${name}=`, new RegExp(`^(${ADDRESS_VARIABLES})$`));
    assert.doesNotMatch('PGPASSWORD=', new RegExp(`^(${ADDRESS_VARIABLES})$`));
  });

  const PATHS: readonly [text: string, searchPath: string | undefined][] = [
    ['postgres://h/d?search_path=prod', 'prod'],
    ['postgres://h/d?search_path=Prod,%20public', 'prod,public'],
    ['postgres://h/d?options=-csearch_path%3Dprod', 'prod'],
    ['postgres://h/d?options=-c%20statement_timeout%3D0%20-c%20search_path%3Dprod,public', 'prod,public'],
    ["host=h options='--search-path=prod,\\\\ public'", 'prod,public'],
    ['postgres://h/d?search_path=%22Prod%22', 'Prod'],
    ['postgres://h/d?options=-c%20my.search_path%3Dx', undefined],
    ['postgres://h/d?search_path=', undefined],
    ['postgres://h/d', undefined],
  ];
  for (const [text, expected] of PATHS)
    it(`schemas of ${text}`, () => {
      const { pgx } = connInfo(text);
      assert.equal('refused' in pgx ? pgx.refused : pgx.searchPath, expected);
    });

  const SOCKETS: readonly [text: string, libpq: boolean, pgx: boolean | undefined][] = [
    ['', true, true],
    ['host=/tmp', true, true],
    ['host=@abstract', true, false],
    ['host=h', false, false],
    ['host=/tmp hostaddr=10.0.0.1', false, undefined],
  ];
  for (const [text, ...sockets] of SOCKETS)
    it(`sockets: ${text || 'nothing'}`, () => {
      const { libpq, pgx } = connInfo(text);
      assert.deepEqual(
        [libpq, pgx].map((info) => ('servers' in info ? info.servers[0]?.socket : undefined)),
        sockets,
      );
    });

  it("JDBC's ssl=true is libpq's sslmode=require, and another one's true is not", () => {
    const modeOf = (query: string) => {
      const { libpq } = connInfo(`postgres://h/d?${query}`);
      return 'refused' in libpq ? libpq.refused : libpq.sslmode;
    };
    assert.deepEqual(['ssl=true', 'keepalives=true'].map(modeOf), ['require', undefined]);
  });

  it('the environment fills what is missing; PGHOSTADDR is libpq alone', () => {
    const environment = new Map([
      ['PGHOST', 'e'],
      ['PGPORT', '9'],
      ['PGHOSTADDR', '10.0.0.9'],
      ['PGDATABASE', 'ed'],
    ]);
    const { libpq, pgx } = connInfo('postgres://u@h/d', environment);
    assert.deepEqual([inShort(libpq), inShort(pgx)], ['10.0.0.9:9/d', 'h:9/d']);
    assert.equal(inShort(connInfo('user=u', environment).pgx), 'e:9/ed');
    assert.equal(inShort(connInfo('postgres:///', environment).pgx), 'e:9/ed');
    assert.equal(inShort(connInfo('postgres://:p@h', new Map([['PGUSER', 'eu']])).pgx), 'h:5432/eu');
  });

  it('a masked value stays masked', () => {
    const { libpq } = connInfo(`postgres://u@h/${MASKED}`);
    assert.equal('database' in libpq && libpq.database, MASKED);
  });
});
