/** At most `most` tasks at once, in order of arrival. */
export function limiter(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // the place is handed on, not given back: `running` stays
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
