import check from '../../checks/postgres-backend.js';
import { testCheck } from '../../src/testing.js';
import { foundOf, settingsOf } from '../support/facts.js';

const settingsFor = (...args: Parameters<typeof foundOf>) => settingsOf(foundOf(...args));

const wb = (database: string | undefined) => ({ settings: settingsFor('workbench', { 'database.conf': database }) });
const pm = (database: string, environment: [string, string][] = []) => ({
  settings: settingsFor('package-manager', { 'rstudio-pm.gcfg': database }, { environment: new Map(environment) }),
});
const connect = (text: string) => ({ settings: settingsFor('connect', { 'rstudio-connect.gcfg': text }) });

testCheck(
  check,
  {
    pass: [
      { name: 'provider in any case', nodes: { a: wb('provider=PostgreSQL') }, on: ['a'] },
      { name: 'of two the first counts (Workbench)', nodes: { a: wb('provider=postgresql\nprovider=sqlite') } },
      {
        name: 'of two the last counts (Package Manager)',
        nodes: { a: pm('[Database]\nProvider=sqlite\n[database]\nprovider = postgres') },
        product: 'package-manager',
      },
      {
        name: 'the environment wins',
        nodes: { a: pm('[Database]\nProvider=sqlite', [['PACKAGEMANAGER_DATABASE_PROVIDER', 'postgres']]) },
        product: 'package-manager',
      },
    ],
    fail: [
      {
        name: 'an empty variable over SQLite',
        nodes: { a: pm('[Database]\nProvider=sqlite', [['PACKAGEMANAGER_DATABASE_PROVIDER', '']]) },
        product: 'package-manager',
        on: ['a'],
      },
      { name: 'sqlite on one node', nodes: { a: wb('provider=postgresql'), b: wb('provider=sqlite') }, on: ['b'] },
      { name: 'no file means SQLite', nodes: { a: wb(undefined) }, on: ['a'], message: /does not exist/ },
      { name: 'an empty file means SQLite', nodes: { a: wb('') }, on: ['a'] },
      {
        name: '# starts neither a comment nor a setting',
        nodes: { a: wb('#provider=postgresql') },
        on: ['a'],
        message: /not make it a comment/,
      },
      { name: 'the first of two is sqlite', nodes: { a: wb('provider=sqlite\nprovider=postgresql') }, on: ['a'] },
      { name: 'a provider nobody knows', nodes: { a: wb('provider=mysql') }, on: ['a'], message: /mysql/ },
      {
        name: 'the provider of [Authentication] is another',
        nodes: { a: connect('[Authentication]\nProvider = postgres\n') },
        product: 'connect',
        on: ['a'],
        message: /no \[Database\] Provider/,
      },
      {
        name: 'a provider without = and without a value',
        nodes: { a: pm('[Database]\nProvider = postgres\n'), b: pm('[Database]\nProvider ; postgres\n') },
        product: 'package-manager',
        on: ['b'],
        message: /the database is not named: rstudio-pm\.gcfg line 2 has no = and no value behind Provider/,
      },
      {
        name: 'commented in gcfg',
        nodes: { a: connect('[Database]\n;Provider = postgres\n') },
        product: 'connect',
        on: ['a'],
      },
      {
        name: 'the environment makes it sqlite',
        nodes: { a: pm('[Database]\nProvider=postgres', [['PACKAGEMANAGER_DATABASE_PROVIDER', 'sqlite']]) },
        product: 'package-manager',
        on: ['a'],
      },
    ],
    unknown: [
      ...[
        '${DB_PROVIDER}',
        '<postgres>',
        '{{ provider }}',
        '%PROVIDER%',
        '\u201cpostgres\u201d',
        "'postgres'",
        '\u00a0postgres',
      ].map((word) => ({
        name: `a provider that nobody filled in, or in strange quotes: ${word}`,
        nodes: {
          a: connect('[Database]\nProvider = postgres\n'),
          b: connect(`[Database]\nProvider = "${word}"\n`),
        },
        product: 'connect' as const,
        on: ['b'],
        beside: ['pass' as const],
        message: /is not documented \(rstudio-connect.gcfg line 2\): write/,
      })),
      {
        name: 'a word that no document has (Connect)',
        nodes: { a: connect('[Database]\nProvider = "PostgreSQL"'), b: connect('[Database]\nProvider = Postgres') },
        product: 'connect',
        on: ['a'],
        message: /rstudio-connect.gcfg line 2.*write Provider = postgres/,
        beside: ['pass'],
      },
      {
        name: 'an empty variable over PostgreSQL',
        nodes: { a: pm('[Database]\nProvider=postgres', [['PACKAGEMANAGER_DATABASE_PROVIDER', '']]) },
        product: 'package-manager',
        on: ['a'],
        message: /whether an empty PACKAGEMANAGER_DATABASE_PROVIDER/,
      },
      {
        name: 'database.conf is readable by root alone',
        nodes: {
          a: wb('provider=postgresql'),
          b: { settings: { ...settingsOf(foundOf('workbench')), database: { unseen: 'mode 0600' } } },
        },
        on: ['b'],
        beside: ['pass'],
      },
      { name: 'a connection-uri alone', nodes: { a: wb('connection-uri=postgresql://h/db') }, on: ['a'] },
      {
        name: 'configuration unreadable',
        nodes: { a: wb('provider=postgresql'), b: { settings: { unseen: 'permission denied' } } },
        on: ['b'],
        beside: ['pass'],
      },
    ],
  },
  { product: 'workbench' },
);
