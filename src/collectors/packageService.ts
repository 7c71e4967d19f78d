/** Whether the node reaches the public package service. Asked only of hosts that the inventory names. */

import { defineCollector, living, shell } from '../model/collector.js';
import type { Asking } from '../model/evidence.js';
import { attempt, effectiveOf, type Found } from '../products/profile.js';
import { OPENING_SECONDS, type Opened, openedFrom, opening } from './opening.js';

export interface PackageService {
  readonly hosts: readonly { readonly host: string; readonly state: Opened }[];
  /** The server's environment or configuration names a proxy: its own way to the Internet is not the one that was tried. */
  readonly proxied: boolean;
  /** Why nobody can say that it uses no proxy. */
  readonly unclear?: string;
}

const HTTPS = 443;

/** A name or an address, without a port. */
export const HOST = /^([\w.-]+|[\da-f]*:[\da-f.]*:[\da-f:.]*)$/i;

/** Hosts of `params: { package-service: { hosts: [...] } }`. */
const hostsOf = ({ cluster }: Asking): readonly string[] => {
  const hosts = cluster.params['package-service']?.hosts;
  return Array.isArray(hosts) ? hosts.filter((h) => typeof h === 'string' && HOST.test(h)) : [];
};

export const packageService = defineCollector<PackageService, Found>({
  id: 'package-service',
  requests: (asking, found) => {
    const hosts = hostsOf(asking);
    if (hosts.length === 0) return {};
    const pid = found.running[0]?.pid;
    const proxy =
      pid === undefined
        ? ''
        : shell`S cat ${`/proc/${pid}/environ`} 2>/dev/null | tr '\0' '\n' | grep -qi '^https\{0,1\}_proxy=.' && echo '=proxy'
`;
    return {
      ports: {
        script: living(
          'package-service',
          `${proxy}${opening(hosts.map((host) => ({ word: host, address: host, port: HTTPS })))}`,
        ),
        timeoutSeconds: OPENING_SECONDS + 2,
      },
    };
  },
  parse({ ports }, asking, found) {
    const text = ports?.stdout ?? '';
    const opened = openedFrom(text);
    const config = attempt(() => effectiveOf(found));
    const proxied = /^=proxy$/m.test(text) || ('value' in config && config.value.has('proxy.url'));
    const unclear =
      'unseen' in config
        ? config.unseen
        : found.environmentFrom === 'process'
          ? undefined
          : 'the environment of the server could not be read';
    return {
      hosts: hostsOf(asking).flatMap((host) => {
        const state = opened.get(host);
        return state === undefined ? [] : [{ host, state }];
      }),
      proxied,
      ...(!proxied && unclear !== undefined && { unclear }),
    };
  },
});
