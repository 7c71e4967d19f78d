/** Modules that the build has put into one file with this one, by their paths below `dist`; without a bundle there are none. */
export const bundled: Readonly<Record<string, unknown>> = {};
