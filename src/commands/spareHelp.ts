/** The part of yargs that is changed here, which it does not publish. */
interface Inside {
  readonly getInternalMethods?: () => { readonly getUsageInstance: () => { cacheHelpMessage: () => void } };
}

/** yargs writes the help of every command that it runs, for a failure that this program words itself. */
export function spareHelp(parser: unknown): void {
  const usage = (parser as Inside).getInternalMethods?.().getUsageInstance();
  if (usage) usage.cacheHelpMessage = () => {};
}
