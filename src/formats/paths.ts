/** Paths as text. */

/** A path without doubled and trailing slashes. */
export const tidyPath = (path: string): string => {
  const single = path.replace(/\/+/g, '/');
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
};

/** Whether the path is below the folder. */
export const isInside = (path: string, folder: string): boolean => {
  const [below, above] = [tidyPath(path), tidyPath(folder)];
  return below !== above && below.startsWith(above === '/' ? '/' : `${above}/`);
};

/** The same without `.`; `..` stays: behind a link it can lead anywhere. */
export const plainPath = (path: string): string => tidyPath(`${path}/`.replace(/\/(\.?\/)+/g, '/'));
