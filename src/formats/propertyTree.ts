/**
 * INI files read by boost's property tree: *.profiles.conf and logging.conf. Only whole lines are comments; a name or a
 * section given twice is refused. Source: rstudio/rstudio src/cpp/core/ConfigProfile.cpp; the grammar is measured on
 * boost 1.74 (docs/sources.md 10.2).
 */

import { trimBlanks } from './blanks.js';
import { type Refusal, type Setting, type StrictConfig, strictConfig } from './settings.js';

/** Keys come out as `section.key`; a setting before the first section has its plain name. */
export function propertyTree(text: string): StrictConfig {
  const settings: Setting[] = [];
  const errors: Refusal[] = [];
  /** Names of the settings before the first section, and of each section that has settings. */
  const top = new Set<string>();
  const sections = new Map<string, Set<string>>();
  let section: string | undefined;
  let names = top;
  text.split('\n').forEach((source, i) => {
    const line = i + 1;
    const content = trimBlanks(source);
    if (content === '' || content.startsWith(';') || content.startsWith('#')) return;
    if (content.startsWith('[')) {
      const end = content.indexOf(']');
      if (end < 0) errors.push({ line, what: 'the section header has no ]' });
      section = trimBlanks(content.slice(1, end < 0 ? undefined : end));
      // a section without settings leaves no trace, so it may come again
      if (sections.has(section) || top.has(section)) errors.push({ line, what: `[${section}] appears a second time` });
      names = sections.get(section) ?? new Set();
      return;
    }
    const at = content.indexOf('=');
    if (at <= 0) {
      errors.push({ line, what: at < 0 ? 'neither a comment nor of the form name=value' : 'no name before the =' });
      return;
    }
    const key = trimBlanks(content.slice(0, at));
    if (names.has(key)) errors.push({ line, what: `${key} appears a second time` });
    names.add(key);
    if (section !== undefined) sections.set(section, names);
    settings.push({
      key: section === undefined ? key : `${section}.${key}`,
      value: trimBlanks(content.slice(at + 1)),
      line,
    });
  });
  return strictConfig(settings, errors);
}
