import check from '../../checks/config-syntax.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const workbench = (files: Record<string, string | undefined>, over = {}) => ({
  found: foundOf('workbench', files, over),
});
const connect = (text: string, cut: readonly number[] = []) => ({
  found: foundOf(
    'connect',
    { 'rstudio-connect.gcfg': text },
    { cut: new Map(cut.length > 0 ? [['rstudio-connect.gcfg', cut]] : []) },
  ),
});
const unread = () => {
  const { found } = workbench({});
  return { found: { ...found, texts: new Map() } };
};
const hidden = `%masked:${'0'.repeat(64)}%`;

testCheck(
  check,
  {
    pass: [
      ...[
        '[HTTP]\nListen = :3939\n[HTTPS]\nListen = [2001:db8::1]:https\n',
        '[HTTP]\nListen = 192.0.2.5:80\n[Applications]\nRunAs = u\n[Nodes]\nName = x\n',
        '[HTTP]\nListen = n1.example.com:3939\n[LDAP "a"]\nServerAddress = x\n[Proxy]\nURL = x\n',
      ].map((text) => ({
        name: `addresses with a port, and sections: ${text}`,
        nodes: { a: connect(text) },
        product: 'connect' as const,
      })),
      { name: 'plain', nodes: { a: workbench({ 'database.conf': 'provider=postgresql\nhost=db\n' }) }, on: ['a'] },
      {
        name: 'commented out as in the template',
        nodes: { a: workbench({ 'database.conf': '# provider=sqlite\nprovider=postgresql\n' }) },
      },
      {
        name: 'two clusters, and a value twice',
        nodes: {
          a: workbench({
            'launcher.conf': '[cluster]\nname=A\n[cluster]\nname=B\n',
            'load-balancer': 'timeout=5\ntimeout=5\n',
          }),
        },
      },
      {
        name: 'remarks behind values, where the document has them',
        nodes: {
          a: { found: foundOf('package-manager', { 'rstudio-pm.gcfg': '[HTTP]\nListen = :4242 # main\n' }) },
        },
        product: 'package-manager',
      },
      { name: 'a sign in a secret', nodes: { a: workbench({ 'database.conf': `password=${hidden} #${hidden}\n` }) } },
      {
        name: 'gcfg with comments',
        nodes: { a: connect('[Server] ; main\n; here\nDataDir = /x\n# there\n') },
        product: 'connect',
      },
    ],
    fail: [
      {
        name: 'a setting twice',
        nodes: { a: workbench({ 'database.conf': 'provider=sqlite\nprovider=postgresql\n' }), b: workbench({}) },
        on: ['a'],
        message: /line 2: provider is set again/,
      },
      {
        name: 'a name of the node twice',
        nodes: { a: workbench({ 'load-balancer': 'www-host-name=a\nwww-host-name=b\n' }), b: workbench({}) },
        on: ['a'],
        message: /load-balancer line 2: www-host-name is set on line 1 already/,
      },
      {
        name: 'a comment behind',
        nodes: { a: workbench({ 'file-locks': 'lock-type=advisory # EFS\n' }) },
        on: ['a'],
        message: /"advisory # EFS"/,
      },
      {
        name: 'a password in a URL',
        nodes: {
          a: workbench(
            { 'database.conf': `provider=postgresql\nconnection-uri=postgres://u:${hidden}@h/d\n` },
            { unencoded: new Map([['database.conf', [2]]]) },
          ),
        },
        on: ['a'],
        message: /database\.conf line 2: the password in the URL .* percent-encoded/,
      },
      {
        name: 'a value is cut',
        nodes: { a: connect('', [7]), b: connect('[A]\nb = 1\n') },
        product: 'connect',
        on: ['a'],
        message: /line 7/,
        severity: 'warning',
      },
      {
        name: 'an open quote',
        nodes: { a: connect('[Server]\nAddress = "http://x\n') },
        product: 'connect',
        on: ['a'],
        message: /quote/,
      },
    ],
    unknown: [
      ...(
        [
          ['[HTTP]\nListen = 3939\n', /line 2: http.listen is 3939, which is not an address with a port/],
          ['[HTTP]\nListen = :65536\n', /is :65536/],
          ['[HTTP]\nListen = :0\n', /is :0/],
          ['[HTTP]\nListen = :::3939\n', /is :::3939/],
          ['[HTTP]\nListen = http://0.0.0.0:3939\n', /is http:/],
          ['[HTTP]\nListen = :${PORT}\n', /is :\$\{PORT\}/],
          ['[HTTP]\nListen\n', /line 2: http.listen has no = and no value/],
          ['[Metric]\nDataPath = /m\n', /line 2 is in \[metric\].*\(is \[metrics\] meant\?\)/],
          ['[Databse]\nProvider = postgres\n', /is \[database\] meant/],
          ['[Launcher]\nEnabled = maybe\n', /line 2: launcher.enabled is maybe, which is not a boolean/],
          ['[Launcher]\nEnabled =\n', /launcher.enabled is empty/],
        ] as const
      ).map(([text, message]) => ({
        name: `what the documents leave open: ${text}`,
        nodes: { a: connect(text) },
        on: ['a'],
        beside: ['pass' as const],
        message,
        product: 'connect' as const,
      })),
      ...(
        [
          ['[Store]\nDefault = s3\n', /is in \[store\].*\(is \[storage\] meant\?\)/],
          ['[S3Store]\nBucket = b\n', /is \[s3storage\] meant/],
          ['[FileStore "cache"]\nLocation = /x\n', /is \[filestorage\] meant/],
          ['[Storage]\nCahce = s3\n', /\[Storage\] cahce is not a class of storage \(is cache meant\?\)/],
          ['[Storage]\nDefualt = s3\n', /is default meant/],
          ['[Server]\nRVersion\n', /server.rversion has no = and no value/],
        ] as const
      ).map(([text, message]) => ({
        name: `what the documents of Package Manager leave open: ${text}`,
        nodes: { a: { found: foundOf('package-manager', { 'rstudio-pm.gcfg': text }) } },
        on: ['a'],
        beside: ['pass' as const],
        message,
        product: 'package-manager' as const,
      })),
      {
        name: 'a variable that is not an address with a port',
        nodes: {
          a: {
            found: foundOf(
              'connect',
              { 'rstudio-connect.gcfg': '[HTTP]\nListen = :3939\n' },
              { environment: new Map([['CONNECT_HTTP_LISTEN', '3939']]) },
            ),
          },
        },
        on: ['a'],
        beside: ['pass'],
        message: /CONNECT_HTTP_LISTEN=3939 is not an address with a port/,
        product: 'connect',
      },
      {
        name: 'remarks behind values, which its document takes for a part of them',
        nodes: {
          a: connect('[Database]\nProvider = Postgres ; main\n'),
          b: connect('; x\n[Database] # y\nProvider = "P" ; z\n'),
        },
        product: 'connect',
        on: ['a'],
        message: /rstudio-connect\.gcfg line 2 \(database\.provider\) on a separate line/,
        beside: ['pass'],
      },
      {
        name: 'cannot be read',
        nodes: {
          a: { found: { ...unread().found, tree: [{ ...unread().found.tree[1]!, path: 'database.conf', size: 9 }] } },
        },
        on: ['a'],
      },
    ],
    skip: [
      {
        name: 'no file that is known',
        nodes: {
          a: workbench({ 'database.conf': undefined, 'rserver.conf': undefined, 'load-balancer': undefined }),
        },
      },
    ],
  },
  { product: 'workbench' },
);
