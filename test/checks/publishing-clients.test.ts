import check from '../../checks/publishing-clients.js';
import { testCheck } from '../../src/testing.js';

const node = (versions: Record<string, number>, log: string | undefined = '/var/log/x.access.log') => ({
  publishers: { ...(log !== undefined && { log }), versions: new Map(Object.entries(versions)) },
});

testCheck(check, {
  pass: [
    { name: 'new clients', nodes: { a: node({ '0.8.16': 3, '1.10.0': 1 }), b: node({ '1.0.0': 1 }) }, on: ['a', 'b'] },
    { name: 'one node has heard of none', nodes: { a: node({ '0.8.3': 3 }), b: node({}) }, on: ['a'] },
  ],
  fail: [
    {
      name: 'an old client at one node',
      nodes: { a: node({ '0.8.2': 2, '1.0': 1 }), b: node({ '1.0': 5 }) },
      on: ['a'],
      severity: 'warning',
      message: /rsconnect 0.8.2 \(2 requests\)/,
    },
  ],
  unknown: [{ name: 'a log that cannot be read', nodes: { a: { unseen: 'denied' }, b: { unseen: 'denied' } } }],
  skip: [
    { name: 'no client is named', nodes: { a: node({}), b: node({}) }, on: ['a', 'b'], message: /COMBINED/ },
    { name: 'no log', nodes: { a: { publishers: { versions: new Map() } } }, message: /no access log/ },
  ],
});
