import check from '../../checks/config-directory.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

type Over = Parameters<typeof foundOf>[2];
const node = (over: Over = {}, files = {}) => ({ found: foundOf('workbench', files, over) });
const bare = { 'rserver.conf': undefined, 'database.conf': undefined, 'load-balancer': undefined };

testCheck(check, {
  pass: [
    { name: 'the default', nodes: { a: node(), b: node() }, on: ['a', 'b'] },
    {
      name: 'moved, and there',
      nodes: {
        a: node({
          root: '/mnt/conf',
          rootBecause: 'RSTUDIO_CONFIG_DIR',
          environment: new Map([['RSTUDIO_CONFIG_DIR', '/mnt/conf']]),
        }),
      },
    },
    {
      name: 'the same directory in env-vars',
      nodes: { a: node({}, { 'env-vars': 'XDG_CONFIG_DIRS=/opt/x:/etc\nHTTP_PROXY=http://p\n' }) },
    },
    {
      name: 'a desktop directory before it',
      nodes: { a: node({ environment: new Map([['XDG_CONFIG_DIRS', '/etc/xdg']]) }) },
    },
  ],
  fail: [
    { name: 'empty', nodes: { a: node({}, bare), b: node() }, on: ['a'], message: /is empty/ },
    {
      name: 'links that lead nowhere',
      nodes: { a: node({ dangling: ['rserver.conf'] }, { 'rserver.conf': undefined }), b: node() },
      on: ['a'],
      message: /rserver.conf is a link that leads nowhere/,
    },
    {
      name: 'names a directory that is not there',
      nodes: { a: node({ environment: new Map([['RSTUDIO_CONFIG_DIR', '/mnt/gone']]) }) },
      on: ['a'],
      message: /does not exist/,
    },
    {
      name: 'a level too many',
      nodes: { a: node({ environment: new Map([['XDG_CONFIG_DIRS', '/mnt/x/rstudio']]) }) },
      on: ['a'],
      message: /\/mnt\/x\/rstudio\/rstudio/,
    },
    {
      name: 'a level too few',
      nodes: {
        a: node(
          { root: '/mnt', rootBecause: 'RSTUDIO_CONFIG_DIR', environment: new Map([['RSTUDIO_CONFIG_DIR', '/mnt']]) },
          { ...bare, 'rstudio/rserver.conf': '' },
        ),
      },
      on: ['a'],
      message: /one level deeper/,
    },
    {
      name: 'a level too deep for XDG_CONFIG_DIRS, and nothing in the default directory',
      nodes: {
        a: node({ environment: new Map([['XDG_CONFIG_DIRS', '/mnt/x']]) }, { ...bare, 'rstudio/rserver.conf': '' }),
        b: node(),
      },
      on: ['a'],
      message:
        /^XDG_CONFIG_DIRS is \/mnt\/x, and neither there nor in \/etc\/rstudio .* finds rserver\.conf: .* too deep/,
    },
    {
      name: 'the default directory by its name, without the file',
      nodes: {
        a: node({ environment: new Map([['RSTUDIO_CONFIG_DIR', '/etc/rstudio']]) }, { ...bare, 'rsession.conf': '' }),
        b: node(),
      },
      on: ['a'],
      message: /^\/etc\/rstudio \(from RSTUDIO_CONFIG_DIR\) does not contain rserver\.conf/,
    },
    {
      name: 'XDG_CONFIG_DIRS, and the file nowhere',
      nodes: {
        a: node({ environment: new Map([['XDG_CONFIG_DIRS', '/mnt/x']]) }, { ...bare, 'rsession.conf': '' }),
        b: node(),
      },
      on: ['a'],
      message: /the product finds rserver\.conf \(a\)/,
    },
  ],
  unknown: [
    {
      name: 'a link of a tree, which may lead to what only the node has',
      nodes: { a: node({ dangling: ['rserver.conf'] }, { 'rserver.conf': undefined }), b: node() },
      cluster: {
        nodes: ['a', 'b'].map((name) => ({ name, host: name, connection: { type: 'local' as const, root: '/tree' } })),
      },
      on: ['a'],
      message: /rserver.conf is a link that leads nowhere in this tree/,
      beside: ['pass'],
    },
    {
      name: 'moved by a variable that the server sets itself',
      nodes: { a: node({}, { 'env-vars': 'RSTUDIO_CONFIG_DIR=/opt/x\n' }), b: node() },
      on: ['a'],
      message: /env-vars line 1 sets RSTUDIO_CONFIG_DIR=\/opt\/x/,
      beside: ['pass'],
    },
    {
      name: 'cannot be listed',
      nodes: { a: node({ treeTrouble: 'find: Permission denied' }, bare), b: node() },
      on: ['a'],
      beside: ['pass'],
    },
  ],
});
