// Servers, clients and folders that are gone again after a piece of work, however that ends. (Node.js 22 has no `using`.)

export type Keep = <R extends Disposable | AsyncDisposable>(resource: R) => R;

/** Works with what it keeps; the last is disposed of first. */
export async function keeping<T>(work: (keep: Keep) => Promise<T>): Promise<T> {
  const kept: (Disposable | AsyncDisposable)[] = [];
  try {
    return await work((resource) => {
      kept.push(resource);
      return resource;
    });
  } finally {
    for (const resource of kept.reverse()) {
      if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
      else resource[Symbol.dispose]();
    }
  }
}
