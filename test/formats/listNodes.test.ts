import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lastSeenMs, listNodes, loadBalancerStatus } from '../../src/formats/listNodes.js';

const table = (...rows: string[]): string =>
  `Cluster\n-------\nProtocol\nHttp\n\nNodes\n-----\nID  Host           IPv4             Port  Status             Last Seen\n${rows.join('\n')}\n`;
const one = (row: string) => listNodes(table(row)).nodes[0];

describe('listNodes', () => {
  it('reads the whole table', () => {
    assert.deepEqual(
      listNodes(
        table(
          '1   rsw-primaryyy                   8787  Failed to resolve  2021-Sep-20 17:08:53',
          '2   rsw-secondary  123.456.78.100   8787  Online             2021-Sep-20 17:08:53',
        ),
      ),
      {
        protocol: 'Http',
        nodes: [
          { id: 1, host: 'rsw-primaryyy', port: 8787, status: 'Failed to resolve', lastSeen: '2021-Sep-20 17:08:53' },
          {
            id: 2,
            host: 'rsw-secondary',
            ipv4: '123.456.78.100',
            port: 8787,
            status: 'Online',
            lastSeen: '2021-Sep-20 17:08:53',
          },
        ],
      },
    );
  });

  it('reads the document’s shortened sample', () => {
    const text = `Cluster
-------
Protocol
Https no verify
Nodes
-----
ID Host IPv4 Port Status
1 rsw-primaryyy 8787 Failed to resolve
2 rsw-secondary 123.456.78.100 8787 Online
`;
    const { protocol, nodes, trouble } = listNodes(text);
    assert.equal(protocol, 'Https no verify');
    assert.deepEqual(
      nodes.map((n) => [n.id, n.host, n.ipv4, n.port, n.status, n.lastSeen]),
      [
        [1, 'rsw-primaryyy', undefined, 8787, 'Failed to resolve', undefined],
        [2, 'rsw-secondary', '123.456.78.100', 8787, 'Online', undefined],
      ],
    );
    assert.equal(trouble, undefined);
  });

  const STATUSES = [
    'Online',
    'Offline',
    'Deleting',
    'Failed to resolve',
    'Invalid secure cookie key',
    'Waiting for a miracle',
  ];
  for (const status of STATUSES)
    it(`status ${status}`, () => {
      for (const seen of ['', ' 2021-Sep-20 17:08:53'])
        for (const address of ['', '10.0.0.1 '])
          assert.equal(one(`7 wb1 ${address}8787 ${status}${seen}`)?.status, status);
    });

  const HEADING = 'ID  Host  Status\n';
  const SHAPES: readonly [name: string, text: string, expected: object][] = [
    ['nothing above the table', `${HEADING}1 a Online`, { nodes: [{ id: 1, host: 'a', status: 'Online' }] }],
    [
      'headings underlined, an empty line below them',
      `Protocol\n--------\n\nHttps no-verify\n${HEADING}--  ----  ------\n\n12 a Online`,
      { protocol: 'Https no-verify', nodes: [{ id: 12, host: 'a', status: 'Online' }] },
    ],
    ['a host with dashes', `${HEADING}1 - Online`, { nodes: [{ id: 1, host: '-', status: 'Online' }] }],
    ['only a protocol', 'Protocol\nHttp', { protocol: 'Http', nodes: [], trouble: 'no table of nodes: Protocol' }],
    [
      'a row that is none among others',
      `${HEADING}1 a Online\nError: it failed\n2 b Online`,
      {
        nodes: [
          { id: 1, host: 'a', status: 'Online' },
          { id: 2, host: 'b', status: 'Online' },
        ],
        trouble: 'not understood: Error: it failed',
      },
    ],
  ];
  for (const [name, text, expected] of SHAPES)
    it(name, () => {
      assert.deepEqual(listNodes(text), expected);
    });

  it('a host that is an address', () => {
    assert.deepEqual(one('3 10.0.0.3 8787 Online'), { id: 3, host: '10.0.0.3', port: 8787, status: 'Online' });
    assert.equal(one('3 10.0.0.3 10.0.0.4 8787 Online')?.ipv4, '10.0.0.4');
  });

  it('CRLF, no rows', () => {
    assert.equal(listNodes(table('1 a 8787 Online').replaceAll('\n', '\r\n')).nodes.length, 1);
    assert.deepEqual(listNodes(table()), { protocol: 'Http', nodes: [] });
  });

  const TROUBLE: readonly [name: string, text: string, pattern: RegExp][] = [
    ['nothing', '', /no output/],
    ['an error', '\nUnable to connect to the database: timeout\n', /no table of nodes: Unable to connect/],
    ['a row that is none', table('1 a 8787 Online', 'segmentation fault'), /not understood: segmentation fault/],
    ['words between address and status', table('1 a b c 8787 Online'), /not understood/],
    ['no status', table('1 a 8787'), /not understood/],
    ['a number that is no id', table('1st node is Online'), /not understood/],
    ['an address with more behind it', table('1 a 10.0.0.1x 8787 Online'), /not understood/],
    ['a port with more behind it', table('1 a 8787x Online'), /not understood/],
    ['an id with something before it', table('x1 a 8787 Online'), /not understood/],
    ['an address with something before it', table('1 a x10.0.0.1 8787 Online'), /not understood/],
    ['a port with something before it', table('1 a x8787 Online'), /not understood/],
    ['a row that begins with a dash', table('-1 a Online'), /not understood/],
    ['a row that ends with dashes', table('? --'), /not understood/],
    ['only an id', table('1'), /not understood/],
    ['only an id and a time', table('1 2021-Sep-20 17:08:53'), /not understood/],
  ];
  for (const [name, text, pattern] of TROUBLE)
    it(`trouble: ${name}`, () => {
      assert.match(listNodes(text).trouble ?? '', pattern);
    });
});

