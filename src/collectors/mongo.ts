/** DeployR's two configuration files, read as their programs read them; round 1 has the texts. What mongod.conf does not set may be an option of the running mongod. */

import { last, unknownValue } from '../formats/settings.js';
import { defineCollector, shell } from '../model/collector.js';
import { type Mongo, mongoOf } from '../products/deployr/mongo.js';
import type { Found } from '../products/profile.js';

const OPTIONS = ['replSet', 'keyFile'];

/** What of these mongod.conf leaves open. */
const unset = ({ member }: Mongo): string[] =>
  OPTIONS.filter((key) => member && !last(member, key)?.value && unknownValue(member, key) === undefined);

/** Names alone: other options of mongod have secrets. */
const GIVEN = shell`for d in "$R"/proc/[0-9]*; do c=; read -r c <"$d/comm"; [ "$c" != mongod ] || tr '\0' '\n' <"$d/cmdline" | sed -n 's/^--*\(replSet\)\(=.*\)*$/\1/p; s/^--*\(keyFile\)\(=.*\)*$/\1/p'; done 2>/dev/null; :`;

export const mongo = defineCollector<Mongo, Found>({
  id: 'mongo',
  requests: (_, found) => (unset(mongoOf(found)).length > 0 ? { given: { script: GIVEN, optional: true } } : {}),
  parse({ given }, _, found) {
    const files = mongoOf(found);
    const said = given?.stdout.split('\n') ?? [];
    const open = unset(files).filter((key) => said.includes(key));
    if (!files.member || open.length === 0) return files;
    const why = 'is an option of the running mongod, and not in the file, so it was not read';
    const unread = [...(files.member.unread ?? []), ...open.map((key) => ({ key, line: 0, why, wins: true as const }))];
    return { ...files, member: { ...files.member, unread } };
  },
});
