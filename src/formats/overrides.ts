/**
 * Settings of Connect and Package Manager that come from environment variables: `PREFIX_SECTION_KEY`, all upper case,
 * without a separator inside the words. Source: rstudio/helm charts (2026-08-20), posit-dev/team-operator (2026-01-15),
 * the appendices of both guides (docs.posit.co). Only plain settings are attested (docs/sources.md 10.5).
 */

export interface OverrideRules {
  /** With the underscore: `CONNECT_`. */
  readonly prefix: string;
  /** Sections of the configuration, lower case. */
  readonly sections: readonly string[];
  /** Sections whose variables nobody has seen in use, or whose settings have other names. */
  readonly unverifiedSections: readonly string[];
  /** Keys that hold a list, as `section.key`: how a list is written in one variable is not known. */
  readonly lists: readonly string[];
  /** Variables with the prefix that are not settings, with what they are. */
  readonly others: Readonly<Record<string, string>>;
}

export const CONNECT_OVERRIDES: OverrideRules = {
  prefix: 'CONNECT_',
  sections:
    'server http https httpredirect database postgres sqlite authentication authorization password ldap pam oauth2 saml proxyauth applications packages r python quarto tensorflow git gitcredential scheduler metrics smtp client runtime logging cors launcher kubernetes bootstrap opentelemetry licensing loadbalancing rpackagerepository'.split(
      ' ',
    ),
  unverifiedSections: ['rpackagerepository', 'ldap', 'gitcredential'],
  lists: ['r.executable', 'python.executable', 'quarto.executable', 'tensorflow.executable', 'server.customheader'],
  others: {
    SERVER: 'the address a client talks to',
    API_KEY: 'the key of a client',
    VERSION: 'a version, set by the image',
    IMAGE: 'an image name',
    DAILY_VERSION: 'a version, set by the image',
  },
};

export const PACKAGE_MANAGER_OVERRIDES: OverrideRules = {
  prefix: 'PACKAGEMANAGER_',
  sections:
    'server http https database postgres sqlite storage filestorage s3storage git cran bioconductor pypi openvsx vulnerabilities metrics proxy logging debug authentication openidconnect opentelemetry repos licensing'.split(
      ' ',
    ),
  unverifiedSections: ['storage', 's3storage', 'filestorage'],
  lists: ['server.customheader'],
  others: {
    ENCRYPTION_KEY: 'the encryption key itself',
    SECRET_KEY: 'a key set by the operator; its meaning is not known',
    ADDRESS: 'the address a client talks to',
  },
};

export type Override =
  | {
      readonly kind: 'setting';
      /** `section.key`, lower case. */
      readonly key: string;
      /** Why the product may not read it. */
      readonly unverified?: string;
    }
  | { readonly kind: 'other'; readonly what: string }
  /** No known section fits: compare the variable as it is. */
  | { readonly kind: 'unmapped' };

/** What a variable of the product means; undefined when its name has not the product's prefix. */
export function overrideOf(variable: string, rules: OverrideRules): Override | undefined {
  if (!variable.startsWith(rules.prefix)) return undefined;
  const rest = variable.slice(rules.prefix.length);
  const what = rules.others[rest];
  if (what !== undefined) return { kind: 'other', what };
  if (!/^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(rest)) return { kind: 'unmapped' };
  const [section = '', ...words] = rest.toLowerCase().split('_');
  if (!rules.sections.includes(section)) return { kind: 'unmapped' };
  const key = `${section}.${words.join('_')}`;
  const unverified = doubt(section, key, rules);
  return { kind: 'setting', key, ...(unverified !== undefined && { unverified }) };
}

function doubt(section: string, key: string, rules: OverrideRules): string | undefined {
  if (key.includes('_')) return 'whether a subsection can be reached by a variable';
  if (rules.lists.includes(key)) return 'how a list is written in a variable';
  if (rules.unverifiedSections.includes(section)) return `whether variables of [${section}] are read`;
  return undefined;
}
