/**
 * Names of hosts and addresses that mean the node itself. Source: RFC 4343 (case), RFC 1034 (final dot), RFC 6761
 * (localhost), nss-myhostname(8), docs/sources.md 10.8.
 */

import { unmapped } from '../model/unmapped.js';

/** A name as DNS compares it: without case and without the final dot. */
export const foldHost = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** An address without brackets and zone, one of IPv4 without the form that IPv6 has for it; `undefined` when the text is not an address. */
export function addressOf(text: string): string | undefined {
  const bare = text
    .toLowerCase()
    .replace(/^\[([^\]]*)\]$/, '$1')
    .replace(/%.*$/s, '');
  if (/^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(bare))
    return bare.split('.').every((n) => Number(n) < 256) ? bare : undefined;
  return bare.includes(':') && URL.canParse(`http://[${bare}]/`)
    ? unmapped(new URL(`http://[${bare}]/`).hostname.slice(1, -1))
    : undefined;
}

/** A name or address by which two spellings of it are equal: case, a final dot, the forms of an IPv6 address. */
export const sameHost = (host: string): string => addressOf(host) ?? foldHost(host);

/** What no host name has: of a URL, a port behind the name, quotes, a variable or a placeholder that nobody filled in. */
const NOT_IN_NAMES = /[^\w.\-\u0080-\uffff]/;

/** Four numbers, one of which is too large for an address: neither that nor a name, since the last label of one has letters (RFC 1123 2.1). */
export const isBrokenAddress = (text: string): boolean =>
  /^[0-9]+(\.[0-9]+){3}$/.test(text) && addressOf(text) === undefined;

/** Whether the text can be the name or address of a host. */
export const isHostForm = (text: string): boolean =>
  addressOf(text) !== undefined || (text !== '' && !NOT_IN_NAMES.test(text) && !isBrokenAddress(text));

/** A name without its domain; an address is all of it. */
export const shortHost = (host: string): string => (addressOf(host) === undefined ? host.split('.')[0]! : host);

/** Names that every machine has for itself. `localhost.example.com` is not one of them. */
const LOOPBACK_NAME =
  /^(?:(?:.+\.)?localhost|(?:.+\.)?localhost\.localdomain|localhost[46](?:\.localdomain[46])?|ip6-localhost|ip6-loopback)$/;
/** 127.0.0.0/8 and the unspecified address, which as a target is the machine itself; of IPv6 likewise. */
const LOOPBACK_ADDRESS = /^(?:127(?:\.[0-9]+){1,3}|0\.0\.0\.0|::1?)$/;

/** Whether a name or address always means the node that uses it. /etc/hosts may give other names this meaning. */
export function isLoopback(host: string): boolean {
  const address = addressOf(host);
  return LOOPBACK_ADDRESS.test(address ?? host) || (address === undefined && LOOPBACK_NAME.test(foldHost(host)));
}

/** By which a container reaches the machine that it runs on: that is a different one on each node. Docker's default bridge has this address. */
const CONTAINER_HOST =
  /^(?:(?:host|gateway)\.docker|host\.(?:containers|minikube|lima|rancher-desktop))\.internal$|^172\.17\.0\.1$/;
export const isContainerHost = (host: string): boolean => CONTAINER_HOST.test(sameHost(host));

/** 169.254.0.0/16 and fe80::/10 (RFC 3927, RFC 4291 2.5.6): an address that holds on one link alone. */
export const isLinkLocal = (host: string): boolean => /^(?:169\.254\.|fe[89ab][0-9a-f]:)/.test(addressOf(host) ?? '');

/** What a program listens on that listens on all addresses of its node. */
export const isEveryAddress = (address: string): boolean => /^(\*|0\.0\.0\.0|::)?$/.test(addressOf(address) ?? address);

/** Whether an address of the web is on the node that uses it. */
export const isLoopbackUrl = (url: string | undefined): boolean =>
  url !== undefined && URL.canParse(url) && isLoopback(new URL(url).hostname);
