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
  /** Names taken: sections that have settings and, with their section in front, settings. */
  const taken = new Set<string>();
  let section: string | undefined;
  const nameOf = (key: string): string => JSON.stringify(section === undefined ? [key] : [section, key]);
  text.split('\n').forEach((source, i) => {
    const line = i + 1;
    const content = trimBlanks(source);
    if (content === '' || content.startsWith(';') || content.startsWith('#')) return;
    if (content.startsWith('[')) {
      const end = content.indexOf(']');
      if (end < 0) errors.push({ line, what: 'the section header has no ]' });
      section = trimBlanks(content.slice(1, end < 0 ? undefined : end));
      if (taken.has(JSON.stringify([section]))) errors.push({ line, what: `[${section}] appears a second time` });
      return;
    }
    const at = content.indexOf('=');
    if (at <= 0) {
      errors.push({ line, what: at < 0 ? 'neither a comment nor of the form name=value' : 'no name before the =' });
      return;
    }
    const key = trimBlanks(content.slice(0, at));
    if (taken.has(nameOf(key))) errors.push({ line, what: `${key} appears a second time` });
    taken.add(nameOf(key));
    // a section without settings leaves no trace, so it may come again
    if (section !== undefined) taken.add(JSON.stringify([section]));
    settings.push({
      key: section === undefined ? key : `${section}.${key}`,
      value: trimBlanks(content.slice(at + 1)),
      line,
    });
  });
  return strictConfig(settings, errors);
}
