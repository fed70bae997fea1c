// A thing in use by many, which goes when the last of them is done with it.

export interface Leased<R> {
  readonly resource: R;
  /** Keeps the resource while the work goes on. */
  readonly use: <T>(work: (resource: R) => Promise<T>) => Promise<T>;
  /** Disposes of the resource once nobody uses it; settles when that is done. */
  readonly retire: () => Promise<void>;
  /**
   * Has `retire` wait for nobody any more.
   * @returns whether it did
   */
  readonly cut: () => boolean;
}

export function lease<R extends AsyncDisposable>(resource: R): Leased<R> {
  let users = 0;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const idle = (): Promise<void> =>
    users === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          waiting.push(resolve);
        });
  let retired: Promise<void> | undefined;
  return {
    resource,
    use: async (work) => {
      users += 1;
      try {
        return await work(resource);
      } finally {
        users -= 1;
        if (users === 0) release();
      }
    },
    retire: () => (retired ??= idle().then(() => resource[Symbol.asyncDispose]())),
    cut: () => {
      const waited = waiting.length > 0;
      release();
      return waited;
    },
  };
}
