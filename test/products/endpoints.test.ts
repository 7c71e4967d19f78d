import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keyValue } from '../../src/formats/keyValue.js';
import { NotSeen } from '../../src/model/evidence.js';
import { endpointOf, isLoopback, workbenchEndpoint } from '../../src/products/endpoints.js';

const MASKED = `%masked:${'0'.repeat(64)}%`;

/** Host, port, name. */
const ADDRESSES: readonly [text: string, host: string, port: string, name: string][] = [
  ['postgres://h/d', 'h', '5432', 'd'],
  ['postgresql://u@H.Example.com:6432/d?sslmode=verify-full', 'h.example.com', '6432', 'd'],
  [`postgres://u:${MASKED}@h:1/d`, 'h', '1', 'd'],
  [`postgres://u:${MASKED}@h/d?sslpassword=${MASKED}`, 'h', '5432', 'd'],
  // libpq splits at the first @
  ['postgres://u:p@w@h/d', 'w@h', '5432', 'd'],
  ['postgres://u@h/d?application_name=a@b', 'h', '5432', 'd'],
  ['postgres://h', 'h', '5432', ''],
  ['postgres:///d', 'localhost', '5432', 'd'],
  ['postgres:///d?host=/run/postgresql&port=1', '/run/postgresql', '1', 'd'],
  ['postgres://[::1]:1/d', '::1', '1', 'd'],
  ['postgres://a:1,b:2/d', 'a,b', '1,2', 'd'],
  ['postgres://h/my%20db', 'h', '5432', 'my db'],
  ['host=h port=1 dbname=d user=u', 'h', '1', 'd'],
  [`host=h password=${MASKED} dbname='my db'`, 'h', '5432', 'my db'],
  ['user=u', 'localhost', '5432', 'u'],
  ['hostaddr=10.0.0.1 dbname=d', '10.0.0.1', '5432', 'd'],
];

describe('endpointOf', () => {
  for (const [text, host, port, name] of ADDRESSES)
    it(text.replace(MASKED, '…'), () => {
      assert.deepEqual(endpointOf('database', text), { role: 'database', host, port, name });
    });

  for (const text of [
    '',
    'h',
    'h:5432/d',
    'postgres://h:port/d',
    'postgres://h/100%',
    'sslmode=require',
    'host= port=1',
  ])
    it(`not told by ${JSON.stringify(text)}`, () => {
      assert.throws(() => endpointOf('database', text), NotSeen);
    });
});

describe('variables of the service', () => {
  const read = (text: string, variables: Record<string, string>) =>
    endpointOf('database', text, 'go', new Map(Object.entries(variables)));
  const [FULL, SHORT] = ['postgres://u@h:5432/d', 'postgres://u@h/d'];

  it('that change nothing', () => {
    const settings = { PGHOST: 'other', PGPORT: '1', PGDATABASE: 'x', CONNECT_SERVER_ADDRESS: 'y' };
    assert.deepEqual(read(FULL, settings), { role: 'database', host: 'h', port: '5432', name: 'd' });
    assert.equal(read(SHORT, { PGPORT: '05432', PGUSER: 'other' }).doubt, undefined);
  });
  const CHANGES: readonly [text: string, variables: Record<string, string>, names: RegExp][] = [
    [SHORT, { PGPORT: '6543' }, /leaves PGPORT in force/],
    [SHORT, { PGTARGETSESSIONATTRS: 'standby' }, /PGTARGETSESSIONATTRS/],
    [SHORT, { PGSERVICE: 'prod' }, /PGSERVICE/],
    [FULL, { PGOPTIONS: '-c default_transaction_read_only=on' }, /PGOPTIONS/],
    ['user=u dbname=d', { PGHOST: 'db', CONNECT_X: 'y' }, /leaves PGHOST in force/],
  ];
  for (const [text, variables, names] of CHANGES)
    it(`${text}, and ${Object.keys(variables)[0]}`, () => assert.match(read(text, variables).doubt ?? '', names));

  it('of Workbench, which hands host, port and name to libpq itself', () => {
    const workbench = (variables: Record<string, string>) =>
      workbenchEndpoint(keyValue('host=h\n'), [], new Map(Object.entries(variables)));
    assert.equal(workbench({ PGHOST: 'other', PGPORT: '1', PGDATABASE: 'x' }).doubt, undefined);
    for (const [name, value] of [
      ['PGHOSTADDR', '10.0.0.9'],
      ['PGTARGETSESSIONATTRS', 'standby'],
      ['PGOPTIONS', '-c search_path=b'],
    ] as const) {
      const endpoint = workbench({ [name]: value });
      assert.equal(endpoint.host, 'h');
      assert.match(endpoint.doubt ?? '', new RegExp(name));
    }
  });
});

describe('workbenchEndpoint', () => {
  it('a password that libpq does not take as it stands', () => {
    const config = keyValue('provider=postgresql\nconnection-uri=postgres://u:x@h/d\n');
    assert.throws(() => workbenchEndpoint(config, [2]), /percent-encoded/);
    assert.equal(workbenchEndpoint(config, [1]).host, 'h');
  });
  const CASES: readonly [text: string, host: string, port: string, name: string][] = [
    ['', 'localhost', '5432', 'rstudio'],
    ['host=DB\nport=1\ndatabase=d\n', 'db', '1', 'd'],
    ['host=a\nhost=b\n', 'a', '5432', 'rstudio'],
    ['#host=a\n', 'localhost', '5432', 'rstudio'],
    ['host=a,B\nport=05432,6\n', 'a,b', '5432,6', 'rstudio'],
    ['host=/run/postgres:1\nport=\n', '/run/postgres:1', '5432', 'rstudio'],
    ['host=2001:DB8::1\n', '2001:db8::1', '5432', 'rstudio'],
    ['host=a\nconnection-uri=postgresql://u@b:1/d\n', 'b', '1', 'd'],
    ['connection-uri=POSTGRES://u@b/d\n', 'b', '5432', 'd'],
  ];
  for (const [text, host, port, name] of CASES)
    it(JSON.stringify(text), () => {
      assert.deepEqual(workbenchEndpoint(keyValue(text)), { role: 'database', host, port, name });
    });
  for (const text of [
    'connection-uri=host=b dbname=d',
    'connection-uri=postgres:///d?host=b',
    'host=db:5432',
    'host=postgresql://db',
    'host=a,b c',
    'port=x',
    'port=5432,',
    'port=0',
  ])
    it(`refuses ${text}`, () => assert.throws(() => workbenchEndpoint(keyValue(`${text}\n`)), NotSeen));
});

describe('isLoopback', () => {
  it('the node itself, by name, address or socket', () => {
    for (const host of ['', 'localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1', '[::1]', '/run/x', '%2Frun'])
      assert.ok(isLoopback(host), host);
  });
  it('another machine', () => {
    for (const host of ['db', '10.0.0.1', '128.0.0.1', 'localhost.example.com', '::2'])
      assert.ok(!isLoopback(host), host);
  });
});
