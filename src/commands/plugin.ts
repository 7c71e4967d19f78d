/** `--format nagios` makes a monitoring plugin of a run, with the exit codes of one. */

/** Whether a command line asks for it; known also where the parser refuses the line. */
export const isPlugin = (argv: readonly string[]): boolean =>
  argv.some((word, i) => word === '--format=nagios' || (word === '--format' && argv[i + 1] === 'nagios'));
