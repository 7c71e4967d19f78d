/**
 * rserver.conf, rsession.conf and launcher.PLUGIN.conf, as boost::program_options reads them. One refused line keeps
 * the server from starting. Source: rstudio/rstudio src/cpp/core/ProgramOptions.cpp, rstudio-launcher-plugin-sdk
 * sdk/src/options/Options.cpp; the grammar is measured on boost 1.74 (docs/sources.md 10.2).
 */

import { trimBlanks } from './blanks.js';
import { isMasked } from './masked.js';
import { BOOLEANS, INTEGERS } from './rsessionOptions.js';
import { type Refusal, type Setting, type StrictConfig, strictConfig } from './settings.js';

export interface BoostRules {
  /** Options that may be given several times. */
  readonly lists?: readonly string[];
  /** Options that take a boolean, and nothing else. */
  readonly booleans?: RegExp;
  /** Options that take an integer, and nothing else. */
  readonly numbers?: RegExp;
  /** What the program does with a name it does not know: rserver refuses, a launcher plugin ignores. */
  readonly unknownKeys: 'refuse' | 'ignore' | 'unverified';
}

/** The options of rserver.conf that may be repeated, and types: src/cpp/server/server-options.json, and the Pro options that are judged. */
export const RSERVER: BoostRules = {
  lists: ['server-add-header', 'www-allow-origin'],
  booleans:
    /^((admin|launcher-sessions|load-balancing|monitor|server-app-armor|server-health-check|ssl)-enabled|server-(project-sharing|daemonize|set-umask)|www-(use-emulated-stack|proxy-localhost|verify-user-agent|enable-origin-check)|session-use-file-storage|auth-(none|validate-users|encrypt-password|pam-require-password-prompt|pam-requires-priv|cookies-force-secure))$/,
  numbers:
    /^(www-thread-pool-size|rsession-(proxy-max-wait-secs|memory-limit-mb|stack-limit-mb|process-limit)|auth-(stay-signed-in-days|timeout-minutes|sign-in-throttle-seconds)|monitor-interval-seconds)$/,
  unknownKeys: 'refuse',
};
export const RSESSION: BoostRules = { booleans: BOOLEANS, numbers: INTEGERS, unknownKeys: 'unverified' };
export const LAUNCHER_PLUGIN: BoostRules = { unknownKeys: 'ignore' };

/** Why no option can have this name; undefined when one could. */
function impossible(key: string, section: string): string | undefined {
  if (/^[a-z][a-z0-9-]*$/.test(key)) return undefined;
  if (section !== '' || key.startsWith('.')) return `"${key}" is not an option: the file has no sections`;
  if (key.startsWith('\uFEFF')) return 'a byte-order mark is part of the option name';
  if (/^(;|\/\/)/.test(key)) return `"${key}" is not an option: only # begins a comment`;
  if (key.startsWith('-')) return `"${key}" is not an option: write the name without dashes in front`;
  if (key.includes('\u00A0')) return `the option name "${key}" has a no-break space in it`;
  return `"${key}" is not an option: names have small letters, digits and dashes only`;
}

/** Settings by name, refused lines among them where they have a name. `#` begins a comment anywhere, also in quotes. */
export function boostOptions(text: string, rules: BoostRules = RSERVER): StrictConfig {
  const settings: Setting[] = [];
  const errors: Refusal[] = [];
  const remarks: string[] = [];
  const lines = new Map<string, number>();
  let section = '';
  text.split('\n').forEach((source, i) => {
    const line = i + 1;
    const content = trimBlanks(source.split('#', 1)[0]!);
    if (content === '') return;
    if (content.startsWith('[') && content.endsWith(']')) {
      section = content.slice(1, -1);
      if (!section.endsWith('.')) section += '.';
      return;
    }
    const at = content.indexOf('=');
    if (at < 0) {
      errors.push({ line, what: 'not of the form name=value' });
      return;
    }
    const key = section + trimBlanks(content.slice(0, at));
    const what = impossible(key, section);
    if (what !== undefined && rules.unknownKeys === 'refuse') errors.push({ line, what });
    else if (what !== undefined)
      remarks.push(
        `line ${line}: ${what}, ${rules.unknownKeys === 'ignore' ? 'so the line is ignored' : 'and what becomes of the line is not known'}`,
      );
    const before = lines.get(key);
    if (what === undefined && before !== undefined && !rules.lists?.includes(key))
      errors.push({ line, what: `${key} is set on line ${before} already and may be set only once` });
    lines.set(key, line);
    const value = trimBlanks(content.slice(at + 1));
    // a masked value may be any
    if (rules.booleans?.test(key) && boostBoolean(value) === undefined && !isMasked(value))
      errors.push({
        line,
        what: `"${value}" is not a boolean, and ${key} takes 1, 0, true, false, yes, no, on or off`,
      });
    if (rules.numbers?.test(key) && boostNumber(value) === undefined && !isMasked(value))
      errors.push({ line, what: `"${value}" is not a whole number, as ${key} takes it` });
    settings.push({ key, value, line });
  });
  return strictConfig(settings, errors, remarks);
}

/** A boolean option; undefined is an error for the server. An empty value is true. */
export function boostBoolean(value: string): boolean | undefined {
  if (/^(|1|true|yes|on)$/i.test(value)) return true;
  return /^(0|false|no|off)$/i.test(value) ? false : undefined;
}

/** An integer option; undefined is an error for the server. */
export const boostNumber = (value: string): number | undefined =>
  /^[+-]?[0-9]+$/.test(value) ? Number(value) : undefined;
