/** Times of Workbench's file-locks. Source: docs/sources.md F14; rstudio/rstudio FileLock.cpp. */

export const LOCK_DEFAULTS = { refresh: 20, timeout: 30 } as const;

/** The case does not matter. */
export const lockType = (text: string | undefined): string => (text ?? 'linkbased').toLowerCase();

/** Whole seconds; undefined for anything else, such as `20s`. */
export const lockSeconds = (text: string): number | undefined =>
  /^[0-9]{1,9}$/.test(text.trim()) ? Number(text.trim()) : undefined;
