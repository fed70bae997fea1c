// Between Ctrl-C and the end: a step of training may take minutes, and is not lost.

/**
 * Tells whoever stops training and is not answered `within` so many milliseconds what is waited for.
 * @returns what ends the telling
 */
export function tellOfStopping(
  signal: AbortSignal,
  { note, within = 1000 }: { readonly note: (message: string) => void; readonly within?: number },
): () => void {
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => {
      note(
        'Stopping once the step under way is done, so that it is not lost. Ctrl-C or SIGTERM again stops at once.',
      );
    }, within);
  };
  signal.addEventListener('abort', begin, { once: true, signal: ended.signal });
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}
