/** The certificate the product serves. Only certificates are fetched, never the key that may stand in the same file. Source: docs/sources.md F20. */

import { X509Certificate } from 'node:crypto';
import { addressOf, foldHost } from '../formats/hostName.js';
import { defineCollector, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';

/** From when to when, in milliseconds since 1970. */
export interface Dated {
  readonly from: number;
  readonly to: number;
  readonly subject: string;
}

export interface Certificate extends Dated {
  readonly path: string;
  /** Those in the file that vouch for it, the nearest first; without a root, of which clients have a copy. */
  readonly issuers: readonly Dated[];
  /** Whether it is valid for a host name. */
  readonly covers: (host: string) => boolean;
}

const dated = ({ validFrom, validTo, subject }: X509Certificate): Dated => ({
  from: Date.parse(validFrom),
  to: Date.parse(validTo),
  subject: subject?.replaceAll('\n', ', ') ?? '',
});

/** The first must be one; what else is not a certificate is not sent. */
function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.split(/(?=-----BEGIN CERTIFICATE-----)/).filter((block) => block.startsWith('-----BEGIN'));
  return blocks.flatMap((block, i) => {
    try {
      return [new X509Certificate(block)];
    } catch (error) {
      if (i === 0) throw error;
      return [];
    }
  });
}

/** Of two copies of an issuer the one that is valid for longer counts: a client takes what helps it. */
function issuersOf(own: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const [issuer] = others
    .filter((other) => own.checkIssued(other))
    .sort((a, b) => Date.parse(b.validTo) - Date.parse(a.validTo));
  if (issuer === undefined || issuer.checkIssued(issuer)) return [];
  return [
    issuer,
    ...issuersOf(
      issuer,
      others.filter((other) => other.subject !== issuer.subject),
    ),
  ];
}

/** Neither: the product does not speak TLS itself. `missing`: the path that it is to serve, where no file is. */
export const certificate = defineCollector<{ readonly served?: Certificate; readonly missing?: string }, Found>({
  id: 'certificate',
  requests: (_, found) => {
    const { certificate: path } = settingsOf(found);
    if (!path?.startsWith('/')) return {};
    return {
      pem: {
        script: shell`S cat -- "$R"${path} >/dev/null || { case $(S stat -- "$R"${path} 2>&1) in *'No such file'*) echo =missing; exit 0;; esac; exit 1; }; S cat -- "$R"${path} | sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p'`,
      },
    };
  },
  parse({ pem }, _, found) {
    const { certificate: path } = settingsOf(found);
    if (path === undefined) return {};
    if (!path.startsWith('/')) throw new NotSeen(`${path} is not an absolute path: from where it counts is not known`);
    if (!pem) return {};
    if (pem.stdout === '=missing\n') return { missing: path };
    if (pem.stdout.trim() === '') throw new NotSeen(`${path} does not contain a certificate`);
    let all: X509Certificate[];
    try {
      all = certificatesOf(pem.stdout);
    } catch {
      throw new NotSeen(`the certificate in ${path} cannot be read: openssl x509 -in ${path} -noout -text`);
    }
    // the server's own comes first, then those that vouch for it
    const [own, ...others] = all as [X509Certificate, ...X509Certificate[]];
    if (others.some((other) => other.subject !== own.subject && other.checkIssued(own)))
      throw new NotSeen(`${path} begins with the certificate of an issuer: that of the server itself comes first`);
    return {
      served: {
        path,
        ...dated(own),
        issuers: issuersOf(own, others).map(dated),
        covers: (host) => {
          const address = addressOf(host);
          return (address === undefined ? own.checkHost(foldHost(host)) : own.checkIP(address)) !== undefined;
        },
      },
    };
  },
});
