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
  /** Of a service file, which says what the text leaves out. */
  readonly service: string | undefined;
  /** Schemas in which tables are looked for, where the text says so, with commas; else the login decides. */
  readonly searchPath: string | undefined;
  /** Transactions write nothing, unless each says otherwise. */
  readonly readOnly: boolean;
}

/** PostgreSQL's own default. */
export const POSTGRES_PORT = '5432';

export const isPort = (text: string): boolean => /^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

const MODES: Readonly<Record<string, readonly string[]>> = {
  sslmode: ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
  target_session_attrs: ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'],
};

/** The first of these keywords with a value that the drivers refuse. A masked value (U+E000) is not judged. */
export function wrongMode(settings: ReadonlyMap<string, string>, keywords: readonly string[]): Refused | undefined {
  for (const keyword of keywords) {
    const value = settings.get(keyword);
    if (value === undefined || value.includes('\uE000') || MODES[keyword]!.includes(value)) continue;
    return { refused: `${keyword} is "${value}", and must be one of ${MODES[keyword]!.join(', ')}` };
  }
  return undefined;
}

/** Percent signs decoded; undefined when one of them encodes nothing. Bytes that are not UTF-8 stay as they are written. */
export function percentDecoded(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
