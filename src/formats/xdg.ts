/**
 * Where Workbench looks for a configuration file. Source: rstudio/rstudio src/cpp/core/system/Xdg.cpp and
 * Environment.cpp (expandEnvVars), src/cpp/server/ServerEnvVars.cpp; docs/sources.md 10.1.
 */

import { trimBlanks } from './blanks.js';
import { tidyPath } from './paths.js';

/** What may be written as `$HOME`, `$USER` and `$HOSTNAME`: of the server's process and of the host, not of a shell. */
export interface XdgPlaces {
  readonly home?: string;
  readonly user?: string;
  readonly hostname?: string;
}

export interface ConfigDirectories {
  /** In the order of the search: the first in which a file exists has that file. */
  readonly directories: readonly string[];
  /** What decides: a variable, or nothing. */
  readonly origin: 'RSTUDIO_CONFIG_DIR' | 'XDG_CONFIG_DIRS' | 'default';
  /** A file is taken from the only directory whether it exists or not. */
  readonly noFallback: boolean;
  /** What is needed and was not given; directories that need it are left out. */
  readonly missing: readonly (keyof XdgPlaces)[];
}

const DEFAULT = '/etc/rstudio';

/** One path with the three variables and a leading `~/` in their meaning; undefined when one of them is not known. */
function expand(path: string, places: XdgPlaces, missing: Set<keyof XdgPlaces>): string | undefined {
  let complete = true;
  const placeOf = (name: keyof XdgPlaces): string => {
    const value = places[name];
    if (value === undefined) {
      missing.add(name);
      complete = false;
    }
    return value ?? '';
  };
  const expanded = path
    .replace(/\$(?:\{(HOME|USER|HOSTNAME)\}|(HOME|USER|HOSTNAME)\b)/g, (_, braced?: string, plain?: string) =>
      placeOf((braced ?? plain)!.toLowerCase() as keyof XdgPlaces),
    )
    .replace(/^~(?=\/)/, () => placeOf('home'));
  return complete ? expanded : undefined;
}

/** The directories of one node, from the environment of its server. */
export function configDirectories(environment: ReadonlyMap<string, string>, places: XdgPlaces): ConfigDirectories {
  const missing = new Set<keyof XdgPlaces>();
  const own = environment.get('RSTUDIO_CONFIG_DIR');
  if (own) {
    const directory = expand(own, places, missing);
    return {
      directories: directory === undefined ? [] : [tidyPath(directory)],
      origin: 'RSTUDIO_CONFIG_DIR',
      noFallback: true,
      missing: [...missing],
    };
  }
  const entries = environment.get('XDG_CONFIG_DIRS') || undefined;
  // an empty entry names no directory that could exist
  const directories = (entries?.split(':') ?? [])
    .filter((entry) => entry !== '')
    .flatMap((entry) => expand(entry, places, missing) ?? [])
    .map((directory) => tidyPath(`${directory}/rstudio`));
  return {
    directories: [...new Set([...directories, DEFAULT])],
    origin: entries === undefined ? 'default' : 'XDG_CONFIG_DIRS',
    noFallback: false,
    missing: [...missing],
  };
}

/**
 * Workbench's `env-vars`: split at the first `=`, without quotes, without `export`, without trimming around the `=`.
 * Set inside the running server, so /proc/PID/environ does not show them. Later lines beat earlier ones.
 */
export const envVars = (text: string): { name: string; value: string; line: number }[] =>
  text.split('\n').flatMap((source, i) => {
    const line = trimBlanks(source);
    const at = line.indexOf('=');
    return at < 0 || line.startsWith('#') ? [] : [{ name: line.slice(0, at), value: line.slice(at + 1), line: i + 1 }];
  });
