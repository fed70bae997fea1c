// Work on the next batch while the present one is used: decoding then runs beside the engine.

/** The same items; each is begun when the one before it is handed out. What fails, fails in its turn. */
export async function* oneAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const source = items[Symbol.asyncIterator]();
  try {
    let coming = source.next();
    for (;;) {
      const item = await coming;
      if (item.done === true) return;
      coming = source.next();
      // It is awaited in its turn, if that comes.
      coming.catch(() => undefined);
      yield item.value;
    }
  } finally {
    await source.return?.();
  }
}
