/** The database of DeployR since 8.0.5: the JDBC address in the block dataSource of deployr.groovy. Source: docs/sources.md 4.4. */

import { isPort } from '../../formats/connTypes.js';
import { sameHost } from '../../formats/hostName.js';
import { type Config, last, unknownValue } from '../../formats/settings.js';
import { NotSeen } from '../../model/evidence.js';
import type { Endpoint } from '../settings.js';

const URL = 'dataSource.url';
/** PostgreSQL's own, which its driver takes as well. */
const PORT = '5432';

/** The first line that says something of it; undefined in the file of a release with MongoDB. */
export const dataSourceLine = ({ settings, unread = [] }: Config): number | undefined =>
  [...settings, ...unread].find(({ key }) => /^dataSource(\.|$)/.test(key))?.line;

/** `host`, `host:port` or `[address]:port`; undefined for any other text. */
function server(text: string): { host: string; port: string } | undefined {
  const [, host = '', port = PORT] = /^(\[[^\]\s]+\]|[^:\s<>]*)(?::(.+))?$/.exec(text) ?? [];
  const known = isPort(port) && (host !== '' || text === '');
  return known ? { host: sameHost(host || 'localhost'), port } : undefined;
}

/** NotSeen where it is not a local H2 or a PostgreSQL. `file`: for people. */
export function dataSource(config: Config, file: string): Endpoint {
  const why = unknownValue(config, URL);
  if (why !== undefined) throw new NotSeen(`${file} ${why}`);
  const url = last(config, URL);
  if (!url) throw new NotSeen(`${file} has a dataSource without url`);
  const [, driver = '', rest = ''] = /^jdbc:(\w+):(.*)$/s.exec(url.value) ?? [];
  // in a file or in the memory of the server, unless another server may open it too
  if (driver === 'h2' && !/^(tcp|ssl):|;auto_server=true/i.test(rest))
    return { role: 'database', host: 'localhost', port: 'h2', name: rest.replace(/;.*/s, '') };
  const [, hosts, name = ''] = (driver === 'postgresql' && /^(?:\/\/([^/?]*)\/?)?([^/?]*)(?:\?|$)/.exec(rest)) || [];
  const servers = (hosts ?? '').split(',').flatMap((h) => server(h) ?? []);
  if (driver !== 'postgresql' || servers.length !== (hosts ?? '').split(',').length || name === '')
    throw new NotSeen(
      `${file} line ${url.line}: ${URL} is neither a local H2 nor the address of a PostgreSQL that is understood: compare it on all servers`,
    );
  return {
    role: 'database',
    host: servers.map((s) => s.host).join(','),
    port: new Set(servers.map((s) => s.port)).size === 1 ? servers[0]!.port : servers.map((s) => s.port).join(','),
    name,
  };
}
