/** The classes of storage of Package Manager (docs/sources.md 4.3). */

/** Those of the document; one that a release does not have is simply not configured. */
export const STORAGE_CLASSES = ['cache', 'metrics', 'packages', 'cran', 'pypi', 'bioconductor', 'persistent'];

/** Where a class without its own setting goes: to the default, else to files. By `storage.CLASS`. */
export const destinationOf = (get: (key: string) => string | undefined, key: string): string =>
  get(key) ?? get('storage.default') ?? 'file';
