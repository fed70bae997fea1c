// Calls that must take effect one after another, in the order in which they were made.

/** Runs each task when all before it have settled; a task that fails holds up none. */
export type Serial = <T>(task: () => T | Promise<T>) => Promise<T>;

/** A queue of its own. */
export function serial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
