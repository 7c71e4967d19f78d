/** Which of DeployR's files say what a judge needs to know. Used by the checks of MongoDB. */

import { sift } from 'ha-preflight';
import { type Config, unknownValue } from 'ha-preflight/formats/settings';
import { type Mongo, unknownMongo, usesMongo } from 'ha-preflight/products/deployr/mongo';

export interface At {
  readonly node: string;
  readonly value: Config;
}

/** The servers that keep their data in MongoDB. */
export const serversOf = (nodes: readonly { readonly node: string; readonly mongo: Mongo }[]): At[] =>
  nodes.flatMap(({ node, mongo: { server } }) => (server && usesMongo(server) ? [{ node, value: server }] : []));

/** Those of which is known what the judge needs; `doubt`: why it is not. */
export const sure = (files: readonly At[], subject: string, doubt: (file: Config) => string | undefined) =>
  sift(
    files.map(({ node, value }) => {
      const why = doubt(value);
      return { node, fact: why === undefined ? { value } : { unseen: why } };
    }),
    subject,
  );

/** The servers of which these settings are known; deployr.groovy is a program, which may compute them. */
export const knowing = (servers: readonly At[], ...keys: readonly string[]) =>
  sure(servers, `${keys.join(' and ')} unread`, (file) => unknownMongo(file, ...keys));

/** Members whose mongod.conf could be read where it matters. */
export const readable = (members: readonly At[]) =>
  sure(members, 'member unread', (file) => {
    const why = ['replSet', 'keyFile', 'port', 'bindIp', 'bindIpAll'].flatMap(
      (key) => unknownValue(file, key) ?? [],
    )[0];
    return why === undefined ? undefined : `mongod.conf ${why}`;
  });
