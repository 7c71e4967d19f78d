/** What a key file must be, rule by rule. Used by `key-file`. */

import type { Problem } from 'ha-preflight';
import type { KeyMeasure } from 'ha-preflight/collectors/keys';
import { strength, weakness } from './keys.js';

/** Bytes of a key of Connect or Package Manager, decoded (docs/sources.md 4.3). */
const RSKEY_BYTES = 512;

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

export interface Rule {
  readonly subject: string;
  /** Requirements of all products; a finding cites those of its product. */
  readonly rows: (key: KeyMeasure) => readonly string[];
  readonly severity?: 'warning';
  /** `alike`: the key has one length on all nodes; another is a difference, which other checks name. */
  readonly judge: (key: KeyMeasure, release: string | undefined, alike: boolean) => Problem | undefined;
}

const ofPem = (key: KeyMeasure, others: readonly string[]) => (key.spec.kind === 'pem' ? ['WB-30'] : others);
const guessable = (weak: string | undefined): boolean =>
  /example|placeholder|different bytes|NUL|line break|empty/.test(weak ?? '');

/** In this order: a node that breaks one rule is not judged by the next, so one cause gives one finding. */
export const RULES: readonly Rule[] = [
  {
    subject: 'missing',
    rows: (key) => ofPem(key, ['RSPM-17', 'PPM26-01', 'WB-20', 'WB26-02', 'DEPLOYR-18']),
    judge: ({ spec, state, type }) =>
      state === 'missing'
        ? { problem: `${spec.path} is missing: the product would create a different key on this node` }
        : type !== 'regular file'
          ? { problem: `${spec.path} is a ${type}, not a regular file` }
          : undefined,
  },
  {
    subject: 'mode',
    rows: (key) => ofPem(key, ['RSPM-18', 'WB-24', 'DEPLOYR-18']),
    judge: ({ spec, mode = 0 }) =>
      (mode & 0o077) !== 0
        ? { problem: `${spec.path} is open to other users: mode ${octal(mode)}`, observed: `mode ${octal(mode)}` }
        : undefined,
  },
  {
    subject: 'folder',
    rows: (key) => ofPem(key, ['RSPM-18', 'WB-24', 'DEPLOYR-18']),
    judge: ({ spec, openFolder }) =>
      openFolder === undefined
        ? undefined
        : {
            problem: `everybody can write to ${openFolder}, and so replace ${spec.path}`,
            observed: `${openFolder} is world-writable`,
          },
  },
  {
    subject: 'guessable',
    rows: (key) => ofPem(key, ['WB-26', 'X-17', 'DEPLOYR-18']),
    judge(key, release) {
      const weak = weakness(key, release);
      return guessable(weak) ? { problem: `${key.spec.path} ${weak}`, observed: weak! } : undefined;
    },
  },
  {
    subject: 'short',
    rows: (key) => ofPem(key, ['WB-23', 'RSPM-18', 'DEPLOYR-18']),
    judge(key, release) {
      const weak = weakness(key, release);
      return weak === undefined ? undefined : { problem: `${key.spec.path} ${weak}`, observed: weak };
    },
  },
  {
    subject: 'unreadable',
    rows: () => ['X-11'],
    judge: ({ spec, unreadableFor }) =>
      unreadableFor === undefined ? undefined : { problem: `${spec.path}: ${unreadableFor}`, observed: unreadableFor },
  },
  {
    subject: 'pair',
    rows: () => ['WB-30'],
    judge: ({ spec, pair }) =>
      pair === 'no'
        ? { problem: `${spec.publicPath} does not belong to ${spec.path}` }
        : pair === 'missing'
          ? { problem: `${spec.publicPath} is missing` }
          : undefined,
  },
  {
    subject: 'advice',
    severity: 'warning',
    rows: (key) => ofPem(key, ['RSPM-18', 'WB-24', 'WB-26', 'DEPLOYR-18']),
    judge: advice,
  },
];

/** What is allowed, but should be changed. */
function advice(key: KeyMeasure, release: string | undefined, alike: boolean): Problem | undefined {
  const { spec, content, owner = '', mode = 0 } = key;
  if (content === undefined) return undefined;
  if (spec.owners.length > 0 && !spec.owners.includes(owner))
    return {
      problem: `${spec.path} belongs to ${owner}, not to ${spec.owners.join(' or ')}`,
      observed: `owner ${owner}`,
    };
  if ((mode & 0o100) !== 0 || (mode & 0o7000) !== 0)
    return { problem: `${spec.path} has mode ${octal(mode)}, not 0600`, observed: `mode ${octal(mode)}` };
  if (alike && spec.encoding === 'decoded' && content.kind === 'hex') {
    const bytes = strength(key, content);
    if (bytes !== RSKEY_BYTES)
      return {
        problem: `${spec.path} holds ${bytes} bytes: keys of this product have ${RSKEY_BYTES}, and rskey reads no other`,
        observed: `${bytes} bytes`,
      };
    if (content.length !== content.trimmed)
      return {
        problem: `${spec.path} has white space behind the key: rskey does not read it, and whether the product does is not documented`,
        observed: `${content.length} characters`,
      };
  }
  if (content.uuidVersion === 1)
    return {
      problem: `${spec.path} is a time-based UUID (version 1): made of the time and a network address, so it can be guessed`,
    };
  if (spec.enforcedBytes !== undefined && release === undefined && strength(key, content) < spec.enforcedBytes)
    return {
      problem: `${spec.path} is ${strength(key, content)} bytes long: newer releases refuse less than ${spec.enforcedBytes}`,
    };
  return undefined;
}

export const NEW_PAIR =
  'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out launcher.pem && openssl pkey -in launcher.pem -pubout -out launcher.pub    # once; then copy both to every node, mode 0600, and restart the product';

/** As long as the product itself makes it. */
export const newKey = ({ encoding }: KeyMeasure['spec']): string =>
  `openssl rand -hex ${encoding === 'decoded' ? RSKEY_BYTES : 32} | tr -d "\\n"    # once; then put it into the key file of every node, with mode 0600, and restart the product`;

/** A key in use stays, whatever its length: a new one does not open what the old one closed. */
export const OTHER_KEY =
  'sudo truncate -s 1024 KEY    # where only a line break is too much; a key of another length is replaced before the first start only, by rskey generate, on every node';
