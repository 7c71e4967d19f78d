/**
 * What a service unit and its drop-ins say about environment and command line. Source: systemd.exec(5),
 * systemd.service(5), systemd.unit(5); measured on systemd 252 (docs/sources.md 10.4).
 */

import { tidyPath } from './paths.js';
import { type Assignment, type UnitFile, unitAssignments } from './systemdLines.js';
import { expandSpecifiers, hasNoCharacter, type Specifiers, unitSpecifiers, unitWords } from './systemdWords.js';

/** Where a statement stands: `path:line`. */
interface Stated {
  readonly origin: string;
}

export interface UnitVariable extends Stated {
  readonly name: string;
  readonly value: string;
  /** Specifiers in the value that depend on the machine and are not known here. */
  readonly unknown: readonly string[];
}

export interface UnitEnvironmentFile extends Stated {
  /** A path or a glob pattern. */
  readonly pattern: string;
  /** Written with `-`: it may be absent. */
  readonly optional: boolean;
  /** Specifiers in it that depend on the machine and are not known here. */
  readonly unknown: readonly string[];
}

export interface UnitCommand extends Stated {
  /** Prefix characters of the command: any of `@-:+!`. */
  readonly prefix: string;
  readonly program: string;
  /** With `$NAME` and `${NAME}` as written: they are expanded when the service starts. */
  readonly argv: readonly string[];
}

export interface SystemdUnit {
  /** In order, a later one of the same name instead of the earlier. */
  readonly variables: readonly UnitVariable[];
  readonly environmentFiles: readonly UnitEnvironmentFile[];
  readonly commands: readonly UnitCommand[];
  /** Names taken over from systemd's own environment. */
  readonly passed: readonly string[];
  /** The account that it runs as; absent: root, or what only the machine knows. */
  readonly user?: string;
  /** `NAME` or `NAME=value`, removed last. */
  readonly unset: readonly string[];
  /** What systemd ignores or refuses, with its place. */
  readonly remarks: readonly string[];
  /** Why systemd does not load the unit at all. */
  readonly refused?: string;
}

/** A name a variable may have. */
export const isVariableName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

/** A program that reads the files of a unit in order and collects what they state. */
class Reader {
  variables = new Map<string, UnitVariable>();
  environmentFiles: UnitEnvironmentFile[] = [];
  commands: UnitCommand[] = [];
  readonly passed: string[] = [];
  readonly unset: string[] = [];
  remarks: string[] = [];
  type = '';
  user = '';
  readonly #specifiers: Specifiers;

  constructor(specifiers: Specifiers) {
    this.#specifiers = specifiers;
  }

  /** One assignment of a [Service] section. An empty value takes back what was stated before. */
  read({ name, value }: Assignment, origin: string): void {
    const empty = value === '';
    if (name === 'Type') this.type = value;
    else if (name === 'User') this.#user(value);
    else if (name === 'Environment') {
      if (empty) this.variables.clear();
      else this.#environment(value, origin);
    } else if (name === 'EnvironmentFile') {
      if (empty) this.environmentFiles = [];
      else this.#environmentFile(value, origin);
    } else if (name === 'ExecStart') {
      if (empty) this.commands = [];
      else this.#command(value, origin);
    } else if (name === 'PassEnvironment') this.#names(this.passed, value, origin);
    else if (name === 'UnsetEnvironment') this.#names(this.unset, value, origin);
  }

  /** Added to a list in place: a copy for each line would take the square of their number. */
  #names(to: string[], value: string, origin: string): void {
    if (value === '') to.length = 0;
    for (const name of this.#words(value, origin)) to.push(name);
  }

  #user(value: string): void {
    const { text, unknown, invalid } = expandSpecifiers(value, this.#specifiers);
    this.user = unknown.length > 0 || invalid !== undefined ? '' : text;
  }

