/** Which of DeployR's files say what a judge needs to know. Used by the checks of MongoDB. */

import { sift } from 'ha-preflight';
import { type Config, unknownValue } from 'ha-preflight/formats/settings';
import { unknownMongo } from 'ha-preflight/products/deployr/mongo';

export interface At {
  readonly node: string;
  readonly value: Config;
}

/** The servers of which these settings are known; deployr.groovy is a program, which may compute them. */
export const knowing = (servers: readonly At[], ...keys: readonly string[]) =>
  sift(
    servers.map(({ node, value }) => {
      const why = unknownMongo(value, ...keys);
      return { node, fact: why === undefined ? { value } : { unseen: why } };
    }),
    `${keys.join(' and ')} unread`,
  );

/** Members whose mongod.conf could be read where it matters. */
export const readable = (members: readonly At[]) =>
  sift(
    members.map(({ node, value }) => {
      const why = ['replSet', 'keyFile', 'port', 'bindIp'].flatMap((key) => unknownValue(value, key) ?? [])[0];
      return { node, fact: why === undefined ? { value } : { unseen: `mongod.conf ${why}` } };
    }),
    'member unread',
  );
