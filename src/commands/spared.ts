/** What yargs does at every start and this program does not need. */

/** The part of yargs that is changed here, which it does not publish. */
interface Inside {
  readonly getInternalMethods?: () => { readonly getUsageInstance: () => { cacheHelpMessage: () => void } };
}

/** yargs writes the help of every command that it runs, for a failure that this program words itself. */
export function spareHelp(parser: unknown): void {
  const usage = (parser as Inside).getInternalMethods?.().getUsageInstance();
  if (usage) usage.cacheHelpMessage = () => {};
}

/**
 * What `make` returns, while errors carry no stack. yargs looks for a package.json to guess a version, and the error of
 * its failing assertion writes its stack, for which V8 counts the lines of the whole program.
 */
export function spareStacks<T>(make: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
