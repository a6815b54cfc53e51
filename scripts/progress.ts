const FIRST_WORD_MS = 2_000;
const NEXT_WORD_MS = 10_000;

/** Runs a task; when it takes longer than two seconds, says so on stderr, and again while it lasts. */
export const withProgress = async <T>(label: string, task: () => Promise<T>): Promise<T> => {
  const start = Date.now();
  const say = (): void => console.error(`${label} … ${Math.round((Date.now() - start) / 1_000)} s`);
  let next = setTimeout(() => {
    say();
    next = setInterval(say, NEXT_WORD_MS);
  }, FIRST_WORD_MS);
  try {
    return await task();
  } finally {
    clearTimeout(next);
  }
};
