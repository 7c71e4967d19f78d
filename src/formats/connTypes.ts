/** Where a PostgreSQL connection text leads. */

export interface DatabaseServer {
  /** A name, an address or the directory of a Unix socket; empty for the driver's own default, a socket. */
  readonly host: string;
  readonly port: string;
  /** The address that is dialled instead of the name. */
  readonly hostaddr?: string;
  readonly socket: boolean;
}

/** The driver does not connect at all. */
export interface Refused {
  readonly refused: string;
}

export interface ConnInfo {
  /** In the order in which they are tried. */
  readonly servers: readonly DatabaseServer[];
  /** Without a name it is the user's. */
  readonly database: string | undefined;
  readonly targetSessionAttrs: string | undefined;
  readonly sslmode: string | undefined;
}

/** PostgreSQL's own default. */
export const POSTGRES_PORT = '5432';

export const isPort = (text: string): boolean => /^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

/** Percent signs decoded; undefined when one of them encodes nothing. Bytes that are not UTF-8 stay as they are written. */
export function percentDecoded(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
