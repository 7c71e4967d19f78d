/** What may be shown and kept of the command that reaches a node: a token or password in it stays in the inventory. */

import type { Cluster } from './inventory.js';

/** A name that asks for a secret. */
export const SECRET_NAME = /pass?w|passphrase|pwd|secret|token|credential|access_?key/i;
/** One that says where the secret is, and not what it is. */
const PLACE = /(?:file|path|dir|name|env|stdin)$/i;
const isSecret = (name: string): boolean => SECRET_NAME.test(name) && !PLACE.test(name);

const HIDDEN = '****';
const VALUE = `(?:"[^"]*"|'[^']*'|[^\\s"']+)`;
/** `KUBE_TOKEN=VALUE`, `--token=VALUE`, `X-Token: VALUE`, also in the text that a shell is given. */
const SET = new RegExp(`([\\w.-]*(?:${SECRET_NAME.source})[\\w.-]*)(=|:\\s*)${VALUE}`, 'gi');
/** `--token VALUE` in such a text. */
const OPTION = new RegExp(`((?<!\\S)--?[\\w-]*(?:${SECRET_NAME.source})[\\w-]*)(\\s+)${VALUE}`, 'gi');

/** A text without the secrets in it. */
function shown(text: string): string {
  const hide = (whole: string, name: string, sign: string): string =>
    isSecret(name) ? `${name}${sign}${HIDDEN}` : whole;
  return text
    .replaceAll(/(:\/\/[^\s/@:]*):[^\s/]*@/g, `$1:${HIDDEN}@`)
    .replaceAll(/\b(Bearer|Basic)\s+[^\s"']+/gi, `$1 ${HIDDEN}`)
    .replaceAll(SET, hide)
    .replaceAll(OPTION, hide);
}

/** The words of a command without the secrets in them. */
export function shownArgv(argv: readonly string[]): string[] {
  const program = argv.findIndex((word) => /(?:^|\/)sshpass$/.test(word));
  return argv.map((word, i) => {
    const before = argv[i - 1] ?? '';
    // sshpass is given a password as -p VALUE or -pVALUE; the same letter is a port to ssh
    if (program >= 0 && i === program + 1 && /^-p./.test(word)) return `-p${HIDDEN}`;
    if (program >= 0 && i === program + 2 && before === '-p') return HIDDEN;
    return /^--?[\w-]+$/.test(before) && isSecret(before) && !word.startsWith('-') ? HIDDEN : shown(word);
  });
}

/** The cluster as evidence has it, which is saved and passed on. */
export const recorded = (cluster: Cluster): Cluster => ({
  ...cluster,
  nodes: cluster.nodes.map((node) =>
    node.connection.argv === undefined
      ? node
      : { ...node, connection: { ...node.connection, argv: shownArgv(node.connection.argv) } },
  ),
});
