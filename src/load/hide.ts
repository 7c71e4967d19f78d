/** Which parts of an inventory may hold a secret that someone put where only its place belongs. */

import { SECRET_NAME } from '../model/argv.js';
import type { Span } from './problem.js';
import { follow, type Tree } from './yamlTree.js';

const HARMLESS_KEYS = new Set(['env', 'file', 'url', 'urls', 'password', 'accessKeyId', 'secretAccessKey']);

/** A host as `user:password@host`; a password may have an @ itself. */
const LOGIN = /^([^:@/]*):.+@/s;

/** A secret in the query of a URL: `?token=VALUE`. */
const QUERY = new RegExp(`([?&][\\w.-]*(?:${SECRET_NAME.source})[\\w.-]*=)[^&#\\s]+`, 'gi');
const holdsSecret = (text: string): boolean => LOGIN.test(text) || text.search(QUERY) >= 0;

/** The text without the password of such a host, or the secret of such a query. */
export const hideLogin = (text: string): string => text.replace(LOGIN, '$1:****@').replaceAll(QUERY, '$1****');

const isSecretKey = (path: readonly string[], key: string): boolean =>
  SECRET_NAME.test(key) || (path.length === 0 && key === 'database');

/** Whether a value at this JSON pointer must not be echoed. */
export function isSecretPointer(pointer: string): boolean {
  const segments = pointer.split('/').slice(1);
  return segments.some((segment, i) => isSecretKey(segments.slice(0, i), segment));
}

/** The text that no excerpt may show: every scalar below a key that asks for a secret, through aliases. */
export function hiddenSpans(root: Tree): Span[] {
  const spans: Span[] = [];
  const done = new Set<Tree>();
  const visit = (written: Tree, path: readonly string[], hide: boolean): void => {
    const node = hide ? follow(written) : written;
    if (hide && done.has(node)) return;
    if (hide) done.add(node);
    if (node.kind === 'list') for (const item of node.items) visit(item, [...path, ''], hide);
    if (node.kind === 'scalar' && (hide || holdsSecret(node.text)) && node.from >= 0)
      spans.push({ start: node.from, end: node.end });
    if (node.kind !== 'map') return;
    for (const { key, value } of node.pairs) {
      const name = key.kind === 'scalar' ? key.text : '';
      if (hide && !HARMLESS_KEYS.has(name)) visit(key, path, true);
      visit(value, [...path, name], hide || isSecretKey(path, name));
    }
  };
  // text without keys is another file, which may be a key or a password
  visit(root, [], root.kind === 'scalar');
  return spans;
}
