/** The certificate the product serves. Only certificates are fetched, never the key that may stand in the same file. */

import { X509Certificate } from 'node:crypto';
import { addressOf, foldHost } from '../formats/hostName.js';
import { defineCollector, shell } from '../model/collector.js';
import { NotSeen } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';

export interface Certificate {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly subject: string;
  /** Whether it is valid for a host name. */
  readonly covers: (host: string) => boolean;
}

/** Neither: the product does not speak TLS itself. `missing`: the path that it is to serve, where no file is. */
export const certificate = defineCollector<{ readonly served?: Certificate; readonly missing?: string }, Found>({
  id: 'certificate',
  requests: (_, found) => {
    const { certificate: path } = settingsOf(found);
    if (path === undefined) return {};
    return {
      pem: {
        script: shell`S cat -- "$R"${path} >/dev/null || { case $(S stat -- "$R"${path} 2>&1) in *'No such file'*) echo =missing; exit 0;; esac; exit 1; }; S cat -- "$R"${path} | sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p'`,
      },
    };
  },
  parse({ pem }, _, found) {
    const { certificate: path } = settingsOf(found);
    if (path === undefined || !pem) return {};
    if (pem.stdout === '=missing\n') return { missing: path };
    if (pem.stdout.trim() === '') throw new NotSeen(`${path} does not contain a certificate`);
    let first: X509Certificate;
    try {
      // the server's own comes first, then those that vouch for it
      first = new X509Certificate(pem.stdout);
    } catch {
      throw new NotSeen(`the certificate in ${path} cannot be read: openssl x509 -in ${path} -noout -text`);
    }
    return {
      served: {
        path,
        from: Date.parse(first.validFrom),
        to: Date.parse(first.validTo),
        subject: first.subject?.replaceAll('\n', ', ') ?? '',
        covers: (host) => {
          const address = addressOf(host);
          return (address === undefined ? first.checkHost(foldHost(host)) : first.checkIP(address)) !== undefined;
        },
      },
    };
  },
});
