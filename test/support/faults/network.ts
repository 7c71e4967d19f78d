/** Names, ports and certificates. */

import { EXPIRED, GOOD, LEAF, NEW_ISSUER, OLD_ISSUER, OTHER_NAME } from '../certificates.js';
import type { Fault, Plant } from './fault.js';
import { all, append, both, edit, posit, put, WB } from './plants.js';

/** A product of gcfg files with TLS, and on each node its certificates. */
const serving =
  (pem: (node: string) => string): Plant =>
  (t, c, n) =>
    both(
      append(c.config, '[HTTPS]\nListen = :443\nCertificate = /etc/ssl/node.pem\n'),
      put('/etc/ssl/node.pem', pem(n)),
    )(t, c, n);

export const NETWORK: readonly Fault[] = [
  {
    name: 'two nodes of one host name',
    requirements: ['X-01'],
    in: [...posit, 'primaryStandby'],
    plant: put('/etc/hostname', 'n1\n'),
    expect: { 'node-address': 'n1 n2' },
  },
  {
    name: 'two nodes of one machine-id',
    requirements: ['X-01'],
    in: posit,
    nodes: ['n1', 'n2'],
    plant: put('/etc/machine-id', '0123456789abcdef0123456789abcdef\n'),
    expect: { 'node-address': 'n1 n2' },
  },
  {
    name: 'two nodes give one address',
    requirements: ['WB-21'],
    in: ['workbench'],
    plant: edit(`${WB}load-balancer`, 'n2.example.com', 'n1.example.com'),
    expect: { 'node-address': 'n1 n2' },
  },
  {
    name: 'two nodes give the address of each other',
    requirements: ['WB-21'],
    in: ['workbench'],
    nodes: ['n1', 'n2'],
    plant: (t, c, n) =>
      edit(`${WB}load-balancer`, `${n}.example.com`, `${n === 'n1' ? 'n2' : 'n1'}.example.com`)(t, c, n),
    expect: { 'node-address': 'n1 n2' },
  },
  {
    name: 'a firewall between two nodes',
    requirements: ['X-05', 'WB-21'],
    in: ['workbench'],
    nodes: ['n1', 'n3'],
    plant: edit('/.fake-peers', 'n2 open', 'n2 silent'),
    expect: { 'peer-ports': 'n2' },
  },
  {
    name: 'a firewall before the Launcher',
    requirements: ['WB26-07'],
    in: ['presentWorkbench'],
    nodes: all,
    plant: (t, c, n) =>
      both(
        append(`${WB}rserver.conf`, 'launcher-sessions-enabled=1\n'),
        put(`${WB}launcher.conf`, '[server]\naddress=0.0.0.0\n[cluster]\nname=Local\ntype=Local\n'),
        append(
          '/.fake-peers',
          `=launcher:n1 open\n=launcher:n2 ${n === 'n3' ? 'silent' : 'open'}\n=launcher:n3 open\n`,
        ),
      )(t, c, n),
    expect: { 'peer-ports': 'n2' },
  },
  {
    name: 'a node gives the others an address that they do not reach',
    requirements: ['X-05', 'WB-21'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: append('/.fake-peers', '=listed:n2.example.com:8787 refused\n'),
    expect: { 'peer-ports': 'n2' },
  },
  {
    name: 'a certificate expired',
    requirements: ['X-16'],
    in: ['connect', 'packageManager'],
    nodes: all,
    plant: serving((n) => (n === 'n2' ? EXPIRED : GOOD)),
    expect: { certificates: 'n2' },
  },
  {
    name: 'the issuer of a certificate expired',
    requirements: ['X-16'],
    in: ['connect', 'packageManager'],
    nodes: all,
    plant: serving((n) => LEAF + (n === 'n2' ? OLD_ISSUER : NEW_ISSUER)),
    expect: { certificates: 'n2' },
  },
  {
    name: 'a certificate of another name',
    requirements: ['X-16'],
    in: ['workbench'],
    nodes: all,
    plant: both(
      append(`${WB}rserver.conf`, 'ssl-enabled=1\nssl-certificate=/etc/ssl/node.pem\n'),
      edit('/.fake-list-nodes', 'Http', 'Https'),
      (t, c, n) => put('/etc/ssl/node.pem', n === 'n2' ? OTHER_NAME : GOOD)(t, c, n),
    ),
    expect: { certificates: 'n2' },
  },
];
