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

/** The same, but a task that takes longer than `longestMs` lets the next begin while it goes on. */
export function turns(most: number, longestMs: number): <T>(task: () => Promise<T>) => Promise<T> {
  const atOnce = limiter(most);
  return async <T>(task: () => Promise<T>) => {
    let result: Promise<T> | undefined;
    await atOnce(async () => {
      result = task();
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, longestMs);
      });
      // who asked hears of an error
      await Promise.race([result.then(undefined, () => undefined), over]);
      clearTimeout(timer);
    });
    return result!;
  };
}