describe('lastSeenMs', () => {
  const utc = Date.UTC(2021, 8, 20, 17, 8, 53);
  const TIMES: readonly [text: string, offset: number, expected: number | undefined][] = [
    ['2021-Sep-20 17:08:53', 0, utc],
    [' 2021-Sep-20 17:08:53\n', 0, utc],
    ['2021-Sep-20 19:08:53', 120, utc],
    ['2021-Sep-20 13:08:53', -240, utc],
    ['2021-Sep-20 22:53:53', 345, utc],
    ['2022-Jan-01 01:00:00', 120, Date.UTC(2021, 11, 31, 23)],
    ['2024-Feb-29 00:00:00', 0, Date.UTC(2024, 1, 29)],
    ['2023-Feb-29 00:00:00', 0, undefined],
    ['2021-Sept-20 17:08:53', 0, undefined],
    ['2021-Sep-20 17:08:53 UTC', 0, undefined],
    ['on 2021-Sep-20 17:08:53', 0, undefined],
    ...'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'
      .split(' ')
      .map((month, i): [string, number, number] => [`2021-${month}-02 00:00:00`, 0, Date.UTC(2021, i, 2)]),
    ['2021-Foo-20 17:08:53', 0, undefined],
    ['2021-Sep-20 24:00:00', 0, undefined],
    ['2021-Sep-20 17:60:00', 0, undefined],
    ['not-a-date-time', 0, undefined],
    ['', 0, undefined],
  ];
  for (const [text, offset, expected] of TIMES)
    it(`${JSON.stringify(text)} at ${offset}`, () => {
      assert.equal(lastSeenMs(text, offset), expected);
    });
});

describe('loadBalancerStatus', () => {
  const nodesOf = (text: string) => loadBalancerStatus(text).nodes;

  it('reads the document’s sample', () => {
    assert.deepEqual(
      nodesOf(`192.168.55.101:8787 Load: 0.45, 0.66, 0.32
   12108 - jdoe
   12202 - kmccurdy
192.168.55.102:8787 Load: 1, 0.75, 0.31
   3404 - bdylan
192.168.55.103:8787 (unreachable) Load: 0, 0, 0
192.168.55.104:8787 (offline) Load: 0.033, 0.38, 0.24
`),
      [
        { host: '192.168.55.101', port: 8787, load: [0.45, 0.66, 0.32], sessions: 2 },
        { host: '192.168.55.102', port: 8787, load: [1, 0.75, 0.31], sessions: 1 },
        { host: '192.168.55.103', port: 8787, state: 'unreachable', load: [0, 0, 0], sessions: 0 },
        { host: '192.168.55.104', port: 8787, state: 'offline', load: [0.033, 0.38, 0.24], sessions: 0 },
      ],
    );
  });

  it('names, IPv6, no load, CRLF', () => {
    assert.deepEqual(nodesOf('wb1.example.com:443 Load: 0, 0, 0\r\n[::1]:8787 (unreachable)\r\n'), [
      { host: 'wb1.example.com', port: 443, load: [0, 0, 0], sessions: 0 },
      { host: '[::1]', port: 8787, state: 'unreachable', sessions: 0 },
    ]);
  });

  it('a load that is no number is none', () => {
    assert.deepEqual(nodesOf('a:1 Load: 1.2.3, 0, .'), [{ host: 'a', port: 1, sessions: 0 }]);
  });

  it('blanks, many or none', () => {
    assert.deepEqual(nodesOf('a:1   (offline)   Load:1,2,3\nb:2 Load:   1,   2,   3'), [
      { host: 'a', port: 1, state: 'offline', load: [1, 2, 3], sessions: 0 },
      { host: 'b', port: 2, load: [1, 2, 3], sessions: 0 },
    ]);
  });

  it('a state of another release is kept as printed', () => {
    assert.deepEqual(nodesOf('a:1 (shutting down) Load: 0, 0, 0\nb:2 ( Draining )'), [
      { host: 'a', port: 1, state: 'shutting down', load: [0, 0, 0], sessions: 0 },
      { host: 'b', port: 2, state: 'Draining', sessions: 0 },
    ]);
  });

  it('a line that may be a node and is not understood is said', () => {
    assert.deepEqual(loadBalancerStatus('a:1\nwb2.example.com:8787 is down\nc:3 Load: 0'), {
      nodes: [{ host: 'a', port: 1, sessions: 0 }],
      trouble: 'not understood: wb2.example.com:8787 is down',
    });
    assert.equal(loadBalancerStatus('a:1 Load: 0, 0, 0 and more').trouble?.startsWith('not understood: a:1'), true);
  });

  it('anything else is nothing', () => {
    assert.equal(nodesOf('a:1\npid 12 - jdoe\n12 - jdoe (2)')[0]?.sessions, 0);
    for (const text of ['see http://a:1', '12108 - jdoe\n<html>403 Forbidden</html>\ncurl: (7) Failed', ''])
      assert.deepEqual(loadBalancerStatus(text), { nodes: [] });
  });
});