  #words(value: string, origin: string): readonly string[] {
    const { words, error } = unitWords(value);
    if (error !== undefined) this.remarks.push(`${origin}: ${error}: systemd ignores the rest of the line`);
    return words;
  }

  #environment(value: string, origin: string): void {
    for (const item of this.#words(value, origin)) {
      const { text, unknown, invalid } = expandSpecifiers(item, this.#specifiers);
      const at = text.indexOf('=');
      const name = text.slice(0, Math.max(at, 0));
      if (invalid !== undefined)
        this.remarks.push(`${origin}: ${name} is ignored: ${invalid} is not a specifier, a percent sign is written %%`);
      else if (hasNoCharacter(text)) this.remarks.push(`${origin}: ${name} is ignored: its value is not UTF-8`);
      else if (!isVariableName(name)) this.remarks.push(`${origin}: an item that is not NAME=value is ignored`);
      else {
        this.variables.delete(name);
        this.variables.set(name, { name, value: text.slice(at + 1), unknown, origin });
      }
    }
  }

  #environmentFile(value: string, origin: string): void {
    const { text, unknown, invalid } = expandSpecifiers(value, this.#specifiers);
    const optional = text.startsWith('-');
    const pattern = optional ? text.slice(1) : text;
    if (invalid !== undefined) this.remarks.push(`${origin}: ${value} is ignored: ${invalid} is not a specifier`);
    else if (pattern.split('/').includes('..')) this.remarks.push(`${origin}: ${value} is ignored: it has .. in it`);
    else if (pattern.startsWith('/') || unknown.includes(pattern.slice(0, 2)))
      this.environmentFiles.push({ pattern: tidyPath(pattern), optional, unknown, origin });
    else this.remarks.push(`${origin}: ${value} is ignored: not an absolute path, quotes are part of the path`);
  }

  #command(value: string, origin: string): void {
    const { words, error } = unitWords(value, true);
    if (error !== undefined) {
      this.remarks.push(`${origin}: ${error}: systemd ignores the command`);
      return;
    }
    const commands: string[][] = [[]];
    for (const word of words)
      if (word === ';') commands.push([]);
      else commands.at(-1)!.push(expandSpecifiers(word === '\\;' ? ';' : word, this.#specifiers).text);
    for (const [first = '', ...rest] of commands) {
      const prefix = /^[@\-:+!|]*/.exec(first)![0];
      const program = first.slice(prefix.length);
      if (program !== '')
        this.commands.push({ prefix, program, argv: prefix.includes('@') ? rest : [program, ...rest], origin });
    }
  }
}

/**
 * Reads the main file and then its drop-ins, in the order of `dropInOrder`. `specifiers` adds what the machine decides,
 * such as `H` for its name.
 */
export function systemdUnit(unit: string, files: readonly UnitFile[], specifiers: Specifiers = {}): SystemdUnit {
  const reader = new Reader({ ...unitSpecifiers(unit), ...specifiers });
  for (const [i, { path, text }] of files.entries()) {
    const { assignments, broken } = unitAssignments(text);
    const place = broken && `${path}:${broken.line}: ${broken.what}`;
    if (place !== undefined && i === 0) {
      const refused = `${place}: systemd does not load the unit`;
      return {
        variables: [],
        environmentFiles: [],
        commands: [],
        passed: [],
        unset: [],
        remarks: [refused],
        refused,
      };
    }
    for (const assignment of assignments)
      if (assignment.section === 'Service') reader.read(assignment, `${path}:${assignment.line}`);
    if (place !== undefined) reader.remarks.push(`${place}: systemd reads no further in this file`);
  }
  const { variables, environmentFiles, commands, passed, unset, remarks, type, user } = reader;
  if (commands.length > 1 && type !== 'oneshot')
    remarks.push(`${commands[1]!.origin}: a second ExecStart=: systemd refuses to start the service`);
  return {
    variables: [...variables.values()],
    environmentFiles,
    commands,
    passed,
    unset,
    remarks,
    ...(user !== '' && { user }),
  };
}

/** A command line with the variables of the unit put in: `${NAME}` anywhere, `$NAME` as words, `$$` for a `$`. */
export const expandCommand = (argv: readonly string[], environment: ReadonlyMap<string, string>): string[] =>
  argv.flatMap((word) => {
    const whole = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(word);
    if (whole) return [...unitWords(environment.get(whole[1]!) ?? '', true).words];
    return [
      word.replace(/\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name?: string) =>
        name === undefined ? '$' : (environment.get(name) ?? ''),
      ),
    ];
  });
