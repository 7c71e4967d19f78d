/**
 * What `systemctl show` prints of a unit. Source: systemd src/shared/bus-print-properties.c,
 * src/systemctl/systemctl-show.c.
 */

import { blankWords } from './blanks.js';

export interface ShownUnit {
  /** Environment= alone: files are read at the start of the service. */
  readonly environment: ReadonlyMap<string, string>;
  readonly environmentFiles: readonly { readonly pattern: string; readonly optional: boolean }[];
  /** `argv` is printed joined by blanks: an argument with a blank in it cannot be told from two. */
  readonly commands: readonly { readonly program: string; readonly argv: string }[];
  readonly fragmentPath: string | undefined;
  readonly dropInPaths: readonly string[];
  /** The files were edited since: what is printed is not what the next start reads. */
  readonly needsReload: boolean | undefined;
}

/** Items of an Environment line; one with blanks or shell characters is in double quotes. */
function shownItems(text: string): string[] {
  const items = text.match(/"(?:[^"\\]|\\.)*"?|[^ "][^ ]*/gs) ?? [];
  return items.map((item) => (item.startsWith('"') ? item.slice(1).replace(/"$/, '').replace(/\\(.)/gs, '$1') : item));
}

/** Properties that are missing in the text are empty or undefined. */
export function systemctlShow(text: string): ShownUnit {
  const properties = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at < 0) continue;
    const list = properties.get(line.slice(0, at));
    if (list) list.push(line.slice(at + 1));
    else properties.set(line.slice(0, at), [line.slice(at + 1)]);
  }
  const all = (name: string): readonly string[] => properties.get(name) ?? [];
  const reload = all('NeedDaemonReload').at(-1);
  return {
    environment: new Map(
      all('Environment')
        .flatMap(shownItems)
        .map((item): [string, string] => {
          const at = item.indexOf('=');
          return at < 0 ? [item, ''] : [item.slice(0, at), item.slice(at + 1)];
        }),
    ),
    environmentFiles: all('EnvironmentFiles').flatMap((line) => {
      const [, pattern, ignore] = /^(.*) \(ignore_errors=(yes|no)\)$/.exec(line) ?? [];
      return pattern === undefined ? [] : [{ pattern, optional: ignore === 'yes' }];
    }),
    commands: all('ExecStart').flatMap((line) => {
      const [, program, argv] = /^\{ path=(.*?) ; argv\[\]=(.*?) ; /.exec(line) ?? [];
      return program === undefined || argv === undefined ? [] : [{ program, argv }];
    }),
    fragmentPath: all('FragmentPath').find((path) => path !== ''),
    dropInPaths: all('DropInPaths').flatMap(blankWords),
    needsReload: reload === undefined ? undefined : reload === 'yes',
  };
}
