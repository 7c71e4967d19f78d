import check from '../../checks/shared-keys.js';
import { testCheck } from '../../src/testing.js';
import { foundOf, keyOf, settingsOf } from '../support/facts.js';

const found = foundOf('workbench');
const versions = { program: '2023.09.1+494.pro2', outdated: [], processesSeen: false };
const key = (content = {}, over = {}) => ({ settings: settingsOf(found), keys: keyOf(found, content, over), versions });
const other = { digest: 'd1', trimmedDigest: 't1' };
const launched = (option: string, content = {}) => {
  const found = foundOf('workbench', { 'launcher.pem': 'x', 'rserver.conf': option });
  const value = { kind: 'pem' as const, ...content };
  return { settings: settingsOf(found), keys: new Map([...keyOf(found), ...keyOf(found, value, {}, 1)]), versions };
};
const connectFound = foundOf('connect');
const connect = { settings: settingsOf(connectFound), keys: keyOf(connectFound, {}, { state: 'missing' }), versions };

testCheck(check, {
  pass: [
    { name: 'the same bytes', nodes: { a: key(), b: key() }, on: ['a', 'b'] },
    { name: 'of a Launcher that is perhaps used', nodes: { a: launched(''), b: launched('') }, on: ['a', 'b'] },
    {
      name: 'a key that is too short is left to key-file',
      nodes: { a: key(), b: key(), c: key({ ...other, length: 8, trimmed: 8 }) },
      on: ['a', 'b'],
      message: /not compared, see key-file: c/,
    },
  ],
  fail: [
    { name: 'one node has another key', nodes: { a: key(), b: key(other), c: key() }, on: ['b'] },
    {
      name: 'of a Launcher that is used',
      nodes: { a: launched('launcher-sessions-enabled=1\n'), b: launched('launcher-sessions-enabled=1\n', other) },
      on: ['a', 'b'],
      message: /launcher\.pem/,
      beside: ['pass'],
    },
    { name: 'two nodes are a tie', nodes: { a: key(), b: key(other) }, on: ['a', 'b'] },
    {
      name: 'a line break at the end makes another key',
      nodes: { a: key(), b: key({ digest: 'd1', length: 65 }), c: key() },
      on: ['b'],
      message: /white space/,
    },
  ],
  unknown: [
    {
      name: 'of a Launcher that is perhaps used',
      nodes: { a: launched(''), b: launched('', other), c: launched('') },
      on: ['b'],
      message: /launcher\.pem on b differs from a and c; launcher-sessions-enabled is not set/,
      beside: ['pass'],
    },
    {
      name: 'unreadable on one node',
      nodes: { a: key(), b: key(), c: { ...key(), keys: new Map([['secure-cookie-key', { unseen: 'denied' }]]) } },
      on: ['c'],
      beside: ['pass'],
    },
    {
      name: 'missing everywhere is no match',
      nodes: { a: key({}, { state: 'missing' }), b: key({}, { state: 'missing' }) },
      on: ['a', 'b'],
    },
    { name: 'Connect has not made it yet', nodes: { a: connect, b: connect }, product: 'connect', severity: 'warning' },
    { name: 'only one usable', nodes: { a: key(), b: key({}, { state: 'missing' }) }, on: ['a'] },
  ],
});
