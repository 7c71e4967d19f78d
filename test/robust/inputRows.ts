/** Faults of what is given to the program, and of what a node says; each has its test in `input*.test.ts` or `forged.test.ts`. */

import type { Row } from './rows.js';

const of = (group: string, faults: Readonly<Record<string, string>>): Row[] =>
  Object.entries(faults).map(([fault, verdict]) => ({ group, fault, verdict }));

const REFUSED = 'exit 2, nothing contacted: where it is, and what is wrong';

export const INPUT_ROWS: readonly Row[] = [
  ...of('An inventory', {
    'a YAML bomb of aliases or merge keys': REFUSED,
    'lists 100 000 levels deep': REFUSED,
    'a key twice': REFUSED,
    'a node twice, by name or by address': REFUSED,
    'empty, or only comments': REFUSED,
    'wrong types, units, unknown keys': `${REFUSED}; the nearest key is named`,
    'tabs in the indentation': REFUSED,
    'a byte order mark, CRLF': 'read as if it were not there',
    'UTF-16, NUL bytes, a binary file': 'exit 2, nothing contacted: save it as UTF-8',
    'a folder, a missing file, one that may not be read': 'exit 2, nothing contacted: which of them',
    'a FIFO that nobody writes to': 'exit 2, nothing contacted: the file is empty',
    'a pipe that stays silent': 'exit 2 after 10 s, nothing contacted',
    '/dev/zero, or more than 5 MB': 'exit 2, nothing contacted: larger than is read',
    '10 000 nodes': 'read',
  }),
  ...of('A plugin', {
    'throws at load, or is no JavaScript': 'exit 2, nothing contacted: file and message',
    'exports junk, nothing, or no check': 'exit 2, nothing contacted: what is missing',
    'an id twice, or one of ours; a collector of one name twice': 'exit 2, nothing contacted: which, and from where',
    'is for a product that there is not': 'exit 2, nothing contacted: which',
    'is named twice, is a FIFO, is not there': 'exit 2, nothing contacted',
    'waits for ever at its top level': 'exit 2 after 10 s, nothing contacted',
    'loops for ever at its top level': 'ended by SIGKILL after 11 s, with the reason; nothing contacted',
    'its judge throws, gives back junk or a promise':
      'unknown: the check itself failed; the other checks are as without it',
    'its judge gives back no finding': 'unknown; the other checks are as without it',
    'its judge never ends': 'unknown after 10 s, once; the other checks are as without it',
    'its judge passes a node that was not seen': 'unknown',
    'it changes the facts, the cluster or what it got': 'unknown: they are frozen; the other checks are as without it',
    'its judge gives back a text of 50 MB, a million lines': 'cut at 10 000 characters, 1000 lines',
    'its collector throws, gives back a promise, makes no script': 'unknown; the other checks are as without it',
    'its collector never ends': 'unknown after 10 s, not once a node; the other checks are as without it',
    'writes with console.log': 'goes to standard error; standard output stays the report',
    'calls process.exit, or throws when nobody listens': 'exit 4, never the code it chose',
    'leaves a timer or socket open': 'the program ends all the same, a second after its report',
    'lies in node_modules and is not named': 'not loaded',
  }),
  ...of('A saved file', {
    'empty, truncated, not JSON, another schema, a list of junk': 'exit 2: the file, and what is wrong with it',
    'a FIFO, a folder, /dev/zero': 'exit 2',
    'JSON 100 000 levels deep': 'exit 2',
    'evidence changed at random, in any place': 'exit 2, or judged: never an internal error',
    'a report changed at random, in any place': 'exit 2, or shown: never an internal error',
    'keys called __proto__, constructor, toString': 'only keys',
    '100 MB of evidence, of a report': 'read, or refused, within seconds',
    'more than 400 MB of evidence, 200 MB of a report': 'exit 2: larger than is read',
  }),
  ...of('What a node says', {
    'escape codes, CSI, OSC 8 and 52, C1': 'shown as \\u001b in every format, the terminal too',
    'bidirectional marks, zero width, line separators': 'shown as \\u202e',
    'HTML, scripts, XML, ends of CDATA': 'text in every format; XML stays well-formed, the page has no element more',
    'Markdown: links, images, tables, fences, mentions': 'text, or inside a fence that it cannot close',
    'commands of CI servers (::error::, ##[error], ##teamcity)': 'never at the beginning of a line',
    'formulae of spreadsheets, lines like our own summary': 'never at the beginning of a line',
    'invalid UTF-8, half a surrogate': 'shown as \\xff or \\ud800; the JSON is valid',
  }),
];
