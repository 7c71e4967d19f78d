/** The address that a Workbench node gives to the others. */

export interface Given {
  readonly host: string;
  readonly address: string;
  readonly by: string;
  readonly explicit: boolean;
}

/** How Workbench chooses the address that it gives to the other nodes. */
export function givenAddress(get: (key: string) => string | undefined, hostName: string): Given {
  const port = get('rserver.conf:www-port') ?? '8787';
  const named = get('load-balancer:www-host-name');
  if (named) return { host: named, address: `${named}:${port}`, by: 'www-host-name', explicit: true };
  const bound = get('rserver.conf:www-address');
  if (bound && !/^(0\.0\.0\.0|::|\*)$/.test(bound))
    return { host: bound, address: `${bound}:${port}`, by: 'www-address', explicit: true };
  return { host: hostName, address: `${hostName}:${port}`, by: 'the host name', explicit: false };
}
