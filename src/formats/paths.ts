/** Paths as text. */

/** A path without doubled and trailing slashes. */
export const tidyPath = (path: string): string => {
  const single = path.replace(/\/+/g, '/');
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
};

/** Whether the path is the folder or below it; both tidy, but for a slash at the folder's end. */
export const within = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

/** Whether the path is below the folder. */
export const isInside = (path: string, folder: string): boolean => path !== folder && within(path, folder);

/** The same without `.`; `..` stays: behind a link it can lead anywhere. */
export const plainPath = (path: string): string => tidyPath(`${path}/`.replace(/\/(\.?\/)+/g, '/'));
